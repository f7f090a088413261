"""How a turn happens."""
