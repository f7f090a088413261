"""The multiplexed socket: subscribe to runs and to the personal channel, resume from any position.

Back-pressure is per client: one that does not read is not queued for, it catches up from the log when it reads again.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from mecum.domains.runs import api as runs
from mecum.edges.outlet import LINE, Outlet
from mecum.engine.chat.reading import RunReader
from mecum.infra.storage import Database
from mecum.infra.web.requests import subject_in
from mecum.kernel import clock
from mecum.kernel.errors import Denied, Invalid, Limit, MecumError
from mecum.kernel.subject import Subject

_MOST_SUBSCRIPTIONS = 200
_MOST_MESSAGE = 64 * 1024
CLOSE = {"denied": 4401, "limit": 4429, "invalid": 4400}


class BadFrame(Invalid):
    """This is not a message that the socket understands."""

    code = "socket.bad_message"


class TooManySubscriptions(Limit):
    """One socket follows at most 200 runs at once."""

    code = "socket.too_many_subscriptions"


class _Follower:
    """Follows one run for one socket."""

    __slots__ = ("_outlet", "_sent", "ended", "stream")

    def __init__(self, stream: runs.RunStream, after: int, outlet: Outlet) -> None:
        self.stream, self._sent, self._outlet, self.ended = stream, after, outlet, False

    def push(self, stream: runs.RunStream, frames: Sequence[runs.Frame]) -> None:
        self._send([frame for frame in frames if frame.seq > self._sent])

    def catch_up(self) -> None:
        """Send what the client does not have, as far as it takes it."""
        self._send(self.stream.caught_up(self._sent))

    def _send(self, frames: Sequence[runs.Frame]) -> None:
        if frames and (taken := self._outlet.text(*[frame.body for frame in frames])):
            last = frames[taken - 1]
            self._sent, self.ended = last.seq, last.ends


class Socket:
    """One open socket."""

    def __init__(self, database: Database, reader: RunReader, channel: runs.PersonChannel, subject: Subject) -> None:
        self._database, self._reader, self._channel, self._subject = database, reader, channel, subject
        self._followers: dict[str, _Follower] = {}
        self._outlet: Outlet | None = None
        self._leave_channel: Any = None
        self._me_sent: int | None = None
        self._replies: list[bytes] = []

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the socket until it closes."""
        self._outlet = outlet = Outlet(send, self._on_free, scope.get(LINE))
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._handle(message.get("text") or (message.get("bytes") or b"").decode("utf-8", "replace"))
        finally:
            outlet.closed = True
            self._leave()

    async def _handle(self, text: str) -> None:
        try:
            await self._command(_parsed(text))
        except MecumError as error:
            self._reply({"type": "error", "code": error.code, "message": error.message})

    async def _command(self, command: dict[str, Any]) -> None:
        kind, channel = command.get("type"), command.get("channel")
        if kind == "ping":
            self._reply({"type": "pong"})
        elif kind == "subscribe" and isinstance(channel, str):
            await self._subscribe(channel, _count(command, "after"), _count(command, "since"))
        elif kind == "unsubscribe" and isinstance(channel, str):
            self._unsubscribe(channel)
        else:
            raise BadFrame

    async def _subscribe(self, channel: str, after: int | None, since: int | None) -> None:
        if channel == "me":
            await self._subscribe_me(after, since)
            return
        name, _, run_id = channel.partition(":")
        if name != "run":
            raise BadFrame(f"There is no channel {channel!r}.")
        turn = self._reader.active(self._subject, run_id)
        if turn is None:
            events = await self._reader.events(self._subject, run_id, after or 0)
            self._reply({"type": "subscribed", "channel": channel, "seq": events[-1][0] if events else after or 0})
            for _, body in events:
                self._text(body)
            return
        self._follow(channel, run_id, turn.stream, after or 0)

    def _follow(self, channel: str, run_id: str, stream: runs.RunStream, after: int) -> None:
        self._forget_ended()
        if len(self._followers) >= _MOST_SUBSCRIPTIONS:
            raise TooManySubscriptions
        self._unsubscribe(channel)
        if self._outlet is None:
            return
        follower = self._followers[run_id] = _Follower(stream, after, self._outlet)
        stream.followers.append(follower)
        self._reply({"type": "subscribed", "channel": channel, "seq": stream.durable})
        if not self._replies:
            follower.catch_up()

    async def _subscribe_me(self, after: int | None, since: int | None) -> None:
        newest = self._channel.last_seq(self._subject.person_id)
        if after is None and since is not None:
            # Numbers are milliseconds: the client says how long it has been reading, whatever its clock says.
            after = max(0, min(newest, clock.milliseconds() - since))
        self._me_sent = newest if after is None else after
        self._reply({"type": "subscribed", "channel": "me", "seq": newest})
        if self._leave_channel is None:
            self._leave_channel = self._channel.listen(self._subject.person_id, self._on_news)
        await self._catch_up_me()

    async def _catch_up_me(self) -> None:
        if self._me_sent is None or self._me_sent == self._channel.last_seq(self._subject.person_id):
            return
        async with self._database.reading(self._subject) as scope:
            missed = await self._channel.since(scope, self._me_sent)
        self._me_sent = self._channel.last_seq(self._subject.person_id)
        if missed is None:
            self._reply({"type": "resync", "channel": "me"})
        for body in missed or ():
            self._text(body)

    def _on_news(self, news: runs.News) -> None:
        if self._me_sent is not None and news.seq > self._me_sent:
            self._me_sent = news.seq
            self._text(news.body)

    def _unsubscribe(self, channel: str) -> None:
        if channel == "me" and self._leave_channel is not None:
            self._leave_channel()
            self._leave_channel = self._me_sent = None
        follower = self._followers.pop(channel.removeprefix("run:"), None)
        if follower is not None and follower in follower.stream.followers:
            follower.stream.followers.remove(follower)

    def _forget_ended(self) -> None:
        self._followers = {run_id: f for run_id, f in self._followers.items() if not f.ended}

    def _reply(self, message: dict[str, Any]) -> None:
        self._text(orjson.dumps(message))

    def _text(self, text: bytes) -> None:
        """Send a text that is not part of a log; it waits in line while the client does not read."""
        outlet = self._outlet
        if outlet is None or outlet.closed:
            return
        if self._replies or not outlet.text(text):
            self._replies.append(text)

    def _on_free(self) -> None:
        outlet = self._outlet
        while self._replies and outlet is not None and not outlet.busy:
            outlet.text(self._replies.pop(0))
        for follower in list(self._followers.values()):
            if outlet is None or outlet.busy:
                return
            follower.catch_up()

    def _leave(self) -> None:
        if self._leave_channel is not None:
            self._leave_channel()
        for run_id in list(self._followers):
            self._unsubscribe("run:" + run_id)


class Sockets:
    """The ASGI endpoint of `GET /api/v1/ws`, with its limit of connections."""

    def __init__(self, database: Database, reader: RunReader, channel: runs.PersonChannel, *, most: int) -> None:
        self._database, self._reader, self._channel, self._most = database, reader, channel, most
        self.open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        try:
            subject = subject_in(scope)
        except Denied as refusal:
            await _refuse(send, CLOSE["denied"], refusal.code)
            return
        if self.open >= self._most:
            await _refuse(send, CLOSE["limit"], "socket.too_many")
            return
        self.open += 1
        try:
            await send({"type": "websocket.accept"})
            await Socket(self._database, self._reader, self._channel, subject).serve(scope, receive, send)
        finally:
            self.open -= 1


async def _refuse(send: Send, code: int, reason: str) -> None:
    """Accept, then close with the code: a refused handshake would hide it from a browser."""
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": code, "reason": reason})


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > _MOST_MESSAGE:
        raise BadFrame("The message is too long.")
    try:
        command = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadFrame from error
    if not isinstance(command, dict):
        raise BadFrame
    return command  # pyright: ignore[reportUnknownVariableType]


def _count(command: dict[str, Any], name: str) -> int | None:
    value = command.get(name)
    return value if isinstance(value, int) and value >= 0 else None
