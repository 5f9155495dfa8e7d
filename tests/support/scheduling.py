"""Which tests stay together on one worker, and which begin first."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/security/",)
"""Folders whose tests share what is expensive to make."""
LONGEST = (
    "tests/security/",
    "tests/demo/",
    "tests/scoring/fits/test_bayes.py",
    "tests/web/panels/test_assignment.py",
    "tests/house/",
    "tests/web/results/",
    "tests/web/test_components.py",
    "tests/web/test_score_load.py",
    "tests/assigning/",
)
"""What takes longest comes first: a long file that began last would keep one worker alone."""


class TogetherScheduling(LoadFileScheduling):  # type: ignore[misc]
    """A file stays on one worker with its fixtures, and so do some folders."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def longest_first(items: list[pytest.Item]) -> None:
    """Bring the tests into the order in which they are handed to the workers."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    known = (turn for turn, start in enumerate(LONGEST) if item.nodeid.startswith(start))
    return next(known, len(LONGEST))
