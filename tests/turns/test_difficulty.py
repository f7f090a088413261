"""A role with two models: hard questions go to the strong one, the run says why, and only where a person set it."""

import pytest

from factories.houses import configure, opened
from factories.stores import Store
from fakes.upstream import Upstream
from mecum.inference.selection.difficulty import difficulty

EASY = "What colour is the sky?"
HARD = (
    "A shop sells pens at $1.25 each and notebooks at 3 times that price. Tom buys 12 pens and half as many notebooks "
    "with a discount of 20 percent on every notebook, and pays with $50. If he then spends a third of what is left "
    "on stickers at $0.35 each, how many dollars does he have remaining altogether?"
)


async def test_hard_questions_go_to_the_strong_model(plain_store: Store, upstream: Upstream) -> None:
    assert difficulty(HARD) > difficulty(EASY)
    weak, strong = upstream.models[0].name, upstream.models[2].name
    pair = {"strong": f"up/{strong}", "weak": f"up/{weak}", "share": 0.5}
    async with opened(plain_store, upstream) as house:
        plain = await house.settled(await house.start(HARD, model=None))
        assert "by its text" not in plain["model_reason"]
        configure(house.parts.settings.data_dir, {"role_mappings": {"chat": {"by_difficulty": pair}}})
        await house.parts.broker.configuration.refresh()
        asked = [
            await house.settled(await house.start(text, model=wanted))
            for text, wanted in ((EASY, None), (HARD, "role:chat"), (HARD, None), (HARD, None))
        ]
        # Never more than half of all so far.
        assert [run["model"] for run in asked] == [f"up/{weak}", f"up/{strong}", f"up/{weak}", f"up/{strong}"]
        assert asked[1]["model_reason"].startswith("Harder than usual by its text (0.")
        assert "so the stronger of two models comes first" in asked[1]["model_reason"]
        used = "but 1 of 2 questions went to the stronger model, whose share is 50%: the weaker comes first."
        assert used in asked[2]["model_reason"]
        assert asked[0]["model_reason"].startswith("Not harder than usual by its text")
        named = await house.settled(await house.start(HARD, model=f"up/{weak}"))
        assert (named["model"], named["model_reason"]) == (f"up/{weak}", "You chose it.")


@pytest.mark.parametrize(
    ("share", "strong"), [(0.0, [False] * 4), (1.0, [True] * 4)], ids=["never the strong one", "always when hard"]
)
async def test_the_share_is_the_persons(
    plain_store: Store, upstream: Upstream, share: float, strong: list[bool]
) -> None:
    first, second = (f"up/{model.name}" for model in (upstream.models[0], upstream.models[2]))
    pair = {"strong": second, "weak": first, "share": share}
    configured = {"role_mappings": {"chat": {"by_difficulty": pair}}}
    async with opened(plain_store, upstream, configured=configured) as house:
        asked = [await house.settled(await house.start(HARD, model=None)) for _ in strong]
        assert [run["model"] == second for run in asked] == strong
