"""The GGUF files of the models folder, and those named by path, as an endpoint."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from mecum.inference.catalogue.footprint import CacheKind
from mecum.inference.errors import ModelNotFound
from mecum.inference.keeping import Keep, Keeping
from mecum.inference.ports import Loaded, ModelInfo, ModelKind
from mecum.infra.hardware import core
from mecum.infra.hardware.machine import Memory
from mecum.infra.net import Net
from mecum.integrations.llama_cpp.chat import LlamaCppChat
from mecum.integrations.llama_cpp.embed import LlamaCppEmbedding
from mecum.integrations.llama_cpp.files import SUFFIX, Files, inside
from mecum.integrations.llama_cpp.gguf import BadModelFile, Gguf
from mecum.integrations.llama_cpp.memory import Fit, fit, kept
from mecum.integrations.llama_cpp.runtime import Runtime
from mecum.kernel import clock

RANK: Final = 10
_MISSING: Final = "needs llama.cpp: pip install 'mecum[llama]'"


def installed() -> bool:
    """Whether xllamacpp is there; it is never imported in this process."""
    return find_spec("xllamacpp") is not None


@dataclass(frozen=True, slots=True)
class _Seen:
    path: Path
    name: str
    named: bool
    """Whether it lies elsewhere and was named by its path."""


class LlamaCppProvider:
    """Models in files. A file in `folder` is called by its name without `.gguf`, any other by its path."""

    def __init__(
        self,
        net: Net,
        folder: Path,
        paths: Iterable[Path] = (),
        *,
        runtime: Runtime | None = None,
        endpoint: str = "llama_cpp",
        has_runtime: bool | None = None,
        cache: CacheKind = "f16",
        context_length: int | None = None,
        memory: Callable[[], Memory] = core.memory,
        keep: Keep | None = None,
    ) -> None:
        self._net = net
        self._folder = folder
        self._paths = [_absolute(path) for path in paths]
        self._runtime = runtime or Runtime()
        self._cache: CacheKind = cache
        self._context_length = context_length
        self._memory = memory
        self._keep = keep or Keeping()
        self._endpoint = endpoint
        self._has_runtime = has_runtime
        self._files = Files()

    @property
    def endpoint(self) -> str:
        """The endpoint's name, the first part of its models' refs."""
        return self._endpoint

    @property
    def local(self) -> bool:
        """Always: the files are here."""
        return True

    async def models(self) -> list[ModelInfo]:
        """Return what is there; a file that cannot be loaded is listed as not available, with the reason."""
        return await asyncio.to_thread(self._list)

    async def check(self, path: Path) -> None:
        """Raise BadModelFile with the reason unless the file at `path` can be loaded and answers or makes vectors."""
        _require_answers(path, await self._files.facts(path))

    async def add(self, path: Path) -> ModelInfo:
        """Know the file at `path` from now on and return its model; raises BadModelFile with the reason.

        A file of the folder keeps its short name, by whatever path it is reached; any other is never chosen by itself.
        """
        path = _absolute(path)
        facts = await self._files.facts(path)
        _require_answers(path, facts)
        seen = await asyncio.to_thread(self._seen, path)
        if seen.named and seen.path not in self._paths:
            self._paths.append(seen.path)
        return self._info(seen, facts)

    def open(self, model: ModelInfo) -> LlamaCppChat:
        """Return the model; its file is read and loaded by the first answer. Raises ModelNotFound."""
        path = self.path_of(model)
        keep = partial(self._keep, model)
        return LlamaCppChat(self._net, self._runtime, self._files, path, self._cache, self._memory, keep)

    def embedder(self, model: ModelInfo) -> LlamaCppEmbedding:
        """Return the embedding model, as `open`."""
        keep = partial(self._keep, model)
        return LlamaCppEmbedding(self._net, self._runtime, self._files, self.path_of(model), model.name, keep)

    def path_of(self, model: ModelInfo) -> Path:
        """Return where the file of a model is; raises ModelNotFound."""
        path = Path(model.name)
        if not path.is_absolute():
            path = self._folder.absolute() / f"{model.name}{SUFFIX}"
            path = next((one for one in inside(self._folder) if one.stem == model.name), path)
        elif path not in self._paths:
            raise ModelNotFound(f"There is no model file {model.name} here.")
        return path

    async def load(self, model: ModelInfo) -> None:
        """Have it in memory, as its answers need it; raises ModelCrashed, ModelUnavailable, ModelNotFound."""
        await self.open(model).load(self._context_length)

    async def unload(self, model: ModelInfo) -> None:
        """Free its memory once the answers it makes have ended; raises ModelNotFound."""
        await self.open(model).unload()

    async def loaded(self) -> list[Loaded]:
        """Return what is loaded or loading."""
        names = {str(one.path): one.name for one in await asyncio.to_thread(self._all_seen)}
        runtime, now = self._runtime, clock.milliseconds()
        return [
            Loaded(
                ref=f"{self._endpoint}/{names.get(load.path, load.path)}",
                memory_bytes=load.need,
                busy=runtime.busy(load),
                until=None if (rest := runtime.rest(load)) is None else now + round(rest * 1000),
            )
            for load in runtime.loaded
        ]

    async def close(self) -> None:
        """End the children."""
        await self._runtime.close()

    def _list(self) -> list[ModelInfo]:
        listed = [self._described(one) for one in self._all_seen()]
        return [info for info in listed if info is not None]

    def _all_seen(self) -> list[_Seen]:
        return list(dict.fromkeys([*map(_own, inside(self._folder)), *map(self._seen, self._paths)]))

    def _seen(self, path: Path) -> _Seen:
        own = next((one for one in inside(self._folder) if _same(one, path)), None)
        if own is not None:
            return _own(own)
        known = next((one for one in self._paths if _same(one, path)), path)
        return _Seen(known, str(known), named=True)

    def _described(self, seen: _Seen) -> ModelInfo | None:
        try:
            facts = self._files.read(seen.path)
        except BadModelFile as error:
            return self._model(seen, available=False, detail=error.message)
        # Projectors do nothing by themselves; the later parts of a split file belong to its first.
        return None if facts.projects or facts.part else self._info(seen, facts)

    def _info(self, seen: _Seen, facts: Gguf) -> ModelInfo:
        usable = installed() if self._has_runtime is None else self._has_runtime
        template = facts.chat_template or ""
        found = fit(facts, self._memory(), self._context_length, kept(facts, self._cache))
        loaded = any(load.path == str(seen.path) for load in self._runtime.loaded)
        if found.fits is False and loaded:
            # What it takes is not free because it takes it.
            found = replace(found, fits=True, why="It is loaded.")
        return self._model(
            seen,
            parameters=facts.parameters or None,
            quantization=facts.quantization,
            loaded=loaded,
            context_length=found.context_length,
            vision=facts.projector is not None and bool(template),
            tools="tools" in template,
            reasoning="<think>" in template or "reasoning_content" in template,
            raw_only=not template and not facts.embeds,
            kind="embedder" if facts.embeds else "chat",
            size_bytes=facts.size,
            available=usable,
            detail=_detail(facts) if usable else _MISSING,
            found=found,
        )

    def _model(
        self,
        seen: _Seen,
        *,
        available: bool,
        detail: str,
        context_length: int | None = None,
        vision: bool = False,
        tools: bool = False,
        reasoning: bool = False,
        raw_only: bool = False,
        kind: ModelKind = "chat",
        size_bytes: int | None = None,
        found: Fit | None = None,
        parameters: int | None = None,
        quantization: str | None = None,
        loaded: bool | None = None,
    ) -> ModelInfo:
        return ModelInfo(
            ref=f"{self._endpoint}/{seen.name}",
            name=seen.name,
            provider="llama_cpp",
            endpoint=self._endpoint,
            local=True,
            context_length=context_length,
            vision=vision,
            tools=tools,
            reasoning=reasoning,
            raw_only=raw_only,
            kind=kind,
            size_bytes=size_bytes,
            memory_bytes=found.memory if found else None,
            memory_parts=found.parts if found else None,
            fits=found.fits if found else None,
            fit_reason=found.why if found else None,
            available=available,
            detail=detail,
            rank=RANK,
            on_request=seen.named,
            window_from="started",
            refuses=True,
            needs_key=False,
            parameters=parameters,
            quantization=quantization,
            loaded=loaded,
        )


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _own(path: Path) -> _Seen:
    return _Seen(path, path.stem, named=False)


def _same(one: Path, other: Path) -> bool:
    """Whether both lead to the same file, through whatever links; a file that is gone is only itself."""
    try:
        return one == other or one.samefile(other)
    except OSError:
        return False


def _require_answers(path: Path, facts: Gguf) -> None:
    if facts.projects:
        raise BadModelFile(f"{path.name} holds a projector, which does nothing by itself.")
    if facts.part:
        raise BadModelFile(f"{path.name} is a later part of a split model: name its first part.")


def _detail(facts: Gguf) -> str:
    parts = [_count(facts.parameters), facts.quantization or "", _bytes(facts.size)]
    if facts.embeds:
        parts.append("turns text into vectors")
    elif facts.chat_template is None:
        parts.append("continues text only")
    elif facts.projector is not None:
        parts.append("sees images")
    return " · ".join(part for part in parts if part)


def _count(number: int) -> str:
    for unit, size in (("B", 10**9), ("M", 10**6), ("K", 10**3)):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return str(number) if number else ""


def _bytes(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 10**8 else f"{number / 1e6:.1f} MB"
