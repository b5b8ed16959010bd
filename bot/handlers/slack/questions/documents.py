"""The text in a file: of PDFs, of plain text, and of images where text recognition is on the machine."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

PAGES = 20
ENOUGH = 10_000
"""Characters: several times what there is room for in a question."""
_SECONDS = 20.0
_AT_ONCE = 2
"""Programs that read: each may take a gigabyte of memory."""
_READER = Path(__file__).with_name("reading_pdf.py")
_TEXTS = {"text/plain": "text", "text/markdown": "text", "text/csv": "text", "text/x-markdown": "text"}
_ENDINGS = {"pdf": "pdf", **dict.fromkeys(("txt", "text", "md", "markdown", "csv"), "text")}
_IMAGES = {f"image/{kind}" for kind in ("png", "jpeg", "jpg", "webp", "tiff", "bmp", "gif")}

Kind = Literal["pdf", "text", "image", ""]


class Unreadable(Exception):
    """There is no text to be had from a file; `problem` says why, as a message for the asker is named."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Read(BaseModel):
    """The text of a file; `read` of its `pages` were read, where it has pages."""

    model_config = ConfigDict(frozen=True)

    text: str
    read: int = 0
    pages: int = 0


def kind_of(file: Mapping[str, Any]) -> Kind:
    """What kind of a file Slack says it is; empty for those that can't be read."""
    mimetype = str(file.get("mimetype") or "").partition(";")[0].lower()
    name = str(file.get("name") or "")
    ending = str(file.get("filetype") or "").lower() or name.rpartition(".")[2].lower()
    if mimetype in _IMAGES:
        return "image"
    if mimetype == "application/pdf" or _ENDINGS.get(ending) == "pdf":
        return "pdf"
    return "text" if mimetype in _TEXTS or _ENDINGS.get(ending) == "text" else ""


class Documents:
    """Reads files. `tesseract` is the program that recognizes text in images, where there is one."""

    def __init__(self, tesseract: str | None = None, seconds: float = _SECONDS) -> None:
        self._tesseract = tesseract
        self._seconds = seconds
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def can_read(self, kind: Kind) -> bool:
        """Can a file of that kind be read here?"""
        return bool(kind) and (kind != "image" or self._tesseract is not None)

    async def read(self, kind: Kind, content: bytes) -> Read:
        """The text in the file. Raises Unreadable."""
        if kind == "pdf":
            return await self._pdf(content)
        found = _decoded(content) if kind == "text" else await self._image(content)
        if not found.strip():
            raise Unreadable("blank" if kind == "image" else "empty")
        return Read(text=found[:ENOUGH])

    async def _pdf(self, content: bytes) -> Read:
        program = (sys.executable, "-I", str(_READER), str(PAGES), str(ENOUGH))
        told = json.loads(await self._run(program, content))
        if problem := told.get("problem"):
            raise Unreadable(problem)
        return Read.model_validate(told)

    async def _image(self, content: bytes) -> str:
        program = (self._tesseract or "tesseract", "stdin", "stdout", "-l", "nor+eng")
        return (await self._run(program, content)).decode("utf-8", "replace")

    async def _run(self, program: tuple[str, ...], content: bytes) -> bytes:
        async with self._turns:
            return await self._finished(program, content)

    async def _finished(self, program: tuple[str, ...], content: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(self._seconds):
                found, _ = await process.communicate(content)
        except TimeoutError:
            raise Unreadable("slow") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise Unreadable("broken")
        return found


def _decoded(content: bytes) -> str:
    if b"\0" in content[:1_000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("broken")
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # what older Windows programs write
