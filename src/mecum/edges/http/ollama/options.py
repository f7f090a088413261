"""Ollama's options in the names that models' adapters take.

Source: Ollama's Modelfile reference, "Valid parameters and values", and its API reference.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from mecum.edges.http.ollama.schemas import Asking, Keeping
from mecum.edges.http.openai.errors import refused
from mecum.inference.keeping import KEEP, seconds_of

_NUMBERS: Final = {
    "num_predict": "max_tokens",
    "top_k": "top_k",
    "top_p": "top_p",
    "min_p": "min_p",
    "seed": "seed",
    "repeat_penalty": "repeat_penalty",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
}
_WHOLE: Final = frozenset({"num_predict", "top_k", "seed"})
# How Ollama loads and computes a model: here that is decided elsewhere, and the answer is the same.
_HINTS: Final = frozenset(
    "num_ctx num_keep num_batch num_gpu num_thread main_gpu numa low_vram f16_kv vocab_only use_mmap use_mlock".split()
)
_CHANGES_NOTHING: Final[Mapping[str, tuple[Any, ...]]] = {
    # Without a limit, in two ways of saying it.
    "num_predict": (-1, -2),
    "min_p": (0,),
    "repeat_penalty": (1,),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "tfs_z": (1,),
    "typical_p": (1,),
    "mirostat": (0,),
    "repeat_last_n": (64,),
    "penalize_newline": (False,),
}
_MOST_STOPS: Final = 16


def temperature_of(body: Asking) -> float | None:
    """Return the temperature among the options; raises ParameterRefused."""
    found = (body.options or {}).get("temperature")
    return None if found is None else _number("temperature", found)


def parameters_of(body: Asking, *, thinks: bool | None, raw: bool = False) -> dict[str, Any]:
    """Return the parameters; `thinks` is whether the model can, `raw` whether a text is continued.

    Raises ParameterRefused for what is not supported.
    """
    found: dict[str, Any] = {}
    for name, value in (body.options or {}).items():
        if value is None or name == "temperature" or name in _HINTS or value in _CHANGES_NOTHING.get(name, ()):
            continue
        if name in _NUMBERS:
            found[_NUMBERS[name]] = _number(name, value)
        elif name == "stop":
            found["stop"] = _stop(value)
        else:
            said = f"Unsupported parameter: 'options.{name}' would change the answer and is not supported here."
            raise refused(f"options.{name}", said, "unsupported_parameter")
    keep = keep_of(body)
    if keep is not None:
        found[KEEP] = keep
    return found | _format(body.format) | _effort(body.think, thinks) | _likelihood(body, raw=raw)


def keep_of(body: Keeping) -> float | None:
    """Return for how many seconds the model is to stay, below 0 for ever; raises ParameterRefused."""
    if body.keep_alive is None:
        return None
    try:
        return seconds_of(body.keep_alive)
    except ValueError as error:
        raise refused("keep_alive", f"Invalid value for 'keep_alive': {error}.", "invalid_value") from error


def _number(name: str, value: Any) -> float | int:
    wanted = int if name in _WHOLE else int | float
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise refused(f"options.{name}", f"Invalid value for 'options.{name}': it is a number.", "invalid_type")
    return value


def _stop(value: Any) -> list[str]:
    given = [value] if isinstance(value, str) else value
    texts = cast(list[str], given) if isinstance(given, list) else []
    if not 0 < len(texts) <= _MOST_STOPS or set(map(type, texts)) != {str}:
        raise refused("options.stop", "Invalid value for 'options.stop': it is a list of texts.", "invalid_type")
    return texts


def _format(value: Any) -> dict[str, Any]:
    if not value:
        return {}
    if value == "json":
        return {"response_format": {"type": "json_object"}}
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": value}}}


def _effort(value: bool | str | None, thinks: bool | None) -> dict[str, Any]:
    if value is None or (value is False and thinks is False):
        return {}
    return {"reasoning_effort": "none" if value is False else "medium" if value is True else value}


def _likelihood(body: Asking, *, raw: bool) -> dict[str, Any]:
    most = body.top_logprobs or 0
    if not body.logprobs:
        if most:
            said = "top_logprobs is only allowed when logprobs is true."
            raise refused("top_logprobs", said, "invalid_value")
        return {}
    if raw:
        # Of a text to continue they are asked for by how many likeliest tokens to tell of.
        return {"logprobs": most}
    return {"logprobs": True, **({"top_logprobs": most} if most else {})}
