"""Background work over the API: what a person sees of it, stops, and has done again."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from factories.offices import until
from factories.sites import Site
from mecum.edges.worker.background import background
from mecum.infra.jobs.kinds import Kind, Task
from mecum.kernel.errors import Invalid
from mecum.kernel.subject import Subject


async def asked(site: Site, kind: str, payload: Any = None, subject: Subject | None = None, **options: Any) -> str:
    parts = site.house.parts
    async with parts.database.writing(subject) as scope:
        return await parts.jobs.enqueue(scope, kind, payload, **options)


async def get(site: Site, path: str) -> Any:
    answered = await site.browser.ask("GET", f"/api/v1/jobs{path}")
    assert answered.status == 200, answered.json
    return answered.json


async def listed(site: Site, query: str = "") -> list[Any]:
    return (await get(site, query))["items"]


async def test_pages_filters_and_order(site: Site) -> None:
    owner = site.house.parts.owner
    ids = [await asked(site, "note" if n % 2 else "other", {"n": n}, owner, delay=60) for n in range(5)]
    await asyncio.sleep(0.002)
    own = await asked(site, "upkeep", delay=60)
    first = await get(site, "?limit=4")
    assert [one["id"] for one in first["items"]] == [own, *ids[:1:-1]]
    rest = await get(site, f"?limit=4&cursor={first['next_cursor']}")
    assert ([one["id"] for one in rest["items"]], rest["next_cursor"]) == (ids[1::-1], None)
    assert [one["id"] for one in await listed(site, "?kind=note")] == [ids[3], ids[1]]
    assert await listed(site, "?state=done&state=failed") == []
    assert len(await listed(site, "?state=queued&state=running")) == 6
    assert [one["of"] for one in await listed(site, "?limit=2")] == ["instance", "you"]
    assert await listed(site, "?scheduled=true") == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?state=asleep", "request.invalid"),
        ("?limit=0", "request.invalid"),
        ("?limit=many", "request.invalid"),
        ("?cursor=%00", "paging.bad_cursor"),
        ("?cursor=WzEsMl0", "paging.bad_cursor"),
        ("?cursor=Wzk5OTk5OTk5OTk5OTk5OTk5LCJ4Il0", "paging.bad_cursor"),
        ("/job_nowhere", "job.not_found"),
    ],
)
async def test_what_cannot_be_asked(site: Site, query: str, code: str) -> None:
    answered = await site.browser.ask("GET", f"/api/v1/jobs{query}")
    assert (answered.status, answered.json["code"]) == (404 if code == "job.not_found" else 400, code)


async def test_a_life_with_progress_failure_and_another_try(site: Site) -> None:
    parts, go, wrong = site.house.parts, asyncio.Event(), True

    async def work(task: Task) -> None:
        await task.progress({"says": "copying", "done": 1, "of": 4, "secret": "not shown"})
        await go.wait()
        if wrong:
            raise Invalid

    async with background(parts) as runner:
        runner.register(Kind("note", work, most_attempts=1))
        job_id = await asked(site, "note", None, parts.owner)
        await _until_state(site, job_id, "running")
        await _until_progress(site, job_id)
        one = await get(site, f"/{job_id}")
        assert one["progress"] == {"says": "copying", "done": 1, "of": 4}
        assert (one["of"], one["attempts"], one["most_attempts"], one["can_cancel"]) == ("you", 1, 1, True)
        go.set()
        await _until_state(site, job_id, "failed")
        one = await get(site, f"/{job_id}")
        assert (one["code"], one["detail"]) == ("request.invalid", "The request is not valid.")
        assert (one["can_cancel"], one["can_retry"]) == (False, True)
        wrong = False
        again = await site.browser.ask("POST", f"/api/v1/jobs/{job_id}/retry")
        assert (again.status, again.json["state"], again.json["code"]) == (200, "queued", None)
        await _until_state(site, job_id, "done")
        refused = await site.browser.ask("POST", f"/api/v1/jobs/{job_id}/retry")
        assert (refused.status, refused.json["code"]) == (409, "job.not_repeatable")
        over = await site.browser.ask("POST", f"/api/v1/jobs/{job_id}/cancel")
        assert (over.status, over.json["code"]) == (404, "job.not_found")


async def test_what_nobody_foresaw_has_a_sentence_too(site: Site) -> None:
    async def work(task: Task) -> None:
        raise ZeroDivisionError("words of a message")

    async with background(site.house.parts) as runner:
        runner.register(Kind("note", work, most_attempts=1))
        job_id = await asked(site, "note", None, site.house.parts.owner)
        await _until_state(site, job_id, "failed")
    one = await get(site, f"/{job_id}")
    assert one["code"] == "ZeroDivisionError"
    assert one["detail"].startswith("It went wrong in a way nobody foresaw")
    assert "words" not in one["detail"]


async def test_cancelling_in_the_middle(site: Site) -> None:
    ended: list[bool] = []

    async def work(task: Task) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async with background(site.house.parts) as runner:
        runner.register(Kind("note", work))
        job_id = await asked(site, "note", None, site.house.parts.owner)
        await _until_state(site, job_id, "running")
        answered = await site.browser.ask("POST", f"/api/v1/jobs/{job_id}/cancel")
        assert (answered.status, answered.json["state"], answered.json["can_retry"]) == (200, "cancelled", True)
        await until(lambda: bool(ended))


async def test_what_comes_round_is_the_owners_to_see_and_to_bring_forward(site: Site) -> None:
    async with background(site.house.parts):
        (one,) = [job for job in await listed(site, "?scheduled=true") if job["kind"] == "trash.expire"]
        assert (one["of"], one["every_seconds"], one["can_cancel"], one["can_retry"]) == (
            "instance",
            86400.0,
            False,
            True,
        )
        refused = await site.browser.ask("POST", f"/api/v1/jobs/{one['id']}/cancel")
        assert (refused.status, refused.json["code"]) == (409, "job.not_cancellable")
        now = await site.browser.ask("POST", f"/api/v1/jobs/{one['id']}/retry")
        assert now.status == 200
        # Done at once, and waiting for tomorrow.

        def waits(job: Any) -> bool:
            return bool(job["state"] == "queued" and job["run_at"] > one["run_at"])

        await until_async(site, one["id"], waits)


async def test_the_page_has_a_name_for_every_kind(site: Site) -> None:
    words = (Path(__file__).parents[3] / "web" / "src" / "i18n" / "en-jobs.ts").read_text()
    async with background(site.house.parts) as runner:
        assert [kind for kind in runner.kinds if f"'jobs.kind.{kind}':" not in words] == []


async def test_others_see_neither_mine_nor_the_instances(site: Site, bob: Subject) -> None:
    owner = site.house.parts.owner
    mine, own = await asked(site, "note", None, owner, delay=60), await asked(site, "upkeep", delay=60)
    stranger = site.admit("mk_bob", bob)
    key = site.admit("mk_key", Subject(owner.organisation_id, owner.person_id))
    assert (await stranger.ask("GET", "/api/v1/jobs")).json["items"] == []
    assert [one["id"] for one in (await key.ask("GET", "/api/v1/jobs")).json["items"]] == [mine]
    for browser, job_id in ((stranger, mine), (stranger, own), (key, own)):
        for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/retry")):
            answered = await browser.ask(method, f"/api/v1/jobs/{job_id}{path}")
            assert (answered.status, answered.json["code"]) == (404, "job.not_found")


async def _until_state(site: Site, job_id: str, state: str) -> None:
    def holds(job: Any) -> bool:
        return bool(job["state"] == state)

    await until_async(site, job_id, holds)


async def _until_progress(site: Site, job_id: str) -> None:
    def holds(job: Any) -> bool:
        return job["progress"]["done"] is not None

    await until_async(site, job_id, holds)


async def until_async(site: Site, job_id: str, holds: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds(await get(site, f"/{job_id}")):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)
