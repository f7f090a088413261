"""Let the next of its chain answer when the chosen model did not begin to, and say so."""

from mecum.domains.runs.events import RunModelChanged
from mecum.engine.chat.turn import Turn
from mecum.inference.errors import DID_NOT_BEGIN, ContextTooLong, ModelRefused
from mecum.inference.routing.router import Passed, Router
from mecum.kernel.errors import MecumError


class StandIn:
    """Needs a turn whose model failed; leaves another choice in it, unless something was said or nobody is left."""

    def __init__(self, router: Router) -> None:
        self._router = router

    def __call__(self, turn: Turn, error: MecumError) -> bool:
        choice = turn.choice
        # What the one that was chosen refuses is wrong; what a stand-in refuses another one may take.
        reasons = (*DID_NOT_BEGIN, ContextTooLong, ModelRefused) if turn.passed else DID_NOT_BEGIN
        if choice is None or turn.begun_ms is not None or not isinstance(error, reasons):
            return False
        passed = [*turn.passed, Passed(choice.info, error)]
        following = self._router.after(passed, turn.needs)
        if following is None:
            return False
        turn.passed, turn.passages = passed, ()
        turn.choice = self._router.patient(following, turn.needs, passed)
        turn.stream.emit(
            RunModelChanged(following.info.ref, following.reason, choice.info.ref, error.code), urgent=True
        )
        return True
