"""The wire shapes of assistants and prompts."""
