"""A ZIP that is sent while it is packed: a large file passes through it in pieces, and always gives the same bytes."""

import base64
import io
import random
import zipfile
from collections.abc import AsyncIterator, Sequence

import pytest

from mecum.domains.transfer.service.copies import _base64  # pyright: ignore[reportPrivateUsage]  # where pieces are cut
from mecum.domains.transfer.service.parcel import Parcel

MB = 1 << 20
PIECE = random.Random(1).randbytes(MB)


class Source:
    """Gives pieces, and counts how many were taken."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces, self.taken = pieces, 0

    async def chunks(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            yield piece


async def packed(*files: Source) -> tuple[bytes, list[int]]:
    """Return the ZIP, and how much had been sent when each piece of the last file was taken."""
    sent = bytearray()
    ahead: list[int] = []
    with Parcel() as parcel:
        for number, file in enumerate(files):
            async for piece in parcel.streamed(f"{number}.bin", file.chunks()):
                sent += piece
                ahead.append(file.taken * MB - len(sent))
        sent += parcel.closed()
    return bytes(sent), ahead


async def test_a_large_file_is_sent_while_it_comes() -> None:
    body, ahead = await packed(Source([PIECE] * 40))
    assert max(ahead) <= 10 * MB
    assert len(ahead) > 30
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        assert archive.read("0.bin") == PIECE * 40
    assert (await packed(Source([PIECE] * 40)))[0] == body


async def test_small_and_large_ones_stand_together() -> None:
    sources = [Source([b"a" * 1000]), Source([PIECE] * 12), Source([]), Source([b"\0" * MB] * 9)]
    body, _ = await packed(*sources)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        kinds = [info.compress_type for info in archive.infolist()]
        assert [archive.read(f"{n}.bin") for n in range(4)] == [b"".join(source.pieces) for source in sources]
    stored, deflated = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
    assert kinds == [deflated, stored, deflated, stored]


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 64])
async def test_base64_in_pieces_is_that_of_the_whole(cut: int) -> None:
    data = PIECE[:1000]
    pieces = Source([data[at : at + cut] for at in range(0, len(data), cut)])
    assert b"".join([piece async for piece in _base64(pieces.chunks())]) == base64.b64encode(data)
