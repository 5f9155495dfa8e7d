"""How long a scorecard takes a judge, read from when they were submitted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

LONGEST_SITTING = timedelta(minutes=90)
"""A longer gap between two submissions is a break, not work."""
LEAST_GAPS = 2


def pace(submitted_at: Iterable[datetime]) -> timedelta | None:
    """The median time between a judge's submissions without breaks; None for too few of them.

    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 24, 9, tzinfo=UTC)
    >>> pace(start + timedelta(minutes=m) for m in (0, 12, 30, 600, 614))
    datetime.timedelta(seconds=840)
    """
    gaps = [later - sooner for sooner, later in pairwise(sorted(submitted_at))]
    worked = [gap.total_seconds() for gap in gaps if timedelta() < gap <= LONGEST_SITTING]
    return timedelta(seconds=median(worked)) if len(worked) >= LEAST_GAPS else None


def rough(span: timedelta) -> timedelta:
    """A span as one says it: to the minute below ten, else to five minutes.

    >>> rough(timedelta(minutes=133, seconds=40))
    datetime.timedelta(seconds=8100)
    """
    unit = 60 if span < timedelta(minutes=10) else 300
    return timedelta(seconds=max(unit, round(span.total_seconds() / unit) * unit))
