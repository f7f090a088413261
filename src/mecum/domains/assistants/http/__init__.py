"""The routes of assistants and prompts."""

from mecum.domains.assistants.api import Assistants
from mecum.domains.assistants.http import assistants, facets, flat, history, life, measures, pictures, prompts
from mecum.domains.assistants.schemas import whole
from mecum.infra.storage import Database
from mecum.infra.web.routes import Routes

BODIES = (whole.AssistantCreate, *whole.FACET_CHANGES.values(), *flat.BODIES)
"""Bodies that routes read by themselves."""


def router(database: Database, context: Assistants) -> Routes:
    """Return all routes of the context."""
    routes = Routes()
    # Before those of one assistant: `starters`, `effects` and `rollout` are none of their slugs.
    routes.take(
        flat.router(database, context),
        life.router(database, context),
        history.router(database, context),
        measures.router(database, context),
        pictures.router(database, context),
        facets.router(database, context),
        assistants.router(database, context),
        prompts.router(database, context.prompts),
    )
    return routes
