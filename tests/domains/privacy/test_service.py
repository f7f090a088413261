"""Nothing leaves for a place nobody agreed to, and what leaves is written down without its content."""

from datetime import timedelta
from typing import Any

import pytest

from mecum.domains.identity.api import OwnerOnly
from mecum.domains.privacy.api import ConsentFromSettings, EgressDenied, EgressPolicy, Mode, PlaceUnknown
from mecum.domains.privacy.repository import EgressRepository
from mecum.domains.privacy.rules import Narrowed
from mecum.domains.privacy.service import PrivacyService
from mecum.infra.net import Outgoing
from mecum.infra.storage import Database
from mecum.kernel import clock, ids
from mecum.kernel.paging import BadCursor
from mecum.kernel.subject import Subject

URL = "https://models.example.org/v1"
LAN = "http://192.168.1.7:11434"


@pytest.fixture
def owner(ada: Subject) -> Subject:
    """Return Ada, who decides for the organisation."""
    return Subject(ada.organisation_id, ada.person_id, frozenset(("owner",)))


@pytest.fixture
def policy(database: Database, ada: Subject) -> EgressPolicy:
    """Return a policy over each kind of store."""
    return EgressPolicy(database, ada.organisation_id)


async def agree(policy: EgressPolicy, database: Database, subject: Subject, *endpoints: str) -> None:
    """Consent to endpoints."""
    async with database.writing(subject) as scope:
        for endpoint in endpoints:
            await policy.consent(scope, endpoint)


async def switch(policy: EgressPolicy, database: Database, subject: Subject, mode: Mode) -> None:
    """Change the mode."""
    async with database.writing(subject) as scope:
        await policy.set_mode(scope, mode)


async def refused(policy: EgressPolicy, url: str, host: str) -> dict[str, object]:
    """Return the details of the refusal of a call."""
    with pytest.raises(EgressDenied) as caught:
        await policy.admit(Outgoing("POST", url, purpose="model.chat"), host)
    return caught.value.details


async def test_to_name_a_place_is_not_to_agree_to_it(policy: EgressPolicy, database: Database, owner: Subject) -> None:
    assert (await refused(policy, URL, "models.example.org"))["reason"] == "unknown"
    policy.know("studio", URL)
    details = await refused(policy, URL, "models.example.org")
    assert details == {
        "host": "models.example.org",
        "purpose": "model.chat",
        "mode": "ask",
        "reason": "no_consent",
        "endpoint": "studio",
    }
    assert (policy.consented, policy.hosts, policy.may_ask("studio")) == (frozenset(), [], False)
    with pytest.raises(EgressDenied, match=r"sent to studio \(.*Agree to it under Privacy first"):
        policy.require("studio")
    await agree(policy, database, owner, "studio")
    await policy.admit(Outgoing("POST", URL, purpose="model.chat"), "models.example.org")
    assert (policy.consented, policy.hosts) == (frozenset({"studio"}), ["models.example.org"])
    for url in ("https://sub.models.example.org/v1", "http://models.example.org/v1", "https://models.example.org:8443"):
        assert (await refused(policy, url, "x"))["reason"] == "unknown"


async def test_a_consent_is_for_a_place_and_outlives_the_process(
    policy: EgressPolicy, database: Database, owner: Subject
) -> None:
    policy.know("studio", URL)
    await agree(policy, database, owner, "studio")
    later = EgressPolicy(database, owner.organisation_id)
    later.know("studio", URL)
    assert not later.may_ask("studio")
    async with database.reading(None) as scope:
        await later.load(scope)
    assert later.may_ask("studio")
    later.know("studio", "https://elsewhere.example.org/v1")
    assert not later.may_ask("studio")
    later.forget("studio")
    assert later.consented == frozenset()


async def test_it_is_taken_back(policy: EgressPolicy, database: Database, owner: Subject) -> None:
    told: list[bool] = []
    policy.on_change(lambda: told.append(policy.may_ask("studio")))
    policy.know("studio", URL)
    await agree(policy, database, owner, "studio")
    async with database.writing(owner) as scope:
        await policy.withdraw(scope, "studio")
        assert policy.may_ask("studio"), "on disk first"
    assert (policy.may_ask("studio"), told) == (False, [True, False])


@pytest.mark.parametrize("mode", ["local_only", "ask", "cloud_unless_sensitive"])
async def test_modes(policy: EgressPolicy, database: Database, owner: Subject, mode: Mode) -> None:
    for name, url in (
        ("cloud", URL),
        ("box", LAN),
        ("fresh", "https://fresh.example.org"),
        ("here", "http://127.0.0.1"),
    ):
        policy.know(name, url)
    policy.know("set", "https://set.example.org", consented=True)
    await agree(policy, database, owner, "cloud", "box")
    await switch(policy, database, owner, mode)
    asked = {name for name in ("cloud", "box", "fresh", "here", "set") if policy.may_ask(name)}
    assert asked == ({"box", "here"} if mode == "local_only" else {"cloud", "box", "here", "set"})
    assert policy.consented == {"cloud", "box", "set"}
    assert policy.mode == mode
    if mode == "local_only":
        assert (await refused(policy, URL, "models.example.org"))["reason"] == "local_only"
        with pytest.raises(EgressDenied, match="local only"):
            policy.require_reach(URL, "model.pull")
    policy.require_reach(LAN, "model.pull")


async def test_a_name_is_never_a_private_address(policy: EgressPolicy, database: Database, owner: Subject) -> None:
    policy.know("box", "http://nas.local:11434")
    await agree(policy, database, owner, "box")
    await switch(policy, database, owner, "local_only")
    assert not policy.may_ask("box")


async def test_the_cloud_behind_a_server_of_this_machine(
    policy: EgressPolicy, database: Database, owner: Subject
) -> None:
    policy.know("ollama", "https://ollama.example.org", relayed=True)
    assert policy.may_ask("ollama", local=True)
    assert not policy.may_ask("ollama")
    await agree(policy, database, owner, "ollama")
    assert policy.may_ask("ollama")
    assert (await refused(policy, "https://ollama.example.org", "ollama.example.org"))["reason"] == "unknown"


async def test_a_consent_is_for_one_of_two_at_a_place(policy: EgressPolicy, database: Database, owner: Subject) -> None:
    for name in ("mine", "other"):
        policy.know(name, URL)
    await agree(policy, database, owner, "mine")
    await policy.admit(Outgoing("POST", URL, purpose="model.chat", endpoint="mine"), "models.example.org")
    with pytest.raises(EgressDenied) as denied:
        await policy.admit(Outgoing("POST", URL, purpose="model.chat", endpoint="other"), "models.example.org")
    assert (denied.value.details["reason"], denied.value.details["endpoint"]) == ("no_consent", "other")
    with pytest.raises(EgressDenied):
        await policy.admit(Outgoing("POST", URL, purpose="model.chat", endpoint="nobody"), "models.example.org")


async def test_a_wish_reaches_one_place_for_one_purpose(policy: EgressPolicy) -> None:
    pull = Outgoing("GET", "https://files.example.org/a.gguf", purpose="model.pull")
    with policy.granting(pull.url, "model.pull"):
        await policy.admit(pull, "files.example.org")
        assert (await refused(policy, pull.url, "files.example.org"))["reason"] == "unknown"
        assert (await refused(policy, URL, "models.example.org"))["reason"] == "unknown"
    with pytest.raises(EgressDenied):
        await policy.admit(pull, "files.example.org")
    policy.know("studio", URL)
    with policy.trying("studio"):
        await policy.admit(Outgoing("GET", URL, purpose="model.list"), "models.example.org")
        assert (await refused(policy, URL, "models.example.org"))["reason"] == "no_consent"


async def test_only_the_owner_decides(policy: EgressPolicy, database: Database, ada: Subject, owner: Subject) -> None:
    service = PrivacyService(policy)
    policy.know("studio", URL)
    policy.know("fixed", "https://fixed.example.org", consented=True)
    async with database.writing(ada) as scope:
        for attempt in (
            service.consent(scope, "studio"),
            service.withdraw(scope, "studio"),
            service.set_policy(scope, "cloud_unless_sensitive"),
        ):
            with pytest.raises(OwnerOnly):
                await attempt
    async with database.writing(owner) as scope:
        with pytest.raises(PlaceUnknown):
            await service.consent(scope, "nobody")
        with pytest.raises(PlaceUnknown):
            await service.withdraw(scope, "nobody")
        with pytest.raises(ConsentFromSettings):
            await service.withdraw(scope, "fixed")


async def test_organisations_decide_for_themselves(
    policy: EgressPolicy, database: Database, owner: Subject, eve: Subject
) -> None:
    policy.know("studio", URL)
    other = Subject(eve.organisation_id, eve.person_id, frozenset(("owner",)))
    await agree(policy, database, other, "studio")
    await switch(policy, database, other, "local_only")
    assert (policy.mode, policy.consented) == ("ask", frozenset())
    await agree(policy, database, owner, "studio")
    call = Outgoing("POST", URL, purpose="model.chat")
    await policy.admit(call, "models.example.org")
    call.subject = other
    with pytest.raises(EgressDenied):
        await policy.admit(call, "models.example.org")


async def test_what_left_is_written_down(policy: EgressPolicy, database: Database, ada: Subject, eve: Subject) -> None:
    await policy.record(Outgoing("POST", URL, purpose="model.chat", body=b"secret", subject=ada), "a.example.org", 200)
    await policy.record(Outgoing("GET", URL, purpose="model.list", subject=ada), "b.example.org", None)
    await policy.record(Outgoing("GET", URL, purpose="model.list"), "c.example.org", 200)
    async with database.reading(ada) as scope:
        of_instance, newest, first = await EgressRepository().newest(scope, 10)
        assert len(await EgressRepository().newest(scope, 1)) == 1
    assert (of_instance.host, of_instance.person_id) == ("c.example.org", None)
    assert (newest.host, newest.status) == ("b.example.org", None)
    assert (first.host, first.status, first.bytes_out, first.person_id) == ("a.example.org", 200, 6, ada.person_id)
    assert (first.purpose, first.data_class) == ("model.chat", "conversation")
    async with database.reading(eve) as scope:
        assert await EgressRepository().newest(scope, 10) == []


async def test_the_log_in_pages_and_kinds(policy: EgressPolicy, database: Database, ada: Subject) -> None:
    for number in range(5):
        purpose = "model.chat" if number % 2 else "model.list"
        await policy.record(Outgoing("GET", URL, purpose=purpose, subject=ada), f"{number}.example.org", 200)
    service = PrivacyService(policy)
    async with database.reading(ada) as scope:
        first = await service.egress(scope, 2)
        second = await service.egress(scope, 2, first.next_cursor)
        last = await service.egress(scope, 2, second.next_cursor)
        kinds = await service.egress(scope, 50, wanted=Narrowed(purpose="model.chat"))
        host = await service.egress(scope, 50, wanted=Narrowed(host="4.example.org", data_class="conversation"))
        none = await service.egress(scope, 50, wanted=Narrowed(data_class="none"))
        with pytest.raises(BadCursor):
            await service.egress(scope, 2, "nonsense")
    hosts = [item.host[0] for page in (first, second, last) for item in page.items]
    assert (hosts, last.next_cursor) == (["4", "3", "2", "1", "0"], None)
    assert [item.host[0] for item in kinds.items] == ["3", "1"]
    assert ([item.host[0] for item in host.items], none.items) == (["4"], [])


async def test_the_log_is_narrowed_to_whom_for_whom_why_and_when(
    policy: EgressPolicy, database: Database, owner: Subject
) -> None:
    policy.know("settled", "https://settled.example.org", consented=True)
    policy.know("agreed", "https://agreed.example.org/v1")
    async with database.writing(owner) as scope:
        await policy.consent(scope, "agreed")
    began = clock.now()
    for host, subject in (("settled", owner), ("agreed", owner), ("wished", None)):
        url = f"https://{host}.example.org/v1/models"
        await policy.record(Outgoing("GET", url, purpose="model.list", subject=subject), f"{host}.example.org", 200)
    async with database.writing(owner) as scope:
        await policy.set_mode(scope, "local_only")
    await policy.record(Outgoing("GET", URL, purpose="model.list", subject=owner), "later.example.org", 200)
    ended, service = clock.now() + timedelta(seconds=1), PrivacyService(policy)

    async def hosts(**wanted: Any) -> list[str]:
        async with database.reading(owner) as scope:
            page = await service.egress(scope, 50, wanted=Narrowed(**wanted))
        return [item.host.partition(".")[0] for item in page.items]

    assert await hosts(endpoint="agreed") == ["agreed"]
    assert await hosts(decision="consent") == ["agreed"]
    assert await hosts(decision="settings") == ["settled"]
    assert await hosts(person="none") == ["wished"]
    assert await hosts(person="me") == await hosts(person=owner.person_id) == ["later", "agreed", "settled"]
    assert await hosts(person=ids.new("per")) == await hosts(person="nobody") == []
    assert await hosts(mode="local_only") == ["later"]
    assert await hosts(mode="ask", decision="wish") == ["wished"]
    assert len(await hosts(since=began, until=ended)) == 4
    assert await hosts(until=began - timedelta(days=1)) == await hosts(since=ended) == []
    async with database.reading(owner) as scope:
        values = await service.egress_values(scope)
    assert values.endpoints == ["agreed", "settled"]
    assert ([one.me for one in values.persons], values.instance, len(values.hosts)) == ([True], True, 4)
