"""What of the history fits the model's window, and the report of what did not."""

from typing import Any

from mecum.inference.errors import ContextTooLong
from mecum.inference.ports import ImageContent, Mode, ModelInfo, ModelMessage, ReasoningContent, TextContent

BYTES_PER_TOKEN = 4
"""The estimate behind every count made before a model has counted: UTF-8 bytes over four, rounded up."""
_IMAGE_TOKENS = 800
_MESSAGE_TOKENS = 4
_ANSWER_SHARE = 4


def estimated_tokens(message: ModelMessage) -> int:
    """Return the estimated tokens of a message."""
    count = _MESSAGE_TOKENS
    for item in message.content:
        if isinstance(item, ImageContent):
            count += _IMAGE_TOKENS
        elif not isinstance(item, ReasoningContent):
            # What was thought goes back only while its answer is being made.
            text = item.text if isinstance(item, TextContent) else str(item)
            count += -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)
    return count


def fitted(
    history: tuple[ModelMessage, ...], info: ModelInfo, mode: Mode
) -> tuple[tuple[ModelMessage, ...], dict[str, Any]]:
    """Return the messages that fit, and the report; raises ContextTooLong when the last one alone does not.

    The system prompt and the last message always go; of the rest the newest. A quarter of the window stays free for
    the answer. An unknown window drops nothing: the server will say when it is too long.
    """
    window = info.context_length
    report: dict[str, Any] = {"window": window, "included": len(history), "dropped": [], "method": "utf-8 bytes / 4"}
    if window is None or mode == "raw" or not history:
        return history, report
    budget = window - window // _ANSWER_SHARE
    head = [message for message in history if message.role == "system"][:1]
    rest = [message for message in history if message not in head]
    used = sum(estimated_tokens(message) for message in [*head, *rest[-1:]])
    if used > window:
        raise ContextTooLong(
            f"The message is about {used} tokens; {info.name} takes {window}. Shorten it or choose another model.",
            tokens=used,
            window=window,
        )
    kept = rest[-1:]
    for message in reversed(rest[:-1]):
        used += estimated_tokens(message)
        if used > budget:
            break
        kept.insert(0, message)
    dropped = len(rest) - len(kept)
    report["included"] = len(head) + len(kept)
    if dropped:
        report["dropped"] = [{"messages": dropped, "reason": "older than what fits the model's context window"}]
    return (*head, *kept), report
