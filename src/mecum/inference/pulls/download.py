"""Fetches one file over the one door out: in order, resumed where it broke off, never more than the disk takes."""

import asyncio
import json
import re
import shutil
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urljoin, urlsplit

from mecum.inference.errors import (
    NoRoomOnDisk,
    NotAModelFile,
    PullFailed,
    PullRedirected,
    PullRefused,
    PullTooLarge,
    PullUnproven,
)
from mecum.inference.pulls import checksum
from mecum.infra.net import CertificateInvalid, Flow, Net, NetUnavailable, Outgoing

PURPOSE: Final = "model.pull"
_MAGIC: Final = b"GGUF"
_MOST_REDIRECTS: Final = 5
_MOST_BUFFERED: Final = 8 << 20
_KEPT_FREE: Final = 256 << 20
"""Left on the disk, for whoever else needs it: the store above all."""
_MOST_BREAKS: Final = 20
_SILENCE_SECONDS: Final = 60.0
_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+)")
_AGAIN: Final = (408, 425, 429, 500, 502, 503, 504)


class Grants(Protocol):
    """The egress policy, as far as a download needs it."""

    def granting(self, url: str, purpose: str) -> AbstractContextManager[None]: ...
    def require_reach(self, url: str, purpose: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file in bytes, and how much the disk under a folder has free."""

    most_bytes: int
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free


@dataclass(slots=True)
class Progress:
    """How far it is; `of` is None while that is not known."""

    says: str = "connecting"
    done: int = 0
    of: int | None = None


@dataclass(slots=True)
class _Draft:
    """What is remembered of the file beside its bytes: which version of it they are of, and what the server said."""

    validator: str | None = None
    size: int | None = None
    sha256: str | None = None


class _AnotherFile(Exception):
    """What the server has there now is not what the bytes here are of: they are gone."""


class Download:
    """One file from `url` to `folder / "part"`; `hosts` are those it may be sent on to."""

    def __init__(self, net: Net, grants: Grants, url: str, folder: Path, hosts: frozenset[str], limits: Limits) -> None:
        self._net, self._grants, self._url, self._folder = net, grants, url, folder
        self._hosts = hosts | {urlsplit(url).hostname or ""}
        self._limits = limits
        self.part = folder / "part"
        self.progress = Progress()

    async def run(self) -> str | None:
        """Fetch what is missing; return the SHA-256 that the server said of the file, or None.

        Raises PullFailed (another try may do), PullRefused, PullUnproven, PullRedirected, PullTooLarge, NoRoomOnDisk,
        NotAModelFile, and what the egress policy raises. What was fetched stays for the next try.
        """
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        for _ in range(_MOST_BREAKS):
            before = self._have()
            try:
                return await self._attempt(before)
            except _AnotherFile:
                continue
            except CertificateInvalid as error:
                raise PullUnproven(error.message, **error.details) from error
            except NetUnavailable as error:
                if self._have() <= before:
                    raise PullFailed(error.message, **error.details) from error
        raise PullFailed("The connection broke off too often.")

    async def _attempt(self, have: int) -> str | None:
        draft = self._draft() if have else _Draft()
        if draft.size is not None and have == draft.size:
            return draft.sha256
        url = self._url
        for _ in range(_MOST_REDIRECTS + 1):
            receiver = _Receiver(self, draft, have)
            call = self._call(url, draft, have, receiver.flow)
            with self._grants.granting(url, PURPOSE):
                await receiver.take(self._net.stream(call, receiver))
            if receiver.location is None:
                return draft.sha256
            url = self._followed(url, receiver.location)
        raise PullRefused("The server sends on in a circle.")

    def _call(self, url: str, draft: _Draft, have: int, flow: Flow) -> Outgoing:
        self._grants.require_reach(url, PURPOSE)
        headers = {"Accept": "application/octet-stream, */*", "Accept-Encoding": "identity"}
        if have:
            headers["Range"] = f"bytes={have}-"
            if draft.validator is not None:
                headers["If-Range"] = draft.validator
        return Outgoing(
            "GET", url, PURPOSE, headers, data_class="none", timeout=_SILENCE_SECONDS, private=True, flow=flow
        )

    def _followed(self, url: str, location: str) -> str:
        there = urljoin(url, location)
        parts = urlsplit(there)
        if parts.scheme not in ("http", "https") or (url.startswith("https:") and parts.scheme != "https"):
            raise PullRedirected("The server sends on to an address that is not protected as the first one is.")
        if parts.hostname not in self._hosts:
            raise PullRedirected(
                f"{urlsplit(url).hostname} sends on to {parts.hostname}, which was not named; if that is right: "
                f"--allow-host {parts.hostname}",
                host=parts.hostname,
            )
        return there

    def _have(self) -> int:
        try:
            return self.part.stat().st_size
        except OSError:
            return 0

    def _draft(self) -> _Draft:
        try:
            return _Draft(**json.loads((self._folder / "draft.json").read_text()))
        except (OSError, ValueError, TypeError):
            return _Draft()

    def keep(self, draft: _Draft) -> None:
        """Remember what the server said of the file."""
        (self._folder / "draft.json").write_text(json.dumps(asdict(draft)))

    def require_room(self, size: int | None, have: int) -> None:
        """Raise PullTooLarge, NoRoomOnDisk unless a file of `size` bytes may come, of which some are there."""
        if size is not None and size > self._limits.most_bytes:
            raise PullTooLarge(f"The file has {size:,} bytes; {self._limits.most_bytes:,} are allowed.")
        free, needs = self._limits.free(self._folder) - _KEPT_FREE, (size or have) - have
        if needs > free or free <= 0:
            raise NoRoomOnDisk(f"{needs:,} bytes are to come, and the disk has room for {max(0, free):,}.")

    def require_within(self, done: int) -> None:
        """Raise PullTooLarge beyond the limit: a server need not say how much comes."""
        if done > self._limits.most_bytes:
            raise PullTooLarge(f"The file is larger than {self._limits.most_bytes:,} bytes.")


class _Receiver:
    """Takes one response: looks at its head on the loop, writes its body in a thread, piece by piece."""

    def __init__(self, download: Download, draft: _Draft, have: int) -> None:
        self._download, self._draft, self._at = download, draft, have
        self._pieces: list[bytes] = []
        self._buffered = 0
        self._arrived = asyncio.Event()
        self._over = False
        self._status = 0
        self._first = b""
        self._from_start = False
        self._said = b""
        self.flow = Flow()
        self.location: str | None = None

    # net.Receiver

    def head(self, status: int, headers: dict[bytes, bytes]) -> None:
        """Decide by the head what comes."""
        self._status = status
        said = checksum.said_by(headers)
        if status in (301, 302, 303, 307, 308):
            self.location = headers.get(b"location", b"").decode("latin-1")
            # The hub knows the file; whom it sends on to may not say.
            self._draft.sha256 = said or self._draft.sha256
            return
        if status == 416:
            self._begin_anew()
            raise _AnotherFile
        if status >= 400:
            return
        if headers.get(b"content-type", b"").lower().startswith(b"text/html"):
            raise NotAModelFile("The server answered with a page, not with a GGUF file.")
        self._take_head(status, headers, said)

    def _take_head(self, status: int, headers: dict[bytes, bytes], said: str | None) -> None:
        size = _number(headers.get(b"content-length"))
        found = _RANGE.match(headers.get(b"content-range", b"").decode("latin-1")) if status == 206 else None
        if status == 206 and (found is None or int(found[1]) != self._at or self._other(int(found[2]))):
            self._begin_anew()
            raise _AnotherFile
        if found is None:
            self._begin_anew()
        self._from_start = self._at == 0
        draft = self._draft
        draft.size = int(found[2]) if found else size
        draft.validator = _validator(headers)
        draft.sha256 = draft.sha256 or said
        self._download.require_room(draft.size, self._at)
        self._download.keep(draft)
        progress = self._download.progress
        progress.says, progress.done, progress.of = "fetching", self._at, draft.size

    def body(self, data: bytes) -> None:
        """Keep a piece until the disk took it."""
        if self._status >= 400:
            self._said = (self._said + data)[:200]
            return
        if self._status not in (200, 206):
            return
        if self._from_start and len(self._first) < len(_MAGIC):
            self._first += data[: len(_MAGIC) - len(self._first)]
            if not _MAGIC.startswith(self._first):
                raise NotAModelFile("What the server answered is not a GGUF file.")
        self._pieces.append(data)
        self._buffered += len(data)
        if self._buffered > _MOST_BUFFERED:
            self.flow.pause()
        self._arrived.set()

    # the writer

    async def take(self, exchange: Coroutine[Any, Any, None]) -> None:
        """Carry the exchange out and write what it brings; raises what either raises."""
        writer = asyncio.create_task(self._write(), name="pull")
        carrier = asyncio.ensure_future(exchange)
        try:
            await asyncio.wait([carrier, writer], return_when=asyncio.FIRST_COMPLETED)
            if writer.done():
                # It ends first only when it cannot write.
                carrier.cancel()
                await asyncio.wait([carrier])
            self._over = True
            self._arrived.set()
            await writer
            await carrier
        finally:
            carrier.cancel()
            writer.cancel()
            await asyncio.gather(carrier, writer, return_exceptions=True)
        self._require_whole()

    async def _write(self) -> None:
        while not (self._over and not self._pieces):
            await self._arrived.wait()
            self._arrived.clear()
            pieces, self._pieces, self._buffered = self._pieces, [], 0
            self.flow.resume()
            if pieces:
                await asyncio.to_thread(self._append, pieces)

    def _append(self, pieces: list[bytes]) -> None:
        try:
            with self._download.part.open("ab") as file:
                file.writelines(pieces)
        except OSError as error:
            raise NoRoomOnDisk(f"The disk does not take the file: {error.strerror or error}.") from error
        self._at += sum(map(len, pieces))
        self._download.progress.done = self._at
        self._download.require_within(self._at)

    def _require_whole(self) -> None:
        if self._status in _AGAIN:
            raise PullFailed(f"The server answers {self._status} now. {self._reason()}".strip())
        if self._status >= 400:
            raise PullRefused(f"The server answers {self._status}. {self._reason()}".strip(), status=self._status)
        if self.location is None and self._draft.size is not None and self._at != self._draft.size:
            raise NetUnavailable("The server ended before the file did.")
        if self.location is None and self._at == 0:
            raise NotAModelFile("The server answered with nothing.")

    def _reason(self) -> str:
        text = self._said.decode("utf-8", "replace").strip()
        return f"It said: {text}" if text and not text.startswith("<") else ""

    def _other(self, size: int) -> bool:
        return self._draft.size is not None and size != self._draft.size

    def _begin_anew(self) -> None:
        self._at = 0
        self._draft.size = self._draft.validator = None
        self._download.part.unlink(missing_ok=True)


def _validator(headers: dict[bytes, bytes]) -> str | None:
    """Return what tells versions of the file apart: a strong entity tag, or the moment of its last change."""
    etag = headers.get(b"etag", b"").decode("latin-1")
    if etag and not etag.startswith("W/"):
        return etag
    return headers.get(b"last-modified", b"").decode("latin-1") or None


def _number(value: bytes | None) -> int | None:
    return int(value) if value is not None and value.isdigit() else None
