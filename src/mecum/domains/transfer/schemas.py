"""The wire shapes of transfer."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mecum.domains.transfer.rules.names import FORMAT_NAMES
from mecum.kernel.errors import Kind

_IMP, _FIL, _AT = "imp_06hq3k8w2m5v9", "fil_06hq3k8w2m5v9", "2026-11-21T06:40:00.123Z"
State = Literal["queued", "running", "done", "failed", "cancelled", "undoing", "undone"]


class ReportView(BaseModel):
    """What was carried, and what was not."""

    messages: int = Field(description="Messages carried.", examples=[12])
    parts: int = Field(description="Their parts.", examples=[14])
    notes: list[str] = Field(
        description="What the format cannot carry, or what could not be read, one sentence each.",
        examples=[["2 messages of other branches are not in it."]],
    )


class SelectionExport(BaseModel):
    """Conversations to take out together."""

    model_config = ConfigDict(extra="forbid")

    ids: list[str] = Field(
        min_length=1, max_length=1000, description="Which conversations.", examples=[["cnv_06hq3k8w2m5v9"]]
    )
    format: Literal["json", "jsonl", "markdown", "openai"] = Field(
        "json",
        description="`json` and `jsonl` are loss-free; `markdown` and `openai` carry the current branch.",
        examples=["markdown"],
    )


class Imported(BaseModel):
    """An imported conversation."""

    conversation_id: str = Field(description="The new conversation.", examples=["cnv_06hq3k8w2m5v9"])
    report: ReportView = Field(description="What was carried, and what was not.")


class UploadView(BaseModel):
    """A file that waits for its import."""

    id: str = Field(description="What an import names it by.", examples=[_FIL])
    name: str = Field(description="Its name.", examples=["conversations.json"])
    size: int = Field(description="Bytes.", examples=[48211])


class ImportRequest(BaseModel):
    """An import to be made."""

    model_config = ConfigDict(extra="forbid")

    files: list[str] = Field(
        min_length=1, max_length=1000, description="Uploads, in the order they are read.", examples=[[_FIL]]
    )
    format: str | None = Field(
        None,
        description=f"The format, where it must not be found out by content: {', '.join(FORMAT_NAMES)}.",
        examples=["chatgpt"],
    )
    dry_run: bool = Field(False, description="Make the reckoning and store nothing else.", examples=[False])
    secret_key: str | None = Field(
        None, max_length=10_000, description="The secret key that an encrypted file was made with.", examples=["s3cret"]
    )
    salt: str | None = Field(
        None, max_length=10_000, description="The salt that an encrypted file was made with.", examples=["s4lt"]
    )


class ImportFileView(BaseModel):
    """A file of an import."""

    name: str = Field(description="Its name.", examples=["conversations.json"])
    size: int = Field(description="Bytes.", examples=[48211])


class CountView(BaseModel):
    """What became of everything of one kind."""

    found: int = Field(description="In the files.", examples=[120])
    imported: int = Field(description="New here.", examples=[117])
    already: int = Field(description="There already.", examples=[2])
    skipped: int = Field(description="Not imported, each with its reason.", examples=[1])


class KeptView(BaseModel):
    """What an undo left in place."""

    conversation_id: str | None = Field(None, description="The conversation.", examples=["cnv_06hq3k8w2m5v9"])
    assistant_id: str | None = Field(None, description="Or the assistant.", examples=["ast_06hq3k8w2m5v9"])
    project_id: str | None = Field(None, description="Or the project.", examples=["prj_06hq3k8w2m5v9"])
    prompt_id: str | None = Field(None, description="Or the prompt.", examples=["prm_06hq3k8w2m5v9"])
    profile_id: str | None = Field(None, description="Or the profile.", examples=["prf_06hq3k8w2m5v9"])
    reason: str = Field(description="Why.", examples=["it was gone on with after the import"])


class ImportView(BaseModel):
    """An import and its reckoning: found = imported + already + skipped."""

    id: str = Field(description="Its id.", examples=[_IMP])
    state: State = Field(description="How far it is.", examples=["done"])
    dry_run: bool = Field(description="Whether only the reckoning is made.", examples=[False])
    format: str | None = Field(description="The format, once it is known.", examples=["chatgpt"])
    files: list[ImportFileView] = Field(description="What was uploaded.")
    found: int = Field(description="Everything in them, so far.", examples=[120])
    imported: int = Field(description="New here.", examples=[117])
    already: int = Field(description="There already.", examples=[2])
    skipped: int = Field(description="Not imported; `GET /imports/{id}/skipped` gives the reasons.", examples=[1])
    kinds: dict[str, CountView] = Field(
        description="The same by kind: conversation, message, project, assistant, prompt, profile, setting, file, "
        "document.",
        examples=[{"message": {"found": 100, "imported": 99, "already": 0, "skipped": 1}}],
    )
    done_bytes: int = Field(description="How far the files are read.", examples=[48211])
    total_bytes: int = Field(description="How large they are.", examples=[48211])
    kept: list[KeptView] = Field(description="What an undo left in place.", examples=[[]])
    code: str | None = Field(description="Why it failed, if it did.", examples=[None])
    kind: Kind | None = Field(
        description="What kind of error that is: *invalid* where the file or what was said of it is at fault.",
        examples=[None],
    )
    detail: str | None = Field(description="The same as a sentence.", examples=[None])
    created_at: str = Field(description="When it was asked for.", examples=[_AT])
    finished_at: str | None = Field(description="When it was over.", examples=[_AT])


class ColumnView(BaseModel):
    """What became of a column of a flat table."""

    name: str = Field(description="Its flat name.", examples=["tone"])
    place: str = Field(description="Where it is now.", examples=["identity.tone"])
    count: int = Field(description="In how many rows it was.", examples=[1000])
    nulls: int = Field(description="In how many of them it was null.", examples=[12])
    hash: str = Field(
        description="A hash over its values in the order of the file, each as JSON on a line of its own.",
        examples=["6d9d1fd1a1b7c1f1c8f6a1d0f0f0a9b2"],
    )
    stored_nulls: int | None = Field(
        description="How many are null by what is stored, read back; null in a dry run.", examples=[12]
    )
    stored_hash: str | None = Field(
        description="The same hash over what is stored, read back; null in a dry run.",
        examples=["6d9d1fd1a1b7c1f1c8f6a1d0f0f0a9b2"],
    )
    equal: bool | None = Field(description="Whether the two are equal; null in a dry run.", examples=[True])
    reported: int = Field(
        description="Values that are none of the field's: kept as they came, and behaving as the default.", examples=[3]
    )
    example: Any | None = Field(description="The first of these.", examples=["dreamy"])


class ColumnList(BaseModel):
    """A flat table column by column."""

    rows: int = Field(description="Rows that were taken in or were there already.", examples=[1000])
    items: list[ColumnView] = Field(description="The columns, in the order of the first row.")
    next_cursor: str | None = Field(description="Always null.", examples=[None])


class ImportList(BaseModel):
    """The last imports."""

    items: list[ImportView] = Field(description="The imports, newest first.")
    next_cursor: str | None = Field(description="Always null: the last hundred are listed.", examples=[None])


class SkippedView(BaseModel):
    """Something that was not imported."""

    kind: str = Field(
        description="conversation, message, project, assistant, prompt, profile, setting, file or document.",
        examples=["message"],
    )
    ref: str = Field(description="Where it stands in the files.", examples=["messages/8"])
    reason: str = Field(description="Why it was not.", examples=["its conversation 9999 is not in the file"])
    document: Any | None = Field(
        description="All that stands there; null where nobody can read it.", examples=[{"id": 8, "role": "user"}]
    )


class SkippedList(BaseModel):
    """A page of what was not imported."""

    items: list[SkippedView] = Field(description="In the order it was met.")
    next_cursor: str | None = Field(description="For the next page; null at the end.", examples=[None])


class LeftOutView(BaseModel):
    """Something that never is in an export."""

    what: str = Field(description="What it is.", examples=["API keys, passwords and sign-ins"])
    reason: str = Field(description="Why it is not in it.", examples=["secrets never go out"])


class ExportContents(BaseModel):
    """What an export of everything holds."""

    contents: dict[str, int] = Field(
        description="How many there are: conversation, project, assistant, prompt, profile, setting, document.",
        examples=[{"conversation": 412, "project": 3, "assistant": 7, "prompt": 0, "profile": 2, "setting": 1}],
    )
    trash: dict[str, int] = Field(
        description="How many of a kind are in the trash, and so are not in it.", examples=[{"conversation": 4}]
    )
    left_out: list[LeftOutView] = Field(description="What never is in it.")


class OriginView(BaseModel):
    """What an older record's number means here."""

    system: str = Field(description="Whose number it is.", examples=["chat"])
    kind: str = Field(description="conversation or message.", examples=["conversation"])
    original: str = Field(description="The number there.", examples=["17"])
    import_id: str = Field(description="The import that brought it.", examples=[_IMP])
    conversation_id: str | None = Field(description="The conversation here.", examples=["cnv_06hq3k8w2m5v9"])
    message_id: str | None = Field(description="The message here.", examples=[None])


class OriginList(BaseModel):
    """Everything that had a number: one item where the number says which."""

    items: list[OriginView] = Field(description="The newest first.")
    next_cursor: str | None = Field(description="Always null.", examples=[None])


class BackupCreate(BaseModel):
    """What is wanted of a backup."""

    model_config = ConfigDict(extra="forbid")

    keep_days: int | None = Field(
        default=None,
        ge=0,
        le=36500,
        description="How many days it is kept; 0 for ever; null as long as `backup.keep_days` says.",
        examples=[30],
    )
    verify: bool = Field(
        default=True, description="Whether all of it is read again and compared at the end.", examples=[True]
    )


class BackupKeep(BaseModel):
    """How long a backup is kept."""

    model_config = ConfigDict(extra="forbid")

    keep_days: int | None = Field(ge=0, le=36500, description="Days from now; 0 or null for ever.", examples=[90])


class BackupView(BaseModel):
    """A backup. What is not known of it is null."""

    model_config = ConfigDict(defer_build=True)

    id: str = Field(description="Its id; the file's name where it has none.", examples=["bak_06hq3k8w2m5v9"])
    name: str = Field(description="The file's name.", examples=["mecum-2026-11-28T110502123Z.tar"])
    size: int = Field(description="Bytes.", examples=[104857600])
    made_at: str | None = Field(description="Of which moment it is.", examples=["2026-11-28T11:05:02.123Z"])
    mecum: str | None = Field(description="The version that made it.", examples=["0.1.0"])
    database: str | None = Field(description="`sqlite` or `postgresql`.", examples=["sqlite"])
    revision: str | None = Field(description="The schema of the store in it.", examples=["0002"])
    sealed: bool = Field(description="Whether it is encrypted: it is when the store is.", examples=[False])
    copy_: bool = Field(
        alias="copy",
        description="Whether it is only the store as an upgrade found it, without files and configuration.",
        examples=[False],
    )
    conversations: int | None = Field(description="How many conversations are in it.", examples=[412])
    messages: int | None = Field(description="How many messages.", examples=[9120])
    files: int | None = Field(description="How many files.", examples=[33])
    missing: int | None = Field(description="Files whose bytes were not there when it was made.", examples=[0])
    verified_at: str | None = Field(
        description="When all of it was last read and compared.", examples=["2026-11-28T11:05:30.000Z"]
    )
    problem: str | None = Field(description="What that found; null when it is sound.", examples=["backup.damaged"])
    expires_at: str | None = Field(
        description="When it is removed by itself; null is never.", examples=["2026-12-28T11:05:02.123Z"]
    )
    purged: int = Field(
        description="How much that was deleted for ever since is still in it: `DELETE /backups/{backup_id}` removes it "
        "with that.",
        examples=[0],
    )


class BackupWork(BaseModel):
    """Work on a backup, done in the background."""

    model_config = ConfigDict(defer_build=True)

    id: str = Field(description="The job.", examples=["job_06hq3k8w2m5v9"])
    backup_id: str = Field(description="The backup, which is listed once it is made.", examples=["bak_06hq3k8w2m5v9"])
    does: Literal["make", "verify"] = Field(description="What is done.", examples=["make"])
    state: Literal["queued", "running", "done", "failed", "cancelled"] = Field(
        description="Where it stands.", examples=["running"]
    )
    says: str | None = Field(
        description="What goes on: `copying`, `writing`, `reading`, `checking`.", examples=["writing"]
    )
    done_bytes: int = Field(description="Bytes done of that.", examples=[1048576])
    total_bytes: int | None = Field(description="Of how many, where it is known.", examples=[104857600])
    code: str | None = Field(description="Why it failed.", examples=["store.no_room"])
    detail: str | None = Field(
        description="The same as a sentence.", examples=["There is not enough free disk space for this."]
    )
    started_at: str = Field(description="When it was asked for.", examples=["2026-11-28T11:05:02.123Z"])
    finished_at: str | None = Field(description="When it ended.", examples=["2026-11-28T11:05:30.000Z"])


class BackupList(BaseModel):
    """The backups of this instance."""

    model_config = ConfigDict(defer_build=True)

    items: list[BackupView] = Field(description="The backups, the newest first.", examples=[[]])
    work: list[BackupWork] = Field(description="The work of the last week, the newest first.", examples=[[]])
    folder: str = Field(description="Where they are.", examples=["/home/ada/.local/share/mecum/backups"])
