"""Kept pages: the same bytes for every reader, within one budget."""

from __future__ import annotations

import gzip
import secrets

import brotli  # type: ignore[import-untyped]
import pytest

from competition.web.compression import Encoded, packed
from competition.web.page_cache import PageCache

TEXT = ("<p>Equal scores share a rank; 并列名次。</p>" * 4_000).encode()


def test_packing_a_page_gives_the_same_bytes_in_every_encoding() -> None:
    page, whole = packed(TEXT, "text/html"), Encoded(TEXT, "text/html")
    assert page.body("") == TEXT
    assert brotli.decompress(page.body("br")) == TEXT
    assert gzip.decompress(page.body("gzip")) == TEXT
    assert (page.digest, page.etag) == (whole.digest, whole.etag)


def test_packing_keeps_no_whole_text() -> None:
    page = packed(TEXT, "text/html")
    kept = [value for value in vars(page).values() if isinstance(value, bytes)]
    assert sum(map(len, kept)) == len(page.br) < len(TEXT) / 8


def test_packing_what_is_compressed_by_its_nature_leaves_it_whole() -> None:
    body = secrets.token_bytes(1_000)
    assert vars(packed(body, "application/zip"))["plain"] == body


@pytest.fixture
def cache() -> PageCache:
    """Room for two pages of 1,000 bytes."""
    return PageCache(budget=2_500)


def keep(cache: PageCache, key: str) -> list[str]:
    """Ask for the page; returns the key if it had to be made."""
    made: list[str] = []

    def make() -> Encoded:
        made.append(key)
        return Encoded(key.encode() * 1_000, "application/zip")

    cache.page(key, 1, make)
    return made


def test_keeping_more_than_the_budget_lets_the_longest_unread_go(cache: PageCache) -> None:
    assert [keep(cache, key) for key in "abac"] == [["a"], ["b"], [], ["c"]]
    assert len(cache) == 2
    assert (keep(cache, "a"), keep(cache, "b")) == ([], ["b"])


def test_giving_a_page_out_elsewhere_counts_as_reading_it(cache: PageCache) -> None:
    for key in "ab":
        keep(cache, key)
    cache.used("a")
    cache.used("never kept")
    keep(cache, "c")
    assert (keep(cache, "a"), keep(cache, "b")) == ([], ["b"])
