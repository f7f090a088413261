"""Fixtures of the integrations' tests."""

from fakes.fixtures import net, upstream

__all__ = ["net", "upstream"]
