"""Reads the text of a PDF: a program of its own, so that a file that takes forever or all memory takes nothing else.

It reads the file from its input and writes what it found as JSON: `text`, `read` and `pages`, or a `problem`. Its
arguments are the most pages, and the most characters.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

_MEMORY = 1024**3
_SECONDS = 30


def text_of(content: bytes, pages: int, characters: int) -> dict[str, Any]:
    """The text of the first pages, up to so many characters; or what is in the way."""
    from pypdf import PdfReader  # noqa: PLC0415 - after the limits are set
    from pypdf.errors import DependencyError, PyPdfError  # noqa: PLC0415

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"problem": "encrypted"}
        read, found = 0, ""
        for page in reader.pages[:pages]:
            found += f"{page.extract_text()}\n"
            read += 1
            if len(found) > characters:
                break
        total = len(reader.pages)
    except DependencyError:
        return {"problem": "encrypted"}
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError):
        # pypdf answers broken files with whatever it stumbles over.
        return {"problem": "broken"}
    return {"text": found, "read": read, "pages": total} if found.strip() else {"problem": "scan"}


def main() -> None:
    """Read, within limits of memory and time."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    pages, characters = map(int, sys.argv[1:3])
    sys.stdout.write(json.dumps(text_of(sys.stdin.buffer.read(), pages, characters)))


if __name__ == "__main__":
    main()
