"""What goes wrong in the service, because a test says so."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


@dataclasses.dataclass
class Fault:
    """The next so many `times` that a request of the method fits the path, it is answered so."""

    method: str
    path: str
    status: int
    code: str = "Trouble"
    message: str = "it went wrong"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    times: int = 1
    met: int = 0

    def fits(self, request: Request) -> bool:
        """Is it this one?"""
        there = re.search(self.path, request.url.path)
        return self.met < self.times and request.method == self.method and there is not None

    def answer(self) -> Response:
        """The answer, which counts."""
        self.met += 1
        body = {"error": {"code": self.code, "message": self.message}}
        return JSONResponse(body, self.status, headers=dict(self.headers))
