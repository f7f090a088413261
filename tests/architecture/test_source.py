"""Rules about what a line of code may do where; each is shown to notice an offence."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable

import pytest

from architecture import source

# Where an unexpected error ends, as one answer and one log line: the edges, the job runner, the stage boundary.
CATCHERS = {
    "edges/cli/root.py",
    "edges/http/security.py",
    "engine/chat/turn.py",
    "infra/jobs/runner.py",
    "infra/net/connection.py",
}
# The one door out; and where a server asks which addresses its own host name stands for, before it binds to them.
DOORS = {"infra/net/", "edges/cli/serving.py"}
# Statements that must run at import: SQLAlchemy's hooks hang on a class.
REGISTRATIONS = {"event.listen(ScopedSession, 'do_orm_execute', _guard)"}
DENIED_NAMES = re.compile(r"(Manager|Helper|Utils?|Util)$|^Enhanced[A-Z]|_?[vV]\d$")

Rule = Callable[[ast.Module], Iterable[object]]


def offences(rule: Rule, *, outside: Iterable[str]) -> list[str]:
    """Return `file: what` for each offence outside the files or folders (ending in `/`) where it is allowed."""
    allowed = tuple(outside)
    return [
        f"{path}: {found}"
        for path, tree in source.modules().items()
        if not path.startswith(allowed)
        for found in rule(tree)
    ]


def environment(tree: ast.Module) -> Iterable[object]:
    """Find reads of the environment."""
    return source.mentions(tree, source.ENVIRONMENT)


def clocks(tree: ast.Module) -> Iterable[object]:
    """Find readings of the wall clock."""
    return source.mentions(tree, source.CLOCKS)


def connections(tree: ast.Module) -> Iterable[object]:
    """Find calls that open a connection or ask a name server."""
    return source.calls(tree, source.CONNECTING)


def import_work(tree: ast.Module) -> Iterable[object]:
    """Find work at import that is not a known registration."""
    return (found for found in source.import_work(tree) if found[1] not in REGISTRATIONS)


def denied_names(tree: ast.Module) -> Iterable[object]:
    """Find classes named after nothing in the field, or after another version."""
    return (node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and DENIED_NAMES.search(node.name))


def test_only_settings_reads_the_environment() -> None:
    assert offences(environment, outside=["settings.py"]) == []


def test_no_error_is_swallowed() -> None:
    assert offences(source.broad_excepts, outside=CATCHERS) == []


def test_the_allowed_catchers_exist() -> None:
    assert source.modules().keys() >= CATCHERS


def test_only_the_kernel_reads_the_clock() -> None:
    assert offences(clocks, outside=["kernel/clock.py"]) == []


def test_only_the_one_door_opens_connections() -> None:
    assert offences(connections, outside=DOORS) == []


def test_no_work_at_import() -> None:
    assert offences(import_work, outside=["infra/storage/migrations/"]) == []


def test_names_come_from_the_field() -> None:
    assert offences(denied_names, outside=["nowhere"]) == []


def test_every_module_says_what_it_is_for() -> None:
    assert [path for path, tree in source.modules().items() if not ast.get_docstring(tree)] == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (environment, "import os\nx = os.environ['A']"),
        (environment, "from os import getenv"),
        (source.broad_excepts, "try:\n    f()\nexcept Exception:\n    pass"),
        (source.broad_excepts, "try:\n    f()\nexcept (OSError, BaseException):\n    log()"),
        (source.broad_excepts, "try:\n    f()\nexcept:\n    pass"),
        (source.broad_excepts, "with contextlib.suppress(Exception):\n    f()"),
        (clocks, "now = datetime.datetime.now(UTC)"),
        (clocks, "def f():\n    return time.time()"),
        (connections, "async def f():\n    await asyncio.open_connection('h', 1)"),
        (import_work, "setup()"),
        (import_work, "class A:\n    text = Path('x').read_text()"),
        (import_work, "if sys.platform == 'linux':\n    start()"),
        (denied_names, "class RunManager: ..."),
        (denied_names, "class RouterV2: ..."),
    ],
)
def test_the_rules_notice(rule: Rule, code: str) -> None:
    assert list(rule(ast.parse(code)))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (source.broad_excepts, "try:\n    f()\nexcept BaseException:\n    close()\n    raise"),
        (import_work, "if __name__ == '__main__':\n    main()"),
        (import_work, "READ = lambda: Path('x').read_text()"),
        (import_work, "PATTERN = re.compile('x')"),
    ],
)
def test_the_rules_do_not_notice_too_much(rule: Rule, code: str) -> None:
    assert not list(rule(ast.parse(code)))


WATCHED_IMPORT = """
import importlib, sys, threading
MODES = set("wax+")
def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and MODES & set(arguments[1]) \\
        and not str(arguments[0]).endswith((".pyc", "/dev/null")) and ".pyc." not in str(arguments[0])
    if writes or event in ("subprocess.Popen", "os.system", "os.mkdir", "socket.connect", "socket.bind",
                           "socket.getaddrinfo", "sqlite3.connect"):
        raise RuntimeError(f"{event} {arguments} at import")
sys.dont_write_bytecode = True
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
assert threading.active_count() == 1, threading.enumerate()
"""


@pytest.mark.slow
def test_importing_everything_touches_nothing() -> None:
    names = [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in source.modules()]
    ours = [
        f"mecum.{name}" for name in names if name not in ("__init__", "__main__") and "migrations.versions" not in name
    ]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCHED_IMPORT, *ours],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
