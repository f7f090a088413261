"""Nobody sees or changes what is another person's: every repository method and every route, called as a stranger."""

import importlib
import inspect
import pkgutil
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, cast

import httpx2
import orjson
import pytest
import pytest_asyncio
from sqlalchemy.exc import IntegrityError

import mecum
from factories.houses import House
from factories.records import conversation, message
from mecum.domains.assistants.model import FACETS, AssistantArrival, AssistantReference, PromptArrival
from mecum.domains.assistants.repository import (
    AssistantRepository,
    HistoryRepository,
    Listing,
    MeasureRepository,
    PictureRepository,
    PromptRepository,
)
from mecum.domains.assistants.repository.flat import FlatRepository
from mecum.domains.conversations.model import File, Message
from mecum.domains.conversations.repository import (
    BatchRepository,
    FileRepository,
    HoldingRepository,
    MessageRepository,
    SummaryRepository,
    TagRepository,
    attach,
)
from mecum.domains.identity.model import ApiKey, Organisation, Person
from mecum.domains.identity.rules import digest, new_key
from mecum.domains.projects.repository import ProjectRepository
from mecum.domains.runs.repository import RunRepository, insert_event, insert_run, settle_run
from mecum.domains.transfer.model import Import, ImportSkip, LegacyDocument, Origin
from mecum.edges.http.app import compose
from mecum.inference.profiles.model import Profile
from mecum.infra.jobs.repository import insert_job
from mecum.infra.storage import Database, Owned
from mecum.infra.storage.base import metadata
from mecum.infra.storage.errors import Unscoped
from mecum.kernel import clock, ids
from mecum.kernel.errors import MecumError
from mecum.kernel.subject import Subject

SECRET = "canary9xw"
PROFILE = f'{{"version": 1, "description": "{SECRET}", "role_mappings": {{"chat": {{"preferred": ["x"]}}}}}}'
FUTURE = datetime(2100, 1, 1, tzinfo=UTC)

INSTANCE = {
    # The journal holds everybody's answers; only recovery and the log touch it, in scopes of the instance.
    "RunRepository.journal",
    "RunRepository.last_journal_row",
    "RunRepository.forget_journal",
    # Why models were chosen is nobody's, and says nothing of persons; a job lets go what no run holds.
    "RunRepository.forget_pins",
    # Whose assistants answered lately: ids, for the job that measures each in a scope of its own.
    "RunRepository.assistants_answering",
    # Uploads that were never sent, everybody's, a day later: the job's.
    "FileRepository.forget_unused",
    # Persons are no one's rows: signing in must find them first.
    "IdentityRepository.owner",
    "IdentityRepository.names",
    "IdentityRepository.person",
    "IdentityRepository.set_password",
}
INSERTS = {
    "ConversationRepository.add",
    "BatchRepository.add",
    "MessageRepository.add",
    "FileRepository.add",
    "SummaryRepository.add",
    "RunRepository.add",
    "RunRepository.add_event",
    "ProfileRepository.add",
    "AssistantRepository.add",
    "HistoryRepository.add_version",
    "HistoryRepository.add_vectors",
    "PromptRepository.add",
    "ImportRepository.add",
    "ArrivalRepository.add_all",
    "FlatRepository.set_roll_out",
    "ProjectRepository.add",
}
"""New rows are the subject's own; that a parent may be seen is asked by the service, before."""
SHARED = (
    "/api/v1/models",
    "/api/v1/endpoints",
    "/api/v1/config",
    "/api/v1/roles",
    "/api/v1/notifications",
    "/api/v1/privacy/consents",
    "/v1/models",
)
"""Belongs to the instance, not to a person."""


class Planted:
    """What there is of Ada."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.known: dict[str, str] = {}
        self.messages: list[Message] = []

    @property
    def traces(self) -> list[str]:
        """What must not be seen."""
        return [SECRET, *self.known.values()]

    @property
    def stored(self) -> list[str]:
        """What every row that is Ada's says somewhere."""
        numbers = (ids.number(one.partition("_")[0], one) for one in self.known.values())
        return [SECRET, *map(str, numbers)]


async def planted(database: Database, subject: Subject) -> Planted:
    """Store one of everything that is a person's."""
    there = Planted(subject)
    owner = {"organisation_id": subject.organisation_id, "person_id": subject.person_id}
    project_id = ids.new("prj")
    conversation_id, write = conversation(subject, title=SECRET, leaf_id="msg_nowhere", project_id=project_id)
    user_id, op1 = message(conversation_id, SECRET)
    answer_id, op2 = message(conversation_id, SECRET, role="assistant", parent_id=user_id)
    done, running = (_run(owner, conversation_id, user_id, answer_id) for _ in range(2))
    event = insert_event(subject, 2**59, f'"{SECRET}"')
    await database.commit([write, op1, op2, insert_run(done), insert_run(running), event])
    end = {"status": "completed", "finished_at": 5, "last_seq": 3, "cost": 7, "error": f'"{SECRET}"'}
    await database.commit([settle_run(done["id"], end)])
    file = File(id=ids.new("fil"), name=SECRET, media_type="text/plain", size=1, sha256="00", created_at=clock.now())
    key = ApiKey(id=ids.new("key"), name=SECRET, prefix="mk_ab", secret_hash=digest(SECRET.encode()), **owner)
    key.created_at = clock.now()
    summary_id, told = ids.new("sum"), {"text": SECRET, "messages": 2, "model": "x", "complete": False}
    where = {"conversation_id": conversation_id, "message_id": answer_id, "run_id": done["id"]}
    summary = {"id": summary_id, **where, **told, "created_at": clock.now()}
    profile = Profile(id=ids.new("prf"), name=SECRET, body=PROFILE, created_at=clock.now(), modified_at=clock.now())
    profile.organisation_id, profile.person_id = subject.organisation_id, subject.person_id
    async with database.writing(subject) as scope:
        await FileRepository().add(scope, file)
        await SummaryRepository().add(scope, summary)
        await RunRepository().rate(scope, answer_id, done["id"], 1)
        scope.session.add_all([key, profile])
        await TagRepository().replace(scope, conversation_id, {SECRET: SECRET})
        batch = {"id": ids.new("bat"), "action": "rename", "at": clock.now()}
        await BatchRepository().add(scope, batch, {conversation_id: [SECRET, None]})
    import_id, document_id = await _imported(database, subject, conversation_id, answer_id)
    job_id = ids.new("job")
    await database.commit([attach(user_id, file.id), insert_job(job_id, SECRET, {"a": SECRET}, subject)])
    assistant_id, prompt_id = await _assistant(database, subject, import_id, project_id)
    await _project(database, subject, project_id, assistant_id, file.id)
    async with database.reading(subject) as scope:
        there.messages = list(await MessageRepository().of_conversation(scope, conversation_id))
    there.known = {
        "conversation_id": conversation_id,
        "message_id": answer_id,
        "leaf_id": answer_id,
        "run_id": done["id"],
        "active_run_id": running["id"],
        "file_id": file.id,
        "summary_id": summary_id,
        "key_id": key.id,
        "profile_id": profile.id,
        "batch_id": str(batch["id"]),
        "assistant_id": assistant_id,
        "prompt_id": prompt_id,
        "project_id": project_id,
        "import_id": import_id,
        "document_id": document_id,
        "job_id": job_id,
    }
    return there


async def _project(database: Database, subject: Subject, project_id: str, assistant_id: str, file_id: str) -> None:
    """Store a project that holds a file."""
    values = {"id": project_id, "name": SECRET, "key": SECRET, "instructions": SECRET, "assistant_id": assistant_id}
    async with database.writing(subject) as scope:
        await ProjectRepository().add(
            scope, {**values, "version": 1, "created_at": clock.now(), "updated_at": clock.now()}
        )
        await HoldingRepository().hold(scope, project_id, [file_id])


async def _assistant(database: Database, subject: Subject, import_id: str, project_id: str) -> tuple[str, str]:
    """Store an assistant, a child of its own, with a prompt, a version, a vector, and where it came from."""
    assistant_id, prompt_id, now = ids.new("ast"), ids.new("prm"), clock.now()
    core = {"id": assistant_id, "slug": SECRET, "name": SECRET, "status": "active", "is_demo": False}
    core |= {"version": 1, "revision": 1, "created_at": now, "updated_at": now, "parent_assistant": assistant_id}
    core["current_project"] = project_id
    facets = {"configuration": {"system_prompt": prompt_id, "prompt_version": 1}, "identity": {"tone": SECRET}}
    vector = {"assistant_id": assistant_id, "field": "embedding", "model": SECRET, "dimension": 1, "data": b"1234"}
    async with database.writing(subject) as scope:
        await PromptRepository().add(scope, prompt_id, SECRET, now)
        await PromptRepository().add_prompt_version(scope, prompt_id, SECRET, None, now)
        await AssistantRepository().add(scope, core, facets)
        await HistoryRepository().add_version(scope, assistant_id, 1, SECRET, {"identity": {"tone": SECRET}}, now)
        await HistoryRepository().add_vectors(scope, [vector])
        await MeasureRepository().keep_measures(scope, assistant_id, {"fields": {}, "said": SECRET}, now)
        picture = {"media_type": "image/png", "sha256": SECRET, "data": SECRET.encode()}
        await PictureRepository().keep_picture(scope, assistant_id, picture)
        about: dict[str, Any] = {"import_id": import_id, "original": SECRET, "content": b"1"}
        came = AssistantArrival(assistant_id=assistant_id, revision=1, row=SECRET.encode(), expires_at=FUTURE, **about)
        came.organisation_id, came.person_id = subject.organisation_id, subject.person_id
        named = AssistantReference(assistant_id=assistant_id, field="memory_context", kind="memory", original=SECRET)
        scope.session.add_all([came, PromptArrival(prompt_id=prompt_id, **about), named])
        await FlatRepository().set_roll_out(scope, 50, False, now)
    return assistant_id, prompt_id


async def _imported(database: Database, subject: Subject, conversation_id: str, message_id: str) -> tuple[str, str]:
    """Store an import that brought the conversation, with something of every kind; return its id and a document's."""
    import_id = ids.new("imp")
    about: dict[str, Any] = {"import_id": import_id, "system": "chat"}
    row = Import(id=import_id, state="done", dry_run=False, files=[{"id": "x", "name": SECRET, "size": 1}])
    row.created_at = clock.now()
    origin = Origin(kind="conversation", original="7", integer=7, key=b"1", conversation_id=conversation_id, **about)
    origin.target = SECRET
    answer = Origin(kind="message", original="8", key=b"2", **about)
    answer.conversation_id, answer.message_id = conversation_id, message_id
    document = LegacyDocument(id=ids.new("leg"), table="budgets", ref=SECRET, body={"a": SECRET}, **about)
    for owned in (row, origin, answer, document):
        owned.organisation_id, owned.person_id = subject.organisation_id, subject.person_id
    async with database.writing(subject) as scope:
        scope.session.add(row)
        await scope.session.flush()
        skip = ImportSkip(import_id=import_id, kind="message", ref=SECRET, reason=SECRET, document={"a": SECRET})
        scope.session.add_all([origin, answer, document, skip])
    return import_id, document.id


def _run(owner: dict[str, str], conversation_id: str, user_id: str, answer_id: str) -> dict[str, Any]:
    empty = dict.fromkeys(("parent_run_id", "idempotency_key"))
    numbers = {"priority": 0, "restarts": 0, "last_seq": 0, "created_at": 1}
    places = {"conversation_id": conversation_id, "user_message_id": user_id, "message_id": answer_id}
    words = {"kind": "chat", "status": "running", "parent_id": user_id, "wants": "{}", "data_class": "conversation"}
    return {"id": ids.new("run"), **owner, **empty, **numbers, **places, **words}


async def rows(database: Database, there: Planted) -> set[tuple[str, str]]:
    """Return every row of every table that says anything of Ada."""
    found: set[tuple[str, str]] = set()
    async with database.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in await connection.exec_driver_sql(f"SELECT * FROM {table.name}"):
                said = repr(tuple(row))
                if any(trace in said for trace in there.stored):
                    found.add((table.name, said))
    return found


# Repositories


def scoped() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Return the name and the function of everything in a repository that takes a scope and touches owned rows."""
    for module in _repository_modules():
        there = vars(module)
        if not any(isinstance(value, type) and issubclass(value, Owned) for value in there.values()):
            continue
        for name, value in there.items():
            if getattr(value, "__module__", None) != module.__name__ or name.startswith("_"):
                continue
            if inspect.isclass(value) and name.endswith("Repository"):
                yield from _methods(value)
            elif _takes_scope(value):
                yield name, value


def _methods(repository: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, value in cast("dict[str, Any]", vars(repository)).items():
        if _takes_scope(value) and not name.startswith("_"):
            yield f"{repository.__name__}.{name}", getattr(repository(), name)


def _repository_modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(mecum.__path__, "mecum."):
        if ".repository" in info.name:
            yield importlib.import_module(info.name)


def _takes_scope(function: Any) -> bool:
    return inspect.iscoroutinefunction(function) and "scope" in inspect.signature(function).parameters


METHODS = dict(scoped())


def arguments(function: Callable[..., Any], there: Planted) -> dict[str, Any]:
    """Return Ada's ids for every parameter; a parameter that this does not know fails the test: say here what it is."""
    known: dict[str, Any] = {
        **there.known,
        "messages": there.messages,
        "reference": there.known["assistant_id"],
        "start": SECRET,
        "facet": "identity",
        "version": 1,
        "number": 1,
        "core": {"name": "stolen"},
        "fields": {"tone": "stolen"},
        "unknown": {"tone": "stolen"},
        "deleted_at": FUTURE,
        "held": {},
        "name": "stolen",
        "listing": Listing(),
        "bound": {},
        "after": None,
        "view": "full",
        "field": "embedding",
        "text": "stolen",
        "note": None,
        "limit": 100,
        "most": 0,
        "longest": 1_000_000,
        "shelf": "at_hand",
        "key": SECRET,
        "tags": {"stolen": "stolen"},
        "deleted": False,
        "digests": [b"part"],
        "figures": {"fields": {}, "said": "stolen"},
        "picture": {"media_type": "image/png", "sha256": "stolen", "data": b"stolen"},
        "moment": FUTURE,
        "now": FUTURE,
        "except_id": None,
        "session_id": there.known["key_id"],
        "since": 0,
        "at": 1,
        "body": "{}",
        "value": -1,
        "values": {"title": "stolen"},
        "summaries": False,
        "changes": {"state": "stolen"},
        "kind": "conversation",
        "integer": 7,
        "parts": [{"type": "text", "text": "stolen"}],
        "originals": [SECRET],
        "target": SECRET,
        "which": "prompt",
        "kinds": ["prompt", "memory"],
        "rows": [_named(there)],
        "relation": "mentor_assistant",
        "besides": [],
        "by": "id",
        "revision": 9,
        "legacy": {"flat": {"tone": "stolen"}},
        "table": "budgets",
        "refs": [SECRET],
    }
    given: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        annotation = str(parameter.annotation)
        if name == "scope":
            continue
        if name == "before":
            given[name] = None if "None" in annotation else FUTURE if "datetime" in annotation else 2**60
        elif name.endswith("_ids"):
            given[name] = [there.known[name.removesuffix("s")]]
        else:
            given[name] = known[name]
    return given


def _named(there: Planted) -> dict[str, Any]:
    """Return a row that says what an assistant of Ada's names, as a write takes it."""
    named = {"field": "memory_context", "kind": "memory", "original": SECRET, "target": there.known["assistant_id"]}
    return {**named, "assistant_id": there.known["assistant_id"], "legacy": '"stolen"', "state": '"stolen"'}


def told(value: Any) -> str:
    """Return everything that a result says."""
    if isinstance(value, dict):
        return " ".join(told(item) for pair in cast("dict[Any, Any]", value).items() for item in pair)
    if isinstance(value, (list, tuple, set)):
        return " ".join(told(item) for item in cast("list[Any]", value))
    return f"{value!r} {vars(value)!r}" if hasattr(value, "__dict__") else repr(value)


def test_there_is_something_to_test() -> None:
    assert len(METHODS) > 30
    assert set(METHODS) >= INSTANCE | INSERTS


@pytest.mark.parametrize("name", sorted(METHODS.keys() - INSTANCE - INSERTS))
async def test_a_method_shows_and_changes_nothing(
    plain_database: Database, ada: Subject, bob: Subject, eve: Subject, name: str
) -> None:
    there = await planted(plain_database, ada)
    before = await rows(plain_database, there)
    function = METHODS[name]
    for stranger in (bob, eve):
        result: Any = None
        try:
            async with plain_database.writing(stranger) as scope:
                result = await function(scope, **arguments(function, there))
        except Unscoped:
            # Not a refusal of the stranger: nobody could call it.
            raise
        except (MecumError, IntegrityError):
            continue
        said = told(result)
        assert not [trace for trace in there.traces if trace in said], said
    assert before <= await rows(plain_database, there)


async def test_the_owner_sees_what_was_planted(plain_database: Database, ada: Subject) -> None:
    """So that the test above could fail."""
    there = await planted(plain_database, ada)
    seen: list[str] = []
    for name in sorted(METHODS.keys() - INSTANCE - INSERTS):
        if not any(word in name for word in ("forget", "delete", "change", "rate", "prune", "expire", "complete")):
            async with plain_database.reading(ada) as scope:
                seen.append(told(await METHODS[name](scope, **arguments(METHODS[name], there))))
    assert sum(any(trace in said for trace in there.traces) for said in seen) > len(seen) / 2


# Routes

BODIES: dict[str, dict[str, Any]] = {
    "PATCH /api/v1/conversations/{conversation_id}": {"title": "stolen"},
    "PATCH /api/v1/messages/{message_id}": {"text": "stolen"},
    "PUT /api/v1/messages/{message_id}/feedback": {"value": 1},
    "POST /api/v1/conversations/{conversation_id}/fork": {"message_id": "@message_id"},
    "PATCH /api/v1/backups/{backup_id}": {"keep_days": 1},
    "PUT /api/v1/profiles/{profile_id}": {"text": PROFILE},
    "POST /api/v1/profiles/{profile_id}/copy": {"name": "stolen"},
    **{f"PATCH /api/v1/assistants/{{assistant}}/{facet}": {} for facet in FACETS},
    "PATCH /api/v1/assistants/{assistant}": {"name": "stolen"},
    "PATCH /api/v1/assistants/{assistant}/flat": {"tone": "stolen"},
    "PUT /api/v1/assistants/{assistant}/prompt": {"text": "stolen"},
    "POST /api/v1/assistants/{assistant}/preview": {},
    "POST /api/v1/assistants/{assistant}/clone": {},
    "POST /api/v1/assistants/{assistant}/spawn": {"name": "stolen", "reason": "stolen"},
    "POST /api/v1/assistants/{assistant}/versions/{number}/restore": {},
    "POST /api/v1/prompts/{prompt_id}/versions": {"text": "stolen"},
    "PATCH /api/v1/projects/{project}": {"name": "stolen"},
    "POST /api/v1/projects/{project}/contents": {"files": ["@file_id"]},
    "POST /api/v1/projects/{project}/contents/remove": {"files": ["@file_id"]},
}
RUNS: tuple[dict[str, Any], ...] = (
    {"conversation_id": "@conversation_id", "text": "hello"},
    {"conversation_id": "@conversation_id", "parent_id": None, "text": "hello"},
    {"regenerate": "@message_id"},
    {"edit": "@message_id", "text": "hello"},
    {"continue": "@message_id"},
    {"text": "hello", "files": ["@file_id"]},
    {"text": "hello", "model": f"assistant:{SECRET}"},
    {"text": "hello", "project_id": "@project_id"},
)


@pytest_asyncio.fixture
async def street(plain_house: House) -> tuple[House, Planted, list[str]]:
    """A house with the owner's things in it, and the keys of two strangers."""
    parts = plain_house.parts
    there = await planted(parts.database, parts.owner)
    keys: list[str] = []
    async with parts.database.writing(None) as scope:
        scope.session.add(Organisation(id="org_000000000e15e", name="else", created_at=clock.now()))
        await scope.session.flush()
        for organisation_id in (parts.owner.organisation_id, "org_000000000e15e"):
            secret, person_id = new_key(), ids.new("per")
            person = Person(
                id=person_id, organisation_id=organisation_id, name="x", is_owner=False, created_at=clock.now()
            )
            key = ApiKey(id=ids.new("key"), name="x", prefix=secret[:8], secret_hash=digest(secret.encode()))
            key.organisation_id, key.person_id, key.created_at = organisation_id, person_id, clock.now()
            scope.session.add_all([person, key])
            keys.append(secret)
    return plain_house, there, keys


@asynccontextmanager
async def visiting(house: House, key: str) -> AsyncGenerator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=compose(house.parts))
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        yield client


def with_ids(value: Any, there: Planted) -> Any:
    """Return `value` with `@name` replaced by Ada's id of that name."""
    text = orjson.dumps(value).decode()
    for name, known in there.known.items():
        text = text.replace(f'"@{name}"', f'"{known}"')
    return orjson.loads(text)


async def test_no_route_shows_or_changes_anything(street: tuple[House, Planted, list[str]]) -> None:
    house, there, keys = street
    before = await rows(house.parts.database, there)
    for key in keys:
        async with visiting(house, key) as client:
            paths: dict[str, dict[str, Any]] = (await client.get("/api/v1/openapi.json")).json()["paths"]
            tried = [await _route(client, there, method.upper(), path) for path in paths for method in paths[path]]
            assert sum(tried) > 20
            for body in RUNS:
                answer = await client.post("/api/v1/runs", json=with_ids(body, there))
                assert answer.status_code == 404, (body, answer.text)
    assert before <= await rows(house.parts.database, there)


async def _route(client: httpx2.AsyncClient, there: Planted, method: str, path: str) -> bool:
    """Call one route as a stranger; return whether it was one that names or lists something of a person."""
    if path.startswith(SHARED) or ("{" not in path and method != "GET"):
        return False
    nobodys = {"backup_id": "bak_0000000000000", "work_id": "job_0000000000000"}
    known = {**nobodys, **there.known, "response_id": "resp_" + there.known["run_id"].removeprefix("run_")}
    known |= {"assistant": there.known["assistant_id"], "project": there.known["project_id"], "number": "1"}
    query = {"q": SECRET, "deleted": "true"} if "{" not in path else {"before": "1"} if path.endswith("/diff") else {}
    body = BODIES.get(f"{method} {path}")
    answer = await client.request(
        method, path.format(**known), params=query, json=None if body is None else with_ids(body, there)
    )
    if "{" in path:
        assert answer.status_code in (403, 404), (method, path, answer.text)
    else:
        assert not [trace for trace in there.traces if trace in answer.text], (method, path, answer.text)
    return True


async def test_the_owner_is_let_in(street: tuple[House, Planted, list[str]]) -> None:
    """So that the test above could fail."""
    house, there, _ = street
    house.parts.authenticator.admit_local("let me in", house.parts.owner)
    async with visiting(house, "let me in") as client:
        for path in (
            "/conversations/{conversation_id}",
            "/messages/{message_id}",
            "/runs/{run_id}",
            "/files/{file_id}",
            "/summaries/{summary_id}",
            "/profiles/{profile_id}",
            "/projects/{project_id}",
        ):
            answer = await client.get(f"/api/v1{path.format(**there.known)}")
            assert answer.status_code == 200, answer.text
