"""Which model fills a role, and why each other one does not: a pure decision from what is known of the models."""
