"""Assistants out of a flat table, many at a time: nothing of them is refused, and what is stored is read back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from mecum.domains.assistants.ports import LET_GO
from mecum.domains.assistants.repository.arrivals import ArrivalRepository
from mecum.domains.assistants.repository.flat import FlatRepository
from mecum.domains.assistants.rules import slugs
from mecum.domains.assistants.rules.flat import stored
from mecum.domains.assistants.rules.flat.names import place_of
from mecum.domains.assistants.rules.flat.rows import Brought
from mecum.domains.assistants.rules.history import CORE
from mecum.infra.jobs.kinds import LATER
from mecum.infra.jobs.queue import Jobs
from mecum.infra.storage import Scope
from mecum.kernel import clock, ids

KEPT_SECONDS: Final = 30 * 24 * 3600.0
"""How long the rows are kept as they came."""
_TOGETHER: Final = 500
_OURS: Final = ("assistant", "prompt")


class Taken(NamedTuple):
    """What became of one: imported, already there, or skipped with a reason; and what is stored, by flat name."""

    outcome: Literal["imported", "already", "skipped"]
    reason: str | None = None
    there: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BroughtPrompt:
    """A prompt as a row says it."""

    original: str
    title: str
    text: str
    content: bytes
    created_at: str | None = None


@dataclass(slots=True)
class Intake:
    """What one import remembers while it goes on."""

    import_id: str
    dry_run: bool
    began: int
    """Milliseconds; the time of what has none."""
    taken_slugs: set[str] = field(default_factory=set[str])
    numbers: dict[str, int] = field(default_factory=dict[str, int])
    seen: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """What passed so far: content by id there, of prompts with their kind before it."""
    primary: bool = False

    def slug(self, made: Brought) -> str:
        """Return a slug that nobody has, the row's own where it can be."""
        wanted = made.slug or slugs.slug_of(made.name)
        found, number = wanted, self.numbers.get(wanted, 1)
        while found in self.taken_slugs:
            number += 1
            found = f"{wanted[: slugs.LONGEST - 10]}-{number}"
        self.numbers[wanted] = number
        self.taken_slugs.add(found)
        return found


class FlatArrivals:
    """Takes in what a flat table held, and what such assistants name."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs, self._arrivals, self._flat = jobs, ArrivalRepository(), FlatRepository()

    def place_of(self, name: str) -> str:
        """Return where a flat name is now."""
        return place_of(name)

    async def begin(self, scope: Scope, import_id: str, began: int, *, dry_run: bool) -> Intake:
        """Return what an import remembers, from the beginning or where it goes on."""
        intake = Intake(import_id, dry_run, began)
        intake.taken_slugs = await self._arrivals.every_slug(scope)
        intake.primary = await self._arrivals.has_primary(scope)
        return intake

    async def take(self, scope: Scope, intake: Intake, arrivals: Sequence[Brought]) -> list[Taken]:
        """Store assistants; return what became of each."""
        known = await self._arrivals.known(scope, (made.original for made in arrivals))
        there: dict[str, str] = {original: row[0] for original, row in known.items()}
        outcomes: list[Taken] = []
        fresh: dict[str, tuple[Brought, str]] = {}
        for made in arrivals:
            found = _before(intake, made.original, made.content, known.get(made.original))
            if found is None:
                fresh[made.original] = (made, ids.new("ast"))
                there[made.original] = fresh[made.original][1]
            outcomes.append(found or Taken("imported"))
        if intake.dry_run:
            return outcomes
        await self._store(scope, intake, fresh, there)
        views = await self._flat.views(scope, there.values())
        return [
            one if one.outcome == "skipped" else one._replace(there=views.get(there[made.original]))
            for made, one in zip(arrivals, outcomes, strict=True)
        ]

    async def take_prompts(self, scope: Scope, intake: Intake, prompts: Sequence[BroughtPrompt]) -> list[Taken]:
        """Store prompts; return what became of each."""
        known = await self._arrivals.known_prompts(scope, (prompt.original for prompt in prompts))
        outcomes: list[Taken] = []
        tables: stored.Tables = {"prompts": [], "prompt_versions": [], "prompt_arrivals": []}
        for prompt in prompts:
            key = f"prompt:{prompt.original}"
            found = _before(intake, key, prompt.content, known.get(prompt.original))
            outcomes.append(found or Taken("imported"))
            if found is not None:
                continue
            prompt_id = ids.new("prm")
            at = intake.began if prompt.created_at is None else stored.milliseconds(prompt.created_at)
            for name, rows in stored.prompt_rows(prompt_id, prompt.title, prompt.text, at).items():
                tables[name] += rows
            about = {"prompt_id": prompt_id, "import_id": intake.import_id, "original": prompt.original}
            tables["prompt_arrivals"].append({**about, "content": prompt.content})
        if not intake.dry_run:
            await self._arrivals.add_all(scope, tables)
        return outcomes

    async def _store(
        self, scope: Scope, intake: Intake, fresh: dict[str, tuple[Brought, str]], there: dict[str, str]
    ) -> None:
        """Write new assistants, each naming whatever is here of what it names."""
        if not fresh:
            return
        named: dict[str, set[str]] = {kind: set() for kind in _OURS}
        for made, _ in fresh.values():
            for _, kind, original in made.references:
                if kind in named:
                    named[kind].add(original)
        found = await self._arrivals.known(scope, named["assistant"] - there.keys())
        prompts = await self._arrivals.known_prompts(scope, named["prompt"])
        here = {
            "assistant": {**there, **{original: row[0] for original, row in found.items()}},
            "prompt": {original: row[0] for original, row in prompts.items()},
        }
        tables: dict[str, list[dict[str, Any]]] = {}
        for made, assistant_id in fresh.values():
            for name, rows in self._rows(intake, made, assistant_id, here).items():
                tables.setdefault(name, []).extend(rows)
        await self._arrivals.add_all(scope, tables)

    def _rows(
        self, intake: Intake, made: Brought, assistant_id: str, here: dict[str, dict[str, str]]
    ) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of one assistant, by table."""
        tables: dict[str, list[dict[str, Any]]] = {}
        references: list[dict[str, Any]] = []
        parent: str | None = None
        left: list[tuple[str, str, str]] = []
        for name, kind, original in made.references:
            target = here[kind].get(original) if kind in here else None
            if target is None:
                row = {"assistant_id": assistant_id, "field": name, "kind": kind, "original": original}
                references.append({**row, "target": None})
                left.append((name, kind, original))
            elif name == "parent_assistant":
                parent = target
            elif name == "system_prompt":
                made.states["configuration"] |= {"system_prompt": target, "prompt_version": 1}
            else:
                made.states["growth"][name] = target
        made.references = left
        if made.prompt is not None:
            prompt_id = ids.new("prm")
            title = made.states["configuration"].get("prompt_title") or made.name
            tables |= stored.prompt_rows(prompt_id, title, made.prompt, intake.began)
            made.states["configuration"] |= {"system_prompt": prompt_id, "prompt_version": 1}
            made.exact["system_prompt"] = (made.said["system_prompt"], prompt_id)
        self._one_primary(intake, made)
        now = clock.iso(intake.began)
        core = stored.core_row(made, assistant_id, intake.slug(made), parent, now)
        arrival = {
            "assistant_id": assistant_id,
            "import_id": intake.import_id,
            "original": made.original,
            "content": made.content,
            "revision": 1,
            "row": made.row,
            "changes": None,
            "expires_at": intake.began + int(KEPT_SECONDS * 1000),
        }
        tables |= {facet: [row] for facet, row in stored.facet_rows(made, assistant_id).items()}
        return tables | {
            "core": [core],
            "versions": [stored.version_row(made, core, intake.began)],
            "vectors": stored.vector_rows(made, assistant_id),
            "arrivals": [arrival],
            "references": references,
        }

    def _one_primary(self, intake: Intake, made: Brought) -> None:
        """A person has one primary assistant: of others it is kept that they were one elsewhere."""
        display = made.states["display"]
        if not display.get("is_primary"):
            return
        if intake.primary:
            del display["is_primary"]
            made.odd.setdefault("display", {})["is_primary"] = True
        intake.primary = True

    # What is named and came later

    async def resolve(self, scope: Scope) -> int:
        """Let assistants have those parents, mentors, spawners and prompts that came after them; return how many.

        A part of them at a time, none once there are no more.
        """
        for kind in _OURS:
            rows = await self._arrivals.answered(scope, kind, _TOGETHER)
            if rows:
                await self._resolved(scope, kind, rows)
                return len(rows)
        return 0

    async def _resolved(self, scope: Scope, kind: str, rows: Sequence[dict[str, Any]]) -> None:
        whole: dict[str, dict[str, Any]] = {}
        by_field: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            one = whole.setdefault(row["assistant_id"], {"legacy": row["legacy"] or {}, "state": row["state"]})
            one["legacy"].get("refs", {}).pop(row["field"], None)
            _name_in(one["state"], row["field"], row["target"])
            by_field.setdefault(row["field"], []).append(row)
        await self._arrivals.answer(scope, [{**_key(row), "kind": kind, "target": row["target"]} for row in rows])
        for name, named in by_field.items():
            await self._arrivals.relate(scope, name, named)
        complete = [
            {
                "assistant_id": key,
                "legacy": stored.text_of(_without_empty(one["legacy"])),
                "state": stored.text_of(one["state"]),
            }
            for key, one in whole.items()
        ]
        await self._arrivals.complete(scope, complete)

    async def waiting(
        self, scope: Scope, kinds: Sequence[str], after: tuple[str, str, str, str] | None
    ) -> list[tuple[str, str, str, str]]:
        """Return (assistant, kind, field, original) of what is still waited for, a part of it at a time."""
        return await self._arrivals.waiting(scope, kinds, after, _TOGETHER)

    async def answer(self, scope: Scope, targets: Iterable[tuple[tuple[str, str, str, str], str]]) -> None:
        """Note what such references mean here."""
        rows = [
            {"assistant_id": key[0], "kind": key[1], "field": key[2], "original": key[3], "target": target}
            for key, target in targets
        ]
        await self._arrivals.answer(scope, rows)

    # Its end

    async def end(self, scope: Scope, import_id: str) -> None:
        """Ask for the kept rows to go once their thirty days are over."""
        await self._jobs.enqueue(scope, LET_GO, {"import_id": import_id}, delay=KEPT_SECONDS, priority=LATER)

    async def let_go(self, scope: Scope, import_id: str) -> None:
        """Let go of the rows that an import kept."""
        await self._arrivals.let_go(scope, import_id)

    async def brought(self, scope: Scope, import_id: str, besides: Sequence[str]) -> list[tuple[str, bool]]:
        """Return some assistants that an import brought, and whether each was changed here since."""
        return await self._arrivals.brought(scope, import_id, _TOGETHER, besides)

    async def take_back(self, scope: Scope, assistant_ids: Sequence[str]) -> None:
        """Delete assistants that an import brought, for ever."""
        await self._arrivals.forget_brought(scope, assistant_ids)

    async def take_prompts_back(self, scope: Scope, import_id: str) -> bool:
        """Delete prompts that an import brought; return whether there were any left."""
        return await self._arrivals.forget_brought_prompts(scope, import_id, _TOGETHER) > 0


def _before(intake: Intake, key: str, content: bytes, there: tuple[str, str, bytes] | None) -> Taken | None:
    """Return what becomes of one that is there already, or passed before; None for a new one."""
    passed = intake.seen.get(key)
    intake.seen.setdefault(key, content)
    if there is None and passed is None:
        return None
    if content != (there[2] if there is not None else passed):
        return Taken("skipped", "one of this id is here already, with other values")
    ours = passed is None and there is not None and there[1] == intake.import_id
    return Taken("imported" if ours else "already")


def _key(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("assistant_id", "field", "original")}


def _name_in(state: dict[str, Any], name: str, target: str) -> None:
    """Let the first version say it too: bringing that back brings back what the row named."""
    if name == "parent_assistant":
        state.setdefault(CORE, {})[name] = target
    elif name == "system_prompt":
        state.setdefault("configuration", {}).update(system_prompt=target, prompt_version=1)
    else:
        state.setdefault("growth", {})[name] = target


def _without_empty(legacy: dict[str, Any]) -> dict[str, Any] | None:
    return {key: held for key, held in legacy.items() if held} or None
