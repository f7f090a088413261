"""Vectors as bytes: little-endian floats, four bytes each where no digit is lost, otherwise eight."""

import struct
from collections.abc import Sequence
from typing import Final

_NARROW: Final = 4


def packed(values: Sequence[float]) -> bytes:
    """Return the bytes of a vector of any dimension; raises ValueError for what is no number."""
    try:
        narrow = struct.pack(f"<{len(values)}f", *values)
        exact = list(struct.unpack(f"<{len(values)}f", narrow)) == [float(value) for value in values]
        return narrow if exact else struct.pack(f"<{len(values)}d", *values)
    except OverflowError:
        return struct.pack(f"<{len(values)}d", *values)
    except struct.error as error:
        raise ValueError("a vector consists of numbers") from error


def unpacked(data: bytes, dimension: int) -> list[float]:
    """Return the numbers of a vector."""
    kind = "f" if len(data) == _NARROW * dimension else "d"
    return list(struct.unpack(f"<{dimension}{kind}", data))
