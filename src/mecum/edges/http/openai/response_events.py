"""The events of a streamed response. Source: the OpenAI API reference, "Streaming events" of responses.

`sequence_number` counts what was said, not how it was cut into events: one for an event, for a delta as many as it has
UTF-8 bytes, told as the number of the last. So it is the same however often and in whatever pieces a response is told,
while it is made and long after, and whoever names the last number they have is told exactly what comes after it.
"""

from collections.abc import Callable
from typing import Any

import orjson

from mecum.edges.http.openai.annotations import Annotation
from mecum.edges.http.openai.errors import failure_of
from mecum.edges.http.openai.frames import Translation
from mecum.edges.http.openai.response_items import (
    call_item,
    item_id,
    message_item,
    noted,
    reasoning_item,
    response_object,
    status_of,
    text_part,
)
from mecum.engine.chat.called import CalledRun
from mecum.kernel.text import escape, unescape

_DELTA = b'event: %b\ndata: {"type":"%b","sequence_number":%d,"item_id":"%b","output_index":%d,"content_index":0,"delta":"%b"%b}\n\n'  # noqa: E501 - one format, one line
_ENDS = {"completed": "response.completed", "failed": "response.failed"}


class ResponseEvents(Translation):
    """Items open and close one after the other; each is told when it begins, grows and is complete.

    What has a number up to `after` is not told: the client has it.
    """

    def __init__(self, run: Callable[[], CalledRun], after: int = -1) -> None:
        super().__init__()
        self._run, self._after = run, after
        self._number = 0
        self._index = -1
        self._open: str | None = None
        self._id = self._message_id = ""
        self._text: list[bytes] = []
        self._said_tokens: list[dict[str, Any]] = []
        """How likely the tokens of the open item were."""
        self._cited = 0
        self._notes: list[Annotation] = []
        """What is cited in the open item."""
        self._call: tuple[str, str] = ("", "")

    def begin(self) -> bytes:
        """Tell the response's id at once, so that it can be cancelled before its first word."""
        run = self._run()
        self._message_id = run.message_id
        response = response_object(run, None, begins=True)
        return self._told("response.created", response=response) + self._told("response.in_progress", response=response)

    def text(self, escaped: bytes) -> bytes:
        """See `Translation`."""
        begun, told = self._begin("message"), b',"logprobs":[]'
        if self._tokens:
            tokens = self.taken_logprobs()
            self._said_tokens += tokens
            told = b',"logprobs":' + orjson.dumps(tokens)
        return begun + self._delta(b"response.output_text.delta", escaped, told)

    def reasoning(self, escaped: bytes) -> bytes:
        """See `Translation`."""
        return self._begin("reasoning") + self._delta(b"response.reasoning_text.delta", escaped)

    def begins_call(self) -> bytes:
        """See `Translation`."""
        return self._close("completed")

    def call(self, call_id: str, name: str, arguments: str) -> bytes:
        """See `Translation`."""
        begun = b""
        if self._open != "function_call":
            self._call = (call_id, name)
            begun = self._begin("function_call")
        if not arguments:
            return begun
        self._text.append(escape(arguments))
        rest = self._beyond(arguments)
        place = {"item_id": self._id, "output_index": self._index}
        kind = "response.function_call_arguments.delta"
        return begun + (self._event_of(kind, self._number - 1, **place, delta=rest) if rest else b"")

    def called(self, content: dict[str, Any]) -> bytes:
        """See `Translation`."""
        begun = b""
        if self._open != "function_call":
            begun = self.call(content["call_id"], content["name"], content["arguments"])
        return begun + self._close("completed")

    def cited(self) -> bytes:
        """See `Translation`; what is cited before anything was said belongs to nothing."""
        if self._open != "message":
            return b""
        self._cited += 1
        note = next(iter(noted(self._run().parts, self._index)[self._cited - 1 :]), None)
        if note is None:
            return b""
        self._notes.append(note)
        return self._told(
            "response.output_text.annotation.added",
            item_id=self._id,
            output_index=self._index,
            content_index=0,
            annotation_index=len(self._notes) - 1,
            annotation=note.told,
        )

    def end(self) -> bytes:
        """Close what is open and tell how the response ended."""
        run = self._run()
        status = status_of(run)
        closed = self._close("completed" if status == "completed" else "incomplete")
        response = response_object(run, failure_of(run.ending))
        return closed + self._told(_ENDS.get(status, "response.incomplete"), response=response)

    def _begin(self, kind: str) -> bytes:
        if self._open == kind:
            return b""
        closed = self._close("completed")
        self._index += 1
        self._open, self._text, self._said_tokens = kind, [], []
        self._cited, self._notes = 0, []
        self._id = item_id(kind, self._message_id, self._index)
        item = self._item("in_progress", None)
        added = self._told("response.output_item.added", output_index=self._index, item=item)
        return closed + added + self._part("response.content_part.added", "")

    def _close(self, status: str) -> bytes:
        if self._open is None:
            return b""
        text = unescape(b"".join(self._text))
        if self._open == "message":
            # A last token may have had no text of its own.
            self._said_tokens += self.taken_logprobs()
        closed = self._done(text) + self._part("response.content_part.done", text)
        item = self._item(status, text)
        closed += self._told("response.output_item.done", output_index=self._index, item=item)
        self._open = None
        return closed

    def _item(self, status: str, text: str | None) -> dict[str, Any]:
        if self._open == "message":
            return message_item(self._id, status, text, self._said_tokens, self._notes)
        if self._open == "reasoning":
            return reasoning_item(self._id, status, text)
        return call_item(self._id, status, *self._call, text or "")

    def _part(self, kind: str, text: str) -> bytes:
        if self._open == "function_call":
            return b""
        part = (
            text_part(text, self._said_tokens, self._notes)
            if self._open == "message"
            else {"type": "reasoning_text", "text": text}
        )
        return self._told(kind, item_id=self._id, output_index=self._index, content_index=0, part=part)

    def _done(self, text: str) -> bytes:
        place = {"item_id": self._id, "output_index": self._index}
        if self._open == "message":
            return self._told(
                "response.output_text.done", **place, content_index=0, text=text, logprobs=self._said_tokens
            )
        if self._open == "reasoning":
            return self._told("response.reasoning_text.done", **place, content_index=0, text=text)
        return self._told("response.function_call_arguments.done", **place, name=self._call[1], arguments=text)

    def _delta(self, kind: bytes, escaped: bytes, rest: bytes = b"") -> bytes:
        self._text.append(escaped)
        if b"\\" in escaped or self._number <= self._after:
            escaped = escape(self._beyond(unescape(escaped)))
        else:
            self._number += len(escaped)
        if not escaped:
            return b""
        return _DELTA % (kind, kind, self._number - 1, self._id.encode(), self._index, escaped, rest)

    def _beyond(self, text: str) -> str:
        """Count the text, and return what of it the client does not have."""
        data = text.encode("utf-8")
        known = min(max(self._after + 1 - self._number, 0), len(data))
        self._number += len(data)
        while 0 < known < len(data) and data[known] & 0xC0 == 0x80:
            # No number of ours lies within a character.
            known -= 1
        return data[known:].decode("utf-8")

    def _told(self, kind: str, **fields: Any) -> bytes:
        number = self._number
        self._number += 1
        return self._event_of(kind, number, **fields) if number > self._after else b""

    def _event_of(self, kind: str, number: int, **fields: Any) -> bytes:
        body = {"type": kind, "sequence_number": number, **fields}
        return b"event: %b\ndata: %b\n\n" % (kind.encode(), orjson.dumps(body))
