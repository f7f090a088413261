"""Passwords: hashed with argon2id off the event loop, and guessed only slowly."""

import asyncio
from collections import OrderedDict
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from mecum.domains.identity import rules
from mecum.domains.identity.errors import AuthFailed, TooManyAttempts
from mecum.kernel import clock

_FREE: Final = 5
_REFILL_SECONDS: Final = 30.0
_MOST_ADDRESSES: Final = 10_000
_EVERYBODY: Final = "*"
_FREE_TOGETHER: Final = 50
_MOST_WAITING: Final = 20


class Attempts:
    """Wrong passwords per address: five at once, then one every 30 seconds; ten times that for all together."""

    def __init__(self) -> None:
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raise TooManyAttempts, with `retry_after` in seconds, when this address must wait."""
        waits = [self._wait(address, _FREE, _REFILL_SECONDS), self._wait(_EVERYBODY, _FREE_TOGETHER, 3.0)]
        if (longest := max(waits)) > 0:
            raise TooManyAttempts(retry_after=int(longest) + 1)

    def failed(self, address: str) -> None:
        """Note a wrong password."""
        self._note(address, _REFILL_SECONDS)
        self._note(_EVERYBODY, 3.0)

    def succeeded(self, address: str) -> None:
        """Forget what was wrong before."""
        self._spent.pop(address, None)

    def _wait(self, address: str, free: int, refill: float) -> float:
        return max(0.0, (self._left(address, refill) - (free - 1)) * refill)

    def _left(self, address: str, refill: float) -> float:
        count, at = self._spent.get(address, (0.0, 0.0))
        return max(0.0, count - (clock.monotonic() - at) / refill)

    def _note(self, address: str, refill: float) -> None:
        self._spent[address] = (self._left(address, refill) + 1, clock.monotonic())
        self._spent.move_to_end(address)
        if len(self._spent) > _MOST_ADDRESSES:
            self._spent.popitem(last=False)


class Passwords:
    """Hashes and verifies, one at a time: each takes 64 MiB and some 50 ms of a processor."""

    def __init__(self, attempts: Attempts | None = None) -> None:
        self._hasher = PasswordHasher()
        self._attempts = attempts or Attempts()
        self._one = asyncio.Lock()
        self._waiting = 0

    async def hashed(self, password: str) -> str:
        """Return the hash to store; raises PasswordTooShort or PasswordTooLong."""
        prepared = rules.prepared_password(password)
        async with self._one:
            return await asyncio.to_thread(self._hasher.hash, prepared.encode("utf-8", "surrogatepass"))

    async def verify(self, password_hash: str, password: str, address: str) -> None:
        """Raise AuthFailed for a wrong password, TooManyAttempts after several from `address`."""
        if self._waiting >= _MOST_WAITING:
            raise TooManyAttempts(retry_after=2)
        self._waiting += 1
        try:
            async with self._one:
                await self._verify(password_hash, password, address)
        finally:
            self._waiting -= 1

    async def _verify(self, password_hash: str, password: str, address: str) -> None:
        self._attempts.check(address)
        given = rules.normal(password[: rules.LONGEST_PASSWORD + 1]).encode("utf-8", "surrogatepass")
        if not await asyncio.to_thread(self._matches, password_hash, given):
            self._attempts.failed(address)
            raise AuthFailed("This password is not right.")
        self._attempts.succeeded(address)

    def _matches(self, password_hash: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
