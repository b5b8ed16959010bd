"""The service's addresses: tokens, keys, conversations and their activities and members."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.peers.serving import served
from tests.peers.teams.faults import Fault
from tests.peers.teams.model import APP, SECRET, Person, Room, Sent
from tests.peers.teams.signing import Signing

LARGEST = 100_000
Handler = Callable[[Request], Awaitable[Response]]


class Service(Signing):
    """Keeps what the bot posts, in the order in which it came, and answers as Teams does."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, Person] = {}
        self.rooms: dict[str, Room] = {}
        self.sent: list[Sent] = []
        self.typing: list[str] = []
        self.trusting = False
        """No token is asked for, as in the playground."""
        self.faults: list[Fault] = []
        self.tokens: list[str] = []
        self.logins: list[str] = []
        """The tenants that tokens were asked of."""
        self._numbers = itertools.count(1)
        there = "/v3/conversations/{conversation}"
        self.app = Starlette(
            routes=[
                Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
                Route("/v1/.well-known/keys", self._keys),
                Route("/v3/conversations", self._guarded(self._open), methods=["POST"]),
                Route(f"{there}/activities", self._guarded(self._create), methods=["POST"]),
                Route(f"{there}/activities/{{id}}", self._guarded(self._update), methods=["PUT"]),
                Route(f"{there}/activities/{{id}}", self._guarded(self._delete), methods=["DELETE"]),
                Route(f"{there}/pagedMembers", self._guarded(self._members)),
                Route(f"{there}/members/{{member}}", self._guarded(self._member)),
            ]
        )

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            if fault := next((each for each in self.faults if each.fits(request)), None):
                return fault.answer()
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not self.trusting and token not in self.tokens:
                return _no(401, "Unauthorized")
            if name := request.path_params.get("conversation"):
                room = self.rooms.get(name.partition(";")[0])
                if room is None:
                    return _no(404, "ConversationNotFound")
                if not room.bot:
                    return _no(403, "BotNotInConversationRoster")
            return await handler(request)

        return guarded

    async def _token(self, request: Request) -> Response:
        if fault := next((each for each in self.faults if each.fits(request)), None):
            return fault.answer()
        form = await request.form()
        if (form.get("client_id"), form.get("client_secret")) != (APP, SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        self.logins.append(request.path_params["tenant"])
        token = self.sign(scope=str(form["scope"]), tenant=request.path_params["tenant"])
        self.tokens.append(token)
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    async def _keys(self, request: Request) -> Response:
        if fault := next((each for each in self.faults if each.fits(request)), None):
            return fault.answer()
        self.keys_asked += 1
        return JSONResponse(self.published)

    async def _open(self, request: Request) -> Response:
        body = await request.json()
        (person,) = (each["id"] for each in body["members"])
        found = [each for each in self.people.values() if person in {each.id, each.account} and each.app]
        if not found or not body["tenantId"]:
            return _no(403, "BotNotInConversationRoster")
        name = f"a:chat-{found[0].id}"
        self.rooms.setdefault(name, Room("personal", [found[0].id], tenant=found[0].tenant))
        return JSONResponse({"id": name}, 201)

    async def _create(self, request: Request) -> Response:
        body = await request.body()
        if len(body) > LARGEST:
            return _no(413, "MessageSizeTooBig")
        activity, conversation = await request.json(), request.path_params["conversation"]
        stream = _of_type(activity, "streaminfo")
        if stream:
            return self._stream(conversation, activity, stream)
        if activity["type"] == "typing":
            self.typing.append(conversation)
            return JSONResponse({}, 202)
        if refused := _refused(activity):
            return refused
        sent = Sent(conversation, f"17000000{next(self._numbers):05}", activity)
        self.sent.append(sent)
        return JSONResponse({"id": sent.id}, 201)

    def _stream(self, conversation: str, activity: dict[str, Any], stream: dict[str, Any]) -> Response:
        if self.rooms[conversation.partition(";")[0]].kind != "personal":
            return _no(403, "ContentStreamNotAllowed", "Content stream is not allowed")
        sent = self.message(stream.get("streamId", ""))
        if sent is None:
            sent = Sent(conversation, f"a:stream-{next(self._numbers)}", activity, streamed=[activity], whole=False)
            self.sent.append(sent)
            return JSONResponse({"id": sent.id}, 201)
        if sent.whole:
            return _no(403, "ContentStreamNotAllowed", "Content stream is not allowed on an already completed message")
        if stream["streamType"] != "final":
            sent.streamed.append(activity)
        elif refused := _refused(activity):
            return refused
        sent.activity, sent.whole = activity, stream["streamType"] == "final"
        return JSONResponse({}, 202)

    async def _update(self, request: Request) -> Response:
        sent = self.message(request.path_params["id"])
        if sent is None:
            return _no(404, "ActivityNotFoundInConversation")
        activity = await request.json()
        if refused := _refused(activity):
            return refused
        sent.before.append(sent.activity)
        sent.activity, sent.whole = activity, True
        return JSONResponse({"id": sent.id})

    async def _delete(self, request: Request) -> Response:
        sent = self.message(request.path_params["id"])
        if sent is None:
            return _no(404, "ActivityNotFoundInConversation")
        self.sent.remove(sent)
        return Response()

    async def _members(self, request: Request) -> Response:
        room = self.rooms[request.path_params["conversation"].partition(";")[0]]
        start = int(request.query_params.get("continuationToken", "0"))
        shown = [self.people[each].told for each in room.members[start : start + 2]]  # pages of two, to have several
        more = {"continuationToken": str(start + 2)} if start + 2 < len(room.members) else {}
        return JSONResponse({"members": shown, **more})

    async def _member(self, request: Request) -> Response:
        room, wanted = self.rooms[request.path_params["conversation"].partition(";")[0]], request.path_params["member"]
        found = [self.people[each] for each in room.members if wanted in {each, self.people[each].account}]
        return JSONResponse(found[0].told) if found else _no(404, "MemberNotFoundInConversation")

    def message(self, id_: str) -> Sent | None:
        """The bot's message of that id."""
        return next((each for each in self.sent if each.id == id_), None)


def _of_type(activity: dict[str, Any], kind: str) -> dict[str, Any]:
    return next((each for each in activity.get("entities") or () if each["type"] == kind), {})


def _refused(activity: dict[str, Any]) -> Response | None:
    """What Teams takes no message for."""
    about = [each for each in activity.get("entities") or () if each["type"] == "https://schema.org/Message"]
    if len(about) > 1:
        return _no(400, "BadSyntax", "more than one message entity")
    for claim in (about[0].get("citation") or ()) if about else ():
        shown = claim["appearance"]
        if len(shown["name"]) > 80 or len(shown["abstract"]) > 160 or not shown["name"] or not shown["abstract"]:
            return _no(400, "BadSyntax", "citation")
    if not activity.get("text") and not activity.get("attachments"):
        return _no(400, "BadSyntax", "empty")
    return None


def _no(status: int, code: str, message: str = "no") -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)


@contextlib.asynccontextmanager
async def running(service: Service | None = None) -> AsyncIterator[Any]:
    """The service, served until the block ends."""
    from tests.peers.teams.extending import Extending  # noqa: PLC0415 - what acts in the service is made of it

    teams = service or Extending()
    async with served(teams.app) as teams.url:
        yield teams
