"""Several people and programs change one assistant at once: different aspects all count, of one aspect one does."""

import asyncio

import httpx2

from domains.assistants.test_http import made

PATH = "/assistants/short-letters"


async def test_different_facets_never_contradict_each_other(client: httpx2.AsyncClient) -> None:
    await made(client)
    changes = {
        "identity": {"tone": "warm"},
        "configuration": {"temperature": 0.2},
        "capabilities": {"ideology": "plain"},
        "growth": {"mentor_for_demo_clone": True},
        "display": {"is_featured": True},
    }
    answers = await asyncio.gather(
        *(client.patch(f"{PATH}/{facet}", json={"version": 1, **body}) for facet, body in changes.items())
    )
    assert [answer.status_code for answer in answers] == [200] * len(changes)
    whole = (await client.get(PATH)).json()
    for facet, body in changes.items():
        assert whole[facet]["version"] == 2
        assert {name: whole[facet][name] for name in body} == body
    # Each is a version of the whole.
    assert whole["revision"] == 1 + len(changes)
    numbers = [one["number"] for one in (await client.get(f"{PATH}/versions")).json()["items"]]
    assert numbers == list(range(1 + len(changes), 0, -1))


async def test_of_one_facet_one_change_counts(client: httpx2.AsyncClient) -> None:
    await made(client)
    answers = await asyncio.gather(
        *(client.patch(f"{PATH}/identity", json={"version": 1, "tone": str(number)}) for number in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    (won,) = [answer.json()["tone"] for answer in answers if answer.status_code == 200]
    lost = [answer.json() for answer in answers if answer.status_code == 409]
    assert all((one["current"]["version"], one["current"]["tone"]) == (2, won) for one in lost)
    assert (await client.get(PATH)).json()["identity"]["tone"] == won


async def test_two_prompts_at_once_are_two_versions_or_a_refusal(client: httpx2.AsyncClient) -> None:
    new = await made(client, prompt="First.")
    answers = await asyncio.gather(
        *(client.put(f"{PATH}/prompt", json={"text": f"{number}.", "version": 1}) for number in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    versions = (await client.get(f"/prompts/{new['prompt']['id']}/versions")).json()["items"]
    assert [one["number"] for one in versions] == [2, 1]
