"""A row of any table: an assistant, a prompt, something else that assistants name, or none of these."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from mecum.domains.assistants.ports import flat_table
from mecum.domains.transfer.rules import pieces
from mecum.domains.transfer.rules.incoming import Document, FlatAssistant, FlatPrompt, Found, Skipped, digest

_TEXTS: Final = ("content", "text", "body", "prompt", "template")
_TITLES: Final = ("title", "name", "slug")
_PROMPT: Final = frozenset({"id", "created_at"})
_ACCOUNTS: Final = ("user", "account", "auth", "session")


class Things:
    """Tells rows apart. The room of assistants is loaded for these files alone."""

    def __init__(self) -> None:
        from mecum.domains.assistants import api  # noqa: PLC0415 - see above

        self._brought, self._prompt_of, self._values = api.brought, api.BroughtPrompt, api.flat_values
        self._others: Counter[str] = Counter()

    def of(self, table: str, row: Mapping[str, Any], *, flat: bool) -> Iterator[Found]:
        """Return what a row of a table is; `flat` says that the table is the assistants' own."""
        if flat:
            named = {flat_table.canonical(column): value for column, value in row.items()}
            yield FlatAssistant(self._brought(named))
        elif flat_table.TABLES.get(table) == "prompt":
            yield from self._prompt(table, row)
        elif table in flat_table.TABLES:
            yield Document(table, _ref(row), pieces.kept(row))
        else:
            self._others[table] += 1

    def rest(self) -> Iterator[Skipped]:
        """Return the tables that nobody asked for, with how many rows each has."""
        for table, rows in sorted(self._others.items()):
            account = any(word in table for word in _ACCOUNTS)
            reason = "accounts are not carried over" if account else "it is no table that an assistant names"
            yield Skipped("document", table, f"{reason}: {rows} rows")

    def _prompt(self, table: str, row: Mapping[str, Any]) -> Iterator[Found]:
        text_in = next((name for name in _TEXTS if isinstance(row.get(name), str)), None)
        ref = _ref(row)
        if text_in is None:
            yield Document(table, ref, pieces.kept(row))
            return
        title_in = next((name for name in _TITLES if isinstance(row.get(name), str) and row[name]), None)
        said = pieces.plain(row[text_in])
        text = said if isinstance(said, str) else str(said["shown"])
        yield FlatPrompt(
            self._prompt_of(
                original=self._values.original(ref) or ref,
                title=pieces.text_or_none(row.get(title_in or ""), 500) or "Prompt",
                text=text,
                content=digest("prompt", text, {str(name): _said(value) for name, value in row.items()}),
                created_at=self._values.moment(row.get("created_at")),
            )
        )
        beside = {name: value for name, value in row.items() if name not in {*_PROMPT, text_in, title_in}}
        if kept := pieces.kept(beside if isinstance(said, str) else row):
            yield Document(table, ref, kept)


def _ref(row: Mapping[str, Any]) -> str:
    for name in ("id", "pk", "uuid"):
        if row.get(name) not in (None, ""):
            return str(row[name])
    return digest({str(name): _said(value) for name, value in row.items()}).hex()


def _said(value: Any) -> Any:
    return value if isinstance(value, bytes) else pieces.plain(value)
