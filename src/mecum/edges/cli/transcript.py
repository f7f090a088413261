"""A conversation as text to read."""

from typing import Any, Final

from mecum.edges.cli.client import Client, part

_WHO: Final = {"user": "You", "assistant": "Assistant", "system": "System", "tool": "Tool"}
_ENDED: Final = {"interrupted": "interrupted", "failed": "failed", "cancelled": "cancelled"}


def latest(client: Client, conversation_id: str, most: int | None) -> list[dict[str, Any]]:
    """Return the latest messages of the present branch, oldest first, at most `most`.

    The list is paged backwards: each page runs from old to new and the next one holds what came before.
    """
    pages: list[list[dict[str, Any]]] = []
    left, cursor = most, None
    while left is None or left > 0:
        limit = 100 if left is None else min(left, 100)
        page = client.get(f"/conversations/{part(conversation_id)}/messages", limit=limit, cursor=cursor)
        pages.insert(0, page["items"])
        cursor = page.get("next_cursor")
        left = None if left is None else left - len(page["items"])
        if cursor is None:
            break
    return [message for page in pages for message in page]


def text(conversation: dict[str, Any], messages: list[dict[str, Any]]) -> str:
    """Return the title and the messages, each under who wrote it."""
    blocks = [f"# {conversation['title'] or 'Untitled'} ({conversation['id']})"]
    blocks += [f"{_heading(message)}\n{_said(message)}" for message in messages]
    return "\n\n".join(blocks)


def snippet(hit: dict[str, Any]) -> str:
    """Return the text around a hit, with the words that were found in brackets."""
    return "".join(f"[{piece['text']}]" if piece["hit"] else str(piece["text"]) for piece in hit["snippet"])


def _heading(message: dict[str, Any]) -> str:
    who = _WHO.get(message["role"], str(message["role"]))
    facts = [str(fact) for fact in (message.get("model"), _ENDED.get(message["state"])) if fact]
    return f"## {who}" + (f" ({', '.join(facts)})" if facts else "")


def _said(message: dict[str, Any]) -> str:
    return "\n\n".join(filter(None, (_part(item) for item in message["parts"])))


def _part(item: dict[str, Any]) -> str:
    kind = item["type"]
    if kind == "text":
        return str(item["text"])
    if kind in ("image", "file"):
        return f"[{kind}: {item['name']} ({item['file_id']})]"
    if kind == "data":
        return str(item["shown"])
    if kind == "tool_call":
        return f"[calls {item['name']} {item['arguments']}]"
    if kind == "tool_result":
        return f"[{item['name']}: {item['content']}]"
    if kind == "citation":
        return f"[source: {item.get('title')}]"
    return ""
