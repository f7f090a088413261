"""The input of a response, listed as items again. Source: the OpenAI API reference, "List input items"."""

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from mecum.edges.http.openai.errors import refused
from mecum.edges.http.openai.response_items import item_id, said_items
from mecum.edges.http.openai.response_queries import ItemPage
from mecum.engine.chat.called import GivenMessage
from mecum.infra.blobs.media import sniffed

FileBytes = Callable[[str], Awaitable[bytes]]
"""Returns the bytes of a file; raises FileNotFound."""


async def listed(given: Sequence[GivenMessage], page: ItemPage, read: FileBytes) -> dict[str, Any]:
    """Return a page of the items of these messages; raises ParameterRefused for an `after` that is none of them."""
    items = [item for message in given for item in items_of(message)]
    if page.order == "desc":
        items.reverse()
    begin = 0
    if page.after is not None:
        ids = [item["id"] for item in items]
        if page.after not in ids:
            raise refused("after", f"There is no input item with id '{page.after}'.", "invalid_value")
        begin = ids.index(page.after) + 1
    found = items[begin : begin + page.limit]
    if page.images:
        for item in found:
            await _show_images(item, read)
    return {
        "object": "list",
        "data": found,
        "first_id": found[0]["id"] if found else None,
        "last_id": found[-1]["id"] if found else None,
        "has_more": begin + page.limit < len(items),
    }


def items_of(message: GivenMessage) -> list[dict[str, Any]]:
    """Return the items that one message of the record was."""
    if message.role == "tool":
        results = [part for part in message.parts if part["type"] == "tool_result"]
        return [_result(part, item_id("function_call_output", message.id, n)) for n, part in enumerate(results)]
    if message.role == "assistant":
        return said_items(message.parts, message.id, "completed")
    content = [_content(part) for part in message.parts]
    named = item_id("message", message.id, 0)
    return [{"id": named, "type": "message", "role": message.role, "status": "completed", "content": content}]


def _result(part: Mapping[str, Any], named: str) -> dict[str, Any]:
    return {
        "id": named,
        "type": "function_call_output",
        "status": "completed",
        "call_id": part["call_id"],
        "output": part["content"],
    }


def _content(part: Mapping[str, Any]) -> dict[str, Any]:
    if part["type"] == "image":
        return {"type": "input_image", "detail": "auto", "file_id": part["file_id"], "image_url": None}
    return {"type": "input_text", "text": part["text"] if part["type"] == "text" else part.get("shown", "")}


async def _show_images(item: Mapping[str, Any], read: FileBytes) -> None:
    for part in item.get("content", ()):
        if part["type"] == "input_image":
            data = await read(part["file_id"])
            part["image_url"] = f"data:{sniffed(data[:64])};base64,{base64.b64encode(data).decode('ascii')}"
