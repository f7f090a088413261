"""Models on the Anthropic wire, the Messages API."""
