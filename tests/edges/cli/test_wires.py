"""Both ways to the application, through the one client: over a socket, and in this process."""

import threading
from collections.abc import Iterator

import pytest

from fakes.mecum_server import DROP, TOKEN, Answer, MecumServer, ScriptedApp, delta, problem
from mecum.edges.cli.client import Client, Content, Envelopes, part
from mecum.edges.cli.follow import ConnectionLost, Following, start
from mecum.edges.cli.inprocess import InProcessWire
from mecum.edges.cli.outcome import Refusal
from mecum.edges.cli.remote import Address, RemoteWire
from mecum.kernel.errors import Conflict, Unavailable

pytestmark = pytest.mark.slow


@pytest.fixture(params=["remote", "in process"])
def client(request: pytest.FixtureRequest, app: ScriptedApp, server: MecumServer) -> Iterator[Client]:
    """Return an open client, once over each wire."""
    remote = RemoteWire(lambda: Address(server.url, TOKEN))
    with Client(remote if request.param == "remote" else InProcessWire(app, "here")) as opened:
        yield opened


def test_a_call_arrives_as_it_was_meant(app: ScriptedApp, client: Client) -> None:
    app.answers["POST /a/b c/ü"] = Answer({"ok": True})
    answer = client.ask(
        "POST", f"/a/{part('b c')}/{part('ü')}", {"text": "ü\n"}, query={"q": "a&b=ü /", "no": None, "yes": True}
    )
    (seen,) = app.seen
    assert answer == {"ok": True}
    assert (seen.json, seen.query) == ({"text": "ü\n"}, {"q": "a&b=ü /", "yes": "true"})
    assert seen.headers["content-type"] == "application/json"
    assert client.local


def test_bytes_go_as_they_are(app: ScriptedApp, client: Client) -> None:
    app.answers["POST /files"] = Answer(None, 204)
    assert client.ask("POST", "/files", Content(bytes(range(256)) * 1000, "image/png")) is None
    assert (app.seen[0].body, app.seen[0].headers["content-type"]) == (bytes(range(256)) * 1000, "image/png")


def test_a_refusal_says_why(app: ScriptedApp, client: Client) -> None:
    app.answers["GET /x"] = problem(409, "thing.busy", "Later.")
    with pytest.raises(Refusal, match="Later") as caught:
        client.get("/x")
    assert (caught.value.code, caught.value.kind) == ("thing.busy", "conflict")


def test_events_come_one_by_one(app: ScriptedApp, client: Client) -> None:
    app.script = [delta("a", 0), delta("ü", 1)]
    events = Envelopes(client.begin("GET", "/runs/run_1/events"))
    assert [event["text"] for event in events] == ["a", "ü"]


def test_a_stream_can_be_left(app: ScriptedApp, client: Client) -> None:
    app.script = [delta("a", 0), {"type": "x"}]
    events = Envelopes(client.begin("GET", "/runs/run_1/events"))
    assert next(events)["text"] == "a"
    events.close()
    app.answers["GET /x"] = Answer({})
    assert client.get("/x") == {}


def test_a_start_that_fails_comes_out_as_it_is(app: ScriptedApp) -> None:
    app.start_error = Conflict("Somebody else has it.")
    with pytest.raises(Conflict, match="Somebody else"), Client(InProcessWire(app, "here")):
        pass


class Busy(Conflict):
    """Somebody holds it."""

    code = "store.busy"


def test_a_folder_held_for_a_moment_is_waited_for(app: ScriptedApp) -> None:
    app.start_error = Busy()
    threading.Timer(0.3, lambda: setattr(app, "start_error", None)).start()
    with Client(InProcessWire(app, "here")) as client:
        assert client.place == "here"


def test_a_folder_held_for_long_is_told(app: ScriptedApp) -> None:
    app.start_error = Busy()
    with pytest.raises(Busy), Client(InProcessWire(app, "here", patience=0.2)):
        pass


def test_the_application_is_stopped(app: ScriptedApp) -> None:
    with Client(InProcessWire(app, "here")) as client:
        assert client.place == "here"
    assert app.stopped


def test_a_run_is_started_once_though_the_answer_is_lost(app: ScriptedApp, server: MecumServer) -> None:
    urls = ["http://127.0.0.1:1", server.url]

    def find() -> Address:
        return Address(urls.pop(0) if len(urls) > 1 else urls[0], TOKEN)

    with Client(RemoteWire(find)) as client:
        assert start(client, {"text": "x"})["id"] == "run_1"
    assert len(app.requests("POST", "/runs")) == 1
    assert app.requests("POST", "/runs")[0].headers["idempotency-key"].startswith("cli_")


def test_patience_has_an_end(app: ScriptedApp, server: MecumServer) -> None:
    app.script = [delta("a", 0), DROP]
    with Client(RemoteWire(lambda: Address(server.url, TOKEN))) as client:
        following = Following(client, "run_1", patience=0.5)
        assert next(following)["text"] == "a"
        with pytest.raises(ConnectionLost):
            next(following)


def test_a_server_that_is_gone_is_unavailable() -> None:
    with Client(RemoteWire(lambda: Address("http://127.0.0.1:1", None))) as client, pytest.raises(Unavailable):
        client.get("/x")
