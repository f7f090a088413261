"""What a project adds to a turn in it: its instructions, its files as far as they fit, and what is said of both."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from mecum.domains.conversations import api as conversations
from mecum.domains.projects.ports import Brief
from mecum.engine.chat.context import ANSWER_SHARE, GUESS
from mecum.engine.chat.turn import Shelved, ShelvedFile, Turn
from mecum.inference.exchange import ModelMessage, TextContent
from mecum.inference.windows import SENT_AT_LEAST, Counts, Size, size_of
from mecum.infra.blobs.media import text_of
from mecum.infra.storage import Database
from mecum.infra.storage.scope import owner_values
from mecum.kernel.errors import NotFound
from mecum.kernel.subject import Subject

Find = Callable[[Subject, str], Awaitable[Brief]]
"""Returns the subject's project with this id; raises ProjectNotFound."""

FILES_SHARE: Final = 2
"""Files take at most one in so many of the tokens that are not kept for the answer: a conversation needs room too."""
_LEAST: Final = 0.25
"""Tokens a byte is at least taken for: a file that is too long even so is not read."""
_NO_TEXT: Final = "its content is not text"
_LONG: Final = "it does not fit the model's context window"
_TOO_LONG: Final = "files of the project that do not fit the model's context window"


class FileBytes(Protocol):
    """Reads the bytes of a file the subject may see."""

    async def read(self, subject: Subject, file_id: str) -> bytes:
        """Return the bytes; raises FileNotFound."""
        ...


class ProjectFiles:
    """Puts the files of a turn's project behind its system prompt: whole where they fit, otherwise by their names."""

    def __init__(self, database: Database, files: FileBytes, counts: Counts) -> None:
        self._database, self._files, self._counts = database, files, counts

    async def __call__(self, turn: Turn, ref: str, window: int | None, besides: int) -> None:
        """Leave in the turn's history what of the files fits a `window` (tokens; None: not known) of the model `ref`.

        `besides` is what else is sent, in tokens at most. For another model it begins again without files.
        """
        if turn.wants.project is None or turn.wants.mode == "raw" or turn.given is not None:
            return
        bare = turn.history if turn.shelved is None else turn.shelved.bare
        values = {"_project": turn.wants.project["id"], **owner_values(turn.subject)}
        rows = await self._database.fetch(conversations.FILES_OF_PROJECT, values)
        room = self._room(bare, ref, window, besides)
        files: list[ShelvedFile] = []
        for file_id, name, media_type, size, sha256, length in rows:
            file = ShelvedFile(file_id, name, media_type, size, sha256, is_text=length is not None)
            if file.is_text and file.size * _LEAST <= room:
                file = replace(file, text=await self._text(turn.subject, file))
            files.append(file)
        self._shelve(turn, bare, files, ref, room)

    def fewer(self, turn: Turn, ref: str, window: int, besides: int) -> bool:
        """Leave fewer files in the turn's history, for a server that refused it as too long; return whether there are.

        `window` is what it takes, in tokens.
        """
        shelved = turn.shelved
        if shelved is None or not (before := shelved.included):
            return False
        room = self._room(shelved.bare, ref, window, besides)
        self._shelve(turn, shelved.bare, shelved.files, ref, room)
        return turn.shelved is not None and turn.shelved.included < before

    def _shelve(
        self, turn: Turn, bare: tuple[ModelMessage, ...], files: Sequence[ShelvedFile], ref: str, room: int
    ) -> None:
        contents: list[TextContent] = []
        placed: list[ShelvedFile] = []
        for file in files:
            whole = None if file.text is None else _whole(file, file.text)
            takes = 0 if whole is None else self._takes(ref, whole)
            fits = whole is not None and takes <= room
            room -= takes if fits else 0
            contents.append(whole if whole is not None and fits else _named(file))
            placed.append(replace(file, included=fits))
        turn.history = _behind(bare, contents)
        turn.prompted = turn.prompted or len(turn.history) > len(bare)
        turn.shelved = Shelved(bare, placed, {id(one): file for one, file in zip(contents, placed, strict=True)})

    def _room(self, bare: Sequence[ModelMessage], ref: str, window: int | None, besides: int) -> int:
        """Return how many tokens files may take beside the prompt and the message that is to be answered."""
        limit = window or SENT_AT_LEAST
        most = limit - limit // ANSWER_SHARE
        firm = [message for message in bare[:1] if message.role == "system"]
        used = besides + self._counts.estimate(ref, size_of([*firm, *bare[-1:]]), guess=GUESS)
        return max(0, min(most - used, most // FILES_SHARE))

    def _takes(self, ref: str, content: TextContent) -> int:
        size: Size = size_of([ModelMessage("system", (content,))])
        return self._counts.estimate(ref, size, guess=GUESS)

    async def _text(self, subject: Subject, file: ShelvedFile) -> str | None:
        try:
            return text_of(file.media_type, await self._files.read(subject, file.id))
        except NotFound:
            # Taken out of the project a moment ago.
            return None


def told_of(turn: Turn, report: dict[str, Any]) -> None:
    """Say in a context report what of the turn's project went into the request."""
    project = turn.wants.project
    if project is None or turn.given is not None:
        return
    files = () if turn.shelved is None else turn.shelved.files
    report["project"] = {
        "id": project["id"],
        "name": project["name"],
        "instructions": bool(project.get("instructions")) and turn.wants.mode == "chat",
        "files": [
            {"file_id": file.id, "name": file.name, "included": file.included, "reason": _reason(file)}
            for file in files
        ],
    }
    left = sum(not file.included and file.is_text for file in files)
    if left:
        report["dropped"].append({"files": left, "reason": _TOO_LONG})


def kept_of(brief: Brief) -> Mapping[str, Any]:
    """Return what a run keeps of its project: which it was, as it was then."""
    said = {"instructions": True} if brief.instructions else {}
    return {"id": brief.id, "name": brief.name, "version": brief.version, **said}


def _reason(file: ShelvedFile) -> str | None:
    if file.included:
        return None
    return _LONG if file.is_text else _NO_TEXT


def _whole(file: ShelvedFile, text: str) -> TextContent:
    return TextContent(f"\n\n[file {file.name} of the project]\n{text}\n[end of {file.name}]")


def _named(file: ShelvedFile) -> TextContent:
    reason = _LONG if file.is_text else _NO_TEXT
    return TextContent(f"\n\n[file {file.name} of the project ({file.media_type}, {file.size} bytes): {reason}]")


def _behind(bare: tuple[ModelMessage, ...], contents: Sequence[TextContent]) -> tuple[ModelMessage, ...]:
    """Return the history with the files at the end of its system prompt, which is made where there is none."""
    if not contents:
        return bare
    if bare and bare[0].role == "system":
        return (replace(bare[0], content=(*bare[0].content, *contents)), *bare[1:])
    return (ModelMessage("system", tuple(contents)), *bare)
