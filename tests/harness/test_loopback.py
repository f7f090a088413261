"""The network sentry lets tests talk to this machine and to nothing else."""

import socket

import pytest

from plugins.loopback import OutboundAttempt, is_harmless_name, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_is_ours(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "192.0.2.1", "0.0.0.0", "::2", "example.org"])
def test_everything_else_is_not(host: str) -> None:
    assert not is_loopback(host)


def test_figures_need_no_name_server() -> None:
    assert is_harmless_name("192.0.2.1")
    assert is_harmless_name(None)
    assert not is_harmless_name(b"example.org")


def test_a_connect_beyond_loopback_is_refused(outbound_attempts: list[str]) -> None:
    with socket.socket() as stream, pytest.raises(OutboundAttempt):
        stream.connect(("192.0.2.1", 80))
    with socket.socket(type=socket.SOCK_DGRAM) as datagram, pytest.raises(OutboundAttempt):
        datagram.sendto(b"x", ("192.0.2.1", 53))
    assert len(outbound_attempts) == 2
    outbound_attempts.clear()


def test_a_look_up_of_a_foreign_name_is_refused(outbound_attempts: list[str]) -> None:
    with pytest.raises(OutboundAttempt):
        socket.getaddrinfo("example.org", 80)
    outbound_attempts.clear()


def test_loopback_connects() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
