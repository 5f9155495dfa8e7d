"""Random tokens for links and sessions; only their digests are stored."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A token nobody can guess: 32 random bytes, safe in an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """sha256 of the token in hex: what the database keeps."""
    return hashlib.sha256(token.encode()).hexdigest()
