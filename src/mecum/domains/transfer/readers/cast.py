"""Our own exports of assistants: the id is kept where it is free."""

import base64
import binascii
from collections.abc import Iterator
from typing import Any, Final

from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.stream import elements
from mecum.domains.transfer.readers.values import is_object, list_of, object_of, objects_of
from mecum.domains.transfer.rules import cast, pieces
from mecum.domains.transfer.rules.exact import cleaned
from mecum.domains.transfer.rules.incoming import Found, Newcomer, Skipped
from mecum.domains.transfer.rules.moments import moment_or_none
from mecum.domains.transfer.rules.record import Json
from mecum.kernel import ids

NAME: Final = "mecum-assistant"
FACETS: Final = ("identity", "configuration", "capabilities", "growth", "quality", "display")
_STATUS: Final = ("draft", "active", "archived")
_MOST_NUMBER: Final = 2**31 - 1
_MOST_NAME: Final = 255


def knows(value: Any) -> bool:
    """Whether this is the whole of such a file."""
    return is_object(value) and value.get("format") == cast.FORMAT


def read(source: Source) -> Iterator[Found]:
    """Return its assistant."""
    for value in elements(source.file):
        yield _found(object_of(value), source.name)


def _found(whole: Json, name: str) -> Found:
    said = object_of(whole.get("assistant"))
    if whole.get("format") != cast.FORMAT or not said:
        return Skipped("assistant", name, "it is no export of an assistant", pieces.kept({"": whole}))
    if whole.get("version") != cast.VERSION:
        return Skipped("assistant", name, f"it is not an export of version {cast.VERSION}", pieces.kept(whole))
    if "sha256" in whole and whole["sha256"] != cast.digest(said):
        reason = "its content is not what its hash says: it was changed or damaged on the way"
        return Skipped("assistant", name, reason, pieces.kept(said))
    called = pieces.text_or_none(said.get("name"), _MOST_NAME)
    if called is None or not called.strip():
        return Skipped("assistant", name, "it has no name", pieces.kept(said))
    return _newcomer(said, called)


def _newcomer(said: Json, name: str) -> Newcomer:
    given = str(said.get("id") or "")
    ref = given or f"{said.get('created_at')}/{name}"
    prompt = object_of(said.get("prompt"))
    made = Newcomer(
        ref=ref,
        name=name,
        raw=cast.digest(said),
        core=_core(said),
        facets={facet: _facet(said, facet) for facet in FACETS},
        texts=[_text(one) for one in objects_of(prompt.get("texts")) if isinstance(one.get("text"), str)],
        current=_number(prompt.get("current")) or 1,
        versions=_versions(said),
        vectors={name: one for name, one in object_of(said.get("vectors")).items() if is_object(one)},
        legacy=cleaned(object_of(said.get("legacy"))) or None,
        project=pieces.text_or_none(said.get("project"), _MOST_NAME),
        own_id=given if ids.is_id(given, "ast") else None,
    )
    picture = object_of(said.get("picture")).get("base64")
    if picture is not None:
        try:
            made.picture = base64.b64decode(str(picture), validate=True)
        except (binascii.Error, ValueError):
            made.skipped.append(Skipped("file", f"{ref}/picture", "its picture is damaged"))
    return made


def _core(said: Json) -> Json:
    core: Json = {
        "slug": pieces.text_or_none(said.get("slug"), _MOST_NAME),
        "status": said.get("status") if said.get("status") in _STATUS else "active",
        "is_demo": said.get("is_demo") is True,
    }
    above = said.get("parent_assistant")
    core["parent_assistant"] = above if isinstance(above, str) and ids.is_id(above, "ast") else None
    return core | {name: moment_or_none(said.get(name)) for name in ("created_at", "updated_at")}


def _facet(said: Json, facet: str) -> Json:
    """Return the fields of a facet, what was none of their values elsewhere among them."""
    fields: Json = cleaned({**object_of(said.get(facet)), **object_of(object_of(said.get("unknown")).get(facet))})
    return fields


def _text(one: Json) -> Json:
    return {
        "text": pieces.text_or_none(one["text"]) or "",
        "note": pieces.text_or_none(one.get("note"), 500),
        "created_at": moment_or_none(one.get("created_at")),
    }


def _versions(said: Json) -> list[Json]:
    """Return what it was before; nothing where the numbers do not go on and on."""
    found: list[Json] = []
    for one in objects_of(list_of(said.get("versions"))):
        number = _number(one.get("number"))
        if number is None or (found and number <= found[-1]["number"]):
            return []
        state = {str(facet): object_of(fields) for facet, fields in object_of(one.get("state")).items()}
        reason = pieces.text_or_none(one.get("reason"), 200) or "changed"
        at = moment_or_none(one.get("created_at"))
        found.append({"number": number, "reason": reason, "state": cleaned(state), "created_at": at})
    return found


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST_NUMBER else None
