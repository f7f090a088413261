"""Open WebUI's export of chats: a tree by id, answers with an `output` list or with `<details>` in their text."""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import Any, Final

from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.stream import elements
from mecum.domains.transfer.readers.values import is_object, list_of, object_of, objects_of, upwards
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Attached, Found, Incoming, Skipped, Thread, arranged
from mecum.domains.transfer.rules.moments import Impossible, moment, moment_or_none
from mecum.domains.transfer.rules.record import ROLES, Json

NAME: Final = "openwebui"
_DETAILS: Final = re.compile(r'<details\s+type="(\w+)"[^>]*>\s*<summary>(.*?)</summary>(.*?)</details>\s*', re.DOTALL)
_DATA_URL: Final = re.compile(r"^data:([\w.+-]+/[\w.+-]+)(?:;[^,;]+)*;base64,", re.ASCII)
_KNOWN: Final = frozenset("id user_id title chat created_at updated_at meta".split())
_KNOWN_OF_MESSAGE: Final = frozenset(
    "id parentId childrenIds role content timestamp model output files sources citations done annotation error "
    "modelName modelIdx models".split()
)


def knows(value: Any) -> bool:
    """Whether this is the first element, or the whole, of such a file."""
    return is_object(value) and is_object(value.get("chat"))


def read(source: Source) -> Iterator[Found]:
    """Return its conversations."""
    for place, value in enumerate(elements(source.file)):
        if knows(value):
            yield _Reader(source, value).thread()
        else:
            yield Skipped(
                "conversation", f"{source.name}#{place}", "it is not a conversation", pieces.kept({"": value})
            )


class _Reader:
    """Reads one conversation."""

    def __init__(self, source: Source, value: Json) -> None:
        self._source, self._chat = source, value["chat"]
        chat, params = self._chat, object_of(self._chat.get("params"))
        legacy = pieces.kept({name: inner for name, inner in value.items() if name not in _KNOWN and inner})
        tags = [str(tag) for tag in list_of(object_of(value.get("meta")).get("tags") or chat.get("tags"))]
        models = list_of(chat.get("models"))
        self._thread = Thread(
            ref=str(value.get("id") or chat.get("id") or f"{value.get('created_at')}/{value.get('title')}"),
            title=pieces.text_or_none(value.get("title") or chat.get("title"), 500),
            messages=[],
            created_at=moment_or_none(value.get("created_at") or chat.get("timestamp")),
            last_activity_at=moment_or_none(value.get("updated_at")),
            model=pieces.text_or_none(models[0] if models else None),
            system_prompt=pieces.text_or_none(chat.get("system") or params.get("system")),
            temperature=pieces.temperature(params.get("temperature")),
            metadata=pieces.kept({"legacy": legacy, "tags": tags}),
        )

    def thread(self) -> Thread:
        """Return the conversation."""
        history = object_of(self._chat.get("history"))
        given = object_of(history.get("messages"))
        nodes: dict[str, Json] = {str(key): node for key, node in given.items() if is_object(node)}
        if not nodes:
            # Older exports have the current branch alone, as a list.
            nodes = _as_tree(objects_of(self._chat.get("messages")))
        for key, node in nodes.items():
            self._take(nodes, key, node)
        refs = {message.ref for message in self._thread.messages}
        for message in self._thread.messages:
            above = upwards(nodes, nodes[message.ref].get("parentId"), "parentId")
            message.parent = next((key for key in above if key in refs), None)
        self._thread.messages = arranged(self._thread.messages)
        self._thread.leaf = next(
            (key for key in upwards(nodes, history.get("currentId"), "parentId") if key in refs), None
        )
        return self._thread

    def _take(self, nodes: dict[str, Json], key: str, node: Json) -> None:
        role = str(node.get("role"))
        if role not in ROLES:
            self._skip("message", key, f"its role {role[:40]!r} is unknown", node)
            return
        try:
            at = moment(node.get("timestamp"))
        except Impossible:
            self._skip("message", key, "its time is impossible", node)
            return
        rating = object_of(node.get("annotation")).get("rating")
        failed = object_of(node.get("error"))
        legacy = pieces.kept({name: inner for name, inner in node.items() if name not in _KNOWN_OF_MESSAGE})
        message = Incoming(
            ref=key,
            parent=None,
            role=role,
            parts=[*_parts(node), *self._files(key, node), *_sources(node)],
            raw=[node.get("content"), node.get("output")],
            at=at,
            model=pieces.text_or_none(node.get("model")) if role == "assistant" else None,
            feedback=rating if rating in (1, -1) else None,
            state="failed" if failed else "interrupted" if node.get("done") is False else "complete",
            metadata={"legacy": legacy} if legacy else {},
        )
        if failed:
            message.error = {"code": "import.failed_there", "message": str(pieces.plain(failed.get("content") or ""))}
        self._thread.messages.append(message)

    def _files(self, key: str, node: Json) -> Iterator[Json]:
        for place, item in enumerate(objects_of(node.get("files"))):
            about = object_of(item.get("file")) or item
            name = pieces.text_or_none(about.get("filename") or about.get("name") or item.get("name")) or "image"
            content = _content(item, about)
            if content is None:
                found = self._source.attached(str(about.get("id") or name))
                content = None if isinstance(found, str) else found.content
            if not content:
                self._skip("file", f"{key}/{name}", "its file did not come along", None)
                yield from pieces.said(f"[{name}]")
                continue
            self._thread.files[f"{key}/{place}"] = Attached(name, content)
            yield {"type": "file", "file_id": f"{key}/{place}", "name": name, "media_type": "", "size": len(content)}

    def _skip(self, kind: Any, ref: str, reason: str, document: Json | None) -> None:
        kept = None if document is None else pieces.kept(document)
        self._thread.skipped.append(Skipped(kind, f"{self._thread.ref}/{ref}", reason, kept))


def _content(item: Json, about: Json) -> bytes | None:
    url = item.get("url")
    found = _DATA_URL.match(url) if isinstance(url, str) else None
    if found is not None and isinstance(url, str):
        try:
            return base64.b64decode(url[found.end() :], validate=True)
        except binascii.Error:
            return None
    text = object_of(about.get("data")).get("content")
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else None


def _as_tree(messages: list[Json]) -> dict[str, Json]:
    nodes: dict[str, Json] = {}
    before: str | None = None
    for place, message in enumerate(messages):
        key = str(message.get("id") or place)
        nodes[key] = {**message, "parentId": message.get("parentId", before)}
        before = key
    return nodes


def _parts(node: Json) -> list[Json]:
    output = objects_of(node.get("output"))
    if output:
        return [part for item in output for part in _item(item, output)]
    content = node.get("content")
    return _with_details(content) if isinstance(content, str) else pieces.said(content)


def _item(item: Json, output: list[Json]) -> list[Json]:
    text = "".join(str(piece.get("text", "")) for piece in objects_of(item.get("content")))
    match item.get("type"):
        case "reasoning":
            return pieces.said(text, "reasoning")
        case "message":
            return pieces.said(text)
        case "function_call":
            return pieces.call(
                item.get("call_id") or item.get("id") or "", item.get("name"), item.get("arguments") or "{}"
            )
        case "function_call_output":
            given = item.get("output")
            answer = "".join(str(piece.get("text", "")) for piece in objects_of(given)) or given
            names = [one.get("name") for one in output if one.get("call_id") == item.get("call_id") and one.get("name")]
            return pieces.result(item.get("call_id") or "", names[0] if names else None, answer)
        case _:
            return pieces.said(item)


def _with_details(content: str) -> list[Json]:
    """Text in which thoughts and tools stand as folded pieces of HTML."""
    parts: list[Json] = []
    at = 0
    for found in _DETAILS.finditer(content):
        parts.extend(pieces.said(content[at : found.start()].strip("\n")))
        at = found.end()
        lines = html.unescape(found.group(3)).strip("\n").split("\n")
        inner = "\n".join(line.removeprefix("> ").removeprefix(">") for line in lines)
        if found.group(1) == "reasoning":
            parts.extend(pieces.said(inner, "reasoning"))
        else:
            parts.extend(pieces.said(found.group(0)))
    return [*parts, *pieces.said(content[at:])]


def _sources(node: Json) -> Iterator[Json]:
    for item in objects_of(node.get("sources") or node.get("citations")):
        about = object_of(item.get("source"))
        for place, text in enumerate(list_of(item.get("document"))):
            known = objects_of(item.get("metadata"))
            url = about.get("url") or (known[place].get("source") if place < len(known) else None)
            made: Json = {"type": "citation", "title": str(about.get("name") or url or ""), "quote": str(text)}
            yield from pieces.part({**made, "url": str(url)} if url else made)
