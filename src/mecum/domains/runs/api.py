"""What other contexts and the engine may use of runs."""

from mecum.domains.runs.channel import EVENTS_KEPT_SECONDS, News, PersonChannel
from mecum.domains.runs.errors import BadRun, IdempotencyReused, RunNotFound, RunOver
from mecum.domains.runs.events import ACTIVE, TERMINAL, ContextReport, LogprobsAdded, RunEnded, RunStarted, RunStatus
from mecum.domains.runs.journal import Recovered, replay
from mecum.domains.runs.log import RunLog
from mecum.domains.runs.model import CONVERSATION, Run, kept_usage
from mecum.domains.runs.repository import (
    RunRepository,
    by_idempotency_key,
    hold_request_part,
    insert_run,
    keep_pins,
    load_pins,
    set_status,
    settle_run,
    start_run,
)
from mecum.domains.runs.rules import AnsweredRun, stored_events
from mecum.domains.runs.stream import Follower, Frame, RunStream, StoredFrame

__all__ = [
    "ACTIVE",
    "CONVERSATION",
    "EVENTS_KEPT_SECONDS",
    "TERMINAL",
    "AnsweredRun",
    "BadRun",
    "ContextReport",
    "Follower",
    "Frame",
    "IdempotencyReused",
    "LogprobsAdded",
    "News",
    "PersonChannel",
    "Recovered",
    "Run",
    "RunEnded",
    "RunLog",
    "RunNotFound",
    "RunOver",
    "RunRepository",
    "RunStarted",
    "RunStatus",
    "RunStream",
    "StoredFrame",
    "by_idempotency_key",
    "hold_request_part",
    "insert_run",
    "keep_pins",
    "kept_usage",
    "load_pins",
    "replay",
    "set_status",
    "settle_run",
    "start_run",
    "stored_events",
]
