"""Projects: conversations, assistants, files and instructions under one name."""
