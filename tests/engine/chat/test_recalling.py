"""What was written before is found by the words of a question, with where it stands."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from factories.contexts import Context
from factories.records import chat
from mecum.engine.chat.recalling import WordRecaller
from mecum.inference.exchange import Passage
from mecum.kernel.subject import Subject

RECIPE = "Some words before.\n\nThe tart needs six rhubarb stalks\nand butter.\n\nOther words after it."


@dataclass
class Files:
    """Text files of a person."""

    found: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    async def texts(self, subject: Subject, *, most: int, longest: int) -> Sequence[tuple[str, str, str]]:
        assert subject.person_id == "per_0000000000ada"
        return self.found[:most]


@pytest.fixture
def files() -> Files:
    """Return no files yet."""
    return Files()


@pytest.fixture
def recaller(context: Context, files: Files) -> WordRecaller:
    """Return a recaller over each kind of store."""
    return WordRecaller(context.database, context.services.search, files)


async def remember(context: Context, subject: Subject, *texts: str, title: str = "Kitchen") -> list[str]:
    """Store and index a conversation; return its messages' ids."""
    _, messages = await chat(context.database, subject, *texts, title=title)
    for message_id, text in zip(messages, texts, strict=True):
        context.services.indexer.add(message_id, text)
    async with asyncio.timeout(10):
        await context.services.indexer.settle()
    return messages


async def ask(recaller: WordRecaller, subject: Subject, question: str, *without: str) -> tuple[Passage, ...]:
    """Return what is found for a question."""
    return await recaller.passages(subject, question, without=frozenset(without), by="builtin/search")


async def test_the_paragraph_is_quoted_with_its_place(context: Context, recaller: WordRecaller, ada: Subject) -> None:
    messages = await remember(context, ada, RECIPE)
    (passage,) = await ask(recaller, ada, "How many rhubarb stalks does the tart need?")
    assert passage.text == "The tart needs six rhubarb stalks\nand butter."
    assert RECIPE[passage.start : passage.end] == passage.text
    assert (passage.title, passage.message_id, passage.file_id) == ("Kitchen", messages[0], None)
    assert passage.conversation_id is not None


async def test_more_of_the_words_come_first(context: Context, recaller: WordRecaller, ada: Subject) -> None:
    await remember(context, ada, "Rhubarb is sour.", title="One")
    await remember(context, ada, "Rhubarb tart with butter.", title="Two")
    found = await ask(recaller, ada, "rhubarb tart butter")
    assert [passage.title for passage in found] == ["Two", "One"]


async def test_the_question_itself_is_left_out(context: Context, recaller: WordRecaller, ada: Subject) -> None:
    messages = await remember(context, ada, "rhubarb tart")
    assert await ask(recaller, ada, "rhubarb tart", *messages) == ()


@pytest.mark.parametrize("question", ["", "   ", "and the of it?", "…!"])
async def test_common_words_find_nothing(context: Context, recaller: WordRecaller, ada: Subject, question: str) -> None:
    await remember(context, ada, RECIPE)
    assert await ask(recaller, ada, question) == ()


async def test_nobody_elses_words_are_found(
    context: Context, recaller: WordRecaller, ada: Subject, bob: Subject
) -> None:
    await remember(context, bob, RECIPE)
    assert await ask(recaller, ada, "rhubarb stalks") == ()


async def test_files_are_read_too(recaller: WordRecaller, files: Files, ada: Subject) -> None:
    files.found = [("fil_1", "notes.md", "First.\n\nThe rhubarb grows."), ("fil_2", "other.md", "Nothing here.")]
    (passage,) = await ask(recaller, ada, "rhubarb")
    assert (passage.title, passage.file_id, passage.text) == ("notes.md", "fil_1", "The rhubarb grows.")


async def test_at_most_five_passages(recaller: WordRecaller, files: Files, ada: Subject) -> None:
    files.found = [(f"fil_{n}", f"{n}.md", "rhubarb") for n in range(9)]
    assert len(await ask(recaller, ada, "rhubarb")) == 5
