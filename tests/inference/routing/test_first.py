"""What notices the first output of an answer steps aside, and leaves nothing behind."""

import gc
import weakref

import pytest

from fakes.sinks import Recorder
from mecum.inference.exchange import SignatureSink
from mecum.inference.routing.first import before


class Signed(Recorder):
    """A sink that keeps signatures."""

    def signed(self, signature: str, origin: str, *, redacted: bool = False) -> None:
        self.events.append(("signed", (signature, origin, redacted)))


def test_it_tells_the_first_output_once_and_passes_everything_on() -> None:
    sink, told = Signed(), list[str]()
    one = before(sink, lambda: told.append("begins"), lambda: told.append("lives"))
    one.phase("thinking")
    assert isinstance(one, SignatureSink)
    one.signed("s", "origin")
    one.text(b"a", 1)
    one.text(b"b", 1)
    one.signed("t", "origin", redacted=True)
    assert told == ["lives", "begins"]
    assert [kind for kind, _ in sink.events if kind == "signed"] == ["signed", "signed"]
    assert sink.whole == "ab"


def test_it_keeps_signatures_only_where_the_sink_does() -> None:
    assert not hasattr(before(Recorder(), lambda: None, lambda: None), "signed")


@pytest.mark.parametrize("said", [True, False], ids=["said", "silent"])
def test_it_goes_without_the_collector(said: bool) -> None:
    gc.disable()
    try:
        one = before(Signed(), lambda: None, lambda: None)
        if said:
            one.text(b"a", 1)
        gone = weakref.ref(one)
        del one
        assert gone() is None
    finally:
        gc.enable()
