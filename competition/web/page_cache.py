"""Public pages kept in the process, each valid for one version of what it shows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import cast

from flask import Flask, current_app

from competition.web.compression import Encoded

BUDGET = 2 * 1024 * 1024
"""Bytes that all kept pages may take: 150 long ones. The ones not asked for longest go first."""
NAME = "page_cache"


class PageCache:
    """Pages by key. A page of another version than the one asked for is never given out."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._pages: OrderedDict[Hashable, tuple[Hashable, Encoded]] = OrderedDict()
        self._budget = budget
        self._size = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def page(self, key: Hashable, version: Hashable, make: Callable[[], Encoded]) -> Encoded:
        """The page of this version; made when it is not there, then kept."""
        with self._lock:
            kept = self._pages.get(key)
            if kept is not None and kept[0] == version:
                self._pages.move_to_end(key)
                return kept[1]
        made = make()  # outside the lock: two readers may both make it, and both are right
        self._keep(key, version, made)
        return made

    def used(self, key: Hashable) -> None:
        """Note that somebody else has given this page out: it goes later."""
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)

    def _keep(self, key: Hashable, version: Hashable, made: Encoded) -> None:
        with self._lock:
            replaced = self._pages.pop(key, None)
            if replaced is not None:
                self._size -= replaced[1].size
            self._pages[key] = (version, made)
            self._size += made.size
            while self._size > self._budget and len(self._pages) > 1:
                _key, (_version, dropped) = self._pages.popitem(last=False)
                self._size -= dropped.size


def register(app: Flask) -> None:
    app.extensions[NAME] = PageCache()


def pages() -> PageCache:
    """The cache of the running application."""
    return cast(PageCache, current_app.extensions[NAME])
