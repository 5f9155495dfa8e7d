"""The hierarchical judge model: the best estimate, and every probability statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.fits.additive import AdditiveFit, fit_additive
from competition.scoring.fits.bayes.convergence import r_hat_and_size
from competition.scoring.fits.bayes.data import Given, prepare
from competition.scoring.fits.bayes.prediction import predict
from competition.scoring.fits.bayes.sampler import Chains, Kept, Trace
from competition.scoring.fits.bayes.settings import Settings
from competition.scoring.ranking import noise_level

MOST_DRAWS = 4000
"""Draws kept; longer chains are thinned to so many."""

DEFAULT = Settings()


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
    adjusted : float32 array, shape (n_draws, n_entries + 1)
    severity, scale, sd : float32 array, shape (n_draws, n_judges + 1)
    """

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

    @cached_property
    def draws(self) -> Kept:
        """Draws of the adjusted scores, shape (n_draws, n_entries); NaN without scores."""
        size = 0 if self.all_draws is None else len(self.all_draws.adjusted)
        table = np.full((size, self.component.size), np.nan, dtype=np.float32)
        if self.all_draws is not None:
            table[:, self.entries] = self.all_draws.adjusted[:, :-1]
        return table

    @cached_property
    def ranks(self) -> npt.NDArray[np.int32]:
        """Rank of every entry within its component in every draw; 0 = no score."""
        table = np.zeros(self.draws.shape, dtype=np.int32)
        for component in range(self.components):
            members = np.flatnonzero(self.component == component)
            order = np.argsort(-self.draws[:, members], axis=1, kind="stable")
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
        table = (drawn.adjusted, drawn.severity, drawn.scale, drawn.sd)
        return predict(*table, of_judge, of_entry, given.scale, given.step)


def fit_bayes(
    judge: Integers,
    entry: Integers,
    value: Floats,
    n_judges: int,
    n_entries: int,
    *,
    scale: tuple[float, float] | None = None,
    step: float | None = None,
    track: Integers | None = None,
    weight: Floats | None = None,
    seed: int = 0,
    settings: Settings = DEFAULT,
) -> BayesFit:
    """Fit the hierarchical judge model by simulation.

    Parameters
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
        In points; at most one score of a judge for an entry.
    n_judges, n_entries : int
        Members without a score get NaN.
    scale : (lowest, highest), optional
        Scores at the ends may stand for anything beyond them. Used with `step` only.
    step : float, optional
        Scores were rounded to it: each is an interval of that length. Without it, exact.
    track : int array, shape (n_entries,), optional
        Tracks may differ in mean quality. -1 (none known) counts as one more track.
    weight : float array, shape (n_scores,), optional
        The error variance of a score is that of its judge over the weight. Scores of weight
        0 are left out.
    seed : int
        The same seed gives the same bytes.
    settings : Settings, optional

    Returns
    -------
    BayesFit
        With `fallback` set, and without draws, where nothing can be simulated.

    Notes
    -----
    Model: ``s_ij = b_j + g_j t_i + e``, ``e ~ N(0, s_j^2)``; ``t_i ~ N(m_track, 1)``, track
    means flat with sum 0; ``b_j ~ N(mu_b, v_b)``, ``log g_j ~ N(mu_g, v_g)``,
    ``log s_j ~ N(mu_s, v_s)``. Variances: inverse gamma of shape 2 and scales .6, .08, .1 (v_b
    in units of the variance of the least-squares scores). The means' priors are normal and so
    wide that they act as flat (variance 100 in those units for mu_b, 4 for the logarithms):
    flat ones would leave the posterior improper, because scores of which none carries any
    signal are as likely at ``mu_g = -10`` as at ``-1000``. For the same reason s_j is at
    least 1e-4 of the deviation of the least-squares scores.

    Sampler: t, then track means, from their normal conditionals; log g by random-walk
    Metropolis with b integrated out, b from its normal conditional, log s by Metropolis, on
    sufficient statistics of each judge; the means and variances from their conjugate
    conditionals; the score before rounding from its normal conditional, cut to its interval.
    Steps are tuned towards 35 % acceptance in the burn-in, then held. Moves that are exact and
    shorten the chains: mean and spread of log g and log s together with their judges
    (Metropolis, non-centred); a common shift of t against b (normal conditional) and a common
    factor of t against g (gamma conditional, corrected for the prior of mu_g), which no score
    can tell. Every chain begins near the least-squares fit, pushed away at random.

    Reported on the rubric's scale: in every draw ``mean_j b_j + mean_j g_j t_i``.

    Disconnected components are joined by the prior only, so ranks are within components.

    Cost: O(n_scores) a sweep and chain; memory O(draws (n_entries + 3 n_judges)).

    Source: A. Gelman et al., Bayesian Data Analysis, third edition 2013, chapters 11, 12, 15;
    J. S. Liu and Y. N. Wu, Journal of the American Statistical Association 94, 1999 (moves
    along directions that no datum can tell); Y. Yu and X.-L. Meng, Journal of Computational
    and Graphical Statistics 20, 2011 (non-centred moves).

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> entry, judge = np.repeat(np.arange(30), 6), np.tile(np.arange(6), 30)
    >>> quality, leniency = random.normal(6, 2, 30), np.array([-1.0, 0.4, 0, 0.2, 0.3, 0.1])
    >>> value = quality[entry] + leniency[judge] + random.normal(0, 0.5, 180)
    >>> fit = fit_bayes(judge, entry, value, n_judges=6, n_entries=30)
    >>> fit.converged, int(fit.severity.argmax()), bool(abs(fit.severity[0] - 1) < 0.3)
    (True, 0, True)
    """
    if weight is not None:
        used = weight > 0
        judge, entry, value, weight = judge[used], entry[used], value[used], weight[used]
    given = Given(judge, entry, value, weight, scale, step, track)
    least = fit_additive(judge, entry, value, n_judges, n_entries, weight)
    span = None if scale is None else scale[1] - scale[0]
    if value.size and float(np.ptp(value)) <= noise_level(value, span):
        return _without_simulation(given, least, "no_information")
    if least.df <= 0:
        return _without_simulation(given, least, "mean")
    return _simulated(given, least, seed, settings)


def _without_simulation(given: Given, least: AdditiveFit, why: str) -> BayesFit:
    weight = np.ones(given.value.size) if given.weight is None else given.weight
    mass = group_sums(given.entry, weight, least.adjusted.size)
    total = group_sums(given.entry, weight * given.value, mass.size)
    nothing, no_judge = np.full(mass.size, np.nan), np.full(least.severity.size, np.nan)
    return BayesFit(
        adjusted=np.where(mass > 0, total / np.where(mass > 0, mass, 1), np.nan),
        se=nothing,
        severity=no_judge,
        severity_se=no_judge,
        judge_scale=no_judge,
        judge_sd=no_judge,
        variance=(float("nan"),) * 3,
        component=least.component,
        components=least.components,
        df=least.df,
        fallback=why,
        convergence=None,
        entries=np.flatnonzero(least.component >= 0),
        judges=np.flatnonzero(np.isfinite(least.severity)),
        all_draws=None,
        given=given,
    )


def _simulated(given: Given, least: AdditiveFit, seed: int, settings: Settings) -> BayesFit:
    data, judges, entries = prepare(given, least)
    chains = Chains(data, settings.chains, np.random.default_rng(seed))
    chains.run(settings.burn_in)
    sweeps, total = settings.sweeps - settings.burn_in, settings.burn_in
    for stage in range(settings.extensions + 1):
        trace = Trace.empty(settings.chains, sweeps, data)
        chains.run(sweeps, trace)
        total += sweeps
        convergence = _judged(trace, settings, total)
        if convergence.converged or stage == settings.extensions:
            break
        sweeps *= 2
    unit, centre = data.unit, data.centre
    drawn = Draws(
        adjusted=_thinned(trace.adjusted) * np.float32(unit) + np.float32(centre),
        severity=_thinned(trace.severity) * np.float32(unit),
        scale=_thinned(trace.scale),
        sd=_thinned(trace.sd) * np.float32(unit),
    )
    adjusted, se = _moments(trace.adjusted, entries, least.adjusted.size)
    severity, severity_se = _moments(trace.severity, judges, least.severity.size)
    entry_variance = trace.adjusted[:, :, :-1].var(axis=2, dtype=np.float64).mean()
    judge_variance = trace.level[:, :, 3].mean(dtype=np.float64)
    residual = np.square(trace.sd[:, :, :-1]).mean(dtype=np.float64)
    return BayesFit(
        adjusted=adjusted * unit + centre,
        se=se * unit,
        severity=severity * unit,
        severity_se=severity_se * unit,
        judge_scale=_moments(trace.scale, judges, least.severity.size)[0],
        judge_sd=_moments(trace.sd, judges, least.severity.size)[0] * unit,
        variance=(
            float(entry_variance) * unit**2,
            float(judge_variance) * unit**2,
            float(residual) * unit**2,
        ),
        component=least.component,
        components=least.components,
        df=least.df,
        fallback=None,
        convergence=convergence,
        entries=entries,
        judges=judges,
        all_draws=drawn,
        given=given,
    )


def _judged(trace: Trace, settings: Settings, sweeps: int) -> Convergence:
    """Measure every quantity that is reported; those not yet seen are no part of it."""
    tables = {
        "adjusted": trace.adjusted[:, :, :-1],
        "severity": trace.severity[:, :, :-1],
        "judge_scale": trace.scale[:, :, :-1],
        "judge_sd": trace.sd[:, :, :-1],
        "level": trace.level,
    }
    if trace.track.shape[2] > 1:
        tables["track"] = trace.track
    r_hat, size = {}, {}
    converged = True
    for name, table in tables.items():
        r_hat[name], size[name] = r_hat_and_size(table)
        least = settings.least_size if name == "adjusted" else settings.least_judge_size
        # A quantity that never moved has NaN, and that is no convergence either.
        good: Flags = (r_hat[name] < settings.most_r_hat) & (size[name] >= least)
        converged = converged and bool(good.all())
    return Convergence(r_hat, size, converged, sweeps)


def _moments(table: Kept, members: Integers, count: int) -> tuple[Floats, Floats]:
    mean, sd = np.full(count, np.nan), np.full(count, np.nan)
    mean[members] = table[:, :, :-1].mean(axis=(0, 1), dtype=np.float64)
    sd[members] = table[:, :, :-1].std(axis=(0, 1), dtype=np.float64)
    return mean, sd


def _thinned(table: Kept) -> Kept:
    together = table.reshape(-1, table.shape[2])
    return together[:: -(-len(together) // MOST_DRAWS)]


def _places(members: Integers, count: int) -> Integers:
    """Column of each member among the draws; the last one for whoever has no scores, and -1."""
    place = np.full(count + 1, members.size)
    place[members] = np.arange(members.size)
    return place
