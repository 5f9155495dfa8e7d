"""Storage: content under its hash, adopted whole or not at all."""

from __future__ import annotations

import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from competition.adapters.storage import FolderStorage, IncomingFile

CONTENT = b"0123456789" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "data")


def receive(storage: FolderStorage, content: bytes = CONTENT, limit: int = 10**6) -> IncomingFile:
    incoming = storage.receive(limit=limit)
    for start in range(0, len(content), 999):
        incoming.write(content[start : start + 999])
    incoming.seek(0)
    return incoming


def left(storage: FolderStorage) -> list[str]:
    return sorted(
        item.relative_to(storage.folder).as_posix()
        for item in storage.folder.rglob("*")
        if item.is_file()
    )


def test_receiving_hashes_and_counts_what_is_written(storage: FolderStorage) -> None:
    incoming = receive(storage)
    assert (incoming.sha256, incoming.size, incoming.is_too_large) == (SHA256, 10_000, False)
    assert incoming.read() == CONTENT
    incoming.discard()


def test_receiving_beyond_the_limit_keeps_no_more_than_that_on_the_disk(
    storage: FolderStorage,
) -> None:
    incoming = receive(storage, limit=5_000)
    assert incoming.is_too_large
    incoming.settle()
    assert incoming.path.stat().st_size <= 5_000
    incoming.discard()


def test_receiving_exactly_the_limit_is_not_too_large(storage: FolderStorage) -> None:
    incoming = receive(storage, limit=10_000)
    assert (incoming.is_too_large, incoming.size) == (False, 10_000)
    incoming.discard()


def test_adopting_moves_the_content_under_its_hash(storage: FolderStorage) -> None:
    assert storage.adopt(receive(storage)) == SHA256
    assert left(storage) == [f"sha256/{SHA256[:2]}/{SHA256[2:]}"]
    assert storage.exists(SHA256)
    assert storage.size(SHA256) == 10_000
    with storage.open(SHA256) as file:
        assert file.read() == CONTENT


def test_adopting_the_same_content_twice_keeps_it_once(storage: FolderStorage) -> None:
    first, second = receive(storage), receive(storage)
    assert storage.adopt(first) == storage.adopt(second) == SHA256
    assert len(left(storage)) == 1


def test_adopting_the_same_content_at_once_keeps_it_once(storage: FolderStorage) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _n: storage.adopt(receive(storage)), range(16)))
    assert set(found) == {SHA256}
    assert len(left(storage)) == 1


def test_adopting_over_a_damaged_content_heals_it(storage: FolderStorage) -> None:
    storage.adopt(receive(storage))
    path = storage.path(SHA256)
    path.chmod(0o600)
    path.write_bytes(b"short")
    storage.adopt(receive(storage))
    assert path.read_bytes() == CONTENT


def test_discarding_leaves_nothing_and_harms_no_adopted_content(storage: FolderStorage) -> None:
    lost, kept = receive(storage, b"lost"), receive(storage)
    storage.adopt(kept)
    lost.discard()
    kept.discard()
    assert left(storage) == [f"sha256/{SHA256[:2]}/{SHA256[2:]}"]


def test_receiving_sweeps_away_what_a_dead_process_left(storage: FolderStorage) -> None:
    old, young = receive(storage, b"old"), receive(storage, b"young")
    yesterday = time.time() - 25 * 3600
    os.utime(old.path, (yesterday, yesterday))
    storage.receive(limit=1).discard()
    assert not old.path.exists()
    assert young.path.exists()
    old.discard()
    young.discard()


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_opening_what_is_no_hash_is_refused(storage: FolderStorage, name: str) -> None:
    with pytest.raises(ValueError, match="no sha256"):
        storage.open(name)


def test_opening_an_unknown_content_finds_nothing(storage: FolderStorage) -> None:
    assert not storage.exists("0" * 64)
    with pytest.raises(FileNotFoundError):
        storage.open("0" * 64)
