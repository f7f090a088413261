"""Assistants as rows of a flat table, as such tables are in life, and the files they come in. All made up."""

import csv
import io
import json
import random
import sqlite3
import sys
import tempfile
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from mecum.domains.assistants.rules.flat.names import NAMES
from mecum.domains.assistants.rules.flat.table import LINKS, RELATIONS

Row = dict[str, Any]
ONLY_108: Final = frozenset({"archetype_summary", "tone_profile", "rag_certified", "document_set", *LINKS})
"""Names that the requirements do not have."""
ONLY_105: Final = frozenset({"avg_response_time", "total_interactions", "success_rate"})
"""Names that the real table does not have."""
LATER: Final = frozenset(
    "mentor_assistant mentor_for_demo_clone nurture_started_at growth_stage growth_points growth_unlocked_at "
    "growth_summary_memory reflection_error birth_reflection_retry_count can_retry_birth_reflection".split()
)
"""Names that the table of 92 did not have yet."""
VERSIONS: Final[dict[int, tuple[str, ...]]] = {
    108: tuple(name for name in NAMES if name not in ONLY_105),
    105: tuple(name for name in NAMES if name not in ONLY_108),
    92: tuple(name for name in NAMES if name not in ONLY_108 | LATER | ONLY_105),
}
_WORDS: Final = (
    "calm curious exact patient bright stern playful wise short loyal quick slow kind dry plain deep".split()
)
_TONES: Final = ("warm", "dry", "formal", "playful")
_MODES: Final = ("default", "improviser", "planner", "reflector", "balanced", "oracle")
_STYLES: Final = ("cot", "direct", "reflective", "analytical", "dreamy")
_ACCENTS: Final = ("Müse", "Ägir", "日本の助手", "مساعد", "🦉 Owl", "O'Brien", 'The "Quote"')


def key(number: int) -> str:
    """Return the id of the row of a number."""
    return str(uuid.UUID(int=0xA55157 << 100 | number))


def rows(many: int, *, seed: int = 1, version: int = 108, vectors: float = 0.05, dimension: int = 1536) -> list[Row]:
    """Return so many rows; `vectors` is the share that has some, of this dimension."""
    return [
        row(number, many, seed=seed, version=version, vectors=vectors, dimension=dimension) for number in range(many)
    ]


def row(
    number: int, many: int, *, seed: int = 1, version: int = 108, vectors: float = 0.05, dimension: int = 1536
) -> Row:
    """Return the row of a number among so many."""
    chance = random.Random(seed * 1_000_003 + number)
    whole = _identity(number, chance) | _configuration(chance) | _capabilities(chance) | _measured(chance)
    whole |= _relations(number, many, chance) | dict.fromkeys(
        ("capability_embedding", "embedding", "initial_embedding", "preferred_rag_vector")
    )
    if chance.random() < vectors:
        whole["embedding"] = vector(chance, dimension)
    return {name: whole.get(name) for name in VERSIONS[version]}


def vector(chance: random.Random, dimension: int) -> list[float]:
    """Return a vector with as many digits as databases write."""
    return [float(f"{chance.gauss(0, 0.03):.7g}") for _ in range(dimension)]


def _identity(number: int, chance: random.Random) -> Row:
    name = chance.choice(_ACCENTS) if chance.random() < 0.1 else f"{chance.choice(_WORDS).title()} helper"
    day = f"2024-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}"
    at = f"{day}T10:{chance.randint(10, 59)}:00.{chance.randint(0, 999999):06d}+00:00"
    return {
        "id": key(number),
        "slug": None if chance.random() < 0.05 else f"{name.lower().replace(' ', '-')}-{number}",
        "demo_slug": f"demo-{number}" if chance.random() < 0.02 else None,
        "name": name,
        "description": " ".join(chance.choices(_WORDS, k=20)),
        "specialty": " ".join(chance.choices(_WORDS, k=3)),
        "is_active": chance.random() < 0.9,
        "is_demo": chance.random() < 0.02,
        "is_guide": chance.random() < 0.02,
        "is_primary": chance.random() < 0.01,
        "is_featured": chance.random() < 0.05,
        "featured_rank": chance.randint(1, 20) if chance.random() < 0.05 else None,
        "is_ephemeral": chance.random() < 0.01,
        "created_at": at,
        "updated_at": at.replace("2024", "2025"),
        "avatar": "🦉" if chance.random() < 0.5 else None,
        "personality": chance.choice((" ".join(chance.choices(_WORDS, k=5)), None)),
        "tone": chance.choice(_TONES),
        "created_from_mood": chance.choice(("calm", None)),
        "inherited_tone": None,
        "persona_summary": None,
        "personality_description": None,
        "traits": chance.choice(([], chance.sample(_WORDS, 2), {"curious": 0.7, "calm": True})),
        "persona_mode": chance.choice(_MODES),
        "motto": chance.choice(("", "Less is read more.")),
        "values": chance.sample(_WORDS, 2),
        "mood_stability_index": round(chance.random(), 3),
        "last_mood_shift": None,
        "avatar_style": "robot",
        "tone_profile": chance.choice(("friendly", "stern")),
        "archetype_path": None,
        "archetype": chance.choice(("the editor", None)),
        "dream_symbol": None,
        "init_reflection": None,
        "intro_text": "Hello there." if chance.random() < 0.5 else None,
        "archetype_summary": None,
        "show_intro_splash": True,
        "show_trail_recap": False,
        "auto_start_chat": chance.random() < 0.5,
        "is_demo_clone": False,
        "boosted_from_demo": False,
    }


def _configuration(chance: random.Random) -> Row:
    return {
        "preferred_model": chance.choice(("gpt-4o", "gpt-4", "llama3")),
        "memory_mode": chance.choice(("long_term", "session", "none", "standard")),
        "thinking_style": chance.choice(_STYLES),
        "prompt_title": None,
        "prompt_notes": None,
        "boost_prompt_in_system": chance.random() < 0.5,
        "delegation_threshold_tokens": chance.choice((None, 1000, 4000)),
        "auto_delegate_on_feedback": chance.choice((None, [], ["thumbs_down", "retry"])),
        "live_relay_enabled": False,
        "memory_summon_enabled": chance.random() < 0.5,
        "collaboration_style": chance.choice(("supporter", "challenger", "cooperative")),
        "preferred_conflict_resolution": "pause_and_reflect",
        "anchor_weight_profile": chance.choice(({}, {"glossary": 2.0})),
        "min_score_threshold": chance.choice((0.0, 0.35, 0.7)),
        "require_trusted_anchors": False,
        "suppress_unstable_anchors": False,
        "auto_reflect_on_message": False,
    }


def _capabilities(chance: random.Random) -> Row:
    return {
        "capabilities": chance.choice(({}, {"letters": True, "poems": {"rhymed": False}})),
        "glossary_score": chance.randint(0, 100),
        "avg_empathy_score": round(chance.random(), 2),
        "empathy_tags": chance.choice(([], ["grief"])),
        "preferred_scene_tags": [],
        "skill_badges": chance.choice(([], ["first-letter", "tenth-letter"])),
        "primary_badge": None,
        "badge_history": chance.choice(([], [{"badge": "first-letter", "at": "2024-02-01"}])),
        "belief_vector": chance.choice(({}, {"plainness": 0.8})),
        "embedding_index": chance.choice(({}, {"glossary": 3})),
        "ideology": chance.choice(({}, {"plain language": 1})),
        "is_alignment_flexible": True,
    }


def _measured(chance: random.Random) -> Row:
    return {
        "spawn_reason": "manual",
        "spawned_traits": chance.choice(([], ["curious"])),
        "mentor_for_demo_clone": False,
        "nurture_started_at": None,
        "growth_stage": chance.randint(0, 4),
        "growth_points": chance.randint(0, 500),
        "growth_unlocked_at": None,
        "last_drift_check": "2025-02-01T00:00:00Z" if chance.random() < 0.3 else None,
        "needs_recovery": chance.random() < 0.05,
        "certified_rag_ready": chance.random() < 0.2,
        "rag_certification_date": "2025-03-01T10:00:00.5Z" if chance.random() < 0.2 else None,
        "rag_certification_notes": None,
        "last_rag_certified_at": None,
        "rag_certified": chance.random() < 0.2,
        "last_reflection_attempted_at": None,
        "last_reflection_successful": False,
        "reflection_error": None,
        "birth_reflection_retry_count": 0,
        "can_retry_birth_reflection": True,
        "last_trust_score": chance.randint(0, 100),
        "last_trust_components": chance.choice(({}, {"thumbs": 0.9})),
        "avg_response_time": 2.5,
        "total_interactions": chance.randint(0, 1000),
        "success_rate": 0.98,
    }


def _relations(number: int, many: int, chance: random.Random) -> Row:
    found: Row = dict.fromkeys(RELATIONS)
    if chance.random() < 0.3 and many > 1:
        # Mostly one that was made before; some name a later one, and with it themselves in the end.
        other = chance.randrange(number) if number and chance.random() < 0.9 else chance.randrange(many)
        found["parent_assistant"] = key(other)
    if chance.random() < 0.1 and many > 1:
        found["mentor_assistant"] = key(chance.randrange(many))
    if chance.random() < 0.3:
        found["system_prompt"] = chance.randint(1, 20)
    if chance.random() < 0.2:
        found |= {"memory_context": chance.randint(1, 9), "current_project": chance.randint(1, 5)}
    found["created_by"] = chance.randint(1, 3)
    documents = sorted(chance.sample(range(1, 30), 2)) if chance.random() < 0.1 else []
    return {**found, "documents": documents, "assigned_documents": []}


# The files they come in


def column(name: str) -> str:
    """Return the column of a name in a database."""
    return f"{name}_id" if name in RELATIONS else name


def _cell(value: Any) -> Any:
    """Return a value as SQLite keeps it."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return int(value) if isinstance(value, bool) else value


def as_sqlite(
    made: Iterable[Row], beside: Mapping[str, Sequence[Row]] | None = None, path: Path | None = None
) -> bytes:
    """Return a SQLite file with the flat table, the tables between, and others; ids are 32 digits there."""
    with tempfile.TemporaryDirectory() as folder:
        file = path or Path(folder) / "flat.db"
        with closing(sqlite3.connect(file)) as store:
            _put(store, made)
            for table, others in (beside or {}).items():
                _table(store, table, list(others))
            store.commit()
        return file.read_bytes() if path is None else b""


def _put(store: sqlite3.Connection, made: Iterable[Row]) -> None:
    links: dict[str, list[tuple[str, Any]]] = {name: [] for name in LINKS}
    insert = ""
    for one in made:
        names = [name for name in one if name not in LINKS]
        if not insert:
            listed = ", ".join(f'"{column(name)}"' for name in names)
            store.execute(f"CREATE TABLE assistants_assistant ({listed})")
            insert = f"INSERT INTO assistants_assistant VALUES ({', '.join('?' * len(names))})"
        ids = {"id", "parent_assistant", "mentor_assistant", "spawned_by"}
        store.execute(
            insert, [one[name].replace("-", "") if name in ids and one[name] else _cell(one[name]) for name in names]
        )
        for name in LINKS:
            links[name] += [(one["id"].replace("-", ""), document) for document in one.get(name) or ()]
    for name, pairs in links.items():
        store.execute(
            f"CREATE TABLE assistants_assistant_{name} (id INTEGER PRIMARY KEY, assistant_id TEXT, document_id INTEGER)"
        )
        store.executemany(f"INSERT INTO assistants_assistant_{name} (assistant_id, document_id) VALUES (?, ?)", pairs)


def _table(store: sqlite3.Connection, table: str, others: list[Row]) -> None:
    listed = ", ".join(f'"{name}"' for name in others[0])
    store.execute(f'CREATE TABLE "{table}" ({listed})')
    marks = ", ".join("?" * len(others[0]))
    store.executemany(f'INSERT INTO "{table}" VALUES ({marks})', [[_cell(v) for v in one.values()] for one in others])


def as_dumpdata(made: Iterable[Row], beside: Mapping[str, Sequence[Row]] | None = None) -> bytes:
    """Return what `dumpdata` writes; `beside` is by model."""
    elements = [
        {"model": model, "pk": one["id"], "fields": {name: value for name, value in one.items() if name != "id"}}
        for model, some in {"assistants.assistant": list(made), **(beside or {})}.items()
        for one in some
    ]
    for element in elements:
        fields: Any = element["fields"]
        for name in ("embedding", "initial_embedding", "capability_embedding", "preferred_rag_vector"):
            if isinstance(fields.get(name), list):
                fields[name] = json.dumps(fields[name])
    return json.dumps(elements, ensure_ascii=False).encode()


def as_csv(made: Iterable[Row], *, sign: str = ",") -> bytes:
    """Return a CSV as spreadsheets write it: JSON in cells, lists of links too."""
    out = io.StringIO(newline="")
    writer: Any = None
    for one in made:
        if writer is None:
            writer = csv.writer(out, delimiter=sign)
            writer.writerow([column(name) for name in one])
        writer.writerow([_word(value) for value in one.values()])
    return out.getvalue().encode()


def _word(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict | bool) else str(value)


def as_dump(made: Iterable[Row], beside: Mapping[str, Sequence[Row]] | None = None) -> bytes:
    """Return a plain dump of PostgreSQL."""
    rows_ = list(made)
    flat = [{column(name): value for name, value in one.items() if name not in LINKS} for one in rows_]
    tables: dict[str, Sequence[Row]] = {"assistants_assistant": flat}
    for name in LINKS:
        pairs = [(one["id"], document) for one in rows_ for document in one.get(name) or ()]
        tables[f"assistants_assistant_{name}"] = [
            {"id": place, "assistant_id": ours, "document_id": theirs} for place, (ours, theirs) in enumerate(pairs)
        ]
    tables |= beside or {}
    out = ["--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n"]
    for table, some in sorted(tables.items()):
        columns = some[0] if some else ("id", "assistant_id", "document_id")
        if some or table.endswith("documents"):
            out.append(f"\nCOPY public.{table} ({', '.join(columns)}) FROM stdin;")
            out += ["\t".join(_copied(value) for value in one.values()) for one in some]
            out.append("\\.\n")
    return "\n".join(out).encode()


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    for sign, written in (("\\", "\\\\"), ("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        text = text.replace(sign, written)
    return text


def prompts(many: int = 20) -> list[Row]:
    """Return rows of the table of prompts."""
    return [
        {
            "id": number,
            "title": f"Prompt {number}",
            "content": f"Write as the {_WORDS[number % len(_WORDS)]} one.",
            "type": "system",
            "created_at": "2024-01-01T00:00:00Z",
        }
        for number in range(1, many + 1)
    ]


def memories(many: int = 9) -> list[Row]:
    """Return rows of a table that has no room here yet."""
    return [{"id": number, "focus": f"what was said {number}"} for number in range(1, many + 1)]


def _main() -> None:
    """Write a SQLite file of so many rows: `python -m factories.flat MANY FILE`."""
    many, file = int(sys.argv[1]), Path(sys.argv[2])
    made = (row(number, many) for number in range(many))
    as_sqlite(made, {"prompts_prompt": prompts(), "mcp_core_memorycontext": memories()}, file)


if __name__ == "__main__":
    _main()
