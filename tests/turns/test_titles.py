"""Titles: the first words by default; by a model where that is set, as a job, and never over a person's own."""

from pathlib import Path

from factories.houses import House, opened, settings_for
from factories.stores import Store
from fakes.steps import says
from fakes.upstream import Upstream
from mecum.domains.conversations.schemas.conversations import ConversationChange
from mecum.edges.worker.jobs import register
from mecum.infra.jobs.runner import JobRunner
from mecum.settings import Settings


async def test_a_title_is_the_first_words_and_calls_no_model(house: House) -> None:
    house.upstream.script("test", says("Sure."))
    run = await house.settled(await house.start("Plan a trip to Lisbon\nwith two children"))
    async with house.parts.database.reading(house.parts.owner) as scope:
        view = await house.parts.record.conversations.view(scope, run["conversation_id"])
    assert (view["title"], view["title_source"]) == ("Plan a trip to Lisbon", "auto")
    assert len(house.upstream.answers()) == 1


async def test_a_model_names_a_conversation_where_that_is_set(store: Store, upstream: Upstream, tmp_path: Path) -> None:
    upstream.script("test", says("Sure."), times=1)
    upstream.script("test", says('"Lisbon', ' with children"'))
    async with opened(store, upstream, _by_model(settings_for(store, upstream))) as house:
        runner = JobRunner(house.parts.database, house.parts.jobs, house.parts.gate)
        register(runner, house.parts)
        await runner.start()
        try:
            run = await house.settled(await house.start("Plan a trip"))
            assert await _title(house, run["conversation_id"], "Plan a trip") == "Lisbon with children"
        finally:
            await runner.stop()


async def test_a_persons_own_title_stays(house: House) -> None:
    house.upstream.script("test", says("Sure."))
    run = await house.settled(await house.start("Plan a trip"))
    record = house.parts.record.conversations
    async with house.parts.database.writing(house.parts.owner) as scope:
        await record.change(scope, run["conversation_id"], ConversationChange.model_validate({"title": "Mine"}))
    async with house.parts.database.writing(house.parts.owner) as scope:
        assert await record.beginning(scope, run["conversation_id"]) is None
        await record.entitle(scope, run["conversation_id"], "Another")
        view = await record.view(scope, run["conversation_id"])
    assert (view["title"], view["title_source"]) == ("Mine", "person")


def _by_model(settings: Settings) -> Settings:
    models = settings.models.model_copy(update={"titles": "model"})
    return settings.model_copy(update={"models": models})


async def _title(house: House, conversation_id: str, before: str) -> str | None:
    """Wait until the title is another one."""
    title: str | None = before
    for _ in range(400):
        async with house.parts.database.reading(house.parts.owner) as scope:
            title = (await house.parts.record.conversations.view(scope, conversation_id))["title"]
        if title != before:
            break
        await house.pause(0.02)
    return title
