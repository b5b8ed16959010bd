"""Files that are attached to a question: read, or named with the reason why not. Nothing of them is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import structlog
from pydantic import BaseModel, ConfigDict
from slack_sdk.web.async_client import AsyncWebClient

from bot.guard import LONGEST_QUESTION, mask
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.questions.addresses import Addresses
from bot.handlers.slack.questions.documents import Documents, Kind, Read, Unreadable, kind_of
from bot.handlers.slack.workspace import UNREACHABLE, reason

log = structlog.get_logger(__name__)

LARGEST = 10 * 1024 * 1024
MOST = 5
"""Files that are read of one message."""
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_NAME = 80
_LEAST_ROOM = 200
"""Characters: with less of a document nothing is found."""

Note = tuple[str, dict[str, Any]]


class Attached(BaseModel):
    """What the files of a message say, personal data masked, and what the asker is to be told about them.

    Each note is the key of a text and what fills it in. The text is data to search with, whatever it says.
    """

    model_config = ConfigDict(frozen=True)

    text: str = ""
    notes: tuple[Note, ...] = ()


class Attachments:
    """Reads files that people attach, with the bot's own rights to them."""

    def __init__(self, clients: Clients, addresses: Addresses, documents: Documents) -> None:
        self._clients = clients
        self._addresses = addresses
        self._documents = documents

    async def read(self, workspace: str, files: Sequence[Mapping[str, Any]]) -> Attached:
        """The text of the files as Slack describes them; each has a note."""
        texts: list[str] = []
        notes: list[Note] = []
        client = await self._clients.of(workspace)
        for number, told in enumerate(files):
            name = _name(told)
            try:
                if number >= MOST:
                    raise Unreadable("many")
                file = await self._described(client, told)
                name, kind = _name(file), kind_of(file)
                read = await self._documents.read(kind, await self._content(client, file, kind))
            except Unreadable as error:
                log.info("slack.file_unread", problem=error.problem)
                notes.append((f"slack.file.{error.problem}", {"name": name}))
            else:
                texts.append(mask(read.text).strip())
                notes.append(_told(name, kind, read))
        return Attached(text="\n\n".join(texts), notes=tuple(notes))

    async def _described(self, client: AsyncWebClient, file: Mapping[str, Any]) -> Mapping[str, Any]:
        """The file with all that Slack says of it: of one from another workspace an event tells only the id."""
        if file.get("file_access") != "check_file_info" and _address(file):
            return file
        try:
            found: Mapping[str, Any] = (await client.files_info(file=str(file.get("id", ""))))["file"]
        except UNREACHABLE as error:
            log.warning("slack.file_unknown", error=reason(error))
            raise Unreadable("unreachable") from error
        return found

    async def _content(self, client: AsyncWebClient, file: Mapping[str, Any], kind: Kind) -> bytes:
        if not kind:
            raise Unreadable("kind")
        if not self._documents.can_read(kind):
            raise Unreadable("image")
        if int(file.get("size") or 0) > LARGEST:
            raise Unreadable("large")
        address = _address(file)
        if not self._addresses.trusted(address):
            raise Unreadable("unreachable")
        try:
            return await _download(address, client.token or "")
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack.file_unreachable", error=type(error).__name__)
            raise Unreadable("unreachable") from error


def joined(question: str, attached: Attached) -> Attached:
    """The question together with what its files say, as much of it as a question has room for."""
    notes, document = list(attached.notes), attached.text
    room = LONGEST_QUESTION - len(question) - 2
    if document and room < _LEAST_ROOM:
        notes.append(("slack.file.room", {}))
        document = ""
    elif len(document) > room:
        notes.append(("slack.file.clipped", {"limit": room}))
        document = document[:room]
    if document and not question:
        notes.append(("slack.file.question", {}))
    return Attached(text=f"{question}\n\n{document}".strip(), notes=tuple(notes))


async def _download(address: str, token: str) -> bytes:
    """Raises Unreadable, or what the client raises."""
    session = aiohttp.ClientSession(timeout=_TIMEOUT, headers={"Authorization": f"Bearer {token}"})
    # Where the token may not read the file, Slack sends on to a page to sign in at.
    async with session, session.get(address, allow_redirects=False) as answer:
        if answer.status != 200 or answer.content_type == "text/html":
            log.warning("slack.file_unreachable", status=answer.status)
            raise Unreadable("unreachable")
        content = bytearray()
        async for chunk in answer.content.iter_chunked(64 * 1024):
            content += chunk
            if len(content) > LARGEST:
                raise Unreadable("large")
        return bytes(content)


def _address(file: Mapping[str, Any]) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")


def _name(file: Mapping[str, Any]) -> str:
    name = " ".join(mask(str(file.get("name") or file.get("title") or file.get("id") or "?")).split())
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _told(name: str, kind: Kind, read: Read) -> Note:
    if kind != "pdf":
        return f"slack.file.read.{kind}", {"name": name}
    if read.read < read.pages:
        return "slack.file.read.first", {"name": name, "read": read.read, "pages": read.pages}
    return "slack.file.read.page" if read.pages == 1 else "slack.file.read.pages", {"name": name, "pages": read.pages}
