"""Which reader reads what: told by the content of a file, never by its name. No pickle is ever loaded."""

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from mecum.domains.transfer.errors import FormatUnknown, ImportUnreadable
from mecum.domains.transfer.readers import (
    assistant,
    belongings,
    card,
    cast,
    chat,
    chatbotui,
    chatgpt,
    claude,
    flat,
    librechat,
    openwebui,
    own,
    source,
    stream,
)  # fmt: skip
from mecum.domains.transfer.readers.source import Archive, Secrets, Source
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.belongings import is_file
from mecum.domains.transfer.rules.incoming import Document, Found, Skipped
from mecum.infra.storage.foreign import HEADER, ForeignStore, NotADatabase

Read = Callable[[Source], Iterator[Found]]
_HEAD: Final = 1 << 16
_MOST_BESIDE: Final = 4 << 20
"""The largest JSON file beside the conversations of an archive that is kept as a document."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, the system whose ids it has, and its reader."""

    name: str
    system: str
    read: Read
    first: bool = False
    """Whether it holds what the other members of an archive name."""


FORMATS: Final[Mapping[str, Format]] = {
    found.name: found
    for found in (
        Format(chat.NAME, "chat", chat.read),
        Format(assistant.NAME, "assistant", assistant.read),
        Format(assistant.JSON_NAME, "assistant", assistant.read_json),
        Format(chatgpt.NAME, "chatgpt", chatgpt.read),
        Format(claude.NAME, "claude", claude.read),
        Format(openwebui.NAME, "openwebui", openwebui.read),
        Format(librechat.NAME, "librechat", librechat.read),
        Format(chatbotui.NAME, "chatbotui", chatbotui.read),
        Format(own.NAME, "mecum", own.read),
        Format(cast.NAME, "mecum", cast.read),
        Format(belongings.NAME, "mecum", belongings.read, first=True),
        Format(card.NAME, "card", card.read),
        Format(flat.NAME, "flat", flat.read),
    )
}
_JSON: Final[tuple[tuple[str, Callable[[Any], bool]], ...]] = (
    (own.NAME, own.knows),
    (cast.NAME, cast.knows),
    (belongings.NAME, belongings.knows),
    (card.NAME, card.knows),
    (chatgpt.NAME, chatgpt.knows),
    (claude.NAME, claude.knows),
    (openwebui.NAME, openwebui.knows),
    (librechat.NAME, librechat.knows),
    (assistant.JSON_NAME, assistant.knows),
    (chatbotui.NAME, chatbotui.knows),
    (flat.NAME, flat.knows),
)
_TABLES: Final[tuple[tuple[str, Callable[[Mapping[str, Any]], bool]], ...]] = (
    (chat.NAME, chat.knows_tables),
    (assistant.NAME, assistant.knows_tables),
    (flat.NAME, flat.knows_tables),
)


def detected(file: BinaryIO, *, pictures: bool = True) -> Format | None:
    """Return the format of a file that is no archive, None where nobody knows it; raises ImportUnreadable.

    `pictures`: a picture is taken for a character card.
    """
    file.seek(0)
    head = file.read(len(HEADER))
    file.seek(0)
    if head == HEADER:
        with ForeignStore(file) as store:
            name = next((name for name, knows in _TABLES if knows(store.tables)), None)
        file.seek(0)
        return FORMATS[name] if name else None
    if pictures and card.knows_picture(head):
        return FORMATS[card.NAME]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        known = flat.knows_text(file.read(_HEAD))
        file.seek(0)
        return FORMATS[flat.NAME] if known else None
    _, value = stream.first(file)
    name = next((name for name, knows in _JSON if knows(value)), None)
    return FORMATS[name] if name else None


def found_in(
    name: str, file: BinaryIO, wanted: str | None, secrets: Secrets | None, most_attached: int
) -> Iterator[tuple[Format, Found]]:
    """Return everything that a file or an archive holds, each with its format.

    `wanted` is the name of a format, None to find it out. Raises FormatUnknown, ImportUnreadable, NotADatabase.
    """
    file.seek(0)
    if file.read(len(source.ZIP)) == source.ZIP:
        try:
            yield from _of_archive(name, file, wanted, secrets, most_attached)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise ImportUnreadable("The archive is damaged.") from error
        return
    chosen = FORMATS[wanted] if wanted is not None else detected(file)
    file.seek(0)
    if chosen is None:
        raise FormatUnknown(f"No reader knows {name}.")
    for found in chosen.read(Source(name, file, None, secrets)):
        yield chosen, found


def _of_archive(
    name: str, file: BinaryIO, wanted: str | None, secrets: Secrets | None, most_attached: int
) -> Iterator[tuple[Format, Found]]:
    archive = source.opened(file, most_attached)
    # Pictures are what other exports have beside their conversations; alone, they may be cards.
    chosen = _chosen(archive, wanted, pictures=False) or _chosen(archive, wanted, pictures=True)
    if not chosen:
        raise FormatUnknown(f"No reader knows anything in {name}.")
    archive.used.update(chosen)
    last = next(iter(chosen.values()))
    for member, last in chosen.items():
        with archive.open(member) as content:
            for found in last.read(Source(member, content, archive, secrets)):
                yield last, found
    for refused in archive.refused:
        yield last, refused
    for member in sorted(archive.members.keys() - archive.used):
        yield last, _beside(archive, member, last)


def _chosen(archive: Archive, wanted: str | None, *, pictures: bool) -> dict[str, Format]:
    # A file of a project may be anything, also what a reader would know: it is a file.
    asked = sorted(member for member in archive.members if not is_file(member))
    named = ((member, _member(archive, member, wanted, pictures=pictures)) for member in asked)
    known = [(member, format_) for member, format_ in named if format_ is not None]
    return dict(sorted(known, key=lambda one: not one[1].first))


def _member(archive: Archive, member: str, wanted: str | None, *, pictures: bool) -> Format | None:
    """Return the format of an archive's member, None for one that is not read by itself."""
    with archive.open(member) as content:
        try:
            found = detected(content, pictures=pictures)
        except (ImportUnreadable, NotADatabase):
            return None
    return found if found is not None and wanted in (None, found.name) else None


def _beside(archive: Archive, member: str, format_: Format) -> Found:
    """What else an archive holds: small JSON is kept as a document, of the rest the reckoning says that it is there."""
    if not member.lower().endswith(".json"):
        return Skipped("file", member, "no conversation refers to it")
    if archive.members[member].file_size > _MOST_BESIDE:
        return Skipped("file", member, "it is no list of conversations, and too large to be kept beside them")
    value = pieces.parsed(archive.file.read(member).decode("utf-8-sig", "replace"))
    return Document(f"{format_.system}/{member}", member, pieces.kept({"content": value}))
