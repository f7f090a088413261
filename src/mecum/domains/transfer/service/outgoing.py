"""Assistants out: our own file, with everything; character cards, with what those have a place for."""

import asyncio
import base64
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson

from mecum.domains.assistants.api import Departure, Picture
from mecum.domains.projects.ports import Directory
from mecum.domains.transfer.ports import Room
from mecum.domains.transfer.rules import card, cast, png
from mecum.domains.transfer.rules.record import Json
from mecum.domains.transfer.service.sheets import Sheets
from mecum.infra.storage import Database
from mecum.kernel.subject import Subject

Form = Literal["mecum", "card-v2-json", "card-v2-png", "card-v3-json", "card-v3-png"]
_VERSIONS: Final[dict[str, card.Version]] = {"card-v2": 2, "card-v3": 3}
_CARDS: Final = frozenset({"chara", "ccv3"})
_PNG: Final = "image/png"


@dataclass(slots=True)
class Outgoing:
    """A file: its name, what it is, its bytes, and what is not in it."""

    name: str
    media_type: str
    body: bytes
    notes: list[str] = field(default_factory=list[str])


class OutgoingService:
    """Writes assistants of one person."""

    def __init__(self, database: Database, room: Room, projects: Directory) -> None:
        self._database, self._room, self._projects = database, room, projects

    async def ids(self, subject: Subject) -> list[str]:
        """Return the ids of all assistants that are not deleted, the oldest first."""
        context = await self._room()
        async with self._database.reading(subject) as scope:
            return await context.departures.ids(scope)

    async def trashed(self, subject: Subject) -> int:
        """Return how many assistants are in the trash."""
        context = await self._room()
        async with self._database.reading(subject) as scope:
            return await context.departures.trashed(scope)

    async def export(self, subject: Subject, reference: str, form: Form, *, versions: bool) -> Outgoing:
        """Return an assistant as a file; raises AssistantNotFound."""
        context = await self._room()
        async with self._database.reading(subject) as scope:
            found = await Sheets(context, self._projects).read(scope, reference, versions=versions)
        # A picture and its base64 are megabytes, and a hash over them.
        return await asyncio.to_thread(_written, found, form)


def _written(found: Departure, form: Form) -> Outgoing:
    slug = found.record["slug"]
    if form == "mecum":
        picture = None if found.picture is None else (found.picture.media_type, found.picture.data)
        body = orjson.dumps(cast.written(cast.sheet(found.record, picture)), option=orjson.OPT_INDENT_2)
        return Outgoing(f"{slug}.mecum.json", "application/json", body + b"\n")
    name, _, container = form.rpartition("-")
    version = _VERSIONS[name]
    legacy: Json = found.record["legacy"] or {}
    brought: Json | None = legacy.get("card")
    made = card.made(version, found.record["name"], found.record, found.prompt, brought)
    notes = ["Capabilities, growth, quality, display, vectors and earlier versions are not in it."]
    if version == card.NEWEST:
        _show(made["data"], found.picture, container)
    if container == "json":
        if version != card.NEWEST and found.picture is not None:
            notes.append("Its picture is not in it.")
        body = orjson.dumps(made, option=orjson.OPT_INDENT_2)
        return Outgoing(f"{slug}.{name}.json", "application/json", body + b"\n", notes)
    return Outgoing(f"{slug}.png", _PNG, _pictured(made, version, found.picture, notes), notes)


def _pictured(made: Json, version: card.Version, picture: Picture | None, notes: list[str]) -> bytes:
    """Return the picture with the card inside; one that reads version 3 finds it beside one of version 2."""
    if picture is None or picture.media_type != _PNG:
        why = "It has no picture" if picture is None else "Its picture is no PNG"
        notes.append(f"{why}: the card is in a square of one colour.")
        chunks = png.plain()
    else:
        chunks = png.without(png.chunks_of(picture.data), _CARDS)
    texts = [("chara", _encoded(made if version != card.NEWEST else card.older(made)))]
    if version == card.NEWEST:
        texts.append(("ccv3", _encoded(made)))
    return png.written(chunks, texts)


def _encoded(made: Json) -> bytes:
    return base64.b64encode(orjson.dumps(made))


def _show(data: Json, picture: Picture | None, container: str) -> None:
    """Let the main icon of a card be the picture, where the file is not that itself."""
    if picture is None:
        return
    uri = f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"
    assets: list[Any] = [*data["assets"]] if isinstance(data.get("assets"), list) else []
    place = next((at for at, one in enumerate(assets) if _is_icon(one)), None)
    said = str(assets[place].get("uri")) if place is not None else "ccdefault:"
    is_itself = container == "png" and picture.media_type == _PNG
    if said == uri or (is_itself and said == "ccdefault:"):
        return
    if place is None:
        kind = picture.media_type.rpartition("/")[2]
        data["assets"] = [{"type": "icon", "uri": uri, "name": "main", "ext": kind}, *assets]
    else:
        assets[place] = {**assets[place], "uri": uri}
        data["assets"] = assets


def _is_icon(one: Any) -> bool:
    return isinstance(one, dict) and one.get("type") == "icon" and one.get("name") == "main"  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
