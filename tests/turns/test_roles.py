"""A turn whose model is a role's: chosen as a person maps it, with the reason in the run."""

from factories.houses import configure, opened
from factories.stores import Store
from fakes.steps import says
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
