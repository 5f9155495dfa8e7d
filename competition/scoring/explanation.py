"""How one entry's score came about, line by line, for people to follow."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from competition.scoring.errors import UnknownEntry
from competition.scoring.result import Result
from competition.scoring.step import Step


@dataclass(frozen=True)
class JudgeLine:
    """One judge's part in an entry's score.

    Attributes
    ----------
    judge : hashable
    ratings : tuple of (criterion, rating)
        What the judge gave; one pair when the line is about one criterion.
    raw : float
        The score that the method took in.
    severity : float or None
        Points added because the judge is harsher (method "additive").
    corrected : float
        The score after the method's correction.
    dropped : bool
        Whether the rule dropped it as a highest or lowest score.
    weight : float
        Confidence in the score; 1 where none was given.
    """

    judge: Hashable
    ratings: tuple[tuple[Hashable, float], ...]
    raw: float
    severity: float | None
    corrected: float
    dropped: bool
    weight: float


@dataclass(frozen=True)
class ExampleStep:
    """The judges of the entry combined: on one criterion, or on the totals.

    Attributes
    ----------
    criterion : hashable or None
        None = the totals of the scorecards.
    lines : tuple of JudgeLine
        In the order of the judges.
    combined : float or None
        Mean of the corrected scores that were not dropped.
    rounded : float or None
        After `round.criterion` (unit "criterion").
    factor : float
        What `rounded` is multiplied by.
    weighted : float or None
        After `round.weighted`.
    """

    criterion: Hashable | None
    lines: tuple[JudgeLine, ...]
    combined: float | None
    rounded: float | None
    factor: float
    weighted: float | None


@dataclass(frozen=True)
class WorkedExample:
    """How one entry's official score came about.

    Attributes
    ----------
    entry : hashable
    method, unit : str
    steps : tuple of ExampleStep
        One for unit "scorecard", one per criterion for unit "criterion".
    adjusted, score : float or None
        Before and after the rule book's rounding; None = unscored.
    rank : int or None
    """

    entry: Hashable
    method: str
    unit: str
    steps: tuple[ExampleStep, ...]
    adjusted: float | None
    score: float | None
    rank: int | None


def worked_example(result: Result, entry: Hashable) -> WorkedExample:
    """Show how an entry's score came about.

    Parameters
    ----------
    result : Result
    entry : hashable
        A label of `result.entries`.

    Raises
    ------
    UnknownEntry

    Notes
    -----
    Every method here corrects a score by one line per judge, ``intercept_j +
    slope_j * s`` (additive: the severity is added; z-score: centred and
    stretched), so the (weighted) mean of the corrected scores that were kept
    is the entry's score. For "additive" this is the normal equation of the
    entry. O(n_scores).

    Examples
    --------
    >>> from competition.scoring import Ratings, score
    >>> ratings = Ratings.from_columns(judge="ABAB", entry="XXYY", value=[8, 6, 5, 3])
    >>> example = worked_example(score(ratings, method="additive"), "X")
    >>> [(line.judge, line.raw, line.severity, line.corrected) for line in example.steps[0].lines]
    [('A', 8.0, -1.0, 7.0), ('B', 6.0, 1.0, 7.0)]
    """
    if entry not in result.entries:
        raise UnknownEntry(entry=entry)
    place = result.entries.index(entry)
    working = result.working
    by_criterion = working.rules.unit == "criterion"
    steps = tuple(
        ExampleStep(
            criterion=step.criterion,
            lines=_lines(result, step, column if by_criterion else None, place),
            combined=_known(step.value[place]),
            rounded=_known(working.official.rounded[column][place]),
            factor=float(working.cards.factors[column]) if by_criterion else 1.0,
            weighted=_known(working.official.weighted[column][place]),
        )
        for column, step in enumerate(working.steps)
    )
    return WorkedExample(
        entry=entry,
        method=result.method,
        unit=working.rules.unit,
        steps=steps,
        adjusted=_known(result.adjusted[place]),
        score=_known(result.score[place]),
        rank=result.ranks()[place],
    )


def _lines(result: Result, step: Step, column: int | None, place: int) -> tuple[JudgeLine, ...]:
    scores = step.scores
    chosen = np.flatnonzero(scores.entry == place)
    chosen = chosen[np.argsort(scores.judge[chosen])]
    severity = step.facts.severity
    given = _ratings_by_judge(result, place, column)
    lines = []
    for k in chosen.tolist():
        judge, raw = int(scores.judge[k]), float(scores.value[k])
        lines.append(
            JudgeLine(
                judge=result.judges[judge],
                ratings=given[judge],
                raw=raw,
                severity=None if severity is None else _known(severity[judge]),
                corrected=float(step.corrected[k]),
                dropped=step.kept is not None and not bool(step.kept[k]),
                weight=1.0 if scores.weight is None else float(scores.weight[k]),
            )
        )
    return tuple(lines)


def _ratings_by_judge(
    result: Result, place: int, column: int | None
) -> dict[int, tuple[tuple[Hashable, float], ...]]:
    cards = result.working.cards
    ratings = cards.ratings
    mine = ratings.entry[cards.rating] == place
    if column is not None:
        mine &= cards.column == column
    given: dict[int, list[tuple[int, float]]] = {}
    for row, criterion in zip(cards.rating[mine].tolist(), cards.column[mine], strict=True):
        of_judge = given.setdefault(int(ratings.judge[row]), [])
        of_judge.append((int(criterion), float(ratings.value[row])))
    return {
        judge: tuple((cards.names[criterion], value) for criterion, value in sorted(pairs))
        for judge, pairs in given.items()
    }


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
