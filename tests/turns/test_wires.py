"""Turns on the vendors' own wires: what a model proved is kept, goes back to it, and to nobody else."""

from typing import Any

import pytest

from factories.sites import Site
from fakes.anthropic_rules import signature
from fakes.steps import Call, Redact, Say, Sign, Step, Think

TOOL = {"type": "function", "name": "look", "parameters": {"type": "object"}}
THOUGHTFUL: list[Step] = [
    Think("Hm."),
    Sign(signature("m", "Hm.")),
    Redact("sealed"),
    Call("look", '{"at": "sky"}', "c1"),
]


@pytest.fixture
async def vendors(site: Site) -> Site:
    """Return a product with an endpoint on each wire, each with the model `m`."""
    for wire in ("anthropic", "google"):
        body = {"name": f"on-{wire}", "wire": wire, "base_url": site.house.upstream.url}
        assert (await site.browser.ask("POST", "/api/v1/endpoints", body)).status == 201
    await site.house.parts.broker.registry.refresh()
    return site


async def respond(site: Site, model: str, given: Any, before: str | None = None) -> dict[str, Any]:
    """Ask for a response and return it."""
    body = {"model": model, "input": given, "tools": [TOOL], "previous_response_id": before}
    answered = await site.browser.ask("POST", "/v1/responses", body)
    assert answered.status == 200, answered.body
    return answered.json


def sent(site: Site) -> dict[str, Any]:
    """Return the last request a model got."""
    return site.house.upstream.answers()[-1].json


async def test_the_model_that_thought_gets_its_thoughts_back_with_the_result(vendors: Site) -> None:
    vendors.house.upstream.script("m", [Say("Blue.")])
    vendors.house.upstream.script("m", THOUGHTFUL, times=1)
    first = await respond(vendors, "on-anthropic/m", "Look at the sky.")
    assert [item["type"] for item in first["output"]] == ["reasoning", "function_call"]
    result = {"type": "function_call_output", "call_id": "c1", "output": "blue"}
    await respond(vendors, "on-anthropic/m", [result], first["id"])
    _, answer, results = sent(vendors)["messages"]
    assert answer["content"] == [
        {"type": "thinking", "thinking": "Hm.", "signature": signature("m", "Hm.")},
        {"type": "redacted_thinking", "data": "sealed"},
        {"type": "tool_use", "id": "c1", "name": "look", "input": {"at": "sky"}},
    ]
    assert results["content"][0]["content"] == "blue"


async def test_a_server_that_passes_on_other_vendors_gets_their_proofs_back(vendors: Site) -> None:
    vendors.house.upstream.script("m", [Say("Blue.")])
    vendors.house.upstream.script("m", THOUGHTFUL, times=1)
    first = await respond(vendors, "up/m", "Look at the sky.")
    assert [item["type"] for item in first["output"]] == ["reasoning", "function_call"]
    result = {"type": "function_call_output", "call_id": "c1", "output": "blue"}
    await respond(vendors, "up/m", [result], first["id"])
    (detail,) = sent(vendors)["messages"][1]["reasoning_details"]
    assert (detail["type"], detail["signature"]) == ("reasoning.text", signature("m", "Hm."))
    vendors.house.upstream.refuses = lambda body: (
        (400, {"error": {"message": "messages.1.reasoning_details: not known"}})
        if "reasoning_details" in str(body)
        else None
    )
    await respond(vendors, "up/m", [result], first["id"])
    assert "reasoning_details" not in str(sent(vendors)), "one that does not know them is asked without"


async def test_a_server_that_wants_its_thoughts_back_gets_them_with_the_calls(vendors: Site) -> None:
    def refuses(body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        calls = [one for one in body["messages"] if one.get("tool_calls")]
        said = "The `reasoning_content` in the thinking mode must be passed back to the API."
        return None if all("reasoning_content" in one for one in calls) else (400, {"error": {"message": said}})

    vendors.house.upstream.refuses = refuses
    vendors.house.upstream.script("m", [Say("Blue.")])
    vendors.house.upstream.script("m", [Think("Hm."), Call("look", '{"at": "sky"}', "c1")], times=1)
    first = await respond(vendors, "up/m", "Look at the sky.")
    result = {"type": "function_call_output", "call_id": "c1", "output": "blue"}
    await respond(vendors, "up/m", [result], first["id"])
    assert sent(vendors)["messages"][1]["reasoning_content"] == "Hm."


async def test_another_model_goes_on_in_the_middle(vendors: Site) -> None:
    vendors.house.upstream.script("m", [Say("Blue.")])
    vendors.house.upstream.script("m", THOUGHTFUL, times=1)
    first = await respond(vendors, "on-anthropic/m", "Look at the sky.")
    result = {"type": "function_call_output", "call_id": "c1", "output": "blue"}
    second = await respond(vendors, "on-google/m", [result], first["id"])
    assert "Hm." not in str(sent(vendors))
    assert sent(vendors)["contents"][1]["parts"][0]["functionCall"]["name"] == "look"
    third = await respond(vendors, "up/m", "Sure?", second["id"])
    assert [message["role"] for message in sent(vendors)["messages"]] == [
        "user",
        "assistant",
        "tool",
        "assistant",
        "user",
    ]
    await respond(vendors, "on-anthropic/m", "Really?", third["id"])
    assert "thinking" not in str(sent(vendors)["messages"])
    assert [message["role"] for message in sent(vendors)["messages"]][-1] == "user"
