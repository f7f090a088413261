"""The store: one database behind one engine, sessions scoped to a person, one group-committing writer."""

from mecum.infra.storage.base import Entity, Id, Json, UtcTime, only
from mecum.infra.storage.database import Database
from mecum.infra.storage.errors import StoreBusy, StoreKeyRefused, StoreUnavailable, Unscoped
from mecum.infra.storage.prepared import Op, Prepared
from mecum.infra.storage.scope import Owned, Scope

__all__ = [
    "Database",
    "Entity",
    "Id",
    "Json",
    "Op",
    "Owned",
    "Prepared",
    "Scope",
    "StoreBusy",
    "StoreKeyRefused",
    "StoreUnavailable",
    "Unscoped",
    "UtcTime",
    "only",
]
