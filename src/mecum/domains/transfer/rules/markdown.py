"""Markdown: for people to read, and still read back: comments that no reader sees say where what begins.

A message begins with `<!-- mecum:message {…} -->`, its heading and an empty line; a further part with
`<!-- mecum:KIND {…} -->`; the end is `<!-- mecum:end -->`. Text stands as it is, to the byte; a line of it that looks
like such a comment gets a backslash. Markdown without any of this is read by its headings.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from mecum.domains.transfer.errors import NotAConversation
from mecum.domains.transfer.rules.exact import cleaned, storable_part
from mecum.domains.transfer.rules.record import MODES, ROLES, STATES, Json, Record, Report
from mecum.domains.transfer.rules.shapes import known_part

_MARK: Final = re.compile(r"^<!-- mecum:(\w+)(?: (\{.*\}))? -->\r?$")
_LOOKS_LIKE: Final = re.compile(r"^\\*<!-- mecum:")
_ESCAPED: Final = re.compile(r"^\\+<!-- mecum:")
_HEADING: Final = re.compile(r"^#{1,6} (You|User|Human|Person|Assistant|AI|System)\b[^\n]*$", re.IGNORECASE)
_HEADINGS: Final = {"user": "You", "assistant": "Assistant", "system": "System", "tool": "Tool"}
_CARRIED: Final = ("role", "mode", "state", "model", "created_at")
_NOT_CARRIED: Final = ("metadata", "confidence", "feedback", "error", "token_count")


def write(record: Record, report: Report) -> Iterator[bytes]:
    """Return the current branch as Markdown, piece by piece."""
    branch = record.current()
    report.count(branch)
    report.lose("tags are left out", len(record.conversation.get("tags", ())))
    report.lose("that it was put away is left out", int("archived_at" in record.conversation))
    report.lose("messages of other branches are left out", len(record.messages) - len(branch))
    report.lose("files are named, their bytes are left out", sum(_is_file(part) for m in branch for part in m["parts"]))
    lost = sum(any(message.get(name) for name in _NOT_CARRIED) for message in branch)
    report.lose("messages lose metadata, counts, thumbs or errors", lost)
    yield _front(record.conversation).encode()
    for message in branch:
        yield _written(message).encode()
    yield b"<!-- mecum:end -->\n"


def read(body: bytes, report: Report) -> Record:
    """Return what Markdown holds; raises NotAConversation."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotAConversation("This is not text in UTF-8.") from error
    lines = text.split("\n")
    if not any(_MARK.match(line) for line in lines):
        return _read_plain(text, lines, report)
    return Record(_read_front(lines), _chained(list(_read_marked(lines, report))))


def _front(conversation: Json) -> str:
    config = conversation["config"]
    values = {"title": conversation["title"], "model": config["model"], "system_prompt": config["system_prompt"]}
    lines = [f"{name}: {_json(value)}" for name, value in values.items() if value is not None]
    title = f"# {' '.join(conversation['title'].split())}\n\n" if conversation["title"] else ""
    return "\n".join(["---", "mecum: 1", *lines, "---"]) + f"\n\n{title}"


def _written(message: Json) -> str:
    head = {name: message[name] for name in _CARRIED if message.get(name) is not None}
    model = f" ({message['model']})" if message.get("model") else ""
    out = [f"<!-- mecum:message {_json(head)} -->\n## {_HEADINGS[message['role']]}{model}\n\n"]
    for place, part in enumerate(message["parts"]):
        if part["type"] in ("text", "reasoning"):
            mark = "" if place == 0 and part["type"] == "text" else f"<!-- mecum:{part['type']} -->\n"
            out.append(f"{mark}{_escaped(part['text'])}\n\n")
        else:
            rest = {name: value for name, value in part.items() if name != "type"}
            out.append(f"<!-- mecum:{part['type']} {_json(rest)} -->\n{_shown(part)}\n\n")
    return "".join(out)


def _shown(part: Json) -> str:
    if _is_file(part):
        return f"*File: {part['name']} ({part['media_type']}, {part['size']} bytes)*"
    if part["type"] == "citation":
        return f"*Source: {part['title']}*"
    return f"*{part['type']}: {part.get('name') or part.get('media_type')}*"


def _read_front(lines: list[str]) -> Json:
    values: Json = {}
    if lines and lines[0].rstrip("\r") == "---":
        for line in lines[1:]:
            if line.rstrip("\r") == "---":
                break
            name, _, value = line.partition(": ")
            values[name] = _parsed(value)
    config = {name: values.get(name) for name in ("model", "system_prompt")}
    head: Json = cleaned({"title": values.get("title"), "config": config})
    return head


def _read_marked(lines: list[str], report: Report) -> Iterator[Json]:
    message: Json | None = None
    for kind, head, text in _sections(lines):
        if kind in ("message", "end"):
            if message is not None:
                yield message
            message = _opened(head, text, report) if kind == "message" else None
        elif message is not None:
            message["parts"].extend(_read_part(kind, head, text, report))
    if message is not None:
        yield message


def _opened(head: Json, below: str, report: Report) -> Json:
    """Return the message that begins here, with the text below its heading and the empty line."""
    message = _head(head, report)
    said = below.split("\n", 2)[2] if below.count("\n") > 1 else ""
    if said:
        message["parts"].extend(_read_part("text", {}, said, report))
    return message


def _sections(lines: list[str]) -> Iterator[tuple[str, Json, str]]:
    """Return (kind, values, the text below) of every mark."""
    marks = [(place, found) for place, line in enumerate(lines) if (found := _MARK.match(line))]
    ends = [place for place, _ in marks[1:]] + [len(lines)]
    for (place, found), end in zip(marks, ends, strict=True):
        below = [line[1:] if _ESCAPED.match(line) else line for line in lines[place + 1 : end]]
        head = _parsed(found.group(2) or "{}")
        yield found.group(1), head if isinstance(head, dict) else {}, "\n".join(below).removesuffix("\n")


def _head(head: Json, report: Report) -> Json:
    message: Json = {"role": "user", "mode": "chat", "state": "complete", "parts": []}
    allowed = {"role": ROLES, "mode": MODES, "state": STATES}
    for name in _CARRIED:
        value = head.get(name)
        if not isinstance(value, str):
            continue
        if value in allowed.get(name, {value}):
            message[name] = cleaned(value)
        else:
            report.lose(f"unknown values of {name} are left out")
    return message


def _read_part(kind: str, head: Json, text: str, report: Report) -> list[Json]:
    if kind in ("text", "reasoning"):
        return storable_part({"type": kind, "text": text}, report)
    part = {"type": kind, **head}
    if _is_file(part):
        report.lose("files are not in it, only their names")
        return storable_part({"type": "text", "text": text}, report)
    if known_part(part):
        return storable_part(part, report)
    report.lose("parts of an unknown type are left out")
    return []


def _read_plain(text: str, lines: list[str], report: Report) -> Record:
    report.lose("the file has no marks of ours and was read by its headings")
    places = [place for place, line in enumerate(lines) if _HEADING.match(line.rstrip("\r"))]
    if not places:
        parts = storable_part({"type": "text", "text": text}, report) if text else []
        return Record({"title": None, "config": {}}, _chained([{"role": "user", "parts": parts}] if text else []))
    report.lose("lines before the first heading are left out", sum(bool(line.strip()) for line in lines[: places[0]]))
    messages: list[Json] = []
    for place, end in zip(places, [*places[1:], len(lines)], strict=True):
        said = "\n".join(lines[place + 1 : end]).strip("\r\n")
        parts = storable_part({"type": "text", "text": said}, report) if said else []
        messages.append({"role": _role(lines[place]), "parts": parts})
    return Record({"title": None, "config": {}}, _chained(messages))


def _role(heading: str) -> str:
    word = heading.lstrip("#").split()[0].lower()
    return {"assistant": "assistant", "ai": "assistant", "system": "system"}.get(word, "user")


def _chained(messages: list[Json]) -> list[Json]:
    for place, message in enumerate(messages):
        message["id"], message["parent_id"] = str(place), str(place - 1) if place else None
    return messages


def _is_file(part: Json) -> bool:
    return part["type"] in ("image", "file")


def _escaped(text: str) -> str:
    return "\n".join("\\" + line if _LOOKS_LIKE.match(line) else line for line in text.split("\n"))


def _json(value: Any) -> str:
    """JSON that cannot end a comment."""
    return json.dumps(value, ensure_ascii=False).replace(">", "\\u003e")


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return None
