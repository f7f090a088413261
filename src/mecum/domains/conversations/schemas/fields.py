"""What the shapes have in common: texts that can be stored, tags, metadata, the ids in examples."""

from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mecum.kernel.text import is_storable

CNV: Final = "cnv_06hq3k8w2m5v9"
MSG: Final = "msg_06hq3k8w2m5v9"
RUN: Final = "run_06hq3k8w2m5v9"
FIL: Final = "fil_06hq3k8w2m5v9"
BAT: Final = "bat_06hq3k8w2m5v9"
PRJ: Final = "prj_06hq3k8w2m5v9"
AT: Final = "2026-11-21T06:40:00.123Z"
_MOST_METADATA: Final = 64 * 1024


def _storable(value: str) -> str:
    if not is_storable(value):
        raise ValueError("must hold no NUL character and no half of a surrogate pair")
    return value


def visible(value: str) -> str:
    """Return a text in which there is something to see; raises ValueError."""
    if not value.strip():
        raise ValueError("must hold more than spaces")
    return value


def _small(value: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(orjson.dumps(value))
    except TypeError as error:
        raise ValueError("must be JSON without halves of surrogate pairs, and integers of at most 64 bits") from error
    if size > _MOST_METADATA:
        raise ValueError(f"must be at most {_MOST_METADATA} bytes of JSON")
    return value


Role = Literal["user", "assistant", "system", "tool"]
Text = Annotated[str, AfterValidator(_storable)]
Title = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_storable)]
TagName = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_storable), AfterValidator(visible)]
Metadata = Annotated[dict[str, Any], AfterValidator(_small)]


class Strict(BaseModel):
    """A request: what it does not know is refused."""

    model_config = ConfigDict(extra="forbid")
