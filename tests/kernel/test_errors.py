"""The tree of errors: codes, kinds, words."""

import pytest

from mecum.kernel import errors


class Described(errors.Conflict):
    """A test made this."""

    code = "test.described"


def test_the_message_is_the_first_line_of_the_docstring() -> None:
    assert str(errors.NotFound()) == "There is no such thing."
    assert errors.NotFound("Gone.", run_id="run_1").details == {"run_id": "run_1"}
    assert str(errors.NotFound("Gone.")) == "Gone."


def test_an_error_without_words_still_says_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Described, "__doc__", None)
    assert Described().message == "Something went wrong."


@pytest.mark.parametrize(
    ("cls", "kind"),
    [
        (errors.Invalid, "invalid"),
        (errors.Denied, "denied"),
        (errors.NotFound, "not_found"),
        (errors.Conflict, "conflict"),
        (errors.Limit, "limit"),
        (errors.Unavailable, "unavailable"),
        (errors.Internal, "internal"),
    ],
)
def test_each_kind_has_its_class(cls: type[errors.MecumError], kind: errors.Kind) -> None:
    assert cls.kind == kind
    assert kind in errors.KINDS
    assert issubclass(cls, errors.MecumError)


def test_declared_errors_are_sorted_and_known_by_their_first_declaration() -> None:
    found = errors.declared()
    assert list(found) == sorted(found)
    assert found["request.not_found"] is errors.NotFound
    assert found["test.described"] is Described
    assert all(cls.kind in errors.KINDS for cls in found.values())
