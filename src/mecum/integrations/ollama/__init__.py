"""Ollama: models on this machine, and in its cloud."""
