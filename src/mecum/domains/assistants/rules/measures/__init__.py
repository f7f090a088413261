"""What is measured of an assistant: each figure by a named method, from runs and thumbs, null until there is enough."""
