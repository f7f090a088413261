"""What holds of assistants without asking a database."""
