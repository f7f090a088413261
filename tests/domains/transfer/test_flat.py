"""A flat table of assistants comes in whole: every format, every version of it, counted column by column."""

from typing import Any

import pytest

from factories import flat
from factories.imports import ImportDesk

pytestmark = pytest.mark.slow

FORMATS = {"flat.db": flat.as_sqlite, "dump.json": flat.as_dumpdata, "flat.csv": flat.as_csv, "dump.sql": flat.as_dump}


def unequal(columns: dict[str, Any]) -> list[Any]:
    return [one for one in columns["items"] if not one["equal"]]


@pytest.mark.parametrize("version", [92, 105, 108])
@pytest.mark.parametrize("name", FORMATS)
async def test_every_format_and_version(plain_desk: ImportDesk, name: str, version: int) -> None:
    made = flat.rows(60, version=version, vectors=0.2)
    body = FORMATS[name](made)
    view = await plain_desk.bring({name: body})
    assert (view["state"], view["format"]) == ("done", "assistants"), view
    assert view["kinds"]["assistant"] == {"found": 60, "imported": 60, "already": 0, "skipped": 0}, view
    columns = await plain_desk.get(f"/imports/{view['id']}/fields")
    assert columns["rows"] == 60
    assert unequal(columns) == []
    assert len(columns["items"]) >= len(flat.VERSIONS[version])
    again = await plain_desk.bring({name: body})
    assert (again["imported"], again["already"]) == (0, 60), again
