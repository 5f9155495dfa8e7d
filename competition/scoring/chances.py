"""How sure a result's ranks are: chances, intervals and award lines, made when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Integral

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.facts import Facts
from competition.scoring.uncertainty.confidence import RankConfidence, rank_confidence
from competition.scoring.uncertainty.cut_lines import CutLine, cut_lines
from competition.scoring.uncertainty.joint import JointNormal
from competition.scoring.uncertainty.ranks import (
    RankDistribution,
    beats,
    beats_in_draws,
    draw_ranks,
    rank_draws,
)

CONFIDENCE_DRAWS = 2_000


@dataclass(frozen=True, eq=False)
class Chances:
    """What the joint distribution of all scores says about the ranks.

    Attributes
    ----------
    facts : Facts
        With `joint` or `posterior`.
    group : int array, shape (n_entries,)
        Ranks are within it; -1 = unscored.
    seed : int
    draws : int
        Of the joint normal; simulated posteriors are taken as they are.
    """

    facts: Facts
    group: Integers
    seed: int
    draws: int
    _known: dict[tuple[int, ...], RankDistribution] = field(default_factory=dict, repr=False)

    @cached_property
    def posterior(self) -> Floats | None:
        """Draws that the method itself has made, shape (n_draws, n_entries)."""
        return None if self.facts.posterior is None else self.facts.posterior()

    @cached_property
    def joint(self) -> JointNormal | None:
        """All scores as a joint normal; that of a posterior has its draws' covariance."""
        if self.posterior is not None:
            mean = self.posterior.mean(axis=0)
            apart = np.nan_to_num(self.posterior - mean)
            shared = apart.T / np.sqrt(max(len(apart) - 1, 1))
            return JointNormal(mean, np.where(np.isnan(mean), np.nan, 0.0), shared)
        return None if self.facts.joint is None else self.facts.joint()

    def distribution(self, tops: Sequence[int] = ()) -> RankDistribution:
        """Ranks over all draws, with the chance of the best k for every k of `tops`."""
        wanted = tuple(tops)
        if wanted not in self._known:
            if self.posterior is not None:
                found = rank_draws(self.posterior, tops=wanted, group=self.group)
            else:
                assert self.joint is not None
                found = draw_ranks(
                    self.joint,
                    draws=self.draws,
                    seed=self.seed,
                    tops=wanted,
                    group=self.group,
                    df=self.df,
                )
            self._known[wanted] = found
        return self._known[wanted]

    @property
    def df(self) -> float | None:
        """Degrees of freedom behind the error variance of least squares; None = taken as known."""
        return None if self.facts.least_squares is None else self.facts.df

    @property
    def intervals(self) -> RankDistribution:
        """Any distribution that is there already: the interval does not depend on the tops."""
        return next(iter(self._known.values())) if self._known else self.distribution()

    @cached_property
    def beats(self) -> Floats:
        """P(i beats j), shape (n_entries, n_entries)."""
        if self.posterior is not None:
            return beats_in_draws(self.posterior)
        assert self.joint is not None
        return beats(self.joint, df=self.df)

    @cached_property
    def confidence(self) -> RankConfidence:
        """Confidence sets for all ranks at once."""
        assert self.joint is not None
        return rank_confidence(
            self.joint,
            seed=self.seed,
            draws=CONFIDENCE_DRAWS,
            group=self.group,
            df=self.df,
        )

    def lines(self, tops: Sequence[int], score_variance: float) -> tuple[CutLine, ...]:
        """Each line below the best k: who is sure, who is not, and what would tell."""
        assert self.joint is not None
        return cut_lines(
            self.joint,
            self.distribution(tops),
            group=self.group,
            confidence=self.confidence,
            score_variance=score_variance,
        )


class TopChances(Mapping[int, Floats]):
    """P(rank <= k) of every entry, by k: ``p_top[3]`` has shape (n_entries,).

    Iterating names every k from 1 to the number of entries; each is drawn when
    it is read, from the same draws.
    """

    def __init__(self, chances: Chances) -> None:
        self._chances = chances

    def __getitem__(self, k: int) -> Floats:
        number: object = k
        if not isinstance(number, Integral) or not 1 <= k <= len(self):
            raise KeyError(k)
        known = self._chances._known
        tops = next((tops for tops in known if k in tops), (k,))
        found = self._chances.distribution(tops)
        return found.p_top[:, tops.index(k)]

    def __iter__(self) -> Iterator[int]:
        return iter(range(1, len(self) + 1))

    def __len__(self) -> int:
        return int(self._chances.group.size)
