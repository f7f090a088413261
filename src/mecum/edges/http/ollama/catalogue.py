"""The models as Ollama lists and describes them. What is not known of one is left out or empty."""

import hashlib
import re
from typing import Any, Final

from mecum.inference.loading.service import Loading
from mecum.inference.ports import Loaded, ModelInfo
from mecum.inference.registry import Registry
from mecum.kernel import clock

_LATEST: Final = ":latest"
_SIZE: Final = re.compile(r"[\d.]+[KMBT]")
_QUANTIZATION: Final = re.compile(r"(I?Q\d\w*|B?F\d+|MXFP4|NVFP4)")
# When a model was changed is not known here, and clients want a time.
_UNKNOWN_TIME: Final = "1970-01-01T00:00:00Z"


async def resolved(registry: Registry, named: str) -> str:
    """Return the reference of a model that is named as Ollama names them: without a tag it is the `latest`."""
    await registry.complete()
    plain = named.removesuffix(_LATEST)
    for name in (named, plain, plain + _LATEST):
        if (info := registry.find(name)) is not None:
            return info.ref
    return named


async def tags(registry: Registry) -> dict[str, Any]:
    """Return the models that can be asked now."""
    await registry.complete()
    return {"models": [_entry(info) for info in registry.models() if info.available]}


async def running(registry: Registry, loading: Loading) -> dict[str, Any]:
    """Return the models that are in memory."""
    await registry.complete()
    found = [(one, registry.find(one.ref)) for one in await loading.loaded()]
    return {"models": [_loaded(one, info) for one, info in found if info is not None]}


async def shown(registry: Registry, named: str) -> dict[str, Any]:
    """Return what a model is; raises ModelNotFound."""
    info = registry.get(await resolved(registry, named))
    window = {} if info.context_length is None else {f"{info.provider}.context_length": info.context_length}
    return {
        "modelfile": f"FROM {info.ref}",
        "parameters": "",
        "template": "",
        "details": _details(info),
        "model_info": {"general.architecture": info.provider, **window},
        "capabilities": _capabilities(info),
        "modified_at": _UNKNOWN_TIME,
    }


def _entry(info: ModelInfo) -> dict[str, Any]:
    return {
        "name": info.ref,
        "model": info.ref,
        "modified_at": _UNKNOWN_TIME,
        "size": info.size_bytes or 0,
        "digest": hashlib.sha256(info.ref.encode("utf-8")).hexdigest(),
        "details": _details(info),
    }


def _loaded(one: Loaded, info: ModelInfo) -> dict[str, Any]:
    known = {
        "expires_at": None if one.until is None else clock.iso(one.until),
        "size_vram": one.graphics_bytes,
        "context_length": one.window or info.context_length,
    }
    entry = {**_entry(info), "size": one.memory_bytes or info.size_bytes or 0}
    del entry["modified_at"]
    return entry | {name: value for name, value in known.items() if value is not None}


def _details(info: ModelInfo) -> dict[str, Any]:
    told = info.detail.split(" · ")
    return {
        "parent_model": "",
        "format": "gguf" if info.size_bytes else "",
        "family": info.provider,
        "families": [info.provider],
        "parameter_size": next((one for one in told if _SIZE.fullmatch(one)), ""),
        "quantization_level": next((one for one in told if _QUANTIZATION.fullmatch(one)), ""),
    }


def _capabilities(info: ModelInfo) -> list[str]:
    if info.kind == "embedder":
        return ["embedding"]
    known = (("vision", info.vision), ("tools", info.tools), ("thinking", info.reasoning))
    return ["completion", *(name for name, able in known if able)]
