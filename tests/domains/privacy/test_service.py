"""Nothing leaves for a place that nobody named, and what leaves is written down without its content."""

import pytest

from mecum.domains.privacy.api import EgressDenied, EgressPolicy
from mecum.domains.privacy.repository import EgressRepository
from mecum.infra.net import Outgoing
from mecum.infra.storage import Database
from mecum.kernel.subject import Subject

URL = "https://models.example.org/v1"


@pytest.fixture
def policy(database: Database) -> EgressPolicy:
    """Return a policy over each kind of store."""
    return EgressPolicy(database)


async def test_only_places_that_were_named(policy: EgressPolicy) -> None:
    call = Outgoing("POST", URL, purpose="model.chat")
    with pytest.raises(EgressDenied, match=r"models\.example\.org") as caught:
        await policy.admit(call, "models.example.org")
    assert caught.value.details == {"host": "models.example.org", "purpose": "model.chat"}
    policy.allow("models.example.org", "studio")
    await policy.admit(call, "models.example.org")
    with pytest.raises(EgressDenied):
        await policy.admit(call, "sub.models.example.org")


def test_a_place_stays_allowed_while_somebody_needs_it(policy: EgressPolicy) -> None:
    policy.allow("b.example.org", "one")
    policy.allow("a.example.org", "one")
    policy.allow("a.example.org", "two")
    assert policy.hosts == ["a.example.org", "b.example.org"]
    policy.withdraw("one")
    assert policy.hosts == ["a.example.org"]
    policy.withdraw("two")
    policy.withdraw("two")
    assert policy.hosts == []


async def test_what_left_is_written_down(policy: EgressPolicy, database: Database, ada: Subject, eve: Subject) -> None:
    await policy.record(Outgoing("POST", URL, purpose="model.chat", body=b"secret", subject=ada), "a.example.org", 200)
    await policy.record(Outgoing("GET", URL, purpose="model.list", subject=ada), "b.example.org", None)
    await policy.record(Outgoing("GET", URL, purpose="model.list"), "c.example.org", 200)
    async with database.reading(ada) as scope:
        newest, first = await EgressRepository().newest(scope, 10)
        assert len(await EgressRepository().newest(scope, 1)) == 1
    assert (newest.host, newest.status) == ("b.example.org", None)
    assert (first.host, first.status, first.bytes_out, first.person_id) == ("a.example.org", 200, 6, ada.person_id)
    assert (first.purpose, first.data_class) == ("model.chat", "conversation")
    async with database.reading(eve) as scope:
        assert await EgressRepository().newest(scope, 10) == []
