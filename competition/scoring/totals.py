"""Ratings held against the rule book and gathered into the scores that a method combines."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.errors import RatingsBreakRules
from competition.scoring.ratings import MOST_FACTS, ONLY_CRITERION, Ratings
from competition.scoring.rounding import Exact
from competition.scoring.rulebook import Criterion, RuleBook, exact


@dataclass(frozen=True)
class RatingProblem:
    """One rating that the rule book does not allow.

    Attributes
    ----------
    row : int
        Position of the rating, from 0.
    code : {"unknown_criterion", "off_scale", "off_step"}
    facts : dict
    """

    row: int
    code: str
    facts: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Scores:
    """At most one score of each judge for each entry: what a method combines.

    Attributes
    ----------
    judge, entry : int array, shape (n_scores,)
        Positions among all judges and entries of the ratings.
    value : float array, shape (n_scores,)
    weight : float array, shape (n_scores,), or None
    n_judges, n_entries : int
        Number of labels, with or without scores.
    scale : (float, float) or None
        Lowest and highest score, if declared.
    step : float or None
        Scores are the scale's lowest plus whole steps, if declared.
    given : Exact or None
        The values without float error, where they were computed.
    """

    judge: Integers
    entry: Integers
    value: Floats
    weight: Floats | None
    n_judges: int
    n_entries: int
    scale: tuple[float, float] | None = None
    step: float | None = None
    given: Exact | None = None

    @property
    def span(self) -> float | None:
        """Length of the scale, if declared."""
        return None if self.scale is None else self.scale[1] - self.scale[0]

    @cached_property
    def exact(self) -> Exact:
        """The values as the decimals they stand for."""
        return Exact.of(self.value) if self.given is None else self.given

    @cached_property
    def per_entry(self) -> Integers:
        """Number of judges of each entry, shape (n_entries,)."""
        return np.bincount(self.entry, minlength=self.n_entries)

    @cached_property
    def per_judge(self) -> Integers:
        """Number of entries of each judge, shape (n_judges,)."""
        return np.bincount(self.judge, minlength=self.n_judges)


@dataclass(frozen=True, eq=False)
class Scorecards:
    """The ratings as a table: one line per judge and entry, one column per criterion.

    Attributes
    ----------
    judge, entry : int array, shape (n_scorecards,)
    place : int array, shape (n_ratings,)
        Line of each rating that counts.
    column : int array, shape (n_ratings,)
        Criterion of each rating, numbered as in `names`.
    rating : int array, shape (n_ratings,)
        Position of each rating that counts in the given ratings.
    missing : bool array, shape (n_scorecards, n_criteria)
    names : tuple of hashable, shape (n_criteria,)
    factors : tuple of Fraction, shape (n_criteria,)
    """

    ratings: Ratings
    rules: RuleBook
    judge: Integers
    entry: Integers
    place: Integers
    column: Integers
    rating: Integers
    missing: Flags
    names: tuple[Hashable, ...]
    factors: tuple[Fraction, ...]

    @cached_property
    def incomplete(self) -> Flags:
        """Which scorecards lack a criterion, shape (n_scorecards,)."""
        if self.missing.shape[1] == 1:
            return self.missing[:, 0]
        return np.asarray(self.missing.any(axis=1))

    def totals(self) -> Scores:
        """Each complete scorecard's weighted total; the incomplete are left out."""
        if self.factors == (Fraction(1),):
            return self.on(0)
        ratings = self.ratings
        complete = ~self.incomplete
        line = np.cumsum(complete) - 1
        used = complete[self.place]
        places, columns, used_ratings = (
            line[self.place[used]],
            self.column[used],
            self.rating[used],
        )
        count = int(complete.sum())
        values = ratings.value[used_ratings]
        total = _weighted_sum(Exact.of(values), places, columns, count, self.factors)
        weight = None
        if ratings.weight is not None:
            weight = group_sums(places, ratings.weight[used_ratings], count) / len(self.names)
        return Scores(
            self.judge[complete],
            self.entry[complete],
            total.floats(),
            weight,
            len(ratings.judges),
            len(ratings.entries),
            self.rules.scale,
            self.rules.step,
            total,
        )

    def on(self, column: int, *, complete: bool = False) -> Scores:
        """The ratings on one criterion, as scores on that criterion's own scale.

        `complete` leaves out those of scorecards that lack a criterion.
        """
        ratings = self.ratings
        chosen: Integers | slice = self.rating
        if len(self.names) > 1:
            used = self.column == column
            if complete:
                used &= ~self.incomplete[self.place]
            chosen = self.rating[used]
        elif self.rating.size == len(ratings):
            chosen = slice(None)
        declared = self.rules.criteria[column] if self.rules.criteria else None
        return Scores(
            ratings.judge[chosen],
            ratings.entry[chosen],
            ratings.value[chosen],
            None if ratings.weight is None else ratings.weight[chosen],
            len(ratings.judges),
            len(ratings.entries),
            None if declared is None else declared.scale,
            None if declared is None else declared.step,
        )


def scorecards(ratings: Ratings, rules: RuleBook) -> Scorecards:
    """Arrange ratings as scorecards, leaving out those of weight 0.

    Parameters
    ----------
    ratings : Ratings
    rules : RuleBook

    Raises
    ------
    RatingsBreakRules
        Ratings off the scale, off the step or on a criterion not in the rule book.
    """
    problems = find_problems(ratings, rules)
    if problems:
        raise RatingsBreakRules(problems=problems[:MOST_FACTS], count=len(problems))
    names: tuple[Hashable, ...] = tuple(item.name for item in rules.criteria) or ratings.criteria
    if rules.criteria:
        factors = tuple(rules.factor(position) for position in range(len(names)))
    else:
        factors = (Fraction(1, len(names)),) * len(names)
    judge, entry, criterion = ratings.judge, ratings.entry, ratings.criterion
    chosen = np.arange(len(ratings))
    if ratings.weight is not None:
        chosen = np.flatnonzero(ratings.weight > 0)
        judge, entry, criterion = judge[chosen], entry[chosen], criterion[chosen]
    column = _column_of_criteria(ratings, rules).take(criterion)
    if len(names) == 1:
        place = np.arange(chosen.size)
        missing = np.zeros((chosen.size, 1), dtype=bool)
    else:
        key, place = np.unique(entry * len(ratings.judges) + judge, return_inverse=True)
        entry, judge = np.divmod(key, len(ratings.judges))
        missing = np.ones((entry.size, len(names)), dtype=bool)
        missing[place, column] = False
    return Scorecards(ratings, rules, judge, entry, place, column, chosen, missing, names, factors)


def find_problems(ratings: Ratings, rules: RuleBook) -> tuple[RatingProblem, ...]:
    """Every rating that the rule book does not allow, in the order of the ratings.

    Examples
    --------
    >>> rules = RuleBook(criteria=(Criterion("Idea", scale=(0, 10), step=0.5),))
    >>> ratings = Ratings.from_columns(judge="AB", entry="XX", value=[11, 7.3])
    >>> [(problem.row, problem.code) for problem in find_problems(ratings, rules)]
    [(0, 'off_scale'), (1, 'off_step')]
    """
    if not rules.criteria:
        return ()
    column = _column_of_criteria(ratings, rules)[ratings.criterion]
    allowed = [criterion.name for criterion in rules.criteria]
    found = [
        RatingProblem(
            row,
            "unknown_criterion",
            {"criterion": ratings.criteria[ratings.criterion[row]], "allowed": allowed},
        )
        for row in np.flatnonzero(column < 0).tolist()
    ]
    for position, criterion in enumerate(rules.criteria):
        rows = np.flatnonzero(column == position)
        if rows.size:
            found += _off_scale(ratings, criterion, rows)
    return tuple(sorted(found, key=lambda problem: problem.row))


def _off_scale(ratings: Ratings, criterion: Criterion, rows: Integers) -> list[RatingProblem]:
    values = ratings.value[rows]
    start = 0.0
    outside = np.zeros(rows.size, dtype=bool)
    found = []
    if criterion.scale is not None:
        start, high = criterion.scale
        outside = (values < start) | (values > high)
        found = [
            RatingProblem(
                int(rows[k]),
                "off_scale",
                {"criterion": criterion.name, "value": float(values[k]), "min": start, "max": high},
            )
            for k in np.flatnonzero(outside)
        ]
    if criterion.step is not None:
        offset = Exact(np.full(1, -exact(start).numerator), exact(start).denominator)
        steps = Exact.of(values).plus(offset).times(1 / exact(criterion.step))
        between = (steps.numerator % steps.denominator != 0) & ~outside
        facts = {"criterion": criterion.name, "step": criterion.step, "min": start}
        found += [
            RatingProblem(int(rows[k]), "off_step", {**facts, "value": float(values[k])})
            for k in np.flatnonzero(between)
        ]
    return found


def _column_of_criteria(ratings: Ratings, rules: RuleBook) -> Integers:
    """Position in the rule book of each criterion of the ratings; -1 = not there."""
    if not rules.criteria:
        return np.arange(len(ratings.criteria))
    if ratings.criteria == (ONLY_CRITERION,) and len(rules.criteria) == 1:
        return np.zeros(1, dtype=np.int64)
    place = {criterion.name: position for position, criterion in enumerate(rules.criteria)}
    return np.array([place.get(str(name), -1) for name in ratings.criteria], dtype=np.int64)


def _weighted_sum(
    values: Exact, place: Integers, column: Integers, count: int, factors: tuple[Fraction, ...]
) -> Exact:
    """Sum over criteria of factor times value, line by line, exactly."""
    total = Exact(np.zeros(count, dtype=np.int64), 1)
    for position, factor in enumerate(factors):
        mask = column == position
        part = values.at(mask).sums(place[mask], count)
        total = total.plus(part.times(factor))
    return total
