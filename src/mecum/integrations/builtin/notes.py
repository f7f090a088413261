"""Notes, through the tools that are offered: this responder itself keeps nothing."""

import re
from typing import Any, Final

from mecum.inference.exchange import ModelMessage, ResultContent, ToolSpec
from mecum.integrations.builtin.passages import terms
from mecum.integrations.builtin.reply import Called, Question, Reply, Said, say

ADD: Final = "note_add"
LIST: Final = "note_list"
_ADDS: Final = re.compile(
    r"\s*(?:please )?(?:(?:can|could) you )?(?:"
    r"note(?: down)?(?: that)?\s*[:,]?|"
    r"(?:add|make|take|write|create|save)(?: down)? a note(?: that| about| to)?\s*[:,]?|"
    r"remember(?: that)?\s*[:,]?|write down(?: that)?\s*[:,]?)\s+(?P<text>.+)",
    re.IGNORECASE | re.DOTALL,
)
_LISTS: Final = re.compile(
    r"(?:list|show|read|give)(?: me)?(?: all)?(?: of)?(?: my| the)? notes|(?:what are )?my notes|notes|"
    r"what (?:notes do i have|did i note|have i noted)"
)
_MISSING: Final = "I keep no list of notes: no notes tool is offered to me in this conversation. "
_FINDABLE: Final = _MISSING + (
    "But this message is in your record like every other, and I find it there. Ask for it in words of its own, such as "
    "*{example}*."
)
_SEARCHABLE: Final = _MISSING + (
    "What you asked me to remember is in your record like every other message: *search for* and a word of it finds it."
)
_MOST_WORDS: Final = 3


def answer(question: Question) -> Reply | None:
    """Return the tool call or the regret for a question about notes, or None when it is none."""
    offered = {tool.name: tool for tool in question.request.tools}
    if _LISTS.fullmatch(question.plain):
        return (Called(LIST, {}),) if LIST in offered else say(_SEARCHABLE)
    if match := _ADDS.fullmatch(question.text.strip()):
        if ADD not in offered:
            return say(_FINDABLE.format(example=_search_for(match["text"])))
        return (Called(ADD, {_argument(offered[ADD]): match["text"]}),)
    return None


def _search_for(text: str) -> str:
    words = [word for word in re.findall(r"\w[\w.,'’-]*\w|\w", text) if terms(word)][:_MOST_WORDS]
    return " ".join(["search for", *(words or ["it"])])


def result(messages: tuple[ModelMessage, ...]) -> Reply | None:
    """Return what a tool said when the last message is its result, or None."""
    results = [item for item in messages[-1].content if isinstance(item, ResultContent)] if messages else []
    if not results:
        return None
    return tuple(Said(_told(item)) for item in results)


def _told(item: ResultContent) -> str:
    if item.is_error:
        return f"That did not work: {item.content}"
    if item.name == ADD:
        return f"Noted. {item.content}".strip()
    return item.content or "Nothing."


def _argument(tool: ToolSpec) -> str:
    """The text goes into the first required argument that takes text."""
    properties: dict[str, dict[str, Any]] = tool.parameters.get("properties") or {}
    names: list[str] = [*(tool.parameters.get("required") or []), *properties]
    texts = [name for name in names if name in properties and properties[name].get("type") == "string"]
    return texts[0] if texts else "text"
