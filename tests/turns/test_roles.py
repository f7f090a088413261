"""A turn whose model is a role's: chosen as a person maps it, with the reason in the run."""

from factories.houses import House
from fakes.steps import says
from mecum.inference.preferences import Preferences
from mecum.inference.roles import RoleMapping
from mecum.inference.selecting import Selector


async def test_a_turn_goes_to_the_model_a_person_mapped_and_says_why(house: House) -> None:
    house.upstream.script("fake-large", says("Hello."))
    names = [model.name for model in house.upstream.models]
    preferred = ("nobody", f"up/{names[-1]}")
    preferences = Preferences(roles={"chat": RoleMapping(preferred, temperature=0.3)})
    house.parts.registry.selector = Selector(lambda: preferences)
    await house.parts.registry.refresh(everywhere=True)
    house.upstream.script(names[-1], says("Hello."))
    run = await house.settled(await house.start("Hi", model=None))
    assert (run["status"], run["model"]) == ("completed", f"up/{names[-1]}")
    assert run["model_reason"].startswith("Your second choice for chat (nobody: there is no such model here).")
    assert house.upstream.requests[-1].json["temperature"] == 0.3
    await house.settled(await house.start("Colder", model="role:chat", temperature=0.1))
    assert house.upstream.requests[-1].json["temperature"] == 0.1
