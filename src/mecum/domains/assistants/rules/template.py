"""The one template by which what an assistant is becomes its system prompt. A line with nothing to say is left out."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, cast

from mecum.domains.assistants.rules.measures.said import said_of

TEMPLATE: Final = """\
You are {name}.
{description}
You are best at: {specialty}.
You are modelled on: {archetype}.
{persona_summary}
Your personality: {personality}
{personality_description}
Your tone is {tone}.
Your traits: {traits}.
You hold to: {values}.
Your motto: {motto}
{persona_mode}
{thinking_style}

{prompt}

{prompt_notes}

What was measured of {name}: {measures}."""
"""Paragraphs of lines; a line stands where all it names is there."""

_WAYS: Final = {
    "balanced": "",
    "default": "",
    "improviser": "Improvise: offer the unexpected idea first, and refine it with the person.",
    "planner": "Plan: say in a few steps what you will do, then do it in that order.",
    "reflector": "Reflect: look at the question from more than one side before you settle on an answer.",
}
_STYLES: Final = {
    "analytical": "",
    "direct": "Answer directly: the result first, without a preamble.",
    "cot": "Think step by step, and show the steps that the answer rests on.",
    "reflective": "Before you answer, check what you are about to say for gaps, and mend them.",
}
_NAMED: Final = re.compile(r"\{(\w+)\}")


def composed(
    name: str,
    identity: Mapping[str, Any],
    configuration: Mapping[str, Any],
    prompt: str | None,
    figures: Mapping[str, Any] | None = None,
) -> str:
    """Return the system prompt. `identity` and `configuration` are all their fields as they behave.

    `figures` are those that are kept of it, by name; what the configuration does not name of them is left out.
    """
    notes = configuration["prompt_notes"] if configuration["boost_prompt_in_system"] else None
    said: dict[str, str] = {field: _words(value) for field, value in identity.items()}
    said |= {
        "name": name,
        "prompt": (prompt or "").strip(),
        "prompt_notes": (notes or "").strip(),
        "persona_mode": _WAYS[identity["persona_mode"]],
        "thinking_style": _STYLES[configuration["thinking_style"]],
        "measures": said_of(configuration["prompt_measures"], figures) if figures else "",
    }
    filled = (
        "\n".join(line.format_map(said) for line, names in lines if all(said[name] for name in names))
        for lines in _paragraphs()
    )
    return "\n\n".join(paragraph for paragraph in filled if paragraph)


@cache
def _paragraphs() -> list[list[tuple[str, list[str]]]]:
    """Return the lines of each paragraph, each with the fields it names: needed at every turn, and always the same."""
    return [[(line, _NAMED.findall(line)) for line in paragraph.split("\n")] for paragraph in TEMPLATE.split("\n\n")]


def _words(value: Any) -> str:
    """Return a value as it stands in a sentence."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return ", ".join(name if held is True else f"{name} ({_words(held)})" for name, held in pairs)
    if isinstance(value, list):
        return ", ".join(_words(one) for one in cast("list[Any]", value))
    return "" if value is None else str(value).strip()
