"""Reads the product's source as syntax trees, for the rules that no linter brings with it."""

import ast
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "mecum"

BROAD = {"Exception", "BaseException"}
# What starts something, reads something or waits, wherever it is called.
WORKING = set(
    "open run connect create_engine create_async_engine import_module Popen Thread start print "
    "read_text read_bytes write_text write_bytes mkdir iterdir glob".split()
)
CONNECTING = set(
    "open_connection create_connection open_unix_connection create_unix_connection sock_connect connect_ex "
    "create_datagram_endpoint getaddrinfo gethostbyname urlopen".split()
)
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv"}


@cache
def modules() -> dict[str, ast.Module]:
    """Return every module of the package by its path below it, like `infra/net/client.py`."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {file.relative_to(PACKAGE).as_posix(): ast.parse(file.read_text("utf-8")) for file in files}


def name_of(node: ast.AST) -> str:
    """Return the dotted name of an expression, without what stands before the last two names."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{name_of(value).rpartition('.')[2]}.{attribute}"
        case ast.Call(func=function):
            return name_of(function)
        case _:
            return ""


def broad_excepts(tree: ast.Module) -> Iterator[int]:
    """Yield the line of each handler or suppress that takes every error and does not raise it again."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not isinstance(node.body[-1], ast.Raise):
            yield node.lineno
        elif isinstance(node, ast.Call) and name_of(node).rpartition(".")[2] == "suppress":
            yield from (node.lineno for argument in node.args if _is_broad(argument))


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(name_of(name) in BROAD for name in names)


def mentions(tree: ast.Module, names: AbstractSet[str]) -> Iterator[tuple[int, str]]:
    """Yield line and name wherever one of the dotted names is used, also when imported by itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and name_of(node) in names:
            yield node.lineno, name_of(node)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if f"{node.module}.{alias.name}" in names:
                    yield node.lineno, f"{node.module}.{alias.name}"


def calls(tree: ast.AST, names: AbstractSet[str]) -> Iterator[tuple[int, str]]:
    """Yield line and name of each call whose last name is one of these."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node).rpartition(".")[2] in names:
            yield node.lineno, name_of(node)


def import_work(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and source of each statement that does something when the module is imported."""
    for node in _at_import(tree.body):
        if isinstance(node, ast.Expr | ast.For | ast.While | ast.With | ast.Try | ast.Delete):
            yield node.lineno, ast.unparse(node).splitlines()[0]
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            yield from _at_once(node)


def _at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _at_import(node.body)
        elif isinstance(node, ast.If):
            if "__main__" not in ast.unparse(node.test):
                yield from _at_import([*node.body, *node.orelse])
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node


def _at_once(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield working calls, but not those inside a lambda, which runs later."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call) and name_of(node).rpartition(".")[2] in WORKING:
        yield node.lineno, name_of(node)
    for child in ast.iter_child_nodes(node):
        yield from _at_once(child)
