"""Where uploaded files live: by the sha256 of their content, adopted whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

SHA256 = re.compile(r"[0-9a-f]{64}")
STALE_SECONDS = 24 * 3600
"""An incoming file older than this was left by a process that died."""


class IncomingFile(io.RawIOBase):
    """A file on its way in: written to the disk and hashed at once, never beyond its limit.

    What comes after the limit is let go unread, so that the rest of a form still arrives and the
    refusal can name the file; `is_too_large` tells.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        super().__init__()
        handle, name = tempfile.mkstemp(prefix="upload-", dir=folder)
        self.path = Path(name)
        self._file = os.fdopen(handle, "w+b")
        self._limit = limit
        self._hash = hashlib.sha256()
        self.size = 0
        self.is_too_large = False

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Append; there is no writing elsewhere, or the hash would not be that of the file."""
        view = memoryview(data)
        self.is_too_large = self.is_too_large or self.size + view.nbytes > self._limit
        if not self.is_too_large:
            self._file.write(view)
            self._hash.update(view)
            self.size += view.nbytes
        return view.nbytes

    def readinto(self, buffer: WriteableBuffer) -> int:
        return self._file.readinto(buffer)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def settle(self) -> None:
        """Make sure that the content has reached the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def discard(self) -> None:
        """Close it and leave nothing on the disk, unless it was adopted."""
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class Storage(Protocol):
    """Keeps contents, each under its sha256."""

    def receive(self, *, limit: int) -> IncomingFile:
        """Open a new incoming file."""
        ...

    def adopt(self, incoming: IncomingFile) -> str:
        """Keep the content, and return its sha256; the same content is kept once."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """Read a content. Raises FileNotFoundError."""
        ...

    def size(self, sha256: str) -> int:
        """Bytes of a content. Raises FileNotFoundError."""
        ...

    def exists(self, sha256: str) -> bool: ...

    def free(self) -> int:
        """Bytes that can still be written."""
        ...


class FolderStorage:
    """A folder on a local disk: `sha256/ab/cdef...`, and `incoming/` beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._incoming = self.folder / "incoming"

    def receive(self, *, limit: int) -> IncomingFile:
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._sweep()
        return IncomingFile(self._incoming, limit)

    def adopt(self, incoming: IncomingFile) -> str:
        incoming.settle()
        sha256 = incoming.sha256
        target = self.path(sha256)
        if target.is_file() and target.stat().st_size == incoming.size:
            incoming.discard()
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming.close()
        incoming.path.chmod(0o440)
        incoming.path.replace(target)
        for folder in (target.parent, target.parent.parent):
            _settle_folder(folder)
        return sha256

    def open(self, sha256: str) -> BinaryIO:
        return self.path(sha256).open("rb")

    def size(self, sha256: str) -> int:
        return self.path(sha256).stat().st_size

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def free(self) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.folder).free

    def path(self, sha256: str) -> Path:
        """Where a content lies; ValueError for what is no sha256, so no name leads elsewhere."""
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"no sha256: {sha256!r}")
        return self.folder / "sha256" / sha256[:2] / sha256[2:]

    def _sweep(self) -> None:
        oldest = time.time() - STALE_SECONDS
        for item in self._incoming.iterdir():
            try:
                if item.stat().st_mtime < oldest:
                    item.unlink()
            except FileNotFoundError:  # its own request cleaned it up
                continue


def _settle_folder(folder: Path) -> None:
    """A renamed file survives a power cut only once its folder has reached the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
