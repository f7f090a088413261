"""How likely tokens were, and what is in memory, with Ollama's own client and an Ollama behind the product."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from ollama import Client, ResponseError

from factories.served import Served
from fakes.ollama_wire import OllamaModel
from fakes.steps import Finish, Say, Think, Wait, says

pytestmark = pytest.mark.slow

ASKED: Any = [{"role": "user", "content": "Hi"}]
SMALL = OllamaModel("small:1b", digest="5" * 64)
ASKING = OllamaModel("fake-a", capabilities=("completion", "tools", "thinking"), digest="6" * 64)
VECTORS = OllamaModel("fake-vectors", capabilities=("embedding",), digest="7" * 64)
WORDS = ("One ", "two\n", "東京")
STEPS = [step for word in WORDS for step in (Say(word), Wait(0.06))]


@pytest.fixture
def client(served: Served) -> Iterator[Any]:
    """Return Ollama's client, pointed here; not typed, as tests post what its types do not allow."""
    made: Any = Client(host=served.url, headers={"Authorization": f"Bearer {served.token}"})
    with made:
        yield made


@pytest.fixture
def behind(served: Served) -> Iterator[str]:
    """Return the name of an endpoint that is an Ollama of this machine."""
    served.upstream.models = [SMALL, ASKING, VECTORS]
    served.post("/api/v1/endpoints", {"name": "box", "wire": "ollama", "base_url": served.upstream.url})
    yield "box"
    known = {one["name"]: one["id"] for one in served.get("/endpoints")["items"]}
    with served.http as http:
        http.delete(f"/api/v1/endpoints/{known['box']}")


@pytest.mark.parametrize("endpoint", ["up", "box"], ids=["openai", "ollama"])
def test_a_chat_says_how_likely_its_tokens_were(served: Served, client: Any, behind: str, endpoint: str) -> None:
    served.upstream.script("fake-a", [Think("Hm."), *STEPS, Finish("stop", 3, 3)])
    asked: Any = {"model": f"{endpoint}/fake-a", "messages": ASKED, "logprobs": True}
    whole = client.chat(**asked, top_logprobs=2)
    assert [(one.token, one.logprob) for one in whole.logprobs] == [(word, -0.5) for word in WORDS]
    assert [[top.token for top in one.top_logprobs] for one in whole.logprobs] == [[word, "other"] for word in WORDS]
    assert (served.asked()["logprobs"], served.asked()["top_logprobs"]) == (True, 2)
    pieces = list(client.chat(**asked, stream=True))
    said = [piece for piece in pieces if piece.message.content]
    assert len(said) > 1
    for piece in said:
        assert "".join(one.token for one in piece.logprobs) == piece.message.content
    assert all(one.top_logprobs is None for piece in said for one in piece.logprobs)
    assert all(piece.logprobs is None for piece in pieces if piece.message.thinking)


@pytest.mark.parametrize("endpoint", ["up", "box"], ids=["openai", "ollama"])
@pytest.mark.parametrize("raw", [False, True], ids=["prompt", "raw"])
def test_a_prompt_says_so_too(served: Served, client: Any, behind: str, endpoint: str, raw: bool) -> None:
    served.upstream.script("fake-a", STEPS)
    asked: Any = {"model": f"{endpoint}/fake-a", "prompt": "Once", "logprobs": True, "raw": raw}
    plain = client.generate(**asked)
    assert [(one.token, one.logprob, one.top_logprobs) for one in plain.logprobs] == [(w, -0.5, None) for w in WORDS]
    more = list(client.generate(**asked, top_logprobs=1, stream=True))
    told = [one for piece in more for one in piece.logprobs or ()]
    assert [(one.token, [top.token for top in one.top_logprobs]) for one in told] == [(word, [word]) for word in WORDS]


def test_nobody_is_told_who_did_not_ask(served: Served, client: Any) -> None:
    served.upstream.script("fake-a", says("a", "b"))
    assert client.chat(model="up/fake-a", messages=ASKED, logprobs=False).logprobs is None
    assert "logprobs" not in served.asked()


@pytest.mark.parametrize(
    ("model", "more", "words"),
    [
        ("builtin/search", {"logprobs": True}, "logprobs"),
        ("up/fake-a", {"top_logprobs": 2}, "top_logprobs"),
        ("up/fake-a", {"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ("up/fake-a", {"logprobs": "much"}, "logprobs"),
    ],
)
def test_what_cannot_be_told_is_refused(client: Any, model: str, more: dict[str, Any], words: str) -> None:
    with pytest.raises(ResponseError, match=words) as caught:
        client._request_raw("POST", "/api/chat", json={"model": model, "messages": ASKED, "stream": False, **more})
    assert caught.value.status_code == 400


def listed(served: Served) -> Any:
    """Return the small model as the list of models has it."""
    return next(one for one in served.get("/models")["items"] if one["ref"] == "box/small:1b")


def test_what_is_in_memory(served: Served, client: Any, behind: str) -> None:
    assert client.ps().models == []
    assert listed(served)["fits"] is not None
    assert listed(served)["loaded"] is False
    assert served.post("/api/v1/models/load", {"ref": "box/small:1b"}).status_code == 204
    assert (listed(served)["loaded"], listed(served)["fit_reason"]) == (True, "It is loaded.")
    (running,) = client.ps().models
    assert (running.model, running.name) == ("box/small:1b", "box/small:1b")
    assert (running.size, running.size_vram, running.context_length) == (4_700_000_000, 0, 4096)
    assert running.details.quantization_level == "Q4_K_M"
    assert isinstance(running.expires_at, datetime)
    assert running.digest == next(one.digest for one in client.list().models if one.model == "box/small:1b")
    assert served.post("/api/v1/models/unload", {"ref": "box/small:1b"}).status_code == 204
    assert client.ps().models == []


def test_a_vector_the_older_way(served: Served, client: Any, behind: str) -> None:
    newer = client.embed(model="box/fake-vectors", input="sky").embeddings[0]
    assert list(client.embeddings(model="box/fake-vectors", prompt="sky").embedding) == list(newer)
    with pytest.raises(ResponseError) as caught:
        client.embeddings(model="box/fake-vectors", prompt="")
    assert caught.value.status_code == 400
