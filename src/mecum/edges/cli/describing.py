"""What is known of one model, as lines for people: what, its value, and where that is from."""

from collections.abc import Iterator
from typing import Any, Final

from mecum.edges.cli import render
from mecum.edges.cli.connect import connect
from mecum.edges.cli.options import Options

Row = tuple[str, object, object]
_UNKNOWN: Final = "unknown"
_OWN: Final = "ref name provider endpoint detail kind available raw_only reasoning parameters size_bytes loaded".split()
_MEASURED: Final = ("tokens_per_second", "first_token_seconds", "failure_rate", "answers")
_PARTS: Final = ("weights", "cache", "compute", "process")


def describe(options: Options, ref: str) -> None:
    """Print everything that is known of a model, with where each fact is from."""
    with connect(options) as client:
        told = client.get("/models/facts", ref=ref)
    if options.json:
        render.json({**told["model"], **{name: value for name, value in told.items() if name != "model"}})
        return
    render.table(("what", "value", "from"), _rows(told))


def _rows(told: dict[str, Any]) -> Iterator[Row]:
    for name in _OWN:
        yield _row(name, told["model"][name])
    yield from _served(told["served"])
    for name, one in told["capabilities"].items():
        yield _row(name, one["value"], one["source"])
    window = told["window"]
    yield _row("window", window["tokens"], f"{window['source'] or 'nobody'}: {window['why']}")
    yield _row("window served", window["served"])
    if window["loaded"] is not None:
        yield _row("window in memory", window["loaded"], "its server")
    yield from _memory(told)
    yield from _fared(told["performance"])
    yield from _price(told)
    yield from _used(told)


def _row(name: str, value: object, source: object = "") -> Row:
    return name.replace("_", " "), _UNKNOWN if value is None else value, source or ""


def _served(served: dict[str, Any]) -> Iterator[Row]:
    yield "served", served["why"], served["silence"] or ""
    for name in ("address", "file", "relay"):
        if served[name] is not None:
            yield _row(name, served[name])
    if served["members"]:
        yield "members", ", ".join(served["members"]), ""
    yield "answers at once", served["most_at_once"] or "no limit", ""


def _memory(told: dict[str, Any]) -> Iterator[Row]:
    memory: dict[str, Any] = told["memory"]
    said = "" if memory["bytes"] is None else "measured" if memory["measured"] else "estimate"
    yield _row("memory bytes", memory["bytes"], said)
    parts: dict[str, Any] | None = memory["parts"]
    if parts is not None:
        with_ = f"estimate with {parts['tokens']:,} tokens" if parts["tokens"] else "estimate"
        yield from (_row(f"memory {name}", parts[name], with_) for name in _PARTS)
    yield _row("fits", memory["fits"])
    yield _row("fit reason", memory["why"])
    if told["stays"] is not None:
        yield "keep alive", told["stays"]["why"], told["stays"]["source"]
    loaded: dict[str, Any] | None = told["loaded"]
    if loaded is not None:
        yield from (_row(f"in memory {name}", loaded[name]) for name in ("memory_bytes", "busy", "until"))


def _fared(performance: dict[str, Any]) -> Iterator[Row]:
    since = f"measured, last {performance['measured_at']}" if performance["measured_at"] else ""
    for name in _MEASURED:
        yield _row(name, performance[name], since)
    estimated = performance["estimated"]
    if estimated is not None:
        yield "estimated tokens per second", f"{estimated['tokens_per_second']:g}", estimated["method"]


def _price(told: dict[str, Any]) -> Iterator[Row]:
    price: dict[str, Any] | None = told["price"]
    if price is None:
        yield "price", "none" if told["model"]["local"] else _UNKNOWN, told["price_why"]
        return
    for name in ("input", "output", "cached"):
        yield f"price {name} of a million tokens", f"{price[name]:g} {price['currency']}", told["price_why"]


def _used(told: dict[str, Any]) -> Iterator[Row]:
    for one in told["roles"]:
        yield f"role {one['role']}", one["reason"], ""
    for one in told["swaps"]:
        yield "swap", f"{one['to']} answers for {one['from']}", one["detail"] or "counts"
    for one in told["configured"]:
        line = "" if one["line"] is None else f":{one['line']}"
        yield one["key"], one["value"], f"{one['source'] or one['level']}{line}"
