"""ChatGPT's `conversations.json`: a tree of nodes for each conversation, with tools, code, citations and files."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.stream import elements
from mecum.domains.transfer.readers.values import is_object, list_of, object_of, objects_of, upwards
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Found, Incoming, Skipped, Thread, arranged
from mecum.domains.transfer.rules.moments import Impossible, moment, moment_or_none
from mecum.domains.transfer.rules.record import ROLES, Json

NAME: Final = "chatgpt"
_STATES: Final = {"finished_successfully": "complete", "finished_partial_completion": "interrupted"}
_KNOWN: Final = frozenset("id conversation_id title create_time update_time mapping current_node".split())
_NOISE: Final = frozenset(
    "request_id timestamp_ message_type pad parent_id finish_details is_complete voice_mode_message model_slug "
    "citations content_references attachments is_visually_hidden_from_conversation default_model_slug".split()
)
_CONTENT: Final = frozenset("content_type parts text result content thoughts".split())
_FILES: Final = ("image_asset_pointer", "audio_asset_pointer", "video_container_asset_pointer")


def knows(value: Any) -> bool:
    """Whether this is the first element, or the whole, of such a file."""
    return is_object(value) and is_object(value.get("mapping"))


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
        self._source, self._value = source, value
        ref = value.get("conversation_id") or value.get("id")
        self._thread = Thread(
            ref=str(ref or f"{value.get('create_time')}/{value.get('title')}"),
            title=pieces.text_or_none(value.get("title"), 500),
            messages=[],
            created_at=moment_or_none(value.get("create_time")),
            last_activity_at=moment_or_none(value.get("update_time")),
        )
        legacy = pieces.kept({name: inner for name, inner in value.items() if name not in _KNOWN and inner})
        self._thread.metadata = {"legacy": legacy} if legacy else {}
        self._calls: dict[str, str] = {}
        self._refs: set[str] = set()

    def thread(self) -> Thread:
        """Return the conversation."""
        nodes: dict[str, Json] = {str(key): node for key, node in self._value["mapping"].items() if is_object(node)}
        for key, node in _downwards(nodes):
            self._node(nodes, key, node)
        self._thread.messages = arranged(self._thread.messages)
        above = upwards(nodes, self._value.get("current_node"), "parent")
        self._thread.leaf = next((key for key in above if key in self._refs), None)
        return self._thread

    def _node(self, nodes: dict[str, Json], key: str, node: Json) -> None:
        message = node.get("message")
        if not is_object(message) or _is_frame(message):
            # The root and the empty system message hold the tree together, and no words.
            return
        role = str(object_of(message.get("author")).get("role"))
        if role not in ROLES:
            self._skip("message", key, f"its role {role[:40]!r} is unknown", message)
            return
        try:
            at = moment(message.get("create_time"))
        except Impossible:
            self._skip("message", key, "its time is impossible", message)
            return
        self._thread.messages.append(self._message(nodes, key, node, message, at))
        self._refs.add(key)

    def _message(self, nodes: dict[str, Json], key: str, node: Json, message: Json, at: int | None) -> Incoming:
        about, author = object_of(message.get("metadata")), object_of(message.get("author"))
        said = message.get("content")
        content: Json = said if is_object(said) else {"parts": [said]}
        beside = {name: value for name, value in content.items() if name not in _CONTENT}
        legacy = pieces.kept({**{name: value for name, value in about.items() if name not in _NOISE}, **beside})
        metadata: Json = {"legacy": legacy} if legacy else {}
        if about.get("is_visually_hidden_from_conversation"):
            metadata["hidden"] = True
        return Incoming(
            ref=key,
            parent=self._parent(nodes, node),
            role=str(author["role"]),
            parts=[
                *self._parts(nodes, key, node, message, content),
                *_citations(about),
                *self._attached(about, content),
            ],
            raw=content,
            at=at,
            model=pieces.text_or_none(about.get("model_slug")),
            state=_STATES.get(str(message.get("status")), "complete"),
            metadata=metadata,
        )

    def _parts(self, nodes: dict[str, Json], key: str, node: Json, message: Json, content: Json) -> list[Json]:
        author, recipient = message["author"], str(message.get("recipient") or "all")
        if author["role"] == "assistant" and recipient != "all":
            self._calls[key] = recipient
            return pieces.call(key, recipient, _text_of(content))
        if author["role"] == "tool":
            answered = self._answered(nodes, node)
            name = author.get("name") or self._calls.get(answered or "")
            words = [] if content.get("content_type") == "multimodal_text" else [_text_of(content)]
            made = [part for text in words for part in pieces.result(answered or key, name, text)]
            return [*made, *([] if words else self._said(content))]
        return self._said(content)

    def _said(self, content: Json) -> list[Json]:
        if content.get("content_type") == "thoughts":
            thoughts = objects_of(content.get("thoughts"))
            texts = "\n\n".join(
                f"{item.get('summary') or ''}\n{item.get('content') or ''}".strip() for item in thoughts
            )
            return pieces.said(texts, "reasoning")
        if content.get("content_type") == "reasoning_recap":
            return pieces.said(content.get("content"), "reasoning")
        if "parts" in content:
            return [part for item in list_of(content["parts"]) for part in self._part(item)]
        return pieces.said(_text_of(content))

    def _part(self, item: Any) -> list[Json]:
        if not is_object(item):
            return pieces.said(item)
        kind = item.get("content_type")
        if kind == "audio_transcription":
            return pieces.said(item.get("text"))
        if kind in _FILES:
            return self._file(str(item.get("asset_pointer")), {"size": item.get("size_bytes")})
        if kind == "real_time_user_audio_video_asset_pointer" and is_object(item.get("audio_asset_pointer")):
            return self._part(item["audio_asset_pointer"])
        return pieces.said(item)

    def _attached(self, about: Json, content: Json) -> list[Json]:
        shown = repr(content.get("parts"))
        named = objects_of(about.get("attachments"))
        return [
            part for item in named if str(item.get("id")) not in shown for part in self._file(str(item["id"]), item)
        ]

    def _file(self, pointer: str, about: Mapping[str, Any]) -> list[Json]:
        """Return the part of a file that came along; otherwise its name, and the reckoning says so."""
        key = pointer.rpartition("://")[2].partition("#")[0]
        found = self._source.attached(key)
        name = pieces.text_or_none(about.get("name")) or key
        if isinstance(found, str):
            self._skip("file", key, found, None)
            return pieces.said(f"[{name}]")
        if about.get("name"):
            found.name = name
        self._thread.files[key] = found
        return [{"type": "file", "file_id": key, "name": name, "media_type": "", "size": len(found.content)}]

    def _parent(self, nodes: dict[str, Json], node: Json) -> str | None:
        """Return the nearest message above that is brought in."""
        return next((key for key in upwards(nodes, node.get("parent"), "parent") if key in self._refs), None)

    def _answered(self, nodes: dict[str, Json], node: Json) -> str | None:
        """Return the call above that this result answers."""
        return next((key for key in upwards(nodes, node.get("parent"), "parent") if key in self._calls), None)

    def _skip(self, kind: Any, ref: str, reason: str, document: Json | None) -> None:
        kept = None if document is None else pieces.kept(document)
        self._thread.skipped.append(Skipped(kind, f"{self._thread.ref}/{ref}", reason, kept))


def _downwards(nodes: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    """Return all nodes, parents before children, siblings in their order; what hangs nowhere comes last."""
    roots = [key for key, node in nodes.items() if str(node.get("parent")) not in nodes]
    seen: set[str] = set()
    for start in [*roots, *nodes]:
        waiting = [start]
        while waiting:
            key = waiting.pop()
            if key in seen or key not in nodes:
                continue
            seen.add(key)
            yield key, nodes[key]
            waiting.extend(str(child) for child in reversed(list_of(nodes[key].get("children"))))


def _is_frame(message: Json) -> bool:
    content = object_of(message.get("content"))
    empty = not any(list_of(content.get("parts"))) and not _text_of(content)
    return empty and object_of(message.get("author")).get("role") == "system"


def _text_of(content: Json) -> str:
    parts = content.get("parts")
    if isinstance(parts, list):
        return "\n".join(item if isinstance(item, str) else repr(item) for item in cast("list[Any]", parts))
    for name in ("text", "result", "content", "user_profile"):
        if isinstance(content.get(name), str) and content[name]:
            return str(content[name])
    return ""


def _citations(about: Json) -> list[Json]:
    found: list[Json] = []
    for item in objects_of(about.get("citations")):
        inner = item.get("metadata")
        if is_object(inner):
            made: Json = {"type": "citation", "title": str(inner.get("title") or inner.get("url") or "")}
            made["quote"] = str(inner.get("text") or "")
            found.extend(pieces.part({**made, "url": str(inner["url"])} if inner.get("url") else made))
    return found
