"""What the hierarchical judge model hands back: scores, ranks, predictions and convergence."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from competition.scoring.arrays import Floats, Integers
from competition.scoring.fits.bayes.data import Given
from competition.scoring.fits.bayes.prediction import predict
from competition.scoring.fits.bayes.trace import Kept


@dataclass(frozen=True, eq=False)
class Convergence:
    """What the chains say about themselves, quantity by quantity.

    Attributes
    ----------
    r_hat, size : dict of str to float array
        Split R-hat and effective sample size of "adjusted" (one number an entry),
        "severity", "judge_scale", "judge_sd" (one a judge), "level" (means, then variances,
        of bias, log scale and log noise) and, of several, "track".
    converged : bool
        All of them within the settings' bounds.
    sweeps : int
        Sweeps of each chain altogether.
    """

    r_hat: dict[str, Floats]
    size: dict[str, Floats]
    converged: bool
    sweeps: int

    @property
    def worst_r_hat(self) -> float:
        """The largest R-hat of any quantity."""
        return float(np.nanmax(np.concatenate(list(self.r_hat.values()))))

    @property
    def least_size(self) -> float:
        """The smallest effective size of an entry's score."""
        return float(np.nanmin(self.size["adjusted"]))


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws from the posterior, all in points; a column more than there are members.

    The last entry and the last judge are ones not yet seen, drawn from their populations.

    Attributes
    ----------
    centre : float
    adjusted : float32 array, shape (n_draws, n_entries + 1)
        Less the centre, so that short floats resolve it wherever the scale lies.
    severity, scale, sd : float32 array, shape (n_draws, n_judges + 1)
    """

    centre: float
    adjusted: Kept
    severity: Kept
    scale: Kept
    sd: Kept


@dataclass(frozen=True, eq=False)
class BayesFit:
    """Posterior of the hierarchical judge model.

    Attributes
    ----------
    adjusted, se : float array, shape (n_entries,)
        Posterior mean and standard deviation, in points, of what the judges together would
        give on average; NaN without scores. Not cut at the scale's ends.
    severity, severity_se : float array, shape (n_judges,)
        In points at the mean entry, positive = harsher; mean 0 over the judges.
    judge_scale : float array, shape (n_judges,)
        How far the judge spreads the marks, over the judges' mean; posterior mean.
    judge_sd : float array, shape (n_judges,)
        Standard deviation of the judge's error in points (of weight 1); posterior mean.
    variance : (entry, judge, residual)
        Posterior means, in points squared.
    component : int array, shape (n_entries,)
        Entries are ranked within their component only; -1 = no score.
    components : int
    df : int
        Scores - entries - judges + components.
    fallback : {None, "mean", "no_information"}
        Why there is no simulation: no degrees of freedom (`adjusted` is then the mean of the
        scores), or all scores the same. There are no standard errors and no draws then.
    converged : bool
        Never true without a simulation.
    convergence : Convergence or None
    """

    adjusted: Floats
    se: Floats
    severity: Floats
    severity_se: Floats
    judge_scale: Floats
    judge_sd: Floats
    variance: tuple[float, float, float]
    component: Integers
    components: int
    df: int
    fallback: str | None
    convergence: Convergence | None
    entries: Integers = field(repr=False)
    judges: Integers = field(repr=False)
    all_draws: Draws | None = field(repr=False)
    given: Given = field(repr=False)

    @property
    def converged(self) -> bool:
        """Whether the draws may be relied upon."""
        return self.convergence is not None and self.convergence.converged

    @property
    def draws(self) -> Floats:
        """Draws of the adjusted scores, shape (n_draws, n_entries); NaN without scores."""
        size = 0 if self.all_draws is None else len(self.all_draws.adjusted)
        table = np.full((size, self.component.size), np.nan)
        if self.all_draws is not None:
            table[:, self.entries] = self.all_draws.adjusted[:, :-1]
            table += self.all_draws.centre
        return table

    @cached_property
    def ranks(self) -> npt.NDArray[np.int32]:
        """Rank of every entry within its component in every draw; 0 = no score."""
        drawn = np.zeros((0, 1)) if self.all_draws is None else self.all_draws.adjusted
        table = np.zeros((len(drawn), self.component.size), dtype=np.int32)
        for component in range(self.components if len(drawn) else 0):
            members = np.flatnonzero(self.component == component)
            mine = drawn[:, np.searchsorted(self.entries, members)]
            order = np.argsort(-mine, axis=1, kind="stable")
            place = np.arange(1, members.size + 1, dtype=np.int32)[None, :]
            inside = np.empty(order.shape, dtype=np.int32)
            np.put_along_axis(inside, order, np.broadcast_to(place, order.shape), axis=1)
            table[:, members] = inside
        return table

    def p_top(self, k: int) -> Floats:
        """Probability of each entry to be among the best k of its component, shape (n_entries,)."""
        if not len(self.ranks):
            return np.full(self.component.size, np.nan)
        share = (self.ranks <= k).mean(axis=0)
        return np.where(self.component >= 0, share, np.nan)

    def rank_interval(self, level: float = 0.95) -> tuple[Integers, Integers]:
        """Lowest and highest rank of each entry, cut at equal tails; 0 = not known."""
        if not len(self.ranks):
            nothing = np.zeros(self.component.size, dtype=np.int64)
            return nothing, nothing.copy()
        tail = (1 - level) / 2
        low = np.quantile(self.ranks, tail, axis=0, method="inverted_cdf")
        high = np.quantile(self.ranks, 1 - tail, axis=0, method="inverted_cdf")
        return low.astype(np.int64), high.astype(np.int64)

    @property
    def rank_low(self) -> Integers:
        """Best rank within the 95 % interval, shape (n_entries,)."""
        return self._interval[0]

    @property
    def rank_high(self) -> Integers:
        """Worst rank within the 95 % interval, shape (n_entries,)."""
        return self._interval[1]

    @cached_property
    def _interval(self) -> tuple[Integers, Integers]:
        return self.rank_interval()

    def predict(self, judge: Integers, entry: Integers) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the scores that judges would give to entries.

        Parameters
        ----------
        judge, entry : int array, shape (n_pairs,)
            -1, or a member without scores, stands for one not yet seen, of the population.

        Returns
        -------
        mean, sd : float array, shape (n_pairs,)
            Of the posterior predictive distribution, rounded to the step and cut at the ends
            if the scale has them; NaN where there was no simulation.
        """
        if self.all_draws is None:
            return np.full(len(judge), np.nan), np.full(len(judge), np.nan)
        of_judge = _places(self.judges, len(self.severity))[judge]
        of_entry = _places(self.entries, len(self.adjusted))[entry]
        drawn, given = self.all_draws, self.given
        table = (drawn.centre, drawn.adjusted, drawn.severity, drawn.scale, drawn.sd)
        return predict(*table, of_judge, of_entry, given.scale, given.step)


def _places(members: Integers, count: int) -> Integers:
    """Column of each member among the draws; the last one for whoever has no scores, and -1."""
    place = np.full(count + 1, members.size)
    place[members] = np.arange(members.size)
    return place
