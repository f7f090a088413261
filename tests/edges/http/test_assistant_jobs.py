"""The running product ends an ephemeral assistant by itself, at the moment it was told."""

import time
from typing import Any

import pytest

from factories.served import Served, model_server, product, served

__all__ = ["model_server", "product", "served"]


def until_gone(served: Served, slug: str, seconds: float) -> int:
    """Return the status of an assistant when it is there no longer, or when the patience is over."""
    last = time.monotonic() + seconds
    with served.http as http:
        while (status := http.get(f"/api/v1/assistants/{slug}").status_code) == 200 and time.monotonic() < last:
            time.sleep(0.05)
    return status


@pytest.mark.slow
def test_an_ephemeral_assistant_goes_by_itself(served: Served) -> None:
    display: dict[str, Any] = {"is_ephemeral": True, "expires_at": "2020-01-01T00:00:00Z"}
    for slug, shown in (("kept", {**display, "is_ephemeral": False}), ("passing", display)):
        made = served.post("/api/v1/assistants", {"name": slug, "slug": slug, "display": shown})
        assert made.status_code == 201, made.text
    assert until_gone(served, "passing", 30) == 404
    assert [one["slug"] for one in served.get("/assistants?deleted=true")["items"]] == ["passing"]
    assert served.get("/assistants/kept")["deleted_at"] is None
