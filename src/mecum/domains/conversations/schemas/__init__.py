"""The wire shapes of conversations, messages, files and search."""
