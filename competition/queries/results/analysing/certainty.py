"""How sure the ranks within one track are: chances, intervals, and where a line falls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from competition.scoring import Result
    from competition.scoring.arrays import Integers

DRAWS = 10_000
"""Joint draws of all scores."""

ESTIMATE_LARGEST = 50_000
"""Scorecards up to which the best estimate is simulated; beyond it the method `scaled` serves."""

FURTHER = 12
"""Further scorecards that the page gives away."""


@dataclass(frozen=True)
class RankChances:
    """What is known of one entry's rank within its track.

    Attributes
    ----------
    low, high : int
        Ends of the 95 % interval of ranks.
    p_in : float
        Chance to be within the line.
    is_uncertain : bool
        Whether the entry cannot be told apart from the line.
    further : int
        Further scorecards that it should get, of those given away where they help most.
    """

    low: int
    high: int
    p_in: float
    is_uncertain: bool
    further: int


@dataclass(frozen=True)
class Certainty:
    """The ranks of one track, by position of the entry.

    `expected_wrong` is the expected number of entries on the wrong side of the line, now
    and after the further scorecards.
    """

    line: int
    chances: dict[int, RankChances]
    expected_wrong: float
    expected_wrong_then: float


def certainty_of(
    result: Result, members: Integers, line: int, *, seed: int, score_variance: float
) -> Certainty | None:
    """Draw the scores of a track's entries jointly; None where the method cannot say.

    `members` are the positions of the scored entries of one ranking: of one track and, if the
    ranking is divided, of one component.
    """
    import numpy as np  # a worker that only shows pages needs none of it

    from competition.scoring.chances import Chances
    from competition.scoring.uncertainty.cut_lines import cut_lines, further_scores

    facts = result.facts
    if not members.size or (facts.joint is None and facts.posterior is None):
        return None
    group = np.full(len(result.entries), -1, dtype=np.int64)
    group[members] = 0
    chances = Chances(facts, group, seed, DRAWS)
    joint, distribution = chances.joint, chances.distribution((line,))
    if joint is None:
        return None
    (drawn,) = cut_lines(joint, distribution, group=group, score_variance=score_variance)
    given = np.zeros(members.size, dtype=np.int64)
    then = drawn.expected_wrong
    if 0 < line < members.size and score_variance > 0:
        plan = further_scores(drawn, score_variance, FURTHER)
        given, then = plan.count, float(plan.expected_wrong[-1])
    known = {
        int(entry): RankChances(
            low=int(distribution.low[entry]),
            high=int(distribution.high[entry]),
            p_in=float(drawn.p_in[place]),
            is_uncertain=bool(drawn.uncertain[place]),
            further=int(given[place]),
        )
        for place, entry in enumerate(drawn.members.tolist())
    }
    return Certainty(line, known, float(drawn.expected_wrong), then)


def default_line(scored: int, declared: Sequence[int] = ()) -> int:
    """The line to look at: the rule book's first, else the best fifth, at least one.

    >>> default_line(16), default_line(3), default_line(40, declared=(8,))
    (3, 1, 8)
    """
    if declared:
        return min(declared[0], scored)
    return max(1, round(scored / 5)) if scored else 0
