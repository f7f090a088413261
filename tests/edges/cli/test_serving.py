"""Listening: a free port, a taken one, an address that is not ours."""

import pytest

from mecum.edges.cli.serving import BadHost, PortTaken, listen, url_of


def test_a_free_port_is_found() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0


def test_a_taken_port_is_told() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} on 127.0.0.1 is taken"):
            listen("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_told() -> None:
    with pytest.raises(BadHost):
        listen("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8321"),
        ("0.0.0.0", "http://127.0.0.1:8321"),
        ("::1", "http://[::1]:8321"),
        ("::", "http://[::1]:8321"),
        ("box.local", "http://box.local:8321"),
    ],
)
def test_the_address_to_open(host: str, url: str) -> None:
    assert url_of(host, 8321) == url
