"""Messages as the OpenAI wire has them: `{"messages": […]}`, the current branch only."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import orjson

from mecum.domains.transfer.errors import NotAConversation
from mecum.domains.transfer.rules.exact import cleaned, data_part, storable_part
from mecum.domains.transfer.rules.own import parsed
from mecum.domains.transfer.rules.record import Json, Record, Report

_DATA_URL: Final = re.compile(r"^data:([\w.+-]+/[\w.+-]+)(?:;[^,;]+)*;base64,", re.ASCII)
_ROLES: Final = {"developer": "system", "function": "tool"}
_NOT_CARRIED: Final = ("metadata", "confidence", "feedback", "model", "token_count")


def write(record: Record, contents: Mapping[str, str], report: Report) -> bytes:
    """Return the current branch; `contents` has the base64 of the files that are in it, by id."""
    branch = record.current()
    report.count(branch)
    report.lose("tags are left out", len(record.conversation.get("tags", ())))
    report.lose("that it was put away is left out", int("archived_at" in record.conversation))
    report.lose("messages of other branches are left out", len(record.messages) - len(branch))
    lost = sum(any(message.get(name) for name in _NOT_CARRIED) for message in branch)
    report.lose("messages lose their model, metadata, counts, times or thumbs", lost)
    prompt = record.conversation["config"]["system_prompt"]
    messages: list[Json] = [{"role": "system", "content": prompt}] if prompt else []
    for message in branch:
        messages.extend(_written(message, contents, report))
    return orjson.dumps({"messages": messages}, option=orjson.OPT_INDENT_2) + b"\n"


def _written(message: Json, contents: Mapping[str, str], report: Report) -> Iterator[Json]:
    """A message of ours may hold results of tools: there they are messages of their own."""
    content: list[Json] = []
    calls: list[Json] = []
    for part in message["parts"]:
        if part["type"] == "tool_result":
            if content or calls:
                yield _assembled(message["role"], content, calls)
                content, calls = [], []
            yield {"role": "tool", "tool_call_id": part["call_id"], "content": part["content"]}
        elif part["type"] == "tool_call":
            function = {"name": part["name"], "arguments": part["arguments"]}
            calls.append({"id": part["call_id"], "type": "function", "function": function})
        elif (item := _item(part, contents)) is not None:
            content.append(item)
            report.lose("data parts are shown as text with replacement characters", int(part["type"] == "data"))
        else:
            report.lose(f"parts of the type {part['type']} are left out")
    if content or calls or not message["parts"]:
        yield _assembled(message["role"], content, calls)


def _assembled(role: str, content: list[Json], calls: list[Json]) -> Json:
    plain = len(content) == 1 and content[0]["type"] == "text"
    said = content[0]["text"] if plain else content or ("" if not calls else None)
    return {"role": role, "content": said, **({"tool_calls": calls} if calls else {})}


def _item(part: Json, contents: Mapping[str, str]) -> Json | None:
    if part["type"] in ("text", "data"):
        return {"type": "text", "text": part["text"] if part["type"] == "text" else part["shown"]}
    if part["type"] not in ("image", "file") or part["file_id"] not in contents:
        return None
    url = f"data:{part['media_type']};base64,{contents[part['file_id']]}"
    if part["type"] == "image":
        return {"type": "image_url", "image_url": {"url": url}}
    return {"type": "file", "file": {"filename": part["name"], "file_data": url}}


def read(body: bytes, report: Report) -> Record:
    """Return what a list of messages holds; raises NotAConversation."""
    whole = parsed(body)
    given = cast("Json", whole).get("messages") if isinstance(whole, dict) else whole
    if not isinstance(given, list):
        raise NotAConversation("There is no list of messages.")
    reader = _Reader(report)
    for place, message in enumerate(cast("list[Any]", given)):
        if not isinstance(message, dict) or not isinstance(cast("Json", message).get("role"), str):
            raise NotAConversation(errors=[{"path": f"messages.{place}.role", "message": "must be a text"}])
        reader.take(place, cast("Json", message))
    return Record({"title": None, "config": {"system_prompt": reader.prompt}}, reader.messages, reader.files)


class _Reader:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._tools: dict[str, str] = {}
        self.prompt: str | None = None
        self.messages: list[Json] = []
        self.files: dict[str, Json] = {}

    def take(self, place: int, message: Json) -> None:
        """Read one message."""
        role = str(_ROLES.get(message["role"], message["role"]))
        if role not in ("system", "user", "assistant", "tool"):
            raise NotAConversation(errors=[{"path": f"messages.{place}.role", "message": f"{role[:50]} is unknown"}])
        content = message.get("content")
        if role == "system" and place == 0 and isinstance(content, str):
            self.prompt = cleaned(content)
            return
        parts = self._result(message) if role == "tool" else [*self._content(content), *self._calls(message)]
        parent_id = self.messages[-1]["id"] if self.messages else None
        self.messages.append({"id": str(place), "parent_id": parent_id, "role": role, "parts": parts})
        known = {"role", "content", "tool_calls", "tool_call_id", "name", "refusal", "annotations", "audio"}
        self._report.lose("unknown fields are left out", len(message.keys() - known))

    def _content(self, content: Any) -> list[Json]:
        if content is None or content == "":
            return []
        if isinstance(content, str):
            return storable_part({"type": "text", "text": content}, self._report)
        items = cast("list[Any]", content) if isinstance(content, list) else [content]
        return [part for item in items for part in self._part(item)]

    def _part(self, item: Any) -> list[Json]:
        known: Json = cast("Json", item) if isinstance(item, dict) else {}
        text: Any = known.get("text")
        if known.get("type") in ("text", "input_text", "output_text") and isinstance(text, str):
            return storable_part({"type": "text", "text": text}, self._report)
        if (file := self._file(known)) is not None:
            return [file]
        self._report.lose("content that cannot be read is kept as data")
        return [data_part(item)]

    def _file(self, item: Json) -> Json | None:
        """An image or file whose bytes are in the message; nothing is fetched from elsewhere."""
        inner: Any = item.get(str(item.get("type")))
        values: Json = cast("Json", inner) if isinstance(inner, dict) else {}
        url = values.get("url") if item.get("type") == "image_url" else values.get("file_data")
        found = _DATA_URL.match(url) if isinstance(url, str) else None
        if found is None or not isinstance(url, str):
            return None
        data = url[found.end() :]
        try:
            size = len(base64.b64decode(data, validate=True))
        except binascii.Error:
            return None
        file_id, name = f"file {len(self.files)}", cleaned(str(values.get("filename") or "image"))
        self.files[file_id] = {"id": file_id, "name": name, "media_type": found.group(1), "base64": data}
        kind = "image" if item["type"] == "image_url" else "file"
        return {"type": kind, "file_id": file_id, "name": name, "media_type": found.group(1), "size": size}

    def _calls(self, message: Json) -> list[Json]:
        parts: list[Json] = []
        calls: Any = message.get("tool_calls") or []
        for call in cast("list[Any]", calls) if isinstance(calls, list) else [calls]:
            values: Json = cast("Json", call) if isinstance(call, dict) else {}
            function: Any = values.get("function")
            part = _call(str(values.get("id", "")), function)
            if part is None:
                self._report.lose("content that cannot be read is kept as data")
                parts.append(data_part(call))
            else:
                self._tools[part["call_id"]] = part["name"]
                parts.extend(storable_part(part, self._report))
        return parts

    def _result(self, message: Json) -> list[Json]:
        call_id, content = str(message.get("tool_call_id", "")), message.get("content")
        said = content if isinstance(content, str) else "\n".join(p.get("text", "") for p in self._content(content))
        name = str(message.get("name") or self._tools.get(call_id, ""))
        part = {"type": "tool_result", "call_id": call_id, "name": name, "content": said, "is_error": False}
        return storable_part(part, self._report)


def _call(call_id: str, function: Any) -> Json | None:
    values: Json = cast("Json", function) if isinstance(function, dict) else {}
    name, arguments = values.get("name"), values.get("arguments", "")
    if not isinstance(name, str) or not isinstance(arguments, str):
        return None
    return {"type": "tool_call", "call_id": call_id, "name": name, "arguments": arguments}
