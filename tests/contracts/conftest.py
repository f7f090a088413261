"""Fixtures of the contracts' tests."""

from fakes.fixtures import net, upstream

__all__ = ["net", "upstream"]
