"""Character cards: what of one acts here, and what is kept as it is; and the way back.

Sources: Character Card V2, https://github.com/malfoyslastname/character-card-spec-v2 (`spec_v1.md`, `spec_v2.md`);
Character Card V3, https://github.com/kwaroran/character-card-spec-v3 (`SPEC_V3.md`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.record import Json

Version = Literal[2, 3]
SPECS: Final[dict[Version, tuple[str, str]]] = {2: ("chara_card_v2", "2.0"), 3: ("chara_card_v3", "3.0")}
NEWEST: Final[Version] = 3
_FIRST: Final = ("name", "description", "personality", "scenario", "first_mes", "mes_example")
"""The fields of version 1, which had them at the root."""
_TEXTS: Final = (*_FIRST, "creator_notes", "system_prompt", "post_history_instructions", "creator", "character_version")
_LISTS: Final = ("alternate_greetings", "tags")
OURS: Final = "mecum"
"""Our key in `extensions`: fields that a card has no place for."""
_IDENTITY: Final = (
    "specialty tone traits values motto archetype archetype_path dream_symbol persona_mode persona_summary "
    "personality_description avatar"
).split()
_CONFIGURATION: Final = ("temperature", "thinking_style")
_PROSE: Final = 50_000
_NAME: Final = 255
_CHARACTER: Final = re.compile(r"\{\{char\}\}|<bot>|<char>", re.IGNORECASE)
_PERSON: Final = re.compile(r"\{\{user\}\}|<user>", re.IGNORECASE)
_ORIGINAL: Final = re.compile(r"\{\{original\}\}\s*", re.IGNORECASE)
_V3_ONLY: Final = "This character card is of version 3; it is loaded as one of version 2, which lacks some of it."


@dataclass(frozen=True, slots=True)
class Mapped:
    """What of a card acts here: fields as the wire has them."""

    name: str
    identity: Json = field(default_factory=dict[str, Any])
    configuration: Json = field(default_factory=dict[str, Any])
    prompt: str | None = None


def knows(value: Any) -> bool:
    """Whether this is a card of version 1, 2 or 3."""
    whole = _object(value)
    if isinstance(whole.get("data"), dict) and str(whole.get("spec", "")).startswith("chara_card_v"):
        return True
    return all(isinstance(whole.get(name), str) for name in _FIRST)


def data_of(card: Json) -> Json:
    """Return where a card has its fields: version 1 has them at its root."""
    return _object(card["data"]) if isinstance(card.get("data"), dict) else card


def spec_of(card: Json) -> str:
    """Return which version it is of."""
    return str(card["spec"]) if "spec" in card else "chara_card_v1"


def mapped(card: Json) -> Mapped | None:
    """Return what of a card acts here, None for one without a name."""
    data = data_of(card)
    name = pieces.text_or_none(data.get("name"), _NAME)
    if name is None or not name.strip():
        return None
    called = pieces.text_or_none(data.get("nickname"), _NAME) or name
    said = {one: _spoken(data.get(one), called) for one in _TEXTS}
    long = {one: text for one in ("description", "personality") if (text := said[one]) and len(text) > _PROSE}
    greeting = _PERSON.sub("you", _CHARACTER.sub(called, _text(data.get("first_mes"))))
    identity = {one: said[one] for one in ("description", "personality") if said[one] and one not in long}
    if greeting and len(greeting) <= _PROSE:
        identity["intro_text"] = greeting
    notes = _text(data.get("creator_notes"))
    configuration = {"prompt_notes": notes} if notes and len(notes) <= _PROSE else {}
    ours = _ours(data)
    return Mapped(
        name,
        {**_given(ours.get("identity"), _IDENTITY), **identity},
        {**_given(ours.get("configuration"), _CONFIGURATION), **configuration},
        _prompt(said, long),
    )


def _prompt(said: Json, long: Json) -> str | None:
    """Return a prompt of everything else that a card wants a model to be told."""
    told = [
        _ORIGINAL.sub("", said["system_prompt"]).strip(),
        *long.values(),
        f"The scenario: {said['scenario']}" if said["scenario"] else "",
        f"How you talk:\n{said['mes_example']}" if said["mes_example"] else "",
    ]
    return "\n\n".join(part for part in told if part) or None


def _spoken(value: Any, called: str) -> str:
    """Return a text with who it speaks of in the place of the placeholders."""
    return _PERSON.sub("the user", _CHARACTER.sub(called, _text(value))).strip()


def _text(value: Any) -> str:
    return pieces.text_or_none(value) or ""


def _ours(data: Json) -> Json:
    return _object(_object(data.get("extensions")).get(OURS))


def _given(values: Any, names: Sequence[str]) -> Json:
    given = _object(values)
    return {name: given[name] for name in names if name in given}


def _object(value: Any) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


# The way out


def made(version: Version, name: str, facets: Json, prompt: str | None, brought: Json | None) -> Json:
    """Return a card of an assistant as it is.

    `brought` is the card it came as: whatever was not changed here since is in the new one as it was there, and so is
    everything that has no place here.
    """
    before = brought if brought is not None and mapped(brought) is not None else {}
    was = mapped(before) if before else None
    source = data_of(before) if before else {}
    data: Json = {**dict.fromkeys(_TEXTS, ""), **{one: list[Any]() for one in _LISTS}, "extensions": {}, **source}
    if version == 3:
        data.setdefault("group_only_greetings", [])
    _tell(data, name, facets, prompt, was)
    spec, number = SPECS[version]
    if before and before.get("spec") == spec:
        number = str(before.get("spec_version", number))
    root = (
        {one: value for one, value in before.items() if one not in ("data", "spec", "spec_version")}
        if ("data" in before)
        else {}
    )
    root |= {one: data[one] for one in _FIRST if one in root}
    return {**root, "spec": spec, "spec_version": number, "data": data}


def _tell(data: Json, name: str, facets: Json, prompt: str | None, was: Mapped | None) -> None:
    """Write what is no longer as the card said."""
    identity, configuration = facets["identity"], facets["configuration"]
    old = was or Mapped("")
    for one, now, then in (
        ("name", name, old.name),
        ("description", identity.get("description"), old.identity.get("description")),
        ("personality", identity.get("personality"), old.identity.get("personality")),
        ("first_mes", identity.get("intro_text"), old.identity.get("intro_text")),
        ("creator_notes", configuration.get("prompt_notes"), old.configuration.get("prompt_notes")),
    ):
        if now != then:
            data[one] = now or ""
    if prompt != old.prompt:
        # Whoever changed the prompt changed what stood there of the scenario and the examples too.
        data |= {"system_prompt": prompt or "", "scenario": "", "mes_example": ""}
    own: Json = {
        "identity": {one: identity[one] for one in _IDENTITY if identity.get(one) is not None},
        "configuration": {one: configuration[one] for one in _CONFIGURATION if configuration.get(one) is not None},
    }
    kept: Json = {
        "identity": {one: old.identity[one] for one in _IDENTITY if one in old.identity},
        "configuration": {one: old.configuration[one] for one in _CONFIGURATION if one in old.configuration},
    }
    if own != kept:
        filled = {facet: values for facet, values in own.items() if values}
        data["extensions"] = {**_object(data["extensions"]), OURS: filled}


def older(card: Json) -> Json:
    """Return a card of version 2 to stand beside one of version 3, which says that it lacks something."""
    spec, number = SPECS[2]
    data = dict(data_of(card))
    notes = str(data.get("creator_notes") or "")
    return {
        **card,
        "spec": spec,
        "spec_version": number,
        "data": {**data, "creator_notes": f"{_V3_ONLY}\n\n{notes}".strip()},
    }
