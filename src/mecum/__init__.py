"""Mecum: a self-hosted AI assistant that keeps every word, on your own machine."""

__version__ = "0.1.0"
VERSION_JSON = f'{{"version":"{__version__}"}}'
"""The version as one JSON object, written here so that telling it needs no JSON."""
