"""The routes of roles: which model fills each and why, what is known of a model, what a person should know."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Path, Query, Response

from mecum.inference.capabilities import FIELDS
from mecum.inference.errors import RoleNotSplit
from mecum.inference.registry import Registry
from mecum.inference.role_schemas import (
    CapabilitiesView,
    NoticeList,
    NoticeView,
    QuestionWeigh,
    RoleExplanation,
    RoleList,
    VerdictView,
)
from mecum.inference.roles import RoleMapping
from mecum.inference.selection.difficulty import Verdict
from mecum.inference.selection.notices import UNMET, Notice
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes
from mecum.kernel import clock

RoleName = Annotated[str, Path(description="Its name.", examples=["planner"])]
NoticeId = Annotated[str, Path(description="Its id.", examples=["role:planner"])]


def router(registry: Registry, weigh: Callable[[str, str], Verdict | None]) -> Routes:
    """Return the routes."""
    routes = Routes(tags=["models"])

    @routes.get(
        "/roles",
        response_model=RoleList,
        summary="List roles",
        description="What models are needed for, and which one fills each role now.",
    )
    async def roles(_: Asker) -> Response:
        await registry.complete(everywhere=False)
        return answer({"items": [role_view(registry, role) for role in registry.roles()], "next_cursor": None})

    @routes.get(
        "/roles/{role}",
        response_model=RoleExplanation,
        summary="Explain a role",
        description="Every model that was considered for it, in order, and for each one not taken the rule that took "
        "it out, with its numbers.",
    )
    async def explain(role: RoleName, _: Asker) -> Response:
        await registry.complete()
        return answer(explanation(registry, role))

    @routes.post(
        "/roles/{role}/difficulty",
        response_model=VerdictView,
        summary="Weigh a question",
        description="Says whether it would go to the strong of the two models of a role, and why. Asks no model, keeps "
        "and counts nothing.",
    )
    async def difficulty(role: RoleName, body: QuestionWeigh, _: Asker) -> Response:
        verdict = weigh(role, body.question)
        if verdict is None:
            raise RoleNotSplit(f"The role {role!r} has no two models to choose from by difficulty.")
        return answer({**asdict(verdict), "reason": verdict.reason})

    @routes.get(
        "/models/capabilities",
        response_model=CapabilitiesView,
        summary="What is known of a model",
        description="Every fact about it that is known, each with where it is from.",
    )
    async def capabilities(
        _: Asker, ref: Annotated[str, Query(description="Its reference.", examples=["ollama/llama3.1:8b"])]
    ) -> Response:
        await registry.complete(everywhere=False)
        return answer(known(registry, ref))

    @routes.get(
        "/notifications",
        response_model=NoticeList,
        summary="List notifications",
        description="What holds now and a person should know: roles that no model here fills as they ask, models that "
        "were swapped in for others. Kept over a restart, until it is mended or put away.",
    )
    async def notifications(
        _: Asker,
        dismissed: Annotated[bool, Query(description="Also those that were put away.", examples=[False])] = False,
    ) -> Response:
        items = [notice_view(one) for one in registry.selector.notices.newest(dismissed=dismissed)]
        return answer({"items": items, "next_cursor": None})

    @routes.post(
        "/notifications/{notice_id}/dismiss",
        response_model=NoticeView,
        summary="Put a notification away",
        description="It is listed no longer, until it says something else or is shown again with `restore`.",
    )
    async def dismiss(notice_id: NoticeId, _: Asker) -> Response:
        return answer(notice_view(await registry.selector.notices.dismiss(notice_id)))

    @routes.post(
        "/notifications/{notice_id}/restore",
        response_model=NoticeView,
        summary="Show a notification again",
        description="Takes back that it was put away.",
    )
    async def restore(notice_id: NoticeId, _: Asker) -> Response:
        return answer(notice_view(await registry.selector.notices.restore(notice_id)))

    return routes


def notice_view(one: Notice) -> dict[str, Any]:
    """Return a notice as the wire shows it."""
    return {
        "id": one.id,
        "kind": one.kind,
        "about": one.about,
        "role": one.about if one.kind == UNMET or one.id == f"swap:role:{one.about}" else None,
        "model": one.model,
        "message": one.message,
        "created_at": clock.iso(one.created_at),
        "dismissed_at": None if one.dismissed_at is None else clock.iso(one.dismissed_at),
    }


def role_view(registry: Registry, role: str) -> dict[str, Any]:
    """Return a role as the wire shows it; raises ModelNotFound."""
    found, mapping = registry.selection(role), registry.selector.mapping(role)
    shown = mapping or RoleMapping()
    asked = asdict(registry.selector.requirements(role))
    return {
        "role": role,
        "mapped": mapping is not None,
        "preferred": list(shown.preferred),
        "cloud_fallback": shown.cloud_fallback,
        "requirements": {name: value for name, value in asked.items() if value is not None},
        "temperature": shown.temperature,
        "by_difficulty": None if shown.by_difficulty is None else asdict(shown.by_difficulty),
        "chosen": found.chosen,
        "reason": found.reason,
        "problem": found.problem,
    }


def explanation(registry: Registry, role: str) -> dict[str, Any]:
    """Return a role with all that was considered for it; raises ModelNotFound."""
    view = role_view(registry, role)
    considered = [asdict(one) for one in registry.selection(role).considered]
    return {
        **view,
        "considered": considered,
        "resources": asdict(registry.selector.resources),
        "hot_swap": registry.selector.hot_swap,
    }


def known(registry: Registry, ref: str) -> dict[str, Any]:
    """Return what is known of a model; raises ModelNotFound."""
    info = registry.get(ref)
    found = registry.capabilities(info)
    facts = {name: {"value": getattr(found, name), "source": found.sources.get(name)} for name in FIELDS}
    return {"ref": info.ref, "capabilities": dict(sorted(facts.items()))}
