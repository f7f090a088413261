"""Assistants: a slim core with six facets, their versions and their versioned prompts."""
