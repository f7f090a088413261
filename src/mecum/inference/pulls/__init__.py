"""Pulls: fetching a model, from an address or through Ollama, as work that outlives the process."""
