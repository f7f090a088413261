"""Profiles in the rows of either database."""

from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import update

from factories.houses import House
from mecum.inference.profiles.errors import ProfileExists, ProfileNotFound
from mecum.inference.profiles.model import Profile
from mecum.inference.profiles.service import Keeper
from mecum.kernel import clock

KEEPERS: Final[tuple[Keeper, ...]] = ("instance", "organisation", "person")

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
        await parts.broker.profile_trash.delete(scope, made.id)
    assert "chat" not in parts.broker.configuration.preferences(parts.owner).roles
    async with parts.database.reading(parts.owner) as scope:
        assert "mine" not in [one.name for one in await parts.broker.profiles.all(scope)]
        with pytest.raises(ProfileNotFound):
            await parts.broker.profiles.get(scope, made.id)


async def names(house: House) -> list[str]:
    """Return the addresses of all profiles but those that came with Mecum."""
    parts = house.parts
    async with parts.database.reading(parts.owner) as scope:
        return [one.address for one in await parts.broker.profiles.all(scope) if one.owner != "shipped"]


@pytest.mark.parametrize("owner", ["organisation", "person"])
async def test_a_removed_row_is_brought_back_unless_its_name_is_taken(house: House, owner: Keeper) -> None:
    parts, address = house.parts, f"{owner}:mine"
    profiles, trash = parts.broker.profiles, parts.broker.profile_trash
    async with parts.database.writing(parts.owner) as scope:
        first = await profiles.create(scope, "mine", owner, DOCUMENT)
        await profiles.activate(scope, address)
        await trash.delete(scope, address)
        second = await profiles.create(scope, "mine", owner, DOCUMENT)
        with pytest.raises(ProfileExists):
            await trash.restore(scope, first.id)
        await trash.delete(scope, second.id)
    assert await names(house) == []
    async with parts.database.writing(parts.owner) as scope:
        assert [one.profile.id for one in await trash.newest(scope)] == [second.id, first.id]
        back = await trash.restore(scope, first.id)
        assert (back.id, back.etag, back.active) == (first.id, first.etag, False)
        await trash.purge(scope, second.id)
        assert await trash.newest(scope) == []
        with pytest.raises(ProfileNotFound):
            await trash.purge(scope, first.id)
    assert await names(house) == [address]


async def test_what_was_removed_thirty_days_ago_is_gone(house: House) -> None:
    parts = house.parts
    trash = parts.broker.profile_trash
    async with parts.database.writing(parts.owner) as scope:
        for owner in KEEPERS:
            made = await parts.broker.profiles.create(scope, f"old-{owner}", owner, DOCUMENT)
            await trash.delete(scope, made.address)
            await parts.broker.profiles.create(scope, f"young-{owner}", owner, DOCUMENT)
            await trash.delete(scope, f"{owner}:young-{owner}")
    past = clock.now() - timedelta(days=31)
    folder = parts.broker.configuration.folder / "user_profiles" / ".trash"
    (file,) = folder.glob("old-instance.*.json")
    file.rename(folder / f"old-instance.{clock.to_milliseconds(past)}.json")
    async with parts.database.writing(None) as scope:
        aged = update(Profile).where(Profile.name.like("old-%")).values(deleted_at=past)
        await scope.session.execute(aged)
    async with parts.database.writing(None) as scope:
        assert await trash.expire(scope) == 3
    async with parts.database.reading(parts.owner) as scope:
        left = {one.profile.address for one in await trash.newest(scope)}
        assert left == {f"{owner}:young-{owner}" for owner in KEEPERS}


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
