"""Reads what a GGUF file says of its model, without loading it.

Source: the GGUF specification (ggml/docs/gguf.md), versions 2 and 3, little-endian: magic, counts, metadata pairs,
tensor infos, then the tensor data, aligned.
"""

import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final

from mecum.kernel.errors import Invalid

_MAGIC: Final = b"GGUF"
_MAX_COUNT: Final = 1 << 24
_MAX_TEXT: Final = 1 << 26
_MAX_DIMENSIONS: Final = 8
_STRING: Final = 8
_ARRAY: Final = 9
_SCALARS: Final = {
    number: struct.Struct("<" + letter)
    for number, letter in {
        0: "B",
        1: "b",
        2: "H",
        3: "h",
        4: "I",
        5: "i",
        6: "f",
        7: "?",
        10: "Q",
        11: "q",
        12: "d",
    }.items()
}
_U32: Final = struct.Struct("<I")
_U64: Final = struct.Struct("<Q")
# Tensor type → (elements of a block, bytes of a block).
_BLOCKS: Final = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18),
}  # fmt: skip
_FILE_TYPES: Final = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
    21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4", 39: "NVFP4", 40: "Q1_0",
}  # fmt: skip


class BadModelFile(Invalid):
    """This file is not a model that can be loaded."""

    code = "model.bad_file"


@dataclass(frozen=True, slots=True)
class Gguf:
    """What a file says: `size` and `cache_bytes_per_token` in bytes, `parameters` counted from its tensors."""

    architecture: str
    name: str | None
    parameters: int
    size: int
    quantization: str | None
    context_length: int | None
    chat_template: str | None
    embeds: bool
    part: int
    cache_bytes_per_token: int


def read(path: Path) -> Gguf:
    """Return what the file at `path` says; raises BadModelFile with the reason for people."""
    try:
        size = path.stat().st_size
        if size < 24:
            raise BadModelFile(f"{path.name} is too short to be a GGUF file.")
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _described(_Reader(data, path.name), size)
    except OSError as error:
        raise BadModelFile(f"{path.name} cannot be read: {error.strerror}.") from error


class _Reader:
    """A position in the file; every step is checked against its end."""

    def __init__(self, data: mmap.mmap, name: str) -> None:
        self._data = data
        self._name = name
        self.at = 0

    def bad(self, why: str) -> BadModelFile:
        return BadModelFile(f"{self._name} {why}.")

    def take(self, size: int) -> bytes:
        if self.at + size > len(self._data):
            raise self.bad("is truncated: it ends inside its own description")
        self.at += size
        return self._data[self.at - size : self.at]

    def scalar(self, form: struct.Struct) -> Any:
        return form.unpack(self.take(form.size))[0]

    def count(self, most: int = _MAX_COUNT) -> int:
        value: int = self.scalar(_U64)
        if value > most:
            raise self.bad("is damaged: it announces more entries than a model can have")
        return value

    def text(self) -> str:
        return self.take(self.count(_MAX_TEXT)).decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            return self._array()
        if kind not in _SCALARS:
            raise self.bad(f"is damaged: it has a value of the unknown type {kind}")
        return self.scalar(_SCALARS[kind])

    def _array(self) -> list[Any]:
        kind, number = self.scalar(_U32), self.count()
        if kind == _STRING:
            # Vocabularies: a hundred thousand strings nobody here asks for.
            for _ in range(number):
                self.take(self.count(_MAX_TEXT))
            return []
        if kind not in _SCALARS:
            raise self.bad(f"is damaged: it has an array of the unknown type {kind}")
        form = _SCALARS[kind]
        data = self.take(number * form.size)
        return [value for (value,) in form.iter_unpack(data)] if number <= 1024 else []


def _described(reader: _Reader, size: int) -> Gguf:
    if reader.take(4) != _MAGIC:
        raise reader.bad("is not a GGUF file")
    version = reader.scalar(_U32)
    if version not in (2, 3):
        raise reader.bad(f"has the GGUF version {version}, which is not supported")
    tensors, pairs = reader.count(), reader.count()
    metadata: dict[str, Any] = {}
    for _ in range(pairs):
        name = reader.text()
        metadata[name] = reader.value(reader.scalar(_U32))
    parameters = _tensors(reader, tensors, _largest(metadata.get("general.alignment"), 32), size)
    architecture = metadata.get("general.architecture")
    if not isinstance(architecture, str) or not architecture:
        raise reader.bad("does not say what architecture it has")
    return _summary(metadata, architecture, parameters, size)


def _tensors(reader: _Reader, number: int, alignment: int, size: int) -> int:
    """Return the number of parameters; raises BadModelFile when the file ends before its tensors do."""
    parameters, end = 0, 0
    for _ in range(number):
        reader.text()
        dimensions = reader.scalar(_U32)
        if dimensions > _MAX_DIMENSIONS:
            raise reader.bad("is damaged: a tensor has too many dimensions")
        elements = prod(reader.scalar(_U64) for _ in range(dimensions))
        kind, offset = reader.scalar(_U32), reader.scalar(_U64)
        block, width = _BLOCKS.get(kind, (1, 0))
        parameters += elements
        end = max(end, offset + elements // block * width)
    start = -(-reader.at // alignment) * alignment
    if start + end > size:
        raise reader.bad(f"is truncated: {start + end - size:,} bytes are missing at its end")
    return parameters


def _summary(metadata: dict[str, Any], architecture: str, parameters: int, size: int) -> Gguf:
    def own(name: str) -> Any:
        return metadata.get(f"{architecture}.{name}")

    template = metadata.get("tokenizer.chat_template")
    name = metadata.get("general.name")
    return Gguf(
        architecture=architecture,
        name=name if isinstance(name, str) else None,
        parameters=parameters,
        size=size,
        quantization=_FILE_TYPES.get(_largest(metadata.get("general.file_type"), 0)),
        context_length=_largest(own("context_length"), 0) or None,
        chat_template=template if isinstance(template, str) and template.strip() else None,
        embeds=own("pooling_type") is not None or architecture == "clip",
        part=_largest(metadata.get("split.no"), 0),
        cache_bytes_per_token=_cache(own),
    )


def _cache(own: Callable[[str], Any]) -> int:
    """Bytes of key-value cache a token needs: layers × key-value heads × (key + value length) × 2 (half floats)."""
    heads = _largest(own("attention.head_count"), 1)
    shared = _largest(own("attention.head_count_kv"), heads)
    length = _largest(own("embedding_length"), 0) // heads
    key = _largest(own("attention.key_length"), length)
    value = _largest(own("attention.value_length"), length)
    return _largest(own("block_count"), 0) * shared * (key + value) * 2


def _largest(value: Any, default: int) -> int:
    if isinstance(value, list):  # one number a layer
        numbers = [item for item in value if isinstance(item, int)]  # pyright: ignore[reportUnknownVariableType]
        return max(numbers, default=default) or default
    return value if isinstance(value, int) and value > 0 else default
