"""What we know and own: one folder is one context."""
