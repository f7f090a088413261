"""What a call of the command line leaves behind, for tests to look at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return orjson.loads(self.out)

    @property
    def problem(self) -> Any:
        """Standard error as problem JSON."""
        return orjson.loads(self.err)


Call = Callable[..., Ended]
Pipe = Callable[[bytes], None]
