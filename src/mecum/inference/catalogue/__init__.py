"""The catalogue: open models that a machine could fetch, what they would take there and how fast they would be."""
