"""Thoughts a vendor does not take back: the proof is of another account, or of a history that has changed since."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from mecum.inference.errors import ModelRefused
from mecum.inference.exchange import Answer, ModelRequest, ReasoningContent

_REJECTED: Final = re.compile(r"signature|reasoning_details", re.IGNORECASE)


async def with_thoughts_if_taken(ask: Callable[[ModelRequest], Awaitable[Answer]], request: ModelRequest) -> Answer:
    """Return what `ask` answers; a refusal of the proofs in the history is answered by asking once more without them.

    A vendor checks a history before it says a word, so nothing is said twice.
    """
    try:
        return await ask(request)
    except ModelRefused as error:
        plain = without_thoughts(request)
        if plain == request or not _REJECTED.search(error.message):
            raise
    return await ask(plain)


def without_thoughts(request: ModelRequest) -> ModelRequest:
    """Return `request` with no reasoning in its history."""
    messages = tuple(
        replace(message, content=tuple(item for item in message.content if not isinstance(item, ReasoningContent)))
        for message in request.messages
    )
    return replace(request, messages=messages)
