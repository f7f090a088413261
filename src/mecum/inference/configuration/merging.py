"""Levels laid over each other: objects key by key, everything else as a whole; null takes back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from mecum.inference.configuration.problems import Path

Tree = Mapping[str, Any]


def merged(trees: Iterable[Tree]) -> dict[str, Any]:
    """Return the trees as one, the later over the earlier; none of them is changed, and none holds a null then."""
    result: dict[str, Any] = {}
    for tree in trees:
        result = _over(result, tree)
    return result


def _over(below: Tree, above: Tree) -> dict[str, Any]:
    result = dict(below)
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            result[key] = _over(inner(result, key), cast("Tree", value))
        else:
            result[key] = value
    return result


def inner(tree: Tree, key: str) -> Tree:
    """Return the object at `key`; an empty one where there is none."""
    found = tree.get(key)
    return cast("Tree", found) if isinstance(found, dict) else {}


def without_nulls(tree: Tree) -> dict[str, Any]:
    """Return a tree as if its nulls were not there."""
    return _over({}, tree)


def leaves(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    """Return the paths and values of everything that is not an object with something in it."""
    found: list[tuple[Path, Any]] = []
    pending: list[tuple[Path, Any]] = [(path, value)]
    while pending:
        at, item = pending.pop()
        if isinstance(item, dict) and item:
            inside = cast("Tree", item)
            pending.extend(((*at, key), inside[key]) for key in reversed(list(inside)))
        else:
            found.append((at, cast("Any", item)))
    return found


def circle(links: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a way along `links` that ends where it began, or nothing; in the order of the links."""
    done: set[str] = set()
    for start in links:
        way: list[str] = []
        on_way: set[str] = set()
        pending: list[tuple[str, int]] = [(start, 0)]
        while pending:
            node, depth = pending.pop()
            on_way.difference_update(way[depth:])
            done.update(way[depth:])
            del way[depth:]
            if node in on_way:
                return [*way[way.index(node) :], node]
            if node in done:
                continue
            way.append(node)
            on_way.add(node)
            pending.extend((other, depth + 1) for other in reversed(links.get(node) or ()))
        done.update(way)
    return []
