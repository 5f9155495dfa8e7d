"""A zip file looked at through its directory only: nothing is ever unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from competition.errors import DomainError

ENTRIES_MAX = 10_000
DIRECTORY_MAX = 4 * 1024 * 1024
UNPACKED_MAX = 4 * 1024**3
RATIO_MAX = 200
RATIO_FREE = 64 * 1024 * 1024
"""Up to this size unpacked, no ratio is suspicious: text of one kind packs very well."""
_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_LOCAL = struct.Struct("<4s22xHH")


class UnsafeArchive(DomainError):
    """The archive must not be kept; the code says why."""

    code = "zip_broken"


def names_in_archive(path: Path) -> tuple[str, ...]:
    """The names in a zip file that is safe to keep; otherwise raises UnsafeArchive."""
    with path.open("rb") as file:
        _measure_directory(file, path.stat().st_size)
        try:
            with zipfile.ZipFile(file) as archive:
                items = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
            raise UnsafeArchive("zip_broken") from None
        if not items:
            raise UnsafeArchive("zip_empty")
        _look_at_sizes(items)
        for item in items:
            _look_at(item)
        _look_for_overlaps(file, items)
    return tuple(item.filename for item in items)


def _measure_directory(file: BinaryIO, size: int) -> None:
    """Refuse a huge directory before the zip module reads it into memory."""
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise UnsafeArchive("zip_broken")
    if _END_64 in tail[max(0, at - 20) : at]:  # needed beyond our limits only
        raise UnsafeArchive("zip_too_many", limit=ENTRIES_MAX)
    entries, directory = struct.unpack_from("<HI", tail, at + 10)
    if entries > ENTRIES_MAX or directory > DIRECTORY_MAX:
        raise UnsafeArchive("zip_too_many", limit=ENTRIES_MAX)
    file.seek(0)


def _look_at_sizes(items: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(item.file_size for item in items)
    packed = max(1, sum(item.compress_size for item in items))
    if len(items) > ENTRIES_MAX:
        raise UnsafeArchive("zip_too_many", limit=ENTRIES_MAX)
    if unpacked > UNPACKED_MAX or (unpacked > RATIO_FREE and unpacked / packed > RATIO_MAX):
        raise UnsafeArchive("zip_bomb")


def _look_at(item: zipfile.ZipInfo) -> None:
    name = item.orig_filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":" or "\0" in name:
        raise UnsafeArchive("zip_path", inside=item.filename[:80])
    if item.flag_bits & 0x1:
        raise UnsafeArchive("zip_encrypted")
    if stat.S_ISLNK(item.external_attr >> 16):
        raise UnsafeArchive("zip_link", inside=item.filename[:80])


def _look_for_overlaps(file: BinaryIO, items: Sequence[zipfile.ZipInfo]) -> None:
    """Entries that share bytes let a small file unpack into a huge one."""
    end_before = 0
    for item in sorted(items, key=lambda item: item.header_offset):
        if item.header_offset < end_before:
            raise UnsafeArchive("zip_bomb")
        file.seek(item.header_offset)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise UnsafeArchive("zip_broken")
        _signature, name_length, extra_length = _LOCAL.unpack(header)
        end_before = (
            item.header_offset + _LOCAL.size + name_length + extra_length + item.compress_size
        )
