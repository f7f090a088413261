"""The keys of an older `api_keys.json`: by provider, in the few ways such a file was written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from mecum.inference.configuration.problems import refuse
from mecum.inference.configuration.text import parse
from mecum.inference.importing.errors import KeysUnreadable
from mecum.inference.settings import is_key

_AROUND: Final = ("keys", "api_keys", "providers")
_INSIDE: Final = ("api_key", "key", "token")
_SEALED: Final = ("gAAAA", "-----BEGIN", "age-encryption")
"""How texts begin that were encrypted with a key of the older program."""


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A field of the file: the provider's key, or with `reason` why there is none."""

    field: str
    provider: str
    key: str | None = None
    reason: str | None = None


def keys_in(text: str, file: str) -> list[FoundKey]:
    """Return every field of the file. Raises what is wrong with its text, KeysUnreadable when it is encrypted."""
    parsed = parse(text.encode("utf-8", "replace"), "json", file)
    refuse(parsed.problems)
    if parsed.tree.get("encrypted") is True:
        raise KeysUnreadable
    return list(_found(parsed.tree, ""))


def _found(tree: Mapping[str, Any], prefix: str) -> Iterator[FoundKey]:
    for name, value in tree.items():
        field = f"{prefix}{name}"
        if name in _AROUND and isinstance(value, dict):
            yield from _found(cast("Mapping[str, Any]", value), f"{field}.")
        elif isinstance(value, dict):
            yield from _inside(field, _provider(name), cast("Mapping[str, Any]", value))
        else:
            yield _key(field, _provider(name), value)


def _inside(field: str, provider: str, there: Mapping[str, Any]) -> Iterator[FoundKey]:
    for name, value in there.items():
        if name in _INSIDE:
            yield _key(f"{field}.{name}", provider, value)
        else:
            yield FoundKey(f"{field}.{name}", provider, reason="Not a key; it has no place here.")


def _key(field: str, provider: str, value: object) -> FoundKey:
    if not isinstance(value, str) or not value.strip():
        return FoundKey(field, provider, reason="There is no key in it.")
    if value.startswith(_SEALED):
        raise KeysUnreadable(f"{field} is encrypted with a key of another program.")
    if not is_key(value):
        return FoundKey(field, provider, reason="It holds what no key has: a space, or a sign beyond ASCII.")
    return FoundKey(field, provider, value.strip())


def _provider(name: str) -> str:
    return name.lower().removesuffix("_api_key").removesuffix("_key").replace("_", "-")
