"""How long a model may say nothing before the next of its chain is asked."""

import asyncio
from dataclasses import dataclass

from mecum.inference.errors import ModelSilent
from mecum.inference.exchange import Answer, AnswerSink, ModelRequest
from mecum.inference.ports import ChatModel
from mecum.inference.routing import first


@dataclass(frozen=True, slots=True)
class PatientModel:
    """A model that loses its question when it says nothing for `seconds`. Loading and thinking are no silence."""

    model: ChatModel
    ref: str
    seconds: float

    async def answer(self, request: ModelRequest, sink: AnswerSink) -> Answer:
        """Answer; raises ModelSilent, and what the model raises. One timer, which the first output takes away."""
        limit = asyncio.timeout(self.seconds)

        def heard() -> None:
            if not limit.expired():
                limit.reschedule(None)

        try:
            async with limit:
                return await self.model.answer(request, first.before(sink, heard, heard))
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise ModelSilent(f"{self.ref} said nothing for {self.seconds:.0f} seconds.") from error
