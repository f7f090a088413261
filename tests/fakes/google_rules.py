"""What the Gemini API rejects, from its reference and its guides to function calling and thought signatures."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}")
_DATA: Final = ("text", "inlineData", "functionCall", "functionResponse")
_SIGNING: Final = 3
_SKIP: Final = "skip_thought_signature_validator"
_IMAGES: Final = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/heif"}

Part = dict[str, Any]


def signature(model: str, text: str) -> str:
    """Return the proof this vendor's fake gives; it accepts no other."""
    return f"google:{model}:{text}"


def refused(body: dict[str, Any], model: str, *, proofs: bool = False) -> str | None:
    """Return why the API would not take this request to `model`, or None; `proofs`: signatures are checked too."""
    return next(_problems(body, model, proofs), None)


def _problems(body: dict[str, Any], model: str, proofs: bool) -> Iterator[str]:
    contents: list[dict[str, Any]] = body.get("contents") or []
    told: list[tuple[str, list[Part]]] = [
        (content.get("role", "user"), content.get("parts") or []) for content in contents
    ]
    if not told:
        yield "contents: contents is not specified"
        return
    yield from _turns([role for role, _ in told])
    for place, (role, parts) in enumerate(told):
        if not parts:
            yield f"contents[{place}].parts: contents.parts must not be empty."
        for part in parts:
            yield from (f"contents[{place}]: {problem}" for problem in _part(role, part))
    system: dict[str, list[Part]] = body.get("systemInstruction") or {"parts": []}
    if any(not part["text"] for part in system["parts"]):
        yield "systemInstruction: must not be empty"
    yield from _functions(told)
    found = re.search(r"gemini-(\d+)", model)
    if found and int(found[1]) >= _SIGNING:
        yield from _signed(told)
    if proofs:
        yield from _proofs(told, model)


def _turns(roles: list[str]) -> Iterator[str]:
    if set(roles) - {"user", "model"}:
        yield "Please use a valid role: user, model."
    if any(one == other for one, other in pairwise(roles)):
        yield "Please ensure that multiturn requests alternate between user and model."
    if roles[0] != "user" or roles[-1] != "user":
        yield "Please ensure that multiturn requests begin and end with a user role or a function response."


def _part(role: str, part: Part) -> Iterator[str]:
    kinds = [name for name in _DATA if name in part]
    if len(kinds) != 1:
        yield "required oneof field 'data' must have one initialized field"
        return
    kind, value = kinds[0], part[kinds[0]]
    if kind == "text" and not value and "thoughtSignature" not in part:
        yield "Unable to submit request because it must have a text parameter."
    if kind == "inlineData" and (value["mimeType"] not in _IMAGES or not value["data"] or role != "user"):
        yield "Unsupported inline data"
    if kind in ("functionCall", "functionResponse"):
        if role != ("model" if kind == "functionCall" else "user"):
            yield f"{kind} in a turn of the {role}"
        if not _NAME.fullmatch(value["name"]):
            yield "Invalid function name. Must start with a letter or an underscore."
        if not isinstance(value.get("args", value.get("response")), dict):
            yield f"{kind}: Proto field is not repeating, cannot start list."


def _functions(told: list[tuple[str, list[Part]]]) -> Iterator[str]:
    asked: list[tuple[Any, str]] = []
    for place, (_, parts) in enumerate(told):
        answers = [_bound(part["functionResponse"]) for part in parts if "functionResponse" in part]
        if len(answers) != len(asked):
            yield (
                f"contents[{place}]: Please ensure that the number of function response parts is equal to the number "
                "of function call parts of the function call turn."
            )
        elif sorted(answers) != sorted(asked):
            yield f"contents[{place}]: the function responses are not those of the calls"
        asked = [_bound(part["functionCall"]) for part in parts if "functionCall" in part]


def _bound(value: dict[str, Any]) -> tuple[str, str]:
    return (str(value.get("id")), value["name"])


def _signed(told: list[tuple[str, list[Part]]]) -> Iterator[str]:
    """Since Gemini 3 the first call of each step of the current turn carries its signature."""
    spoken = [n for n, (role, parts) in enumerate(told) if role == "user" and any("text" in part for part in parts)]
    for place, (_, parts) in enumerate(told):
        calls = [part for part in parts if "functionCall" in part]
        if place > max(spoken, default=-1) and calls and not calls[0].get("thoughtSignature"):
            yield f"Function call in the {place}. content block is missing a thought_signature."


def _proofs(told: list[tuple[str, list[Part]]], model: str) -> Iterator[str]:
    for _, parts in told:
        for part in parts:
            proof = part.get("thoughtSignature")
            if proof not in (None, _SKIP) and not str(proof).startswith(f"google:{model}:"):
                yield "Corrupted thought signature."
