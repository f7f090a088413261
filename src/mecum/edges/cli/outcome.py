"""How a call ends: one table from kinds of error to exit codes, and one way to tell an error."""

import sys
from typing import Any, Final

import click
import orjson

from mecum.edges.cli.hints import way_out
from mecum.edges.cli.visible import one_line
from mecum.kernel.errors import KINDS, Kind, MecumError

INTERRUPTED: Final = 130
READER_GONE: Final = 141  # 128 + SIGPIPE, what a shell says of a filter whose reader left
EXIT_CODES: Final[dict[Kind, int]] = {
    "internal": 1,
    "invalid": 2,
    "denied": 3,
    "not_found": 4,
    "conflict": 5,
    "limit": 6,
    "unavailable": 7,
}
_KIND_OF_STATUS: Final[dict[int, Kind]] = {
    401: "denied",
    403: "denied",
    404: "not_found",
    410: "not_found",
    409: "conflict",
    412: "conflict",
    413: "limit",
    429: "limit",
    507: "limit",
    502: "unavailable",
    503: "unavailable",
    504: "unavailable",
}


class Refusal(Exception):
    """What a server refused, or how a run failed: its problem as JSON, and the kind for the exit code."""

    def __init__(self, problem: dict[str, Any], kind: Kind) -> None:
        self.problem = problem
        self.kind: Kind = kind
        super().__init__(self.sentence)

    @property
    def code(self) -> str:
        """The stable code."""
        return str(self.problem.get("code") or "internal.error")

    @property
    def sentence(self) -> str:
        """The sentence for people, with what is wrong at which place."""
        problem = self.problem
        said = str(problem.get("detail") or problem.get("message") or problem.get("title") or "It did not work.")
        errors: list[dict[str, Any]] = problem.get("errors") or []
        # What is wrong with the whole stands at no place in it.
        places = [": ".join(filter(None, (item.get("path"), item.get("message")))) for item in errors]
        return " ".join([said, *(f"({place})" for place in places)])


class Interrupted(Exception):
    """The person ended it (Ctrl-C)."""


def kind_of_status(status: int) -> Kind:
    """Return the kind of error behind an HTTP status."""
    if status in _KIND_OF_STATUS:
        return _KIND_OF_STATUS[status]
    return "internal" if status >= 500 else "invalid"


def kind_of(name: object) -> Kind:
    """Return `name` as a kind; anything unknown is internal."""
    return name if name in KINDS else "internal"


def tell(error: Exception, as_json: bool) -> int:
    """Write `error` to standard error (a line, or problem JSON) and return the exit code of its kind."""
    problem, kind = _described(error)
    line = f"error {problem['code']}: {one_line(str(problem['detail']))}{_found_in_the_log(problem, kind)}"
    if not as_json and (command := way_out(problem)) is not None:
        line += f" Try: {one_line(command)}"
    click.echo(orjson.dumps(problem).decode() if as_json else line, file=sys.stderr)
    return EXIT_CODES[kind]


def _found_in_the_log(problem: dict[str, Any], kind: Kind) -> str:
    """Return where the server's log says more: it does of faults of its own."""
    request_id = problem.get("request_id")
    return f" (request {one_line(str(request_id))} in the log)" if request_id and kind == "internal" else ""


def _described(error: Exception) -> tuple[dict[str, Any], Kind]:
    if isinstance(error, Refusal):
        return {**_problem(error.code, error.sentence), **error.problem, "detail": error.sentence}, error.kind
    if isinstance(error, MecumError):
        title = (type(error).__doc__ or error.message).strip().splitlines()[0]
        return _problem(error.code, error.message, title, error.details), error.kind
    if isinstance(error, click.ClickException):
        return _problem("cli.usage", _usage(error), "The command line is not one this command takes."), "invalid"
    if isinstance(error, OSError):
        said = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
        return _problem("cli.file", said, "A file cannot be read or written."), "internal"
    return _problem("internal.error", f"{type(error).__name__}: {error}", "Something went wrong in Mecum."), "internal"


def _problem(code: str, detail: str, title: str | None = None, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a problem as the server writes them; without a status, as no request was answered."""
    said = dict(details or {})
    body = {"type": f"urn:mecum:error:{code}", "title": title or detail, "code": code, "detail": detail}
    if errors := said.pop("errors", None):
        body["errors"] = errors
    return {**body, "details": said} if said else body


def _usage(error: click.ClickException) -> str:
    said = error.format_message()
    context = error.ctx if isinstance(error, click.UsageError) else None
    return said if context is None else f"{said} See `{context.command_path} --help`."
