"""A vendor's refusal becomes one of ours, and keeps the vendor's own sentence."""

import pytest

from mecum.inference import errors
from mecum.inference.wires.failures import failure_of, retry_after
from mecum.kernel.errors import MecumError


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, errors.ModelRefused),
        (401, errors.ModelAuthFailed),
        (403, errors.ModelAuthFailed),
        (404, errors.ModelNotFound),
        (408, errors.ModelUnavailable),
        (418, errors.ModelRefused),
        (429, errors.ModelLimited),
        (500, errors.ModelUnavailable),
        (503, errors.ModelUnavailable),
        (302, errors.ModelUnavailable),
    ],
)
def test_the_status_says_which(status: int, expected: type[MecumError]) -> None:
    error = failure_of(status, b"")
    assert type(error) is expected
    assert error.details == {"status": status}
    assert "It said" not in error.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error":{"message":"No such key.","type":"x"}}', "No such key."),
        (b'{"error":"plain words"}', "plain words"),
        (b'{"message":"top level"}', "top level"),
        (b'{"error":{"code":7}}', "{'code': 7}"),
        (
            b'{"message":{"detail":[{"loc":["body","a","b"],"msg":"Extra."},{"loc":[],"msg":"x"}]}}',
            "body.a.b: Extra.; : x",
        ),
        (b'{"detail":"Not here."}', "Not here."),
        (b'["a list"]', "['a list']"),
        (b"<html>Bad gateway</html>", "<html>Bad gateway</html>"),
        (b"\xff", "\ufffd"),
    ],
)
def test_its_own_sentence_is_kept(body: bytes, said: str) -> None:
    assert failure_of(502, body).message.endswith(f"It said: {said}")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("", None), ("soon", None)],
)
def test_when_to_come_back(value: str, expected: float | None) -> None:
    assert retry_after(value) == expected
    error = failure_of(429, b"{}", {b"retry-after": value.encode()})
    assert error.details.get("retry_after") == expected


def test_a_list_of_errors_says_the_first() -> None:
    assert failure_of(400, b'[{"error":{"message":"No."}}]').message.endswith("It said: No.")


def test_a_long_sentence_is_cut() -> None:
    assert len(failure_of(400, b'{"error":"' + b"x" * 9999 + b'"}').message) < 400
    assert len(failure_of(400, b"x" * 9999).message) < 400


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (400, "This model's maximum context length is 4096 tokens", errors.ContextTooLong),
        (500, "request exceeds the available context size", errors.ContextTooLong),
        (413, "context_length_exceeded", errors.ContextTooLong),
        (400, "too many tokens", errors.ContextTooLong),
        (429, "too many tokens per minute", errors.ModelLimited),
    ],
)
def test_too_long_is_told_apart(status: int, said: str, expected: type[MecumError]) -> None:
    assert type(failure_of(status, said.encode())) is expected
