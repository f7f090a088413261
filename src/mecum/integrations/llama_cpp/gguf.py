"""Reads what a GGUF file says of its model, without loading it.

Source: the GGUF specification (ggml/docs/gguf.md), versions 2 and 3, little-endian: magic, counts, metadata pairs,
tensor infos, then the tensor data, aligned.
"""

import mmap
import re
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final

from mecum.inference.catalogue.shape import Shape, largest, shape
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


_ENDS: Final = ("token_embd.weight", "output.weight")
_FIRST_PART: Final = re.compile(r"(.*)-00001-of-(\d{5})")
_MOST_PARTS: Final = 1024


class BadModelFile(Invalid):
    """This file is not a model that can be loaded."""

    code = "model.bad_file"


@dataclass(frozen=True, slots=True)
class Gguf:
    """What a file says: `size` in bytes with all its parts, `parameters` counted from its own tensors.

    One that `projects` is a part of a model that sees: of that one it is the `projector`. `doubled` are bytes that
    loading may hold twice: an embedding that is the output as well, packed anew for it.
    """

    architecture: str
    name: str | None
    parameters: int
    size: int
    quantization: str | None
    context_length: int | None
    chat_template: str | None
    embeds: bool
    projects: bool
    part: int
    shape: Shape
    doubled: int
    projector: Path | None = None


def read(path: Path) -> Gguf:
    """Return what the file at `path` says; raises BadModelFile with the reason for people."""
    try:
        size = path.stat().st_size
        if size < 24:
            raise BadModelFile(f"{path.name} is too short to be a GGUF file.")
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _described(_Reader(data, path.name), path, size)
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


def _described(reader: _Reader, path: Path, size: int) -> Gguf:
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
    parameters, doubled = _tensors(reader, tensors, largest(metadata.get("general.alignment"), 32), size)
    architecture = metadata.get("general.architecture")
    if not isinstance(architecture, str) or not architecture:
        raise reader.bad("does not say what architecture it has")
    whole = size + _others(reader, path, metadata)
    return _summary(metadata, architecture, parameters, whole, doubled)


def _others(reader: _Reader, path: Path, metadata: dict[str, Any]) -> int:
    """Return the bytes of a split model's other parts; raises BadModelFile when one is missing beside its first."""
    count = largest(metadata.get("split.count"), 1)
    first = _FIRST_PART.fullmatch(path.stem)
    if count < 2 or first is None or largest(metadata.get("split.no"), 0):
        return 0
    total = 0
    for number in range(2, min(count, _MOST_PARTS) + 1):
        part = path.with_name(f"{first[1]}-{number:05}-of-{first[2]}{path.suffix}")
        if not part.is_file():
            raise reader.bad(f"is the first of {count} parts, and {part.name} is missing")
        total += part.stat().st_size
    return total


def _tensors(reader: _Reader, number: int, alignment: int, size: int) -> tuple[int, int]:
    """Return the number of parameters, and how many bytes loading may hold twice.

    Raises BadModelFile when the file ends before its tensors do.
    """
    parameters, end = 0, 0
    ends: dict[str, int] = {}
    for _ in range(number):
        name = reader.text()
        dimensions = reader.scalar(_U32)
        if dimensions > _MAX_DIMENSIONS:
            raise reader.bad("is damaged: a tensor has too many dimensions")
        elements = prod(reader.scalar(_U64) for _ in range(dimensions))
        kind, offset = reader.scalar(_U32), reader.scalar(_U64)
        block, width = _BLOCKS.get(kind, (1, 0))
        parameters += elements
        end = max(end, offset + elements // block * width)
        if name in _ENDS:
            ends[name] = elements // block * width if block > 1 else 0
    start = -(-reader.at // alignment) * alignment
    if start + end > size:
        raise reader.bad(f"is truncated: {start + end - size:,} bytes are missing at its end")
    return parameters, 0 if _ENDS[1] in ends else ends.get(_ENDS[0], 0)


def _summary(metadata: dict[str, Any], architecture: str, parameters: int, size: int, doubled: int) -> Gguf:
    def own(name: str) -> Any:
        return metadata.get(f"{architecture}.{name}")

    template = metadata.get("tokenizer.chat_template")
    name = metadata.get("general.name")
    return Gguf(
        architecture=architecture,
        name=name if isinstance(name, str) else None,
        parameters=parameters,
        size=size,
        quantization=_FILE_TYPES.get(largest(metadata.get("general.file_type"), 0)),
        context_length=largest(own("context_length"), 0) or None,
        chat_template=template if isinstance(template, str) and template.strip() else None,
        embeds=own("pooling_type") is not None,
        projects=architecture == "clip",
        part=largest(metadata.get("split.no"), 0),
        shape=shape(metadata, architecture),
        doubled=doubled,
    )
