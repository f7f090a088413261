"""Ids and names of tool calls, made fit for wires that allow few characters in them."""

import re
from collections import defaultdict, deque
from typing import Final

_FOREIGN: Final = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_ID: Final = 40
_LONGEST_NAME: Final = 64


class CallIds:
    """Ids of one request: of letters, digits, `_` and `-`, short, each once. Give it calls and results in order."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._open: defaultdict[str, deque[str]] = defaultdict(deque)

    def call(self, call_id: str) -> str:
        """Return the id for a call."""
        plain = _FOREIGN.sub("_", call_id)[-_LONGEST_ID:] or "call"
        found, number = plain, 2
        while found in self._taken:
            found, number = f"{plain[: _LONGEST_ID - 6]}_{number}", number + 1
        self._taken.add(found)
        self._open[call_id].append(found)
        return found

    def result(self, call_id: str) -> str:
        """Return the id for the result of the call that was first made under this id and has none yet."""
        return self._open[call_id].popleft()


def plain_name(name: str) -> str:
    """Return a tool's name as most wires take it."""
    return _FOREIGN.sub("_", name)[:_LONGEST_NAME] or "tool"
