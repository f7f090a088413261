"""Prints an answer as it is written: its text on standard output, everything about it on standard error."""

import contextlib
import signal
import sys
import threading
from collections.abc import Generator
from types import FrameType
from typing import Any, Final

import click

from mecum.edges.cli import render
from mecum.edges.cli.client import Client
from mecum.edges.cli.follow import TERMINAL, Following
from mecum.edges.cli.outcome import Interrupted, Refusal, kind_of
from mecum.edges.cli.visible import visible
from mecum.kernel.errors import MecumError, Unavailable

_WAITING: Final = {
    "queued": "waiting for the answer before this one",
    "waiting_for_model": "waiting for a model",
    "loading": "loading the model",
    "silent": "still waiting for the model (Ctrl-C cancels)",
}

_PRINTED: Final = {"text": "text", "data": "shown"}
"""Where the parts that are printed hold what is printed of them."""


class NoModelNow(Unavailable):
    """No model can answer now; the message is kept and answered when one can (`--wait` waits for that)."""

    code = "cli.no_model_now"


class Page:
    """What has been printed of an answer; takes envelopes, replayed ones too, and prints only what is new."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False, stream: bool = True, wait: bool = True) -> None:
        self._as_json = as_json
        self._stream = stream
        self._wait = wait
        self._quiet = quiet or as_json
        self._kinds: dict[int, str] = {}
        self._printed: dict[int, int] = {}
        self._last = "\n"
        self._model: str | None = None
        self._phase: tuple[str | None, str | None] = (None, None)
        """What it waits for, and why."""
        self.end: dict[str, Any] | None = None

    def take(self, envelope: dict[str, Any]) -> None:
        """Print what `envelope` adds."""
        kind = str(envelope["type"])
        if self._as_json and (self._stream or kind in TERMINAL):
            render.json_line(envelope)
        if kind.startswith("part.") and self._stream:
            self._take_part(kind, envelope)
        elif kind in ("run.started", "run.model_changed"):
            self._say_model(envelope)
        elif kind == "run.status":
            self._take_phase(envelope)
        elif kind in TERMINAL:
            self._finish(envelope)

    def _take_part(self, kind: str, envelope: dict[str, Any]) -> None:
        number = int(envelope["part"])
        if kind == "part.started":
            self._kinds[number] = str(envelope["kind"])
        elif kind in ("part.delta", "part.replaced"):
            self._text(number, int(envelope.get("offset") or 0), str(envelope["text"]))
        elif (content := envelope.get("content")) and content["type"] == "data":
            self._text(number, 0, str(content["shown"]))

    def _finish(self, envelope: dict[str, Any]) -> None:
        self.end = envelope
        message: dict[str, Any] = envelope.get("message") or {}
        for number, item in enumerate(message.get("parts") or ()):
            self._kinds[number] = str(item["type"])
            if item["type"] in _PRINTED:
                self._text(number, 0, str(item[_PRINTED[item["type"]]]))
            elif item["type"] == "citation":
                source = item.get("title") or item.get("conversation_id") or item.get("file_id")
                self._say(f"source: {source}" if not item.get("url") else f"source: {source} ({item['url']})")
        if self._last != "\n":
            self._write("\n")
        if cost := message.get("cost"):
            self._say(f"cost: {cost['amount']:.6f} {cost['currency']}")

    def _text(self, number: int, offset: int, text: str) -> None:
        """Print what of `text`, beginning `offset` UTF-8 bytes into its part, is not printed yet."""
        kind = self._kinds.setdefault(number, "text")
        if kind not in _PRINTED:
            return
        data = text.encode()
        done = self._printed.get(number)
        # What could not be stored as text stood in the middle of it.
        inside = "data" in (kind, self._kinds.get(number - 1))
        if done is None and self._printed and self._last != "\n" and not inside:
            self._write("\n")
        new = data[max(0, (done or 0) - offset) :]
        self._printed[number] = max(done or 0, offset + len(data))
        if new:
            self._write(new.decode("utf-8", "replace"))

    def _write(self, text: str) -> None:
        self._last = text[-1]
        if self._as_json:
            return
        if sys.stdout.isatty():
            click.echo(visible(text), nl=False)
        else:
            # Into a pipe or a file go the answer's own bytes, whatever the locale says.
            click.echo(text.encode(), nl=False)

    def _say_model(self, envelope: dict[str, Any]) -> None:
        model = envelope.get("model")
        if model is not None and model != self._model:
            self._model = str(model)
            reason, wanted = envelope.get("model_reason"), envelope.get("stood_in_for")
            if wanted and wanted not in (reason or ""):
                self._say(f"{wanted} is not here")
            self._say(f"model: {model}" + (f" ({reason})" if reason else ""))

    def _take_phase(self, envelope: dict[str, Any]) -> None:
        because: dict[str, str] = envelope.get("waits_because") or {}
        phase, why = envelope.get("phase"), because.get("message")
        if phase == "waiting_for_model" and not self._wait:
            said = why or "`mecum providers test NAME` says why a server does not answer."
            raise NoModelNow(f"{NoModelNow.__doc__} {said}", conversation_id=envelope.get("conversation_id"))
        if (phase, why) != self._phase and phase in _WAITING:
            self._say(f"{_WAITING[phase]} …" if why is None else f"{_WAITING[phase]}: {why}")
        self._phase = phase, why

    def _say(self, text: str) -> None:
        if not self._quiet:
            render.notice(text)


def deliver(following: Following, page: Page) -> None:
    """Print the answer to its end.

    Ctrl-C cancels it on the server and prints what still comes of it; a second one leaves at once.
    """
    with _cancelling(following):
        for envelope in following:
            page.take(envelope)


@contextlib.contextmanager
def _cancelling(following: Following) -> Generator[None, None, None]:
    """Make the first Ctrl-C a cancel. It is sent from a thread: nothing that is being printed may be cut short."""

    def cancel(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, kept)
        threading.Thread(target=following.cancel, daemon=True).start()

    kept = signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, kept)


def judge(client: Client, end: dict[str, Any]) -> None:
    """Return when the run with this terminal envelope went well; raise what it ended with otherwise."""
    kind = end["type"]
    if kind == "run.cancelled":
        raise Interrupted
    if kind == "run.interrupted":
        detail = "The answer was interrupted; what there is of it is kept."
        raise Refusal({"code": "run.interrupted", "detail": detail}, "unavailable")
    if kind == "run.failed":
        raise failure(client, end.get("error") or {})


def failure(client: Client, error: dict[str, Any]) -> Refusal:
    """Return the error of a failed run, of the kind its code has in the server's list."""
    code = str(error.get("code") or "internal.error")
    kind: object = None
    try:
        codes = client.get("/errors/codes")["items"]
        kind = next((item["kind"] for item in codes if item["code"] == code), None)
    except (Refusal, MecumError):
        kind = None
    return Refusal({"code": code, "detail": str(error.get("message") or "The answer failed.")}, kind_of(kind))
