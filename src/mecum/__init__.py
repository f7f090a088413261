"""Mecum: a self-hosted AI assistant that keeps every word, on your own machine."""

__version__ = "0.1.0"
