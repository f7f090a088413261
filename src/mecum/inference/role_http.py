"""The routes of roles: which model fills each and why, what is known of a model, what a person should know."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Path, Query, Response

from mecum.inference.errors import ModelNotFound
from mecum.inference.registry import Registry
from mecum.inference.role_schemas import CapabilitiesView, NoticeList, RoleExplanation, RoleList
from mecum.inference.roles import RoleMapping
from mecum.infra.web.requests import Asker, answer
from mecum.infra.web.routes import Routes
from mecum.kernel import clock


def router(registry: Registry) -> Routes:
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
    async def explain(role: Annotated[str, Path(description="Its name.", examples=["planner"])], _: Asker) -> Response:
        await registry.complete()
        return answer(explanation(registry, role))

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
        description="What holds now and can be mended: roles that no model here fills as they ask.",
    )
    async def notifications(_: Asker) -> Response:
        items = [
            {
                "id": one.id,
                "kind": "role.unmet",
                "role": one.role,
                "message": one.message,
                "created_at": clock.iso(one.created_ms),
            }
            for one in registry.selector.notices.newest()
        ]
        return answer({"items": items, "next_cursor": None})

    return routes


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
    info = registry.find(ref)
    if info is None:
        raise ModelNotFound(f"There is no model {ref!r} here.")
    found = registry.capabilities(info)
    facts = {name: {"value": getattr(found, name), "source": source} for name, source in found.sources.items()}
    return {"ref": info.ref, "capabilities": dict(sorted(facts.items()))}
