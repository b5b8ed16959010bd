"""What pages read from requests."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

_TYPED = frozenset({"tekst", "svar", "sett", "sporsmal", "grunn", "kontakt", "mangler"})
"""What people write into themselves; the other fields hold names, keys and choices."""
_NUL = "\0"


async def form_of(request: Request, fields: int = 5) -> FormData:
    """The form, of so many fields at most, without the character NUL, which PostgreSQL takes in no text.

    Raises HTTPException (400) where it stands in what nobody writes: then it is no form of ours.
    """
    form = await request.form(max_fields=fields)
    if not any(_NUL in value for _, value in form.multi_items() if isinstance(value, str)):
        return form
    if any(_NUL in value for name, value in form.multi_items() if isinstance(value, str) and name not in _TYPED):
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return FormData([(name, _written(value)) for name, value in form.multi_items()])


def _written(value: UploadFile | str) -> UploadFile | str:
    return value.replace(_NUL, "") if isinstance(value, str) else value


def wants_json(request: Request) -> bool:
    """Does our own script ask?"""
    return request.headers.get("accept", "") == "application/json"


def number(text: str) -> int | None:
    """The number that stands there, or None where there is none that makes sense: every one is a number of a case or of
    a change, and PostgreSQL refuses what doesn't fit there."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def revision(request: Request) -> int:
    """The revision after which a browser wants to hear of changes: the last event it got, or what its page says."""
    known = number(request.headers.get("last-event-id") or request.query_params.get("etter", ""))
    if known is None:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return known


def local(address: str) -> str:
    """The address where it is one of our pages, or else the front page: nobody is sent to another site."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if inside else "/"
