"""What servers on the OpenAI wire want otherwise, learnt from the refusal that names it.

The wire is spoken with differences that no list of models tells. A refusal comes before a word is said: the request is
made once more as its server wants it, and from then on at once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

_LIMITS: Final = ("max_tokens", "max_completion_tokens")
_UNKNOWN: Final = re.compile(
    r"extra|permitted|unsupported|not supported|unrecogni[sz]ed|unknown|unexpected", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Manners:
    """How the server of one model wants its requests.

    `counts`: it may be asked for the usage of a stream; Mistral's refuses that and tells it anyway. `limit`: its only
    name for the most tokens of an answer; OpenAI's newer models have another one than the servers that copied the wire
    early. `thoughts`: what was thought must come back with the calls that followed, as DeepSeek's wants it.
    """

    counts: bool = True
    limit: str | None = None
    thoughts: bool = False

    def learnt(self, said: str, body: Mapping[str, Any]) -> "Manners | None":
        """Return what a refusal of `body` teaches, in its server's words; None where it is no matter of manners."""
        if "stream_options" in said and "stream_options" in body:
            return replace(self, counts=False)
        if "reasoning_content" in said and not self.thoughts:
            return replace(self, thoughts=True)
        early, late = _LIMITS
        if self.limit is not None or late not in said:
            return None
        if early in body:
            return replace(self, limit=late)
        return replace(self, limit=early) if late in body and _UNKNOWN.search(said) else None

    def apply(self, body: dict[str, Any]) -> None:
        """Change the body of a request to what its server takes."""
        if not self.counts:
            body.pop("stream_options", None)
        if self.limit is not None:
            for name in _LIMITS:
                if name in body:
                    body[self.limit] = body.pop(name)


PLAIN: Final = Manners()
