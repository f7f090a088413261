"""The context report of a settled run: as it was stored, or worked out from the record where all of it went."""

from collections.abc import Mapping
from typing import Any

import orjson

from mecum.domains.conversations import api as conversations
from mecum.domains.runs import api as runs
from mecum.engine.chat.called import usage_in
from mecum.engine.chat.context import MOST_MESSAGES, UNKNOWN_WINDOW, Fitted, judged, report_of
from mecum.engine.chat.stages.load import PROJECT, messages_of
from mecum.inference.exchange import Content, ImageContent, ModelMessage, TextContent, Usage
from mecum.inference.registry import Registry
from mecum.inference.windows import SENT_AT_LEAST, UNKNOWN, Counts, Window, most_of
from mecum.infra.storage import Database
from mecum.infra.storage.scope import owner_values
from mecum.kernel.subject import Subject


class ContextReports:
    """Tells what went into the requests of runs."""

    def __init__(self, database: Database, registry: Registry, counts: Counts) -> None:
        self._database, self._registry, self._counts = database, registry, counts

    async def of(self, subject: Subject, run: runs.Run) -> dict[str, Any] | None:
        """Return the report of a settled run; None for one that asked no model.

        One that was not stored is `derived`: all there was went, and the window is what is known of the model now.
        """
        request: dict[str, Any] = run.request or {}
        if (stored := request.get("report")) is not None:
            return dict(stored)
        if run.started_at is None or run.status == "failed" or run.model is None:
            return None
        window, usage = self._window(run.model, request), usage_in(run.usage) or Usage()
        told = {"counted_tokens": usage.input_tokens, "derived": True}
        messages = await self._branch(subject, run)
        if not messages:
            # What a program brought along is not in the record: how many messages it were is.
            sent = len(request.get("parts", ()))
            return report_of(Fitted((), 0), window) | {"included": sent, "estimated_tokens": None, **told}
        found = Fitted(tuple(messages), most_of(messages))
        wrong = judged(found, 0, window, run.model, self._counts, usage, learns=False)
        unknown = wrong is not None and wrong["code"] == UNKNOWN_WINDOW
        return report_of(found, window) | {"flag": wrong if unknown else None, **told}

    def _window(self, model: str, request: Mapping[str, Any]) -> Window:
        info = self._registry.find(model)
        window = UNKNOWN if info is None else self._registry.window(info)
        if info is None or info.window_from not in ("sent", "started"):
            return window
        sent = request.get("window") or (SENT_AT_LEAST if info.window_from == "sent" else window.tokens)
        return Window(min(sent, window.tokens or sent) if sent else None, info.window_from, window.refuses)

    async def _branch(self, subject: Subject, run: runs.Run) -> list[ModelMessage]:
        leaf = run.wants.get("resume") or run.parent_id
        if leaf is None:
            return []
        values = {"_leaf": leaf, "_limit": MOST_MESSAGES, **owner_values(subject)}
        rows = await self._database.fetch(conversations.BRANCH_FOR_MODEL, values)
        prompt: str = run.wants.get("system_prompt") or ""
        found = [ModelMessage("system", (TextContent(prompt),))] if prompt else []
        for _, _, role, parts, _ in reversed(rows):
            content = [item for part in orjson.loads(parts) if (item := _content(part)) is not None]
            found.extend(messages_of(role, content) if content else [])
        return found


def _content(part: Mapping[str, Any]) -> Content | None:
    if part["type"] in PROJECT:
        return PROJECT[part["type"]](part)
    if part["type"] == "image":
        return ImageContent(part["media_type"], b"")
    # Of a file only how long it is counts here.
    return TextContent(" " * part["size"]) if part["type"] == "file" else None
