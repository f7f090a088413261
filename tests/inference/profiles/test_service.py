"""Profiles in the rows of either database."""

import pytest

from factories.houses import House
from mecum.inference.profiles.errors import ProfileExists, ProfileNotFound
from mecum.inference.profiles.service import Keeper

DOCUMENT = {"role_mappings": {"chat": {"preferred": ["x"], "creativity": 0.5}}}


@pytest.mark.parametrize("owner", ["organisation", "person"])
async def test_a_row_is_kept_changed_and_removed(house: House, owner: Keeper) -> None:
    parts = house.parts
    async with parts.database.writing(parts.owner) as scope:
        made = await parts.broker.profiles.create(scope, "mine", owner, DOCUMENT)
        assert made.said.tree["version"] == 1
        assert made.said.steps == (), "what is stored is of today"
        await parts.broker.profiles.activate(scope, "mine")
    assert parts.broker.configuration.preferences(parts.owner).roles["chat"].requirements.creativity == 0.5
    with pytest.raises(ProfileExists):
        async with parts.database.writing(parts.owner) as scope:
            await parts.broker.profiles.create(scope, "mine", owner, DOCUMENT)
    async with parts.database.writing(parts.owner) as scope:
        found = await parts.broker.profiles.get(scope, made.id)
        assert (found.active, found.etag, found.created_at) == (True, made.etag, found.modified_at)
        text = found.body.decode().replace('"x"', '"y"')
        changed = await parts.broker.profiles.write(scope, made.id, text, found.etag)
        assert changed.body.decode() == text
    assert parts.broker.configuration.preferences(parts.owner).roles["chat"].preferred == ("y",)
    async with parts.database.writing(parts.owner) as scope:
        await parts.broker.profiles.delete(scope, made.id)
    assert "chat" not in parts.broker.configuration.preferences(parts.owner).roles
    async with parts.database.reading(parts.owner) as scope:
        assert "mine" not in [one.name for one in await parts.broker.profiles.all(scope)]
        with pytest.raises(ProfileNotFound):
            await parts.broker.profiles.get(scope, made.id)


async def test_a_change_that_fails_counts_for_nobody(house: House) -> None:
    parts = house.parts

    async def activate(*names: str) -> None:
        async with parts.database.writing(parts.owner) as scope:
            for name in names:
                await parts.broker.profiles.activate(scope, name)

    with pytest.raises(ProfileNotFound):
        await activate("coding", "nothing")
    assert parts.broker.configuration.preferences(parts.owner).roles == {}
    async with parts.database.reading(parts.owner) as scope:
        assert not [one.name for one in await parts.broker.profiles.all(scope) if one.active]
