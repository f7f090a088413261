"""What an import does for every row, compiled once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select

from mecum.domains.transfer.model import ImportSkip, LegacyDocument, Origin
from mecum.infra.storage import Op, Prepared, Scope

_ORIGIN = (
    "import_id organisation_id person_id system kind original integer key conversation_id message_id document_id "
    "assistant_id target"
).split()
_DOCUMENT = "id import_id organisation_id person_id system table_name ref body".split()
_SKIP = "import_id kind ref reason document".split()
_NO_ORIGIN = dict[str, Any].fromkeys(_ORIGIN)


def _insert(table: Any, names: Sequence[str]) -> Prepared:
    return Prepared(insert(table).values({name: bindparam(name) for name in names}))


_INSERT_ORIGIN = _insert(Origin.__table__, _ORIGIN)
_INSERT_DOCUMENT = _insert(LegacyDocument.__table__, _DOCUMENT)
_INSERT_SKIP = _insert(ImportSkip.__table__, _SKIP)
BY_KEY = Prepared(
    select(Origin.import_id, Origin.conversation_id, Origin.assistant_id, Origin.target).where(
        Origin.key == bindparam("_key"), Scope.owned(Origin)
    )
)
"""The import of what has the key `_key`, and what it is here: a conversation, an assistant, or something else."""
OF_CONVERSATION = Prepared(
    select(Origin.key, Origin.original, Origin.message_id, Origin.import_id).where(
        Origin.conversation_id == bindparam("_id"), Origin.message_id.is_not(None), Scope.owned(Origin)
    )
)
"""Every known message of the conversation `_id`."""


def insert_origin(values: Mapping[str, Any]) -> Op:
    """Return the write of where a row came from; names that are absent are null."""
    return Op(_INSERT_ORIGIN, {**_NO_ORIGIN, **values})


def insert_document(values: Mapping[str, Any]) -> Op:
    """Return the write of a document; `body` is JSON text."""
    return Op(_INSERT_DOCUMENT, values)


def insert_skip(values: Mapping[str, Any]) -> Op:
    """Return the write of what was not imported; `document` is JSON text or None."""
    return Op(_INSERT_SKIP, values)
