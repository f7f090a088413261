"""A turn whose model is a role's: chosen as a person maps it, with the reason in the run."""

from factories.houses import configure, opened
from factories.stores import Store
from fakes.ollama_wire import OllamaModel
from fakes.steps import Fail, says
from fakes.upstream import Upstream


async def test_a_turn_goes_to_the_model_a_person_mapped_and_says_why(plain_store: Store, upstream: Upstream) -> None:
    last = upstream.models[-1].name
    mapped = {"role_mappings": {"chat": {"preferred": ["nobody", f"up/{last}"], "temperature": 0.3}}}
    async with opened(plain_store, upstream) as house:
        configure(house.parts.settings.data_dir, mapped)
        await house.parts.broker.configuration.refresh()
        upstream.script(last, says("Hello."))
        run = await house.settled(await house.start("Hi", model=None))
        assert (run["status"], run["model"]) == ("completed", f"up/{last}")
        assert run["model_reason"].startswith("Your second choice for chat (nobody: there is no such model here).")
        assert upstream.requests[-1].json["temperature"] == 0.3
        await house.settled(await house.start("Colder", model="role:chat", temperature=0.1))
        assert upstream.requests[-1].json["temperature"] == 0.1


async def test_a_model_that_only_fails_loses_its_role_until_it_is_tried_again(
    plain_store: Store, upstream: Upstream
) -> None:
    upstream.script("test", [Fail(503, "away")])
    upstream.script("second", says("I am here."))
    mapped = {"role_mappings": {"chat": {"preferred": ["up/test", "up/second"]}}}
    upstream.add(OllamaModel("test"), OllamaModel("second"))
    async with opened(plain_store, upstream, configured=mapped) as house:
        registry = house.parts.broker.registry
        await registry.refresh()
        for _ in range(3):
            run = await house.settled(await house.start("Hi", model=None))
            assert (run["status"], run["model"]) == ("failed", "up/test")
        await registry.refresh()
        run = await house.settled(await house.start("Hi", model=None))
        assert (run["status"], run["model"]) == ("completed", "up/second")
        assert (
            "the last 3 questions to it failed, 100% of those of late (mostly model.unavailable)" in run["model_reason"]
        )
        # Who asks for it by its name gets it, and one answer is enough to trust it again.
        upstream.script("test", says("I am back."))
        await house.settled(await house.start("Hi", model="up/test"))
        await registry.refresh()
        run = await house.settled(await house.start("Hi", model=None))
        assert (run["status"], run["model"]) == ("completed", "up/test")
