"""Writes small GGUF files: true headers, no useful weights."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Tensor = tuple[str, tuple[int, ...], int]
ONE_TENSOR: Sequence[Tensor] = (("token_embd.weight", (64, 512), 0),)


def write_gguf(
    path: Path, metadata: Mapping[str, Any], tensors: Sequence[Tensor] = ONE_TENSOR, version: int = 3
) -> Path:
    """Write a file with these pairs and F32 tensors (name, dimensions, type) of zeros."""
    body = b"".join(packed(name, value) for name, value in metadata.items())
    offset, infos = 0, b""
    for name, dimensions, kind in tensors:
        sizes = b"".join(struct.pack("<Q", size) for size in dimensions)
        infos += _text(name) + struct.pack("<I", len(dimensions)) + sizes + struct.pack("<IQ", kind, offset)
        elements = 1
        for size in dimensions:
            elements *= size
        offset += -(-elements * 4 // 32) * 32
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(metadata)) + body + infos
    path.write_bytes(head + b"\0" * (-len(head) % 32))
    with path.open("r+b") as file:
        # A hole reads as zeros and takes no room.
        file.truncate(path.stat().st_size + offset)
    return path


def llama(**more: Any) -> dict[str, Any]:
    """Return the metadata of a small llama; `__` in a keyword stands for a dot."""
    return {
        "general.architecture": "llama",
        "general.name": "small",
        "general.file_type": 15,
        "llama.context_length": 4096,
        "llama.embedding_length": 64,
        "llama.block_count": 5,
        "llama.attention.head_count": 8,
        "llama.attention.head_count_kv": 4,
        "tokenizer.ggml.tokens": ["<unk>", "<s>"],
        "tokenizer.ggml.scores": [0.0, 1.0],
        "tokenizer.chat_template": "{{ messages }}",
        **{name.replace("__", "."): value for name, value in more.items()},
    }


def packed(name: str, value: Any) -> bytes:
    """Return a pair of the metadata as it stands in a file."""
    return _text(name) + _typed(value)


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _typed(value: Any) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    items: Sequence[Any] = value
    if type(items[0]) is int:
        return struct.pack("<IIQ", 9, 5, len(items)) + struct.pack(f"<{len(items)}i", *items)
    kind = struct.unpack("<I", _typed(items[0])[:4])[0]
    return struct.pack("<IIQ", 9, kind, len(items)) + b"".join(_typed(item)[4:] for item in items)
