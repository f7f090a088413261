"""What can be set about the store and its key; here, because importing the storage room loads the whole database."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

KeySource = Literal["none", "keyring", "passphrase", "file"]


class StorageSettings(BaseModel):
    """Where the record is kept, and what encrypts it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = Field(
        default=None,
        repr=False,
        description="The address of a PostgreSQL database, `postgresql://user:password@host/name`; without one the "
        "record is the SQLite file `mecum.db` in the data folder.",
    )
    key: KeySource = Field(
        default="none",
        description="What encrypts the SQLite file: `none`; `keyring`, a key kept by the operating system; "
        "`passphrase`, a key derived from the passphrase; `file`, a key in `store.key` of the data folder, readable by "
        "you alone. On PostgreSQL text relies on the encryption of the server's disk.",
    )
    passphrase: SecretStr | None = Field(
        default=None, description="The passphrase for `key = passphrase`. Better set in the environment than in a file."
    )

    @field_validator("url")
    @classmethod
    def _is_postgres(cls, value: str | None) -> str | None:
        if value is not None and value.partition("://")[0] not in ("postgres", "postgresql", "postgresql+psycopg"):
            raise ValueError("must begin with postgresql://")
        return value
