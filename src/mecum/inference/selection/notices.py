"""What a person should know about their models and can mend: a role that no model here can fill as it asks."""

from collections.abc import Callable
from dataclasses import dataclass

from mecum.kernel import clock


@dataclass(frozen=True, slots=True)
class Notice:
    """A role, what it lacks with the way out, and since when."""

    role: str
    message: str
    created_ms: int

    @property
    def id(self) -> str:
        """One a role: it holds as long as the role lacks something."""
        return f"role:{self.role}"


class Notices:
    """The notices that hold now. `tell` is called with each new one, and once with the same one as long as it holds."""

    def __init__(self, tell: Callable[[Notice], None] | None = None) -> None:
        self.tell = tell
        self._held: dict[str, Notice] = {}

    def note(self, role: str, problem: str | None) -> None:
        """Take what a role lacks now; None when it has all."""
        held = self._held.get(role)
        if problem is None:
            self._held.pop(role, None)
        elif held is None or held.message != problem:
            notice = self._held[role] = Notice(role, problem, clock.milliseconds())
            if self.tell is not None:
                self.tell(notice)

    def newest(self) -> list[Notice]:
        """Return all that hold, the newest first."""
        return sorted(self._held.values(), key=lambda one: one.created_ms, reverse=True)
