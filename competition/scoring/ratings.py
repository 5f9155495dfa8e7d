"""The ratings of one round as integer index arrays, checked once and then frozen."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, freeze, group_sums, positions
from competition.scoring.errors import (
    BadLabel,
    BadWeight,
    DuplicateRating,
    IndexOutOfRange,
    LongLabel,
    MissingLabel,
    NoRatings,
    NotANumber,
    TrackConflict,
    UnequalLengths,
)
from competition.scoring.limits import LARGEST, LONGEST_LABEL

ONLY_CRITERION = ""
"""Label of the one criterion when the ratings name none."""

MOST_FACTS = 100
"""How many row positions a failure names; more help nobody."""


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings of entries by judges on criteria.

    Attributes
    ----------
    judge, entry, criterion : int array, shape (n_ratings,)
        Positions in `judges`, `entries`, `criteria`.
    value : float array, shape (n_ratings,)
        The rating, on the criterion's own scale.
    judges, entries, criteria : tuple of hashable
        Labels, each once. A label without a rating is allowed: such an entry
        stays unscored.
    weight : float array, shape (n_ratings,), or None
        Confidence in each rating, 0 or more; None means 1 for all.
    track : int array, shape (n_entries,), or None
        Position of each entry's track in `tracks`; -1 = none known.
    tracks : tuple of hashable
    are_rankings : bool
        The values only order the entries of each judge, as on a ranking ballot; the
        distances between them mean nothing.

    Raises
    ------
    ScoringError
        One of `NoRatings`, `UnequalLengths`, `NotANumber`, `BadWeight`,
        `IndexOutOfRange`, `DuplicateRating`.

    Notes
    -----
    All arrays are read-only. The check for duplicates sorts: O(n log n).

    Examples
    --------
    >>> ratings = Ratings.from_columns(judge=["A", "B"], entry=["E1", "E1"], value=[8, 7.5])
    >>> ratings.judges, ratings.entries, ratings.value
    (('A', 'B'), ('E1',), array([8. , 7.5]))
    """

    judge: Integers
    entry: Integers
    criterion: Integers
    value: Floats
    judges: tuple[Hashable, ...]
    entries: tuple[Hashable, ...]
    criteria: tuple[Hashable, ...] = (ONLY_CRITERION,)
    weight: Floats | None = None
    track: Integers | None = None
    tracks: tuple[Hashable, ...] = ()
    are_rankings: bool = False

    def __post_init__(self) -> None:
        if self.value.size == 0:
            raise NoRatings()
        self._check_shapes()
        self._check_indices()
        _check_numbers("value", self.value)
        if self.weight is not None:
            _check_numbers("weight", self.weight)
            if (self.weight < 0).any():
                raise BadWeight(rows=_rows(self.weight < 0))
        self._check_duplicates()
        for array in (self.judge, self.entry, self.criterion, self.value, self.weight, self.track):
            if array is not None:
                freeze(array)

    @classmethod
    def from_columns(
        cls,
        *,
        judge: Iterable[Hashable],
        entry: Iterable[Hashable],
        value: Iterable[Any],
        criterion: Iterable[Hashable] | None = None,
        weight: Iterable[Any] | None = None,
        track: Iterable[Hashable] | None = None,
    ) -> Ratings:
        """Build ratings from columns of labels and numbers, one item per rating.

        Parameters
        ----------
        judge, entry : sequence of hashable, shape (n_ratings,)
        value : sequence of numbers, shape (n_ratings,)
        criterion : sequence of hashable, optional
            Without it every rating is a whole score on one unnamed criterion.
        weight : sequence of numbers >= 0, optional
        track : sequence of hashable, optional
            The track of the rating's entry, the same in all its rows.

        Raises
        ------
        ScoringError
            Besides those of the class: `MissingLabel` (None, NaN or ""), `LongLabel`,
            `BadLabel` (not hashable), `TrackConflict`.

        Notes
        -----
        Labels keep the order in which they first appear. O(n log n).
        """
        columns: dict[str, list[Any]] = {"judge": _plain(judge), "entry": _plain(entry)}
        if criterion is not None:
            columns["criterion"] = _plain(criterion)
        if track is not None:
            columns["track"] = _plain(track)
        numbers = {"value": _numbers("value", value)}
        if weight is not None:
            numbers["weight"] = _numbers("weight", weight)
        lengths = {name: len(column) for name, column in columns.items()}
        lengths |= {name: column.size for name, column in numbers.items()}
        if len(set(lengths.values())) != 1:
            raise UnequalLengths(lengths=lengths)
        for name, column in columns.items():
            _check_labels(name, column)
        indexed = {name: _positions(name, column) for name, column in columns.items()}
        for name, (index, labels) in indexed.items():
            _check_names(name, index, labels)
        count = len(columns["judge"])
        no_criterion = (np.zeros(count, dtype=np.int64), (ONLY_CRITERION,))
        criterion_index, criteria = indexed.get("criterion", no_criterion)
        entries = indexed["entry"][1]
        track_index, tracks = indexed.get("track", (None, ()))
        return cls(
            judge=indexed["judge"][0],
            entry=indexed["entry"][0],
            criterion=criterion_index,
            value=numbers["value"],
            judges=indexed["judge"][1],
            entries=entries,
            criteria=criteria,
            weight=numbers.get("weight"),
            track=None
            if track_index is None
            else _track_of_entries(indexed["entry"][0], track_index, entries),
            tracks=tracks,
        )

    @classmethod
    def from_rankings(
        cls, *, judge: Iterable[Hashable], entry: Iterable[Hashable], rank: Iterable[Any]
    ) -> Ratings:
        """Build ratings from ranking ballots, one item per judge and entry.

        Parameters
        ----------
        judge, entry : sequence of hashable, shape (n_places,)
        rank : sequence of numbers, shape (n_places,)
            Smaller = better; equal ranks are ties. Only the order within a judge counts.

        Returns
        -------
        Ratings
            The best of a judge's n entries has the value n, the last 1; ties share the mean.

        Raises
        ------
        ScoringError
            As `from_columns`.

        Examples
        --------
        >>> Ratings.from_rankings(judge="AAAB", entry="XYZX", rank=[1, 3, 3, 1]).value
        array([3. , 1.5, 1.5, 1. ])
        """
        made = cls.from_columns(judge=judge, entry=entry, value=rank)
        order = np.lexsort((-made.value, made.judge))
        theirs, ranks = made.judge[order], made.value[order]
        is_new = np.r_[True, theirs[1:] != theirs[:-1]]
        starts_group = is_new | np.r_[True, ranks[1:] != ranks[:-1]]
        place = np.arange(order.size) - np.flatnonzero(is_new)[np.cumsum(is_new) - 1] + 1.0
        group = np.cumsum(starts_group) - 1
        shared = group_sums(group, place, group[-1] + 1) / np.bincount(group)
        value = np.empty(order.size)
        value[order] = shared[group]
        return replace(made, value=value, are_rankings=True)

    def __len__(self) -> int:
        return int(self.value.size)

    def _check_shapes(self) -> None:
        lengths = {name: getattr(self, name).size for name in ("judge", "entry", "criterion")}
        lengths["value"] = self.value.size
        if self.weight is not None:
            lengths["weight"] = self.weight.size
        if len(set(lengths.values())) != 1:
            raise UnequalLengths(lengths=lengths)
        if self.track is not None and self.track.size != len(self.entries):
            raise UnequalLengths(lengths={"track": self.track.size, "entries": len(self.entries)})

    def _check_indices(self) -> None:
        pairs = {
            "judge": (self.judge, self.judges),
            "entry": (self.entry, self.entries),
            "criterion": (self.criterion, self.criteria),
        }
        for column, (index, labels) in pairs.items():
            if index.min() < 0 or index.max() >= len(labels) or len(set(labels)) != len(labels):
                raise IndexOutOfRange(column=column)
        if self.track is not None and (
            self.track.min() < -1 or self.track.max() >= len(self.tracks)
        ):
            raise IndexOutOfRange(column="track")

    def _check_duplicates(self) -> None:
        key = (self.entry * len(self.judges) + self.judge) * len(self.criteria) + self.criterion
        in_order = np.sort(key)
        if not (in_order[1:] == in_order[:-1]).any():
            return
        order = np.argsort(key, kind="stable")
        again = np.flatnonzero(key[order][1:] == key[order][:-1])
        first = np.searchsorted(key[order], key[order][again + 1])
        raise DuplicateRating(
            rows=tuple(order[again + 1].tolist()[:MOST_FACTS]),
            first=tuple(order[first].tolist()[:MOST_FACTS]),
        )


def _plain(labels: Iterable[Hashable]) -> list[Hashable]:
    return labels.tolist() if isinstance(labels, np.ndarray) else list(labels)


def _numbers(column: str, values: Iterable[Any]) -> Floats:
    """Values as floats; whatever float() refuses is named by its row."""
    given = values if isinstance(values, np.ndarray) else list(values)
    try:
        return np.array(given, dtype=np.float64).reshape(len(given))
    except (TypeError, ValueError):
        bad = [row for row, value in enumerate(given) if not _is_number(value)][:MOST_FACTS]
        raise NotANumber(
            column=column, rows=tuple(bad), values=tuple(str(given[row])[:80] for row in bad)
        ) from None


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _check_numbers(column: str, values: Floats) -> None:
    bad = ~(np.abs(values) < LARGEST)
    if bad.any():
        rows = _rows(bad)
        raise NotANumber(column=column, rows=rows, values=tuple(str(values[row]) for row in rows))


def _check_labels(column: str, labels: list[Any]) -> None:
    if None not in labels and "" not in labels:
        return
    raise MissingLabel(
        column=column,
        rows=tuple([row for row, label in enumerate(labels) if label in (None, "")][:MOST_FACTS]),
    )


def _positions(column: str, labels: list[Any]) -> tuple[Integers, tuple[Hashable, ...]]:
    try:
        return positions(labels)
    except TypeError:
        rows = [row for row, label in enumerate(labels) if not isinstance(label, Hashable)]
        raise BadLabel(column=column, rows=tuple(rows[:MOST_FACTS])) from None


def _check_names(column: str, index: Integers, labels: tuple[Hashable, ...]) -> None:
    missing = [place for place, label in enumerate(labels) if label != label]
    if missing:
        raise MissingLabel(column=column, rows=_rows(np.isin(index, missing)))
    long = [
        place
        for place, label in enumerate(labels)
        if isinstance(label, str) and len(label) > LONGEST_LABEL
    ]
    if long:
        raise LongLabel(
            column=column,
            rows=_rows(np.isin(index, long)),
            length=max(len(str(labels[place])) for place in long),
            most=LONGEST_LABEL,
        )


def _track_of_entries(entry: Integers, track: Integers, entries: tuple[Hashable, ...]) -> Integers:
    of_entry = np.full(len(entries), -1, dtype=np.int64)
    of_entry[entry] = track
    conflicting = np.unique(entry[of_entry[entry] != track])
    if conflicting.size:
        raise TrackConflict(entries=tuple(entries[i] for i in conflicting[:MOST_FACTS]))
    return of_entry


def _rows(bad: Flags) -> tuple[int, ...]:
    return tuple(np.flatnonzero(bad)[:MOST_FACTS].tolist())
