"""The routes of conversations, messages, files and search."""

from fastapi import APIRouter

from mecum.domains.conversations.api import Conversations
from mecum.domains.conversations.http import conversations, files, messages
from mecum.infra.storage import Database


def router(database: Database, context: Conversations) -> APIRouter:
    """Return all routes of the context."""
    routes = APIRouter()
    routes.include_router(conversations.router(database, context))
    routes.include_router(messages.router(database, context))
    routes.include_router(files.router(database, context.files))
    return routes
