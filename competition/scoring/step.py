"""One step of a computation: the judges of every entry combined, and what is to say about it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from competition.scoring.arrays import Flags, Floats
from competition.scoring.facts import NOTHING, Facts
from competition.scoring.rounding import Exact
from competition.scoring.rulebook import RuleBook
from competition.scoring.totals import Scorecards, Scores


@dataclass(frozen=True)
class ScoreWarning:
    """Something the reader of a ranking should know: a code and facts, no prose.

    Attributes
    ----------
    code : str
        One stable word; docs/scoring.md lists them.
    facts : dict
        Labels and numbers, ready for JSON as long as the labels are.
    """

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Setting:
    """What a method knows beside the scores.

    Attributes
    ----------
    cards : Scorecards
    criterion : hashable or None
        Where the scores come from; None = the totals of the scorecards.
    seed : int
    """

    cards: Scorecards
    criterion: Hashable | None
    seed: int

    @property
    def rules(self) -> RuleBook:
        return self.cards.rules

    @property
    def judges(self) -> tuple[Hashable, ...]:
        return self.cards.ratings.judges

    @property
    def entries(self) -> tuple[Hashable, ...]:
        return self.cards.ratings.entries

    def warning(self, code: str, **facts: object) -> ScoreWarning:
        """A warning that names the criterion, where there is one."""
        if self.criterion is not None:
            facts["criterion"] = self.criterion
        return ScoreWarning(code, facts)

    def judges_at(self, mask: Flags) -> list[Hashable]:
        return [self.judges[j] for j in np.flatnonzero(mask).tolist()]

    def entries_at(self, mask: Flags) -> list[Hashable]:
        return [self.entries[i] for i in np.flatnonzero(mask).tolist()]


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
    corrected : float array, shape (n_scores,)
        What the method made of each score.
    exact : Exact or None, shape (n_entries,)
        `value` without float error, where the method allows it.
    kept : bool array, shape (n_scores,), or None
        False where the rule dropped the score; None = all kept.
    facts : Facts
    warnings : tuple of ScoreWarning
    fallback : str or None
        The method that was taken instead.
    """

    criterion: Hashable | None
    scores: Scores
    value: Floats
    corrected: Floats
    exact: Exact | None = None
    kept: Flags | None = None
    facts: Facts = NOTHING
    warnings: tuple[ScoreWarning, ...] = ()
    fallback: str | None = None
