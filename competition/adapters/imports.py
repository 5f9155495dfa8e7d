"""Tables that wait for their confirmation: kept per account under their own sha256."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

KEPT_SECONDS = 24 * 3600
NAME_MOST = 120


class ImportStore:
    """Files in a folder; nobody reads another account's, and none stays longer than a day."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, account_id: int, filename: str, data: bytes) -> str:
        """Keep the file; its sha256, by which it is found again."""
        own = self._folder / str(account_id)
        own.mkdir(parents=True, exist_ok=True)
        self._forget_old(own)
        digest = hashlib.sha256(data).hexdigest()
        self._write(own / digest, data)
        self._write(own / f"{digest}.name", filename[-NAME_MOST:].encode())
        return digest

    def get(self, account_id: int, digest: str) -> tuple[str, bytes] | None:
        """File name and content, or None; content that is not what it says counts as none."""
        if len(digest) != 64 or not digest.isalnum():
            return None
        own = self._folder / str(account_id)
        try:
            data = (own / digest).read_bytes()
            filename = (own / f"{digest}.name").read_text("utf-8", "replace")
        except FileNotFoundError:
            return None
        return (filename, data) if hashlib.sha256(data).hexdigest() == digest else None

    def drop(self, account_id: int, digest: str) -> None:
        """Forget a file that has been brought in."""
        for name in (digest, f"{digest}.name"):
            (self._folder / str(account_id) / name).unlink(missing_ok=True)

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_bytes(data)
        part.replace(path)

    @staticmethod
    def _forget_old(folder: Path) -> None:
        oldest = time.time() - KEPT_SECONDS
        for path in folder.iterdir():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
