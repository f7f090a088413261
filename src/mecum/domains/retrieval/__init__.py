"""Retrieval: finding what was written, by words."""
