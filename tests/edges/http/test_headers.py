"""What is sent as a file carries each header that protects it exactly once."""

import pytest

from factories.served import Served, model_server, product, served

__all__ = ["model_server", "product", "served"]
pytestmark = pytest.mark.slow

ONCE = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
}


def test_each_header_of_a_download_is_there_once(served: Served) -> None:
    with served.http as http:
        file = http.post("/api/v1/files?name=a.html", content=b"<b>hi</b>").json()["id"]
        conversation = served.post("/api/v1/conversations", {"title": "One"}).json()["id"]
        assert served.post("/api/v1/assistants", {"name": "Once", "slug": "once"}).status_code == 201
        for path in (
            f"/files/{file}/content",
            f"/conversations/{conversation}/export?format=json",
            "/assistants/once/export",
            "/export",
        ):
            answered = http.get(f"/api/v1{path}")
            assert answered.status_code == 200, answered.text
            assert {name: answered.headers.get_list(name) for name in ONCE} == {name: [v] for name, v in ONCE.items()}
            assert len(answered.headers.get_list("content-security-policy")) == 1
