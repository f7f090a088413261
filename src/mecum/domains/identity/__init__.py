"""Who there is: organisations, persons, sessions, API keys."""
