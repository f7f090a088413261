"""A response as it is shown: its output items and the object around them."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from mecum.edges.http.openai.annotations import Annotation, annotations_of, cited, length_of
from mecum.edges.http.openai.completed import logprobs_of, text_of
from mecum.engine.chat.called import CalledRun
from mecum.inference.exchange import Usage
from mecum.kernel.errors import MecumError

PREFIX: Final = "resp_"
_KINDS: Final = {
    "text": "message",
    "data": "message",
    "citation": "message",
    "reasoning": "reasoning",
    "tool_call": "function_call",
}
_IDS: Final = {"message": "msg", "reasoning": "rs", "function_call": "fc", "function_call_output": "fco"}
_STATUSES: Final = {"queued": "queued", "waiting": "queued", "running": "in_progress", "cancelled": "cancelled"}
_CUT_SHORT: Final = {"length": "max_output_tokens", "refusal": "content_filter"}
_ERRORS: Final = {"limit": "rate_limit_exceeded", "invalid": "invalid_prompt"}


def response_id(run_id: str) -> str:
    """Return the response's id, which has the digits of its run's."""
    return PREFIX + run_id.partition("_")[2]


def item_id(kind: str, message_id: str, index: int) -> str:
    """Return the id of an output item: the digits of the answer's id, and its place."""
    return f"{_IDS[kind]}_{message_id.partition('_')[2]}{index:02d}"


def text_part(
    text: str, logprobs: Sequence[Mapping[str, Any]] = (), notes: Sequence[Annotation] = ()
) -> dict[str, Any]:
    """Return the content of a message item."""
    annotations = [one.told for one in notes]
    return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": [*logprobs]}


def message_item(
    named: str,
    status: str,
    text: str | None,
    logprobs: Sequence[Mapping[str, Any]] = (),
    notes: Sequence[Annotation] = (),
) -> dict[str, Any]:
    """Return a message item; one that begins has no text yet."""
    content = [] if text is None else [text_part(text, logprobs, notes)]
    return {"id": named, "type": "message", "status": status, "role": "assistant", "content": content}


def reasoning_item(named: str, status: str, text: str | None) -> dict[str, Any]:
    """Return a reasoning item; one that begins has no text yet."""
    content = [] if text is None else [{"type": "reasoning_text", "text": text}]
    return {"id": named, "type": "reasoning", "summary": [], "content": content, "status": status}


def call_item(named: str, status: str, call_id: str, name: str, arguments: str) -> dict[str, Any]:
    """Return a function call item."""
    return {
        "id": named,
        "type": "function_call",
        "status": status,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def output_of(run: CalledRun, status: str) -> list[dict[str, Any]]:
    """Return the output items."""
    return said_items(run.parts, run.message_id, status)


def said_items(parts_said: Sequence[dict[str, Any]], message_id: str, status: str) -> list[dict[str, Any]]:
    """Return the items of a model's answer."""
    items: list[dict[str, Any]] = []
    before = 0
    for number, (kind, parts) in enumerate(output_groups(parts_said)):
        items.append(_said_item(kind, item_id(kind, message_id, number), status, parts, before))
        before += sum(map(length_of, parts))
    return items


def noted(parts: Sequence[dict[str, Any]], index: int) -> list[Annotation | None]:
    """Return what is cited in output item number `index`, an annotation for each citation as in `cited`."""
    groups = output_groups(parts)
    if index >= len(groups):
        return []
    before = sum(length_of(part) for _, one in groups[:index] for part in one)
    return cited(groups[index][1], before)


def output_groups(parts: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the kinds of a model's items and their parts: neighbours of one kind are one item, except calls."""
    # A vendor's proof may stand alone in a part of reasoning: nothing to show.
    shown = [part for part in parts if part["type"] in _KINDS and part.get("text") != ""]
    groups: list[tuple[str, list[dict[str, Any]]]] = []
    for kind, alike in groupby(shown, key=lambda part: _KINDS[part["type"]]):
        found = list(alike)
        if kind == "function_call":
            groups.extend((kind, [part]) for part in found)
        elif any(part["type"] != "citation" for part in found):
            groups.append((kind, found))
    return groups


def status_of(run: CalledRun) -> str:
    """Return how the response stands."""
    ending = run.ending
    if ending.status == "completed":
        return "incomplete" if ending.stop_reason in _CUT_SHORT else "completed"
    return _STATUSES.get(ending.status, "failed")


def error_of(error: MecumError | None) -> dict[str, Any] | None:
    """Return the error of a failed response."""
    if error is None:
        return None
    return {"code": _ERRORS.get(error.kind, "server_error"), "message": error.message}


def response_object(run: CalledRun, failure: MecumError | None, *, begins: bool = False) -> dict[str, Any]:
    """Return the response; `begins` shows it as it was before anything happened."""
    status = "in_progress" if begins else status_of(run)
    item_status = "completed" if status == "completed" else "in_progress" if status == "in_progress" else "incomplete"
    done = status == "completed" and run.finished_ms is not None
    cut_short = _CUT_SHORT.get(run.ending.stop_reason or "")
    return {
        "id": response_id(run.run_id),
        "object": "response",
        "created_at": run.created_ms // 1000,
        "completed_at": (run.finished_ms or 0) // 1000 if done else None,
        "status": status,
        "background": run.wants.caller.get("background", False),
        "error": error_of(failure) if status == "failed" else None,
        "incomplete_details": {"reason": cut_short} if status == "incomplete" else None,
        "model": run.ending.model or run.wants.model or "",
        "output": [] if begins else output_of(run, item_status),
        "truncation": "auto",
        "usage": None if begins else _usage(run.ending.usage),
        **_asked(run),
    }


def _asked(run: CalledRun) -> dict[str, Any]:
    """What was asked for, back in the names of this surface."""
    wants, given, caller = run.wants, run.wants.parameters, run.wants.caller
    return {
        "instructions": wants.system_prompt or None,
        "max_output_tokens": given.get("max_completion_tokens"),
        "metadata": caller.get("metadata", {}),
        "parallel_tool_calls": given.get("parallel_tool_calls", True),
        "previous_response_id": caller.get("previous"),
        "reasoning": {"effort": given.get("reasoning_effort"), "summary": None},
        "store": caller.get("store", True),
        "temperature": wants.temperature,
        "text": {"format": _format(given.get("response_format"))},
        "tool_choice": _tool_choice(given.get("tool_choice", "auto")),
        "top_logprobs": given.get("top_logprobs", 0),
        "tools": [_tool(tool) for tool in wants.tools],
        "top_p": given.get("top_p"),
        "user": given.get("user"),
    }


def _said_item(
    kind: str, named: str, status: str, parts: Sequence[Mapping[str, Any]], before: int = 0
) -> dict[str, Any]:
    """Return the item that these parts of a model's answer are; `before` is how many characters came before them."""
    if kind == "message":
        return message_item(named, status, text_of(parts), logprobs_of(parts), annotations_of(parts, before))
    if kind == "reasoning":
        return reasoning_item(named, status, "".join(part["text"] for part in parts))
    return call_item(named, status, parts[0]["call_id"], parts[0]["name"], parts[0]["arguments"])


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens or 0, "cache_write_tokens": 0},
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens or 0},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }


def _format(given: Mapping[str, Any] | None) -> dict[str, Any]:
    if given is None:
        return {"type": "text"}
    return {"type": given["type"], **given.get("json_schema", {})}


def _tool_choice(given: str | Mapping[str, Any]) -> str | dict[str, Any]:
    return given if isinstance(given, str) else {"type": "function", "name": given["function"]["name"]}


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "function",
        "name": tool["name"],
        "description": tool["description"] or None,
        "parameters": tool["parameters"],
        "strict": tool.get("strict"),
    }
