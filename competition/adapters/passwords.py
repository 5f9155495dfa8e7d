"""Password hashes by argon2id, a few at a time so that memory stays bounded."""

from __future__ import annotations

import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_at_once = threading.BoundedSemaphore(2)


class Passwords:
    """Hashes and checks passwords; never call it inside a write transaction."""

    def __init__(self, *, memory: int, time: int) -> None:
        self._hasher = PasswordHasher(memory_cost=memory, time_cost=time, parallelism=1)

    def hash(self, password: str) -> str:
        with _at_once:
            return self._hasher.hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password fits. Takes as long when there is no stored hash."""
        with _at_once:
            try:
                self._hasher.verify(stored or self._decoy(), password)
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None

    @lru_cache(maxsize=1)  # noqa: B019  one hasher lives as long as the application
    def _decoy(self) -> str:
        return self._hasher.hash("no such account")
