"""The surface that programs written for Ollama use unchanged: `/api/chat` and its like; every answer is a run."""
