"""Everything bad that may come in has its error, with the same code over REST and on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from factories.certificates import self_signed
from factories.sites import Site
from fakes.broken_server import PAGE, half, saying, torn, whole
from fakes.command_line import Call
from fakes.sinks import Recorder
from mecum.edges.cli.outcome import EXIT_CODES
from mecum.inference.errors import ServerUnproven
from mecum.inference.exchange import ModelMessage, ModelRequest, TextContent
from mecum.inference.service import Configured

pytestmark = pytest.mark.slow

API: Final = "/api/v1"
MODELS: Final = whole(b'{"object": "list", "data": [{"id": "m", "object": "model"}]}')
DELTA: Final = b'data: {"choices": [{"index": 0, "delta": {"content": "So"}}]}\n\n'
QUESTION: Final = ModelMessage("user", (TextContent("Hi"),))
ERROR: Final = b'{"error": {"message": "quota spent", "type": "server_error"}}'

DOCUMENTS: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "a cyclic fallback": ({"fallbacks": {"a": ["b"], "b": ["a"]}}, "config.cyclic_fallback"),
    "an unknown capability": (
        {"model_profiles": {"a": {"capabilities": {"suports_tools": True}}}},
        "config.unknown_capability",
    ),
    "a wrong type": ({"hot_swap": "yes"}, "config.wrong_type"),
    "a model that is strong and weak": (
        {"role_mappings": {"chat": {"by_difficulty": {"strong": "a", "weak": "a"}}}},
        "config.same_model",
    ),
    "a model without its pair": ({"role_mappings": {"chat": {"by_difficulty": {"weak": "a"}}}}, "config.missing_key"),
    "a share beyond all": (
        {"role_mappings": {"chat": {"by_difficulty": {"strong": "b", "weak": "a", "share": 2}}}},
        "config.out_of_range",
    ),
}
ANSWERS: Final = {
    "a web page": (whole(PAGE, "text/html"), "model.not_a_server"),
    "half a stream": (half(DELTA), "model.cut_short"),
    "half a stream of a length that was said": (torn(DELTA), "model.cut_short"),
    "half a record": (half(DELTA + DELTA[:30]), "model.cut_short"),
    "half an answer": (whole(b'{"choices": [{"message"'), "model.cut_short"),
    "a 200 with an error inside": (whole(ERROR), "model.error_inside"),
    "an error in the stream": (half(DELTA + b"data: " + ERROR + b"\n\n"), "model.error_inside"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", "model.unavailable"),
}


@pytest.fixture(params=list(DOCUMENTS.values()), ids=list(DOCUMENTS))
def document(request: pytest.FixtureRequest) -> tuple[dict[str, Any], str]:
    """Return a configuration that does not hold, and the code of what is wrong."""
    body, code = request.param
    return {"version": 1, **body}, code


@pytest.fixture(params=list(ANSWERS.values()), ids=list(ANSWERS))
def broken(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """Return the address of a server whose models answer so, and the code of what is wrong."""
    answer, code = request.param
    with saying(MODELS, answer) as url:
        yield url, code


@pytest.fixture
def here(mecum: Call, tmp_path: Path) -> Call:
    """Return a function that runs a command on a data folder of its own; more settings go into `settings.json`."""
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"storage": {"key": "none"}, "models": {"ollama_url": None, "local_servers": []}}))
    return lambda *words: mecum(*words, "--data", str(tmp_path / "data"), "--config", str(settings))


def connected(tmp_path: Path, url: str) -> None:
    """Let the settings have the server as an endpoint."""
    endpoint = {"name": "odd", "wire": "openai", "base_url": f"{url}/v1"}
    settings = {
        "storage": {"key": "none"},
        "models": {"ollama_url": None, "local_servers": [], "endpoints": [endpoint]},
    }
    (tmp_path / "settings.json").write_text(json.dumps(settings))


async def test_a_document_over_rest(site: Site, document: tuple[dict[str, Any], str]) -> None:
    body, code = document
    text = json.dumps(body)
    stored = await site.browser.ask("PUT", f"{API}/config/files/models.json", {"text": text})
    assert (stored.status, stored.json["code"]) == (400, code)
    profile = json.dumps({**body, "name": "mine"})
    made = await site.browser.ask("POST", f"{API}/profiles/import", {"text": profile})
    assert (made.status, made.json["code"]) == (400, code)


def test_a_document_on_the_command_line(here: Call, tmp_path: Path, document: tuple[dict[str, Any], str]) -> None:
    body, code = document
    file = tmp_path / "given.json"
    file.write_text(json.dumps(body))
    looked = here("config", "validate", str(file))
    assert (looked.code, f"error {code}: " in looked.out) == (EXIT_CODES["invalid"], True)
    made = here("profiles", "import", str(file), "--json")
    assert (made.code, made.problem["code"]) == (EXIT_CODES["invalid"], code)


async def test_a_profile_that_names_no_model_over_rest(site: Site) -> None:
    made = await site.browser.ask("POST", f"{API}/profiles/import", {"text": '{"version": 1, "name": "empty"}'})
    assert (made.status, made.json["code"]) == (400, "config.names_no_model")


def test_a_profile_that_names_no_model_on_the_command_line(here: Call, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    file.write_text('{"version": 1}')
    made = here("profiles", "import", str(file), "--json")
    assert (made.code, made.problem["code"]) == (EXIT_CODES["invalid"], "config.names_no_model")


async def test_a_missing_file_over_rest(site: Site, tmp_path: Path) -> None:
    added = await site.browser.ask("POST", f"{API}/models/files?path={tmp_path}/none.gguf")
    assert (added.status, added.json["code"]) == (400, "model.bad_file")
    shown = await site.browser.ask("GET", f"{API}/profiles/none")
    assert (shown.status, shown.json["code"]) == (404, "profile.not_found")


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("models", "add", "none.gguf"), "cli.no_model_file", EXIT_CODES["not_found"]),
        (("chat", "--model", "./none.gguf", "Hi"), "cli.no_model_file", EXIT_CODES["not_found"]),
        (("profiles", "show", "none"), "profile.not_found", EXIT_CODES["not_found"]),
        (("config", "validate", "none.json"), "cli.usage", EXIT_CODES["invalid"]),
        (("profiles", "import", "none.json"), "cli.usage", EXIT_CODES["invalid"]),
        (("models", "test", "none"), "cli.no_such_id", EXIT_CODES["not_found"]),
        (("providers", "remove", "none"), "cli.no_such_id", EXIT_CODES["not_found"]),
    ],
)
def test_a_missing_thing_on_the_command_line(here: Call, words: tuple[str, ...], code: str, exit_code: int) -> None:
    ended = here(*words, "--json")
    assert (ended.code, ended.problem["code"]) == (exit_code, code)


async def asked(site: Site, url: str) -> dict[str, Any]:
    """Connect the server, ask its model, and return the run."""
    body = {"name": "odd", "wire": "openai", "base_url": f"{url}/v1"}
    assert (await site.browser.ask("POST", f"{API}/endpoints", body)).status == 201
    await site.house.parts.broker.registry.refresh()
    run = await site.browser.ask("POST", f"{API}/runs", {"text": "Hi", "model": "odd/m", "wait": True})
    return dict(run.json)


async def test_an_answer_over_rest(site: Site, broken: tuple[str, str]) -> None:
    url, code = broken
    run = await asked(site, url)
    assert (run["status"], run["error"]["code"]) == ("failed", code)
    assert run["error"]["message"]


def test_an_answer_on_the_command_line(here: Call, tmp_path: Path, broken: tuple[str, str]) -> None:
    url, code = broken
    connected(tmp_path, url)
    ended = here("chat", "--model", "odd/m", "Hi", "--json")
    assert (ended.code, ended.problem["code"]) == (EXIT_CODES["unavailable"], code)


async def test_a_wrong_certificate_over_rest(site: Site, tmp_path: Path) -> None:
    with saying(MODELS, MODELS, self_signed(tmp_path)) as url:
        body = {"name": "odd", "wire": "openai", "base_url": f"{url}/v1"}
        made = await site.browser.ask("POST", f"{API}/endpoints", body)
        found = (await site.browser.ask("POST", f"{API}/endpoints/{made.json['id']}/test")).json
    assert (found["ok"], found["code"]) == (False, "model.certificate_invalid")
    assert "does not prove who it is" in found["detail"]


async def test_a_certificate_that_becomes_wrong_over_rest(site: Site, tmp_path: Path) -> None:
    """It listed its models before; the answer is asked for with a certificate that proves nothing."""
    with saying(MODELS, MODELS) as url:
        body = {"name": "odd", "wire": "openai", "base_url": f"{url}/v1"}
        await site.browser.ask("POST", f"{API}/endpoints", body)
    info = site.house.parts.broker.registry.find("odd/m")
    assert info is not None
    with saying(MODELS, MODELS, self_signed(tmp_path)) as url:
        site.house.parts.broker.models.add_fixed(Configured("odd", "openai", f"{url}/v1"))
        registry = site.house.parts.broker.registry
        with pytest.raises(ServerUnproven, match="does not prove who it is"):
            await registry.open(info).answer(ModelRequest("m", (QUESTION,)), Recorder())


LISTS: Final[dict[str, tuple[bytes, str]]] = {
    "a web page": (whole(PAGE, "text/html"), "model.not_a_server"),
    "half a list": (whole(b'{"data": [{"id": '), "model.cut_short"),
    "a list of a length that was said": (torn(b'{"data": [', "application/json"), "model.cut_short"),
    "a 200 with an error inside": (whole(ERROR), "model.error_inside"),
}


@pytest.mark.parametrize("wire", ["openai", "anthropic", "google", "ollama"])
@pytest.mark.parametrize(("said", "code"), list(LISTS.values()), ids=list(LISTS))
async def test_a_list_of_models_over_rest(site: Site, wire: str, said: bytes, code: str) -> None:
    with saying(said, said) as url:
        made = await site.browser.ask("POST", f"{API}/endpoints", {"name": "odd", "wire": wire, "base_url": url})
        found = (await site.browser.ask("POST", f"{API}/endpoints/{made.json['id']}/test")).json
    assert (found["ok"], found["code"]) == (False, code), found
    assert found["detail"]


def test_a_wrong_certificate_on_the_command_line(here: Call, tmp_path: Path) -> None:
    with saying(MODELS, MODELS, self_signed(tmp_path)) as url:
        connected(tmp_path, url)
        tried = here("providers", "test", "odd", "--json")
        ended = here("chat", "--model", "odd/m", "Hi", "--json")
    assert (tried.code, tried.json["code"]) == (EXIT_CODES["unavailable"], "model.certificate_invalid")
    # Nobody there could say which models there are.
    assert (ended.code, ended.problem["code"]) == (EXIT_CODES["unavailable"], "cli.no_model_now")
