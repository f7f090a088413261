"""The four views, each one statement that loads what it shows: list, card, chat, full.

A row comes as the database stores it: the columns of a facet by its name, those of others by theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from mecum.domains.assistants.model import (
    FACETS,
    FIELDS,
    Assistant,
    AssistantMeasures,
    AssistantVector,
    Configuration,
    Display,
    Growth,
    Identity,
    Prompt,
    PromptVersion,
)
from mecum.infra.storage import Id, Prepared, Scope
from mecum.kernel import ids

View = Literal["list", "card", "chat", "full"]
Row = dict[str, Any]
"""A row by names such as `core.slug`, `identity.tone`, `parent.name`."""
Order = Literal["newest", "ranked", "deleted"]
Only = Literal["featured", "guide", "primary", "demo", "ephemeral"]
Query = Select[*tuple[Any, ...]]

_CORE: Final = (
    "id slug name status is_demo parent_assistant current_project person_id version revision created_at updated_at "
    "deleted_at"
).split()
_SHOWN: Final[dict[str, Sequence[str]]] = {
    "list": (
        "identity.avatar identity.specialty display.is_featured display.featured_rank display.is_guide "
        "display.is_primary"
    ).split(),
    "card": (
        "identity.avatar identity.specialty identity.description identity.tone identity.traits identity.archetype "
        "identity.motto configuration.preferred_model configuration.prompt_title growth.growth_stage "
        "quality.last_trust_score display.is_featured display.featured_rank display.is_guide display.is_primary "
        "display.is_ephemeral display.expires_at"
    ).split(),
}
_WHOLE: Final[dict[str, tuple[str, ...]]] = {
    "list": (),
    "card": (),
    "chat": ("identity", "configuration", "display"),
    "full": tuple(FACETS),
}
_RELATED: Final[dict[str, tuple[str, ...]]] = {
    "list": (),
    "card": ("prompt", "parent", "mentor", "children", "measures"),
    "chat": ("prompt", "text"),
    "full": ("prompt", "text", "parent", "mentor", "spawned_by", "measures", "legacy"),
}
_PARENT, _MENTOR, _SPAWNER, _CHILD = (
    aliased(Assistant, name=name) for name in ("parent", "mentor", "spawner", "child")
)
MEASURED: Final = frozenset({"growth", "quality"})
"""The facets that show what was measured."""
_END: Final = (2**62, None)
_FIRST: Final = (-1, "")
_LAST_RANK: Final = 2**31


@dataclass(frozen=True, slots=True)
class Listing:
    """Which assistants a list shows, and in which order."""

    view: Literal["list", "card"] = "list"
    order: Order = "newest"
    status: bool = False
    """Whether only those of one status, the value `_status`."""
    only: Only | None = None
    parent: bool = False
    """Whether only the children of one, the value `_parent`."""
    words: bool = False
    """Whether only those that are called so: the values `_words` and `_capital`."""


class ViewRepository:
    """Assistants as their views show them."""

    async def page(
        self, scope: Scope, listing: Listing, bound: Mapping[str, Any], after: tuple[int, str] | None, limit: int
    ) -> list[Row]:
        """Return rows of a list from behind a position on: a moment (ms) or a rank, and an id or a slug.

        `bound` are the values that the listing needs.
        """
        names, prepared = _listed(listing)
        at, last = after or (_FIRST if listing.order == "ranked" else _END)
        found = await scope.rows(prepared, {**bound, "_at": at, "_last": last, "_limit": limit})
        return [dict(zip(names, row, strict=True)) for row in found]

    async def find(self, scope: Scope, reference: str, view: View, *, deleted: bool = False) -> Row | None:
        """Return the assistant with this id or slug as a view shows it; `deleted`: it may be in the trash."""
        names, prepared = _single(view, ids.is_id(reference, "ast"), deleted)
        found = await scope.rows(prepared, {"_reference": reference})
        return dict(zip(names, found[0], strict=True)) if found else None

    async def facet(self, scope: Scope, reference: str, facet: str) -> Row | None:
        """Return the core and one whole facet of an assistant that is not deleted."""
        names, prepared = _faceted((facet,), ids.is_id(reference, "ast"))
        found = await scope.rows(prepared, {"_reference": reference})
        return dict(zip(names, found[0], strict=True)) if found else None

    async def children(self, scope: Scope, assistant_id: str) -> list[Row]:
        """Return the children of an assistant by name: `core.id`, `core.slug`, `core.name`."""
        names = ("core.id", "core.slug", "core.name")
        found = await scope.rows(_CHILDREN, {"_parent": assistant_id})
        return [dict(zip(names, row, strict=True)) for row in found]

    async def vectors(self, scope: Scope, assistant_id: str) -> dict[str, dict[str, Any]]:
        """Return the model and dimension of each vector an assistant has, by its field."""
        found = await scope.rows(_VECTORS, {"_id": assistant_id})
        return {row[0]: {"model": row[1], "dimension": row[2]} for row in found}


def persona(reference: str) -> tuple[Sequence[str], Prepared]:
    """Return what a turn reads of the assistant with this id or slug, `_reference`, and the names of its columns."""
    return _single("chat", ids.is_id(reference, "ast"), False)


def active() -> Prepared:
    """Return what reads `slug, created_at` (milliseconds) of the subject's active assistants, changed last first."""
    return _ACTIVE


@cache
def _listed(listing: Listing) -> tuple[Sequence[str], Prepared]:
    columns, query = _view(listing.view)
    query = query.where(
        Assistant.deleted_at.is_not(None) if listing.order == "deleted" else Assistant.deleted_at.is_(None)
    )
    if listing.status:
        query = query.where(Assistant.status == bindparam("_status"))
    if listing.parent:
        query = query.where(Assistant.parent_assistant == bindparam("_parent", type_=Id("ast")))
    if listing.only is not None:
        query = query.where(_only(listing.only))
    if listing.words:
        query = query.where(_called())
    query = _ordered(query, listing.order).limit(bindparam("_limit", type_=Integer))
    return columns, Prepared(query.offset(literal_column("0", Integer)))


def _ordered(query: Query, order: Order) -> Query:
    """Let a query begin behind a position and go on in an order."""
    at = bindparam("_at", type_=BigInteger)
    if order == "ranked":
        rank = func.coalesce(Display.featured_rank, _LAST_RANK)
        position = tuple_(at, bindparam("_last", type_=Text))
        return query.where(tuple_(rank, Assistant.slug) > position).order_by(rank, Assistant.slug)
    moment = Assistant.deleted_at if order == "deleted" else Assistant.updated_at
    moved = query.where(tuple_(moment, Assistant.id) < tuple_(at, bindparam("_last", type_=Id("ast"))))
    return moved.order_by(moment.desc(), Assistant.id.desc())


def _called() -> Any:
    """Match the name, the slug or the specialty."""
    places = (Assistant.name, Assistant.slug, Identity.specialty)
    return or_(*(place.ilike(bindparam(name), escape="\\") for place in places for name in ("_words", "_capital")))


def _only(only: Only) -> Any:
    if only == "featured":
        # Written as its index was: only then does the planner see that it fits.
        return text("assistant_displays.is_featured")
    column = {
        "guide": Display.is_guide,
        "primary": Display.is_primary,
        "ephemeral": Display.is_ephemeral,
        "demo": Assistant.is_demo,
    }
    return column[only].is_(True)


@cache
def _single(view: View, by_id: bool, deleted: bool) -> tuple[Sequence[str], Prepared]:
    columns, query = _view(view)
    if not deleted:
        query = query.where(Assistant.deleted_at.is_(None))
    return columns, Prepared(_referred(query, by_id))


@cache
def _faceted(facets: tuple[str, ...], by_id: bool) -> tuple[Sequence[str], Prepared]:
    measured = tuple(one for one in ("measures",) if MEASURED.intersection(facets))
    columns = [*_core(), *(column for facet in facets for column in _facet(facet))]
    columns += [column for relation in measured for column in _relation(relation)]
    query = _related(_joined(select(*(column for _, column in columns)), set(facets)), measured)
    query = query.where(Assistant.deleted_at.is_(None))
    return [name for name, _ in columns], Prepared(_referred(query, by_id))


def _referred(query: Query, by_id: bool) -> Query:
    if by_id:
        return query.where(Assistant.id == bindparam("_reference", type_=Id("ast")))
    return query.where(Assistant.slug == bindparam("_reference"))


def _view(view: View) -> tuple[Sequence[str], Query]:
    """Return the columns of a view and the statement that selects them of the subject's own assistants."""
    columns = _core()
    for name in _SHOWN.get(view, ()):
        facet, _, field = name.partition(".")
        columns.append((name, getattr(FACETS[facet], field)))
    for facet in _WHOLE[view]:
        columns += _facet(facet)
    related = _RELATED[view]
    for relation in related:
        columns += _relation(relation)
    facets = {name.partition(".")[0] for name, _ in columns} & FACETS.keys()
    if "mentor" in related or "spawned_by" in related:
        facets.add("growth")
    if "prompt" in related:
        facets.add("configuration")
    query = _related(_joined(select(*(column for _, column in columns)), facets), related)
    return [name for name, _ in columns], query


def _core() -> list[tuple[str, Any]]:
    return [(f"core.{name}", getattr(Assistant, name)) for name in _CORE]


def _facet(facet: str) -> list[tuple[str, Any]]:
    entity = FACETS[facet]
    names = ["version", "unknown", *(field.name for field in FIELDS[facet])]
    return [(f"{facet}.{name}", getattr(entity, name)) for name in names]


def _relation(relation: str) -> list[tuple[str, Any]]:
    if relation == "prompt":
        return [("prompt.title", Prompt.title)]
    if relation == "measures":
        return [("measures.body", AssistantMeasures.body), ("measures.at", AssistantMeasures.measured_at)]
    if relation == "legacy":
        return [("core.legacy", Assistant.legacy)]
    if relation == "text":
        return [("prompt.text", PromptVersion.text)]
    if relation == "children":
        own = and_(_CHILD.parent_assistant == Assistant.id, _CHILD.person_id == Assistant.person_id)
        number = select(func.count()).select_from(_CHILD).where(own, _CHILD.deleted_at.is_(None))
        return [("children.count", number.correlate(Assistant).scalar_subquery())]
    alias = {"parent": _PARENT, "mentor": _MENTOR, "spawned_by": _SPAWNER}[relation]
    return [(f"{relation}.{name}", getattr(alias, name)) for name in ("id", "slug", "name")]


def _joined(query: Query, facets: set[str]) -> Query:
    query = query.select_from(Assistant).where(Scope.owned(Assistant))
    for facet, entity in FACETS.items():
        if facet in facets:
            query = query.join(entity, entity.assistant_id == Assistant.id)
    return query


def _related(query: Query, related: Sequence[str]) -> Query:
    """Join what a view shows of others, where it is the same person's and not deleted."""
    if "prompt" in related:
        own = and_(Prompt.id == Configuration.system_prompt, Prompt.person_id == Assistant.person_id)
        query = query.outerjoin(Prompt, own)
    if "measures" in related:
        query = query.outerjoin(AssistantMeasures, AssistantMeasures.assistant_id == Assistant.id)
    if "text" in related:
        this = and_(PromptVersion.prompt_id == Prompt.id, PromptVersion.number == Configuration.prompt_version)
        query = query.outerjoin(PromptVersion, this)
    named: dict[str, tuple[Any, InstrumentedAttribute[Any]]] = {
        "parent": (_PARENT, Assistant.parent_assistant),
        "mentor": (_MENTOR, Growth.mentor_assistant),
        "spawned_by": (_SPAWNER, Growth.spawned_by),
    }
    for relation, (alias, key) in named.items():
        if relation in related:
            own = and_(alias.id == key, alias.person_id == Assistant.person_id, alias.deleted_at.is_(None))
            query = query.outerjoin(alias, own)
    return query


_CHILDREN: Final = Prepared(
    select(Assistant.id, Assistant.slug, Assistant.name)
    .where(
        Assistant.parent_assistant == bindparam("_parent", type_=Id("ast")),
        Assistant.deleted_at.is_(None),
        Scope.owned(Assistant),
    )
    .order_by(Assistant.name, Assistant.id)
)
_VECTORS: Final = Prepared(
    select(AssistantVector.field, AssistantVector.model, AssistantVector.dimension).where(
        AssistantVector.assistant_id == bindparam("_id", type_=Id("ast")), Scope.owned(AssistantVector)
    )
)
_ACTIVE: Final = Prepared(
    select(Assistant.slug, Assistant.created_at)
    .where(Assistant.status == "active", Assistant.deleted_at.is_(None), Scope.owned(Assistant))
    .order_by(Assistant.updated_at.desc(), Assistant.id.desc())
)
