"""One GGUF file as a model: its child is lent for the answer and speaks the OpenAI wire."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from mecum.inference.catalogue.footprint import CacheKind
from mecum.inference.errors import ModelCrashed, ModelRefused, ModelUnavailable
from mecum.inference.exchange import Answer, AnswerSink, ModelRequest
from mecum.inference.wires.images import without_images
from mecum.inference.wires.openai import OpenAIChat
from mecum.infra.hardware import core
from mecum.infra.hardware.machine import Memory
from mecum.infra.net import Net
from mecum.integrations.llama_cpp.files import Files
from mecum.integrations.llama_cpp.gguf import Gguf
from mecum.integrations.llama_cpp.memory import estimate, fitting_context, granted, kept
from mecum.integrations.llama_cpp.process import Child
from mecum.integrations.llama_cpp.runtime import Load, Runtime
from mecum.integrations.llama_cpp.schema import HeardSink, limiting_schema

_HONOURED: Final = frozenset(
    {
        "max_tokens",
        "max_completion_tokens",
        "top_p",
        "stop",
        "seed",
        "response_format",
        "tool_choice",
        "parallel_tool_calls",
        "reasoning_effort",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "top_k",
        "min_p",
        "repeat_penalty",
        "user",
    }
)
# Measured: a schema given with a raw prompt does not constrain what is generated.
_CHAT_ONLY: Final = frozenset({"response_format", "tool_choice", "parallel_tool_calls", "reasoning_effort"})
_READ: Final = ("image/png", "image/jpeg", "image/gif")
"""The images that llama.cpp reads. Measured: it refuses WebP."""
# A broken connection is seen before the end of the process that broke it.
_END_SECONDS: Final = 1.0
# What llama.cpp may keep of earlier prompts, where memory has room for it.
_MOST_SPARE: Final = 8 << 30


class LlamaCppChat:
    """The model in the file at `path`; `keep` says for how many idle seconds it stays in memory, None as is usual."""

    def __init__(
        self,
        net: Net,
        runtime: Runtime,
        files: Files,
        path: Path,
        cache: CacheKind = "f16",
        memory: Callable[[], Memory] = core.memory,
        keep: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._net = net
        self._runtime = runtime
        self._files = files
        self._path = path
        self._cache: CacheKind = cache
        self._memory = memory
        self._keep = keep

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Answer `request`; raises ModelCrashed, ModelUnavailable, ModelRefused, ContextTooLong, BadModelFile.

        Raises AnswerOffSchema, when it is written, for one against a limit of its schema.
        """
        facts = await self._files.facts(self._path)
        if request.mode == "chat" and facts.chat_template is None:
            raise ModelRefused("This model has no chat template: it only continues text, in Completion mode.")
        seen = without_images(request, () if facts.projector is None else _READ)
        projected = replace(seen, parameters=_parameters(request))
        schema = limiting_schema(request)
        heard = HeardSink(sink)
        wanted = self._load(request.context_length, facts)
        keep = self._keep() if request.keep is None else request.keep
        async with self._runtime.lend(wanted, lambda: sink.phase("loading"), keep) as child:
            answer = await self._ask(child, projected, sink if schema is None else heard)
        if schema is not None and answer.stop_reason == "stop":
            heard.require(schema)
        return replace(answer, model=request.model, window=wanted.context_length)

    async def load(self, context_length: int | None) -> None:
        """Have it in memory with the context that an answer asks for; raises ModelCrashed, ModelUnavailable."""
        wanted = self._load(context_length, await self._files.facts(self._path))
        async with self._runtime.lend(wanted, _nobody_waits, self._keep()):
            return

    async def unload(self) -> None:
        """Free its memory once the answers it makes have ended."""
        await self._runtime.unload(str(self._path))

    async def _ask(self, child: Child, request: ModelRequest, sink: AnswerSink) -> Answer:
        try:
            return await OpenAIChat(self._net, child.base_url, child.key).answer(request, sink)
        except ModelUnavailable as error:
            if await child.ended(_END_SECONDS):
                said = child.last_words()
                raise ModelCrashed("llama.cpp crashed during the answer.", said=said) from error
            raise

    def _load(self, context_length: int | None, facts: Gguf) -> Load:
        # By what the machine has, not by what is free now: another length would load the model anew.
        room = self._memory().capacity // 2
        kind = kept(facts, self._cache)
        context = granted(facts, context_length) or fitting_context(facts, room, kind)
        need = estimate(facts, context, kind).total
        spare = min(max(room - need, 0), _MOST_SPARE)
        projector = "" if facts.projector is None else str(facts.projector)
        changed = self._files.changed(self._path)
        return Load(str(self._path), changed, context, need, kind, spare, projector=projector)


def _nobody_waits() -> None:
    """There is no answer yet to say it in."""


def _parameters(request: ModelRequest) -> dict[str, Any]:
    """Return what goes beside the messages; raises ModelRefused for what llama.cpp would ignore in silence."""
    if any(tool.strict for tool in request.tools):
        # Its grammars leave the limits of numbers out.
        raise ModelRefused("llama.cpp cannot promise that calls follow their schema.", parameter="strict")
    given = {name: value for name, value in request.parameters.items() if value is not None}
    honoured = _HONOURED - _CHAT_ONLY if request.mode == "raw" else _HONOURED
    if unknown := given.keys() - honoured:
        name = min(unknown)
        raise ModelRefused(f"llama.cpp does not know the parameter {name} here.", parameter=name)
    return given
