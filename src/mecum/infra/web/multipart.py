"""A form's file, given on as it arrives: nothing is spooled anywhere, so nothing of it is left unencrypted on disk."""

from collections.abc import AsyncIterator
from typing import Any, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from mecum.kernel.errors import Invalid

_MOST_HEADER_BYTES: Final = 16 * 1024


class FormInvalid(Invalid):
    """The form cannot be read, or holds no such file."""

    code = "request.form_invalid"


class FormFile:
    """The first file field with the wanted name in a `multipart/form-data` body.

    Call `begin` first; then `name` is known, and `chunks` gives the bytes, once.
    """

    def __init__(self, content_type: str, body: AsyncIterator[bytes], field: str) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise FormInvalid
        self._body, self._field = body, field.encode()
        callbacks: Any = {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_part_end": self._on_part_end,
        }
        self._parser = MultipartParser(options[b"boundary"], callbacks)
        self._headers: dict[bytes, bytes] = {}
        self._header, self._value = b"", b""
        self._wanted = self._found = self._ended = False
        self._waiting: list[bytes] = []
        self.name = ""

    async def begin(self) -> None:
        """Read until the file begins; raises FormInvalid when there is none."""
        while not self._found and await self._read():
            pass
        if not self._found:
            raise FormInvalid

    async def chunks(self) -> AsyncIterator[bytes]:
        """Return the file's bytes; raises FormInvalid when the form breaks off in the middle of it."""
        while True:
            waiting, self._waiting = self._waiting, []
            for chunk in waiting:
                yield chunk
            if self._ended:
                return
            if not await self._read():
                raise FormInvalid

    async def _read(self) -> bool:
        """Parse the next piece of the body; False at its end."""
        piece = await anext(self._body, None)
        if piece is None:
            return False
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise FormInvalid from error
        return True

    # what the parser calls

    def _on_part_begin(self) -> None:
        self._headers, self._header, self._value, self._wanted = {}, b"", b"", False

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        if len(self._header) + len(self._value) > _MOST_HEADER_BYTES:
            raise FormInvalid

    def _on_header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header, self._value = b"", b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if self._found or options.get(b"name") != self._field or b"filename" not in options:
            return
        self._wanted = self._found = True
        self.name = options[b"filename"].decode("utf-8", "replace")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._wanted:
            self._waiting.append(data[start:end])

    def _on_part_end(self) -> None:
        if self._wanted:
            self._wanted, self._ended = False, True
