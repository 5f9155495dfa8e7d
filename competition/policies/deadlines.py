"""In time or late: a deadline includes its own second."""

from __future__ import annotations

from datetime import datetime


def is_in_time(arrived: datetime, deadline: datetime | None) -> bool:
    """Whether what had wholly arrived at `arrived` is in time; without a deadline everything is.

    >>> from datetime import UTC
    >>> deadline = datetime(2026, 11, 24, 16, 0, 0, tzinfo=UTC)
    >>> is_in_time(datetime(2026, 11, 24, 16, 0, 0, 999_999, tzinfo=UTC), deadline)
    True
    >>> is_in_time(datetime(2026, 11, 24, 16, 0, 1, tzinfo=UTC), deadline)
    False
    """
    return deadline is None or arrived.replace(microsecond=0) <= deadline
