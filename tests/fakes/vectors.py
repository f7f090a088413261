"""Vectors as a fake embedding model makes them: the same text has the same one, and no other text has it."""

import hashlib
from typing import Any, Final

LENGTH: Final = 8
_SHORTER: Final = 4
"""What the model can make them too."""


def vector(text: str, length: int = LENGTH) -> list[float]:
    """Return the vector of a text; its numbers are exact as 32-bit floats."""
    return [number / 256 - 0.5 for number in hashlib.sha256(text.encode()).digest()[:length]]


def length_of(body: dict[str, Any]) -> int:
    """Return how long the vectors become that this request asks for: a length that it cannot make is ignored."""
    return _SHORTER if body.get("dimensions") == _SHORTER else LENGTH


def openai_answer(body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of POST /v1/embeddings, its items in no order."""
    made = [
        {"object": "embedding", "index": index, "embedding": vector(text, length_of(body))}
        for index, text in enumerate(body["input"])
    ]
    tokens = sum(len(text.split()) for text in body["input"])
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": made[::-1], "model": body["model"], "usage": usage}


def ollama_answer(body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of POST /api/embed."""
    made = [vector(text, length_of(body)) for text in body["input"]]
    tokens = sum(len(text.split()) for text in body["input"])
    told = {"total_duration": 14143917, "load_duration": 1019500, "prompt_eval_count": tokens}
    return {"model": body["model"], "embeddings": made, **told}
