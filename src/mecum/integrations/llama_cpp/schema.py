"""An answer that is to follow a JSON schema: written by a grammar, and looked at again for what grammars leave out."""

from collections.abc import Mapping
from typing import Any, Literal

import orjson

from mecum.inference.errors import AnswerOffSchema
from mecum.inference.exchange import AnswerSink, LogprobSink, ModelRequest, Passage
from mecum.inference.wires.limits import broken_limit, limits_numbers
from mecum.kernel.text import unescape


def limiting_schema(request: ModelRequest) -> Mapping[str, Any] | None:
    """Return the schema of the answer if it has limits that a grammar does not hold."""
    form: dict[str, Any] = request.parameters.get("response_format") or {}
    named: dict[str, Any] = form.get("json_schema") or {}
    schema: Any = named.get("schema")
    return schema if limits_numbers(schema) else None


class HeardSink:
    """A sink that remembers the text which goes through it."""

    def __init__(self, sink: AnswerSink) -> None:
        self._sink = sink
        self._heard: list[str] = []

    def require(self, schema: Mapping[str, Any]) -> None:
        """Raise AnswerOffSchema unless the text is JSON within the limits of the schema."""
        try:
            value = orjson.loads("".join(self._heard))
        except orjson.JSONDecodeError as error:
            raise AnswerOffSchema("The answer is not JSON.") from error
        if broken := broken_limit(schema, value):
            raise AnswerOffSchema(f"The answer does not keep to its schema: {broken}.")

    def text(self, escaped: bytes, size: int) -> None:
        self._heard.append(unescape(escaped))
        self._sink.text(escaped, size)

    def raw_text(self, text: str) -> None:
        self._heard.append(text)
        self._sink.raw_text(text)

    def reasoning(self, text: str) -> None:
        self._sink.reasoning(text)

    def logprobs(self, tokens: list[dict[str, Any]]) -> None:
        if isinstance(self._sink, LogprobSink):
            self._sink.logprobs(tokens)

    def tool_call(self, index: int, call_id: str | None, name: str | None, arguments: str) -> None:
        self._sink.tool_call(index, call_id, name, arguments)

    def citation(self, passage: Passage) -> None:
        self._sink.citation(passage)

    def phase(self, name: Literal["loading", "searching", "thinking", "writing"]) -> None:
        self._sink.phase(name)
