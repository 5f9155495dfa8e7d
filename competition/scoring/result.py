"""What scoring hands back: arrays per entry and judge, and warnings as data."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.ranking import UNRANKED
from competition.scoring.rounding import Exact
from competition.scoring.rulebook import RuleBook
from competition.scoring.totals import Scorecards, Scores


@dataclass(frozen=True)
class ScoreWarning:
    """Something the reader of a ranking should know: a code and facts, no prose.

    Attributes
    ----------
    code : str
        One stable word; `findings` and `methods` say which there are.
    facts : dict
        Labels and numbers, ready for JSON as long as the labels are.
    """

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Step:
    """The judges of every entry combined once: on one criterion, or on the totals.

    Attributes
    ----------
    criterion : hashable or None
        None = the totals of the scorecards.
    scores : Scores
    value : float array, shape (n_entries,)
        NaN without scores.
    exact : Exact or None, shape (n_entries,)
        The same without float error, where the method allows it.
    intercept, slope : float array, shape (n_judges,)
        The method's correction: corrected = intercept + slope * score.
    kept : bool array, shape (n_scores,)
        False where the rule dropped the score.
    warnings : tuple of ScoreWarning
    """

    criterion: Hashable | None
    scores: Scores
    value: Floats
    exact: Exact | None
    intercept: Floats
    slope: Floats
    kept: Flags
    warnings: tuple[ScoreWarning, ...] = ()


@dataclass(frozen=True, eq=False)
class Working:
    """The steps behind a result, so that any entry's score can be shown."""

    rules: RuleBook
    cards: Scorecards
    steps: tuple[Step, ...]
    rounded: tuple[Floats, ...]
    weighted: tuple[Floats, ...]


@dataclass(frozen=True, eq=False)
class Result:
    """Scores and ranks of all entries, with what is known about the judges.

    Attributes
    ----------
    method : str
        The method that was asked for; `warnings` tell of any fallback.
    entries, judges : tuple of hashable
        Labels, in the order of the ratings.
    adjusted : float array, shape (n_entries,)
        The method's score before any rounding, in points; NaN = no score.
    se : float array, shape (n_entries,)
        Standard error of `adjusted` in points; NaN where the method has none.
    raw : float array, shape (n_entries,)
        Plain mean of the judges' raw scores.
    score : float array, shape (n_entries,)
        The official score, rounded as the rule book says.
    n_judges : int array, shape (n_entries,)
        Judges whose scores were taken in.
    rank : int array, shape (n_entries,)
        1, 2, 2, 4 on `score`; 0 = unscored. Under "additive" the rank is
        within the entry's component.
    severity, severity_se : float array, shape (n_judges,)
        Points, positive = harsher, sum 0 in each component; NaN where the
        method does not estimate it.
    judge_n : int array, shape (n_judges,)
        Entries of each judge that were taken in.
    sigma2 : float
        Error variance of one score; NaN where not estimated.
    df : int or None
    component : int array, shape (n_entries,)
        Entries of one component are joined by judges; -1 = unscored.
    components : int
    connectivity : float
        Normalized algebraic connectivity; NaN, not computed by this version.
    noise : float
        Scores that differ by no more are equal.
    seed : int
        As given; nothing is random yet.
    warnings : tuple of ScoreWarning
    working : Working
    """

    method: str
    entries: tuple[Hashable, ...]
    judges: tuple[Hashable, ...]
    adjusted: Floats
    se: Floats
    raw: Floats
    score: Floats
    n_judges: Integers
    rank: Integers
    severity: Floats
    severity_se: Floats
    judge_n: Integers
    sigma2: float
    df: int | None
    component: Integers
    components: int
    connectivity: float
    noise: float
    seed: int
    warnings: tuple[ScoreWarning, ...]
    working: Working = field(repr=False)

    def ranks(self) -> tuple[int | None, ...]:
        """The ranks, with None for an entry that has no score."""
        return tuple(None if rank == UNRANKED else rank for rank in self.rank.tolist())
