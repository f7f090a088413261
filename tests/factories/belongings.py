"""A person who has something of everything that can be owned, and the same person emptied."""

import base64
import io
import zipfile
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import delete, func, select

from factories.cards import picture as painted
from factories.foreign import as_json
from factories.imports import ImportDesk, rooms_of, talks
from mecum.domains.assistants import api as assistants
from mecum.domains.transfer import api as transfer
from mecum.domains.transfer.model import Import, LegacyDocument
from mecum.domains.transfer.rules.owned import EXPORTED, NOT_CARRIED
from mecum.infra.storage.base import metadata
from mecum.kernel import clock, ids

PROFILE = '{\n  "version": 1,\n  "name": "evenings",\n  "role_mappings": {"chat": {"preferred": ["x"]}}\n}\n'
_AT = 1_700_000_000_000


@dataclass
class Rich:
    """Who has it all."""

    desk: ImportDesk
    rooms: transfer.Rooms

    async def ask(self, method: str, path: str, **given: Any) -> Any:
        """Return what a route answers."""
        answer = await self.desk.client.request(method, path, **given)
        assert answer.is_success, (method, path, answer.text)
        return answer.json() if answer.content else None

    async def export(self) -> dict[str, Any]:
        """Return an export of everything: what each file of it says, by the file's name."""
        return opened(await self.exported())

    async def exported(self) -> bytes:
        """Return it as it comes."""
        answer = await self.desk.client.get("/export")
        assert answer.status_code == 200, answer.text
        return answer.content


def rich(desk: ImportDesk) -> Rich:
    """Return a person who has nothing yet."""
    return Rich(desk, rooms_of(desk.context))


def opened(body: bytes) -> dict[str, Any]:
    """Return what each file of an export says, by the file's name."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        said = {name: archive.read(name) for name in archive.namelist()}
    return {name: orjson.loads(body) if name.endswith(".json") else body for name, body in said.items()}


async def furnished(desk: ImportDesk) -> Rich:
    """Give a person something of everything."""
    one = rich(desk)
    files: list[str] = []
    for name, body in (("tickets.md", b"Two.\n" * 500_000), ("chats.json", as_json(talks(1)))):
        files.append((await one.ask("POST", "/files", params={"name": name}, content=body))["id"])
    roma = await one.ask(
        "POST", "/projects", json={"name": "Café Roma", "instructions": "Be brief.\n", "model": "up/test"}
    )
    other = await one.ask("POST", "/projects", json={"name": "Home"})
    parent, child = await _assistants(one, roma["id"])
    await one.ask("PATCH", f"/projects/{roma['id']}", json={"assistant": child})
    await one.ask("POST", f"/projects/{roma['id']}/contents", json={"files": files, "assistants": [parent]})
    prompt = await one.ask("POST", "/prompts", json={"title": "Kept", "text": "First.", "note": "why"})
    await one.ask("POST", f"/prompts/{prompt['id']}/versions", json={"text": "Second."})
    await _conversations(one, child, [roma["id"], other["id"]])
    await _models(one)
    await _document(one)
    return one


async def _assistants(one: Rich, project_id: str) -> tuple[str, str]:
    context, scopes = await one.rooms.assistants(), one.desk.context.database
    facets: dict[str, Any] = {"identity": {"tone": "warm"}, "configuration": {"temperature": 0.5}}
    picture = assistants.picture_of(painted())
    assert picture is not None
    moment = clock.from_milliseconds(_AT)
    core = {"name": "Parent", "slug": "parent", "status": "active", "is_demo": False, "current_project": project_id}
    arrival = assistants.Arrival(
        core={**core, "created_at": moment, "updated_at": moment},
        facets=facets,
        texts=[assistants.BroughtText("Be kind.", "first", moment), assistants.BroughtText("Be kinder.", None, moment)],
        current=2,
        vectors=[assistants.BroughtVector("embedding", [0.5, 1.5], "up/embed")],
        legacy={"flat": {"odd": 1}},
        picture=picture,
    )
    async with scopes.writing(one.desk.subject) as scope:
        parent, _ = await context.arrivals.take(scope, arrival)
    body = {
        "name": "Child",
        "prompt": "Be Child.",
        "parent_assistant": "parent",
        "growth": {"mentor_assistant": parent},
    }
    child = await one.ask("POST", "/assistants", json=body)
    await one.ask("PUT", "/assistants/child/prompt", json={"text": "Be brief."})
    return parent, str(child["id"])


async def _conversations(one: Rich, assistant_id: str, projects: list[str]) -> None:
    """Bring a conversation with every field that one has, and two beside it: put away, and shown in no list."""
    made: list[str] = []
    for number in range(3):
        body = orjson.dumps(_conversation(number, assistant_id))
        answer = await one.ask("POST", "/conversations/import?format=json", content=body)
        assert answer["report"]["notes"] == []
        made.append(answer["conversation_id"])
    await one.ask("PATCH", f"/conversations/{made[0]}", json={"tags": ["Work", "rome"], "project_id": projects[0]})
    await one.ask("PATCH", f"/conversations/{made[1]}", json={"archived": True, "project_id": projects[1]})
    await one.ask("PATCH", f"/conversations/{made[2]}", json={"tags": ["späti"]})


def _conversation(number: int, assistant_id: str) -> dict[str, Any]:
    question, answer = f"q{number}", f"a{number}"
    at = clock.iso(_AT + 1000 * number)
    file = {"type": "file", "file_id": ids.new("fil"), "name": "x.txt", "media_type": "text/plain", "size": 4}
    later = clock.iso(_AT + 1000 * number + 8)
    said = {"metadata": {"k": [1]}, "created_at": later, "model": "up/test", "mode": "raw" if number else "chat"}
    made = {"model_reason": "named", "token_count": 3, "processing_time_ms": 20, "confidence": 0.5}
    made |= {"confidence_method": "asked", "feedback": 1 if number else -1, "error": {"code": "x", "message": "no"}}
    parts = [{"type": "text", "text": f"word{number} 😀"}]
    messages: list[dict[str, Any]] = [
        {"id": question, "parent_id": None, "role": "user", "parts": [*parts, file], "created_at": at},
        {"id": answer, "parent_id": question, "role": "assistant", "parts": parts, "state": "failed", **said, **made},
        {"id": f"b{number}", "parent_id": question, "role": "assistant", "parts": parts, **said},
    ]
    config = {"assistant_id": assistant_id, "model": "up/test", "system_prompt": "Be.", "temperature": 0.25}
    head = {"title": f"Talk {number}", "title_source": "person", "config": {**config, "metadata": {"m": 1}}}
    times = {"created_at": at, "last_activity_at": at, "leaf_id": answer, "listed": number != 2}
    held = {"id": file["file_id"], "name": "x.txt", "media_type": "text/plain", "size": 4}
    files = [{**held, "base64": base64.b64encode(b"text").decode()}]
    whole = {"format": "mecum.conversation", "version": 1, "conversation": {**head, **times}}
    return {**whole, "messages": messages, "files": files}


async def _models(one: Rich) -> None:
    """Make a profile, let it count, and say something of one's own."""
    personal, now = one.rooms.personal, clock.from_milliseconds(_AT)
    async with one.desk.context.database.writing(one.desk.subject) as scope:
        row = {"name": "evenings", "body": PROFILE, "created_at": now, "modified_at": now}
        profile_id = await personal.take(scope, row)
        await personal.say(scope, "active_profile", profile_id)
        await personal.say(scope, "summaries", False)


async def _document(one: Rich) -> None:
    """Store what an import brought that has no room yet."""
    subject, import_id = one.desk.subject, ids.new("imp")
    row = Import(id=import_id, state="done", dry_run=False, files=[], created_at=clock.now())
    about: dict[str, Any] = {"import_id": import_id, "system": "chat", "table": "budgets"}
    documents = [LegacyDocument(id=ids.new("leg"), ref=str(n), body={"limit": n, "for": "ä"}, **about) for n in (2, 1)]
    async with one.desk.context.database.writing(subject) as scope:
        for owned in (row, *documents):
            owned.organisation_id, owned.person_id = subject.organisation_id, subject.person_id
        scope.session.add(row)
        await scope.session.flush()
        scope.session.add_all(documents)


async def emptied(one: Rich) -> None:
    """Delete everything for ever."""
    for archived in (False, True):
        listed = await one.ask("GET", "/conversations", params={"limit": 200, "archived": archived})
        for item in listed["items"]:
            await one.ask("DELETE", f"/conversations/{item['id']}?purge=true")
    for name in (name for name in await one.export() if name.startswith("conversations/")):
        await one.ask("DELETE", f"/{name.removesuffix('.json')}?purge=true")
    for item in (await one.ask("GET", "/assistants"))["items"]:
        await one.ask("DELETE", f"/assistants/{item['id']}?purge=true")
    for item in (await one.ask("GET", "/projects"))["items"]:
        await one.ask("DELETE", f"/projects/{item['id']}?purge=true")
    subject, prompts = one.desk.subject, (await one.rooms.assistants()).prompts
    async with one.desk.context.database.writing(subject) as scope:
        await one.rooms.personal.say(scope, "summaries", None)
        for profile in await one.rooms.personal.profiles(scope):
            await one.rooms.personal.take_back(scope, profile["id"])
        for prompt in await prompts.free(scope):
            await prompts.take_back(scope, prompt["id"])
        await scope.session.execute(delete(LegacyDocument))
    left = await one.export()
    assert list(left) == ["export.json"], list(left)


async def carried(one: Rich) -> dict[str, list[str]]:
    """Return the rows of every exported table, without what is not carried, each as text, in order."""
    found: dict[str, list[str]] = {}
    async with one.desk.context.database.engine.connect() as connection:
        for name in EXPORTED:
            table = metadata.tables[name]
            skipped = NOT_CARRIED["*"].keys() | NOT_CARRIED.get(name, {}).keys()
            wanted = [column for column in table.columns if column.name not in skipped]
            rows = await connection.execute(select(*wanted))
            found[name] = sorted(repr(tuple(row)) for row in rows)
    return found


async def silent(one: Rich) -> list[str]:
    """Return the columns of exported tables that no row says anything in; facets have too many to say all."""
    empty: list[str] = []
    async with one.desk.context.database.engine.connect() as connection:
        for name in EXPORTED:
            if name.startswith("assistant_"):
                continue
            skipped = NOT_CARRIED["*"].keys() | NOT_CARRIED.get(name, {}).keys()
            for column in metadata.tables[name].columns:
                query = select(func.count(column))
                if column.name not in skipped and not (await connection.execute(query)).scalar_one():
                    empty.append(f"{name}.{column.name}")
    return empty
