"""The routes of assistants and prompts."""

from fastapi import APIRouter

from mecum.domains.assistants.api import Assistants
from mecum.domains.assistants.http import assistants, facets, history, life, prompts
from mecum.domains.assistants.schemas import whole
from mecum.infra.storage import Database

BODIES = (whole.AssistantCreate, *whole.FACET_CHANGES.values())
"""Bodies that routes read by themselves."""


def router(database: Database, context: Assistants) -> APIRouter:
    """Return all routes of the context."""
    routes = APIRouter()
    # Before those of one assistant: `starters` and `effects` are none of their slugs.
    routes.include_router(life.router(database, context))
    routes.include_router(history.router(database, context))
    routes.include_router(facets.router(database, context))
    routes.include_router(assistants.router(database, context))
    routes.include_router(prompts.router(database, context.prompts))
    return routes
