"""Text from outside that cannot be stored as it is becomes data with the exact bytes; nothing is dropped silently."""

import base64
import json
import math
from typing import Any, cast

from mecum.domains.conversations.api import exact_part
from mecum.domains.transfer.rules.record import Json, Report
from mecum.kernel.text import is_storable, shown

_LARGEST = 2**63


def storable_part(part: Json, report: Report) -> list[Json]:
    """Return `part` as it can be stored, followed by its exact bytes where that is not the same."""
    if part["type"] in ("text", "reasoning"):
        exact = exact_part(part["text"], part["type"])
        report.lose("texts that cannot be stored as text are kept as data", int(exact["type"] == "data"))
        return [{**part, **exact} if exact["type"] == part["type"] else exact]
    clean = cleaned(part)
    if clean == part:
        return [part]
    report.lose("parts that cannot be stored as they are are also kept as data", 1)
    return [clean, data_part(part)]


def data_part(value: Any) -> Json:
    """Return a data part with `value` as JSON, its exact bytes."""
    written = json.dumps(value, ensure_ascii=False)
    exact = base64.b64encode(written.encode("utf-8", "surrogatepass")).decode("ascii")
    return {"type": "data", "media_type": "application/json", "base64": exact, "shown": shown(written)}


def cleaned(value: Any) -> Any:
    """Return a JSON value in which every text can be stored and every number written."""
    if isinstance(value, str):
        return value if is_storable(value) else shown(value)
    if isinstance(value, dict):
        return {shown(str(key)): cleaned(inner) for key, inner in cast("Json", value).items()}
    if isinstance(value, list):
        return [cleaned(inner) for inner in cast("list[Any]", value)]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _LARGEST:
        return str(value)
    return value
