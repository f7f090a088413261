"""Everything that is stored of a person: where in an export of everything it is, or why it is not in it.

A test walks the tables and fails for one that is in neither list; the guide shows the second one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_MADE: Final = "it is made again from what is in the export"
_HERE: Final = "it is about this installation"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that does not go out: what a person would call it, why, and the tables that hold it."""

    what: str
    reason: str
    tables: tuple[str, ...] = ()


EXPORTED: Final[Mapping[str, str]] = {
    "conversations": "conversations/",
    "conversation_tags": "conversations/",
    "messages": "conversations/",
    "feedback": "conversations/",
    "attachments": "conversations/",
    "files": "conversations/, projects/",
    "projects": "projects/",
    "project_files": "projects/",
    "assistants": "assistants/",
    "assistant_identities": "assistants/",
    "assistant_configurations": "assistants/",
    "assistant_capabilities": "assistants/",
    "assistant_growths": "assistants/",
    "assistant_qualities": "assistants/",
    "assistant_displays": "assistants/",
    "assistant_versions": "assistants/",
    "assistant_vectors": "assistants/",
    "assistant_pictures": "assistants/",
    "prompts": "assistants/, prompts/",
    "prompt_versions": "assistants/, prompts/",
    "profiles": "profiles/",
    "active_profiles": "settings.json",
    "own_settings": "settings.json",
    "legacy_documents": "documents/",
}
"""Where the rows of a table are."""

LEFT_OUT: Final[tuple[LeftOut, ...]] = (
    LeftOut(
        "What is in the trash",
        "you threw it away: take out of the trash first what you want to keep",
    ),
    LeftOut(
        "API keys, passwords and sign-ins",
        "secrets never go out, and here they are kept as hashes only: make new keys where you go",
        ("api_keys", "sessions", "persons"),
    ),
    LeftOut(
        "Agreements to send conversations to model servers, and what was sent",
        "nobody but you, and only where you are, can agree that something leaves a machine: you are asked again; what "
        "left this one stays in its log",
        ("egress_consents", "egress"),
    ),
    LeftOut(
        "How answers were made: runs, their requests, tokens, costs and events",
        "each answer has its model, time and tokens with it; the rest is the log of this installation",
        ("runs", "person_events"),
    ),
    LeftOut("Summaries of long conversations", _MADE, ("summaries",)),
    LeftOut("What was measured of assistants by looking", _MADE, ("assistant_measures",)),
    LeftOut(
        "What undoes a change of many conversations",
        f"{_HERE}: what was changed is in the export as it is now",
        ("conversation_batches", "conversation_batch_items"),
    ),
    LeftOut(
        "Imports: their reckonings, where things came from, and the means to undo them",
        f"{_HERE}: what they brought is in the export as it is now; what they could not bring is in the files they "
        "read",
        (
            "imports",
            "import_origins",
            "import_skips",
            "assistant_arrivals",
            "prompt_arrivals",
            "assistant_references",
            "assistant_rollouts",
        ),
    ),
    LeftOut("Background work", _HERE, ("jobs",)),
)
"""What is not in an export of everything, in the order a person may miss it."""

NOT_CARRIED: Final[Mapping[str, Mapping[str, str]]] = {
    "*": {
        "n": "a number local to the store",
        "organisation_id": "whoever imports owns it",
        "person_id": "whoever imports owns it",
        "version": "counts changes here",
        "deleted_at": "the trash is not in it",
        "held": "the trash is not in it",
        "batch_id": "the trash is not in it",
        "hidden": "the trash is not in it",
    },
    "messages": {"run_id": "runs are not in it"},
    "feedback": {"run_id": "runs are not in it", "at": "the thumb is of its answer, whenever it was given"},
    "files": {"created_at": "when it arrived here"},
    "assistants": {"revision": "counts changes here"},
    "assistant_configurations": {"system_prompt": "a prompt of an assistant gets an id of its own"},
    "assistant_versions": {"state": "says the same with the ids of here"},
    "prompts": {
        "id": "a prompt of an assistant gets an id of its own",
        "newest": "counts its texts",
        "title": "that of an assistant's prompt is said by the assistant",
    },
    "prompt_versions": {"prompt_id": "a prompt of an assistant gets an id of its own"},
    "active_profiles": {"owner": "whoever imports", "activated_at": "when it was chosen here"},
    "own_settings": {"changed_at": "when it was said here"},
    "legacy_documents": {"id": "known by its content", "import_id": "imports are not in it"},
}
"""Columns of exported tables that are not in an export, each with its reason; `*` is every table."""


def left_out_view() -> list[dict[str, str]]:
    """Return what is not in an export, as the wire and the export itself say it."""
    return [{"what": one.what, "reason": one.reason} for one in LEFT_OUT]
