"""The routes of conversations, messages, files and search."""

from mecum.domains.conversations.api import Conversations
from mecum.domains.conversations.http import conversations, files, messages
from mecum.infra.storage import Database
from mecum.infra.web.routes import Routes


def router(database: Database, context: Conversations) -> Routes:
    """Return all routes of the context."""
    routes = Routes()
    routes.take(
        conversations.router(database, context),
        messages.router(database, context),
        files.router(database, context.files),
    )
    return routes
