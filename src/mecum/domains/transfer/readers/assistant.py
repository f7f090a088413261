"""The older assistant that kept its record with SQLModel: its SQLite file, plain or encrypted, and its JSON export."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from mecum.domains.transfer.readers.source import Secrets, Source
from mecum.domains.transfer.readers.stream import elements
from mecum.domains.transfer.readers.values import is_object, list_of, objects_of
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Document, Found, Incoming, Skipped, Thread
from mecum.domains.transfer.rules.moments import Impossible, moment, moment_or_none
from mecum.domains.transfer.rules.record import MODES, ROLES, Json
from mecum.infra.storage.foreign import ForeignStore, Row

NAME: Final = "assistant-db"
JSON_NAME: Final = "assistant-json"
_MARK: Final = "enc:v1:"
_NONCE, _TAG, _ROUNDS = 16, 16, 1000
_OWN: Final = ("conversation", "message")
_KNOWN: Final = frozenset("id title created_at updated_at tags".split())
_KNOWN_OF_MESSAGE: Final = frozenset("id conversation_id role content timestamp tokens mode tags".split())


class Undecryptable(ValueError):
    """A value that nobody here can read."""


class Cipher:
    """Opens `enc:v1:` values: AES-256-GCM under a key made of the two secrets."""

    def __init__(self, secrets: Secrets | None) -> None:
        self._cipher: AESGCM | None = None
        if secrets is not None:
            derivation = PBKDF2HMAC(SHA1(), 32, secrets.salt.encode(), _ROUNDS)  # noqa: S303 - as the files were made
            self._cipher = AESGCM(derivation.derive(secrets.secret_key.encode()))

    def opened(self, row: Row) -> Row:
        """Return a row with its values readable; raises Undecryptable."""
        return {name: self._value(value) for name, value in row.items()}

    def _value(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.startswith(_MARK):
            return value
        if self._cipher is None:
            raise Undecryptable("it is encrypted, and the secret key and salt were not given")
        try:
            sealed = base64.b64decode(value.removeprefix(_MARK), validate=True)
            nonce, tag, body = sealed[:_NONCE], sealed[_NONCE : _NONCE + _TAG], sealed[_NONCE + _TAG :]
            return self._cipher.decrypt(nonce, body + tag, None).decode()
        except (binascii.Error, InvalidTag, UnicodeDecodeError, ValueError) as error:
            raise Undecryptable("it cannot be decrypted with this secret key and salt") from error


def knows_tables(tables: Mapping[str, Any]) -> bool:
    """Whether a SQLite file is such a record."""
    return set(_OWN) <= tables.keys() and {"conversation_id", "role", "content"} <= set(tables["message"])


def knows(value: Any) -> bool:
    """Whether this is the whole of its JSON export."""
    if not is_object(value) or not isinstance(value.get("messages"), list):
        return False
    return isinstance(value.get("conversations"), list)


def read(source: Source) -> Iterator[Found]:
    """Return what a SQLite file holds: conversations, orphans, and the rows of its other tables."""
    with ForeignStore(source.file) as store:
        yield from _Record(store, Cipher(source.secrets)).found()


def read_json(source: Source) -> Iterator[Found]:
    """Return the conversations of a JSON export, then the messages that belong to none of them."""
    for value in elements(source.file):
        if not knows(value):
            yield Skipped("conversation", source.name, "it is not an export", pieces.kept({"": value}))
            continue
        of: dict[str, list[Json]] = {}
        for message in objects_of(value["messages"]):
            of.setdefault(str(message.get("conversation_id")), []).append(message)
        for row in objects_of(value["conversations"]):
            thread = _thread(row)
            for message in sorted(of.pop(thread.ref, []), key=_place):
                _take(thread, message)
            yield thread
        for message in (message for left in of.values() for message in left):
            ref = f"{message.get('conversation_id')}/{message.get('id')}"
            yield Skipped("message", ref, "its conversation is not in the file", pieces.kept(message))
        for table in sorted(value.keys() - {"conversations", "messages"}):
            yield Document(table, table, pieces.kept({"content": value[table]}))


class _Record:
    def __init__(self, store: ForeignStore, cipher: Cipher) -> None:
        self._store, self._cipher = store, cipher
        store.index("message", "conversation_id")

    def found(self) -> Iterator[Found]:
        """Return everything, oldest conversations first."""
        known: set[Any] = set()
        for row in self._store.rows("conversation", ("created_at", "id")):
            try:
                thread = _thread(self._cipher.opened(row))
            except Undecryptable as error:
                yield Skipped("conversation", str(row["id"]), str(error))
                continue
            known.add(row["id"])
            messages = self._store.matching("message", "conversation_id", row["id"])
            for message in sorted(messages, key=_place):
                self._message(thread, message)
            yield thread
        for row in self._store.rows("message", ("id",)):
            if row["conversation_id"] not in known:
                yield self._orphan(row)
        for table in sorted(self._store.tables.keys() - set(_OWN)):
            yield from self._documents(table)

    def _message(self, thread: Thread, row: Row) -> None:
        try:
            _take(thread, self._cipher.opened(row))
        except Undecryptable as error:
            thread.skipped.append(Skipped("message", f"{thread.ref}/{row['id']}", str(error)))

    def _orphan(self, row: Row) -> Skipped:
        reason = "its conversation is not in the file, or could not be read"
        try:
            return Skipped(
                "message", f"{row['conversation_id']}/{row['id']}", reason, pieces.kept(self._cipher.opened(row))
            )
        except Undecryptable as error:
            return Skipped("message", f"{row['conversation_id']}/{row['id']}", str(error))

    def _documents(self, table: str) -> Iterator[Found]:
        for place, row in enumerate(self._store.rows(table)):
            ref = str(row.get("id", place))
            try:
                yield Document(table, ref, pieces.kept(self._cipher.opened(row)))
            except Undecryptable as error:
                yield Skipped("document", f"{table}/{ref}", str(error))


def _place(row: Mapping[str, Any]) -> tuple[int, str]:
    """Where a message stands: by its time, those without one first."""
    return moment_or_none(row.get("timestamp")) or 0, str(row.get("id"))


def _thread(row: Mapping[str, Any]) -> Thread:
    legacy = pieces.kept({name: value for name, value in row.items() if name not in {*_KNOWN, "messages"}})
    return Thread(
        ref=str(row.get("id")),
        title=pieces.text_or_none(row.get("title"), 500),
        messages=[],
        created_at=moment_or_none(row.get("created_at")),
        last_activity_at=moment_or_none(row.get("updated_at")),
        metadata=pieces.kept({"tags": _tags(row.get("tags")), "legacy": legacy}),
    )


def _take(thread: Thread, row: Mapping[str, Any]) -> None:
    ref, role, mode = f"{thread.ref}/{row.get('id')}", str(row.get("role")), str(row.get("mode") or "chat")
    try:
        at = moment(row.get("timestamp"))
    except Impossible:
        thread.skipped.append(Skipped("message", ref, "its time is impossible", pieces.kept(row)))
        return
    if role not in ROLES:
        reason = f"its role {role[:40]!r} is unknown"
        thread.skipped.append(Skipped("message", ref, reason, pieces.kept(row)))
        return
    legacy = {name: value for name, value in row.items() if name not in _KNOWN_OF_MESSAGE}
    if mode not in MODES:
        legacy["mode"] = mode
    thread.messages.append(
        Incoming(
            ref=str(row.get("id")),
            parent=thread.messages[-1].ref if thread.messages else None,
            role=role,
            parts=pieces.said(row.get("content")),
            raw=row.get("content"),
            at=at,
            mode=mode if mode in MODES else "chat",
            token_count=pieces.whole(row.get("tokens")),
            metadata=pieces.kept({"tags": _tags(row.get("tags")), "legacy": pieces.kept(legacy)}),
        )
    )


def _tags(value: Any) -> list[str]:
    given = value.split(",") if isinstance(value, str) else [str(tag) for tag in list_of(value)]
    return [str(pieces.plain(tag.strip())) for tag in given if tag.strip()]
