"""An active run's stream: its frames, its parts, and the run that makes them."""

from mecum.domains.runs.stream.frames import DELTA, EVENT, DeltaFrame, EventFrame, Frame, Fresh, Stamp, StoredFrame
from mecum.domains.runs.stream.parts import with_logprobs
from mecum.domains.runs.stream.run import Follower, RunStream, Ticker

__all__ = [
    "DELTA",
    "EVENT",
    "DeltaFrame",
    "EventFrame",
    "Follower",
    "Frame",
    "Fresh",
    "RunStream",
    "Stamp",
    "StoredFrame",
    "Ticker",
    "with_logprobs",
]
