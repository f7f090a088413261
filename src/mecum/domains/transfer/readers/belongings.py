"""What else an export of everything holds: projects, prompts, profiles, settings, and rows that have no room yet."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, Final

from mecum.domains.transfer.readers.source import Source
from mecum.domains.transfer.readers.stream import elements
from mecum.domains.transfer.readers.values import is_object, object_of, objects_of
from mecum.domains.transfer.rules import belongings, cast, pieces
from mecum.domains.transfer.rules.exact import cleaned
from mecum.domains.transfer.rules.incoming import (
    Document,
    Found,
    FoundProfile,
    FoundProject,
    FoundPrompt,
    FoundSetting,
    Held,
    Kind,
    Skipped,
)
from mecum.domains.transfer.rules.moments import moment_or_none
from mecum.domains.transfer.rules.record import Json
from mecum.kernel import clock, ids

NAME: Final = "mecum-export"
_MOST_NAME: Final = 120
_SKIPPED: Final[dict[belongings.Belonging, Kind]] = {
    "project": "project",
    "prompt": "prompt",
    "profile": "profile",
    "settings": "setting",
    "document": "document",
}


def knows(value: Any) -> bool:
    """Whether this is the whole of such a file, or the manifest of an export."""
    return is_object(value) and value.get("format") in (*belongings.FORMATS, belongings.MANIFEST)


def read(source: Source) -> Iterator[Found]:
    """Return what it holds; nothing for the manifest, which says what is in the other files."""
    for value in elements(source.file):
        whole = object_of(value)
        kind = belongings.FORMATS.get(str(whole.get("format")))
        if kind is not None:
            yield from _found(kind, whole, source)


def _found(kind: belongings.Belonging, whole: Json, source: Source) -> Iterator[Found]:
    said = object_of(whole.get(kind))
    reason = _objection(whole, said)
    if reason is None and kind == "settings":
        for setting, value in said.items():
            yield FoundSetting(setting, value, cast.digest({setting: value}))
        return
    made = None if reason is not None else _made(kind, said, source)
    why = reason or "it lacks what it must have"
    yield made or Skipped(_SKIPPED[kind], source.name, why, pieces.kept(said or {"": whole}))


def _objection(whole: Json, said: Json) -> str | None:
    if whole.get("version") != belongings.VERSION:
        return f"it is not an export of version {belongings.VERSION}"
    if whole.get("sha256") != cast.digest(said):
        return "its content is not what its hash says: it was changed or damaged on the way"
    return None


def _made(kind: belongings.Belonging, said: Json, source: Source) -> Found | None:
    match kind:
        case "project":
            return _project(said, source)
        case "prompt":
            return _prompt(said)
        case "profile":
            return _profile(said)
        case _:
            return _document(said)


def _project(said: Json, source: Source) -> FoundProject | None:
    name = pieces.text_or_none(said.get("name"), _MOST_NAME)
    if name is None or not name.strip():
        return None
    made = FoundProject(
        ref=str(said.get("id") or name),
        raw=cast.digest(said),
        said=said,
        name=name,
        instructions=pieces.text_or_none(said.get("instructions")),
        assistant_id=_id(said.get("assistant_id"), "ast"),
        model=pieces.text_or_none(said.get("model")),
        created_at=_moment(said.get("created_at")),
        updated_at=_moment(said.get("updated_at")),
        own_id=_id(said.get("id"), "prj"),
    )
    for file in objects_of(said.get("files")):
        key = str(file.get("id"))
        if source.archive is None or not source.archive.holds(key):
            made.skipped.append(Skipped("file", f"{made.ref}/{key}", "its bytes did not come along"))
            continue
        named = (str(file.get("name") or key), str(file.get("sha256")))
        # Read when it is stored: no more than one of them is in memory.
        load = partial(source.attached, key)
        made.files.append(Held(f"{made.ref}/{key}", _id(key, "fil"), *named, load, _moment(file.get("added_at"))))
    return made


def _prompt(said: Json) -> FoundPrompt | None:
    texts = [
        {
            "text": pieces.text_or_none(one.get("text")) or "",
            "note": pieces.text_or_none(one.get("note"), 500),
            "created_at": _moment(one.get("created_at")),
        }
        for one in objects_of(said.get("texts"))
    ]
    title = pieces.text_or_none(said.get("title"), 255)
    if not texts or title is None:
        return None
    own_id = _id(said.get("id"), "prm")
    return FoundPrompt(str(said.get("id") or title), cast.digest(said), said, title, texts, own_id)


def _profile(said: Json) -> FoundProfile | None:
    name, body = pieces.text_or_none(said.get("name"), 40), pieces.text_or_none(said.get("body"))
    if name is None or body is None:
        return None
    return FoundProfile(
        ref=str(said.get("id") or name),
        raw=cast.digest(said),
        said=said,
        name=name,
        body=body,
        created_at=_moment(said.get("created_at")),
        modified_at=_moment(said.get("modified_at")),
        own_id=_id(said.get("id"), "prf"),
    )


def _document(said: Json) -> Document | None:
    system, table, ref = (pieces.text_or_none(said.get(name), 300) for name in ("system", "table", "ref"))
    body = said.get("body")
    if system is None or table is None or ref is None or not is_object(body):
        return None
    return Document(table, ref, cleaned(body), system)


def _id(value: Any, prefix: str) -> str | None:
    return value if isinstance(value, str) and ids.is_id(value, prefix) else None


def _moment(value: Any) -> datetime | None:
    at = moment_or_none(value)
    return None if at is None else clock.from_milliseconds(at)
