"""The chat turn: a pipeline of small stages over one run log."""
