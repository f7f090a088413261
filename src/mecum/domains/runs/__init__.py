"""Runs: the durable log of what happened while an answer was made."""
