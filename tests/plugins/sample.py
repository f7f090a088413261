"""`--cases N`: at most N of the cases of each parametrised test, spread over all of them, for a quick look."""

from collections import defaultdict

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option; 0, the default, leaves nothing out."""
    parser.addoption("--cases", type=int, default=0, help="run at most this many cases of each parametrised test")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect, after marks and names have had their say, what the option leaves out."""
    limit = config.getoption("cases", 0)
    if not limit:
        return
    groups: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        groups[item.nodeid.partition("[")[0]].append(item)
    kept = {item.nodeid for group in groups.values() for item in spread(group, limit)}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in kept])
    items[:] = [item for item in items if item.nodeid in kept]


def spread(group: list[pytest.Item], limit: int) -> list[pytest.Item]:
    """Return at most `limit` of the group, the first one and others at even distances."""
    return [group[index * len(group) // limit] for index in range(limit)] if len(group) > limit else group
