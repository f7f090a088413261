"""What a person has beside conversations and assistants, as our own files say it: one JSON object each.

`{format, version, sha256, project}` (or `prompt`, `profile`, `settings`, `document`); `sha256` is that of the inner
value as canonical JSON. The bytes of a project's files are members of the archive, each named after its id.
"""

from typing import Final, Literal

import orjson

from mecum.domains.transfer.rules.cast import digest
from mecum.domains.transfer.rules.record import Json
from mecum.kernel import ids

Belonging = Literal["project", "prompt", "profile", "settings", "document"]
FORMATS: Final[dict[str, Belonging]] = {
    "mecum.project": "project",
    "mecum.prompt": "prompt",
    "mecum.profile": "profile",
    "mecum.settings": "settings",
    "mecum.document": "document",
}
MANIFEST: Final = "mecum.export"
"""The format of the file that says what is in an export and what is not."""
VERSION: Final = 1


def file_name(project_id: str, file_id: str) -> str:
    """Return the name of the member that holds the bytes of a project's file."""
    return f"projects/{project_id}/{file_id}"


def is_file(member: str) -> bool:
    """Whether a member of an archive holds such bytes, by its name."""
    folder, _, rest = member.partition("/")
    project_id, _, file_id = rest.partition("/")
    return folder == "projects" and ids.is_id(project_id, "prj") and ids.is_id(file_id, "fil")


def written(kind: Belonging, said: Json) -> bytes:
    """Return the file."""
    whole = {"format": f"mecum.{kind}", "version": VERSION, "sha256": digest(said), kind: said}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2) + b"\n"


def manifest(contents: dict[str, int], left_out: list[Json]) -> bytes:
    """Return the file that says what is in an export, by kind, and what is not, each with its reason."""
    whole = {"format": MANIFEST, "version": VERSION, "contents": contents, "left_out": left_out}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2) + b"\n"
