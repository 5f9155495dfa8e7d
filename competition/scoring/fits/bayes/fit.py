"""The hierarchical judge model: the best estimate, and every probability statement."""

from __future__ import annotations

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.fits.additive import AdditiveFit, fit_additive
from competition.scoring.fits.bayes.convergence import r_hat_and_size
from competition.scoring.fits.bayes.data import Given, prepare
from competition.scoring.fits.bayes.result import BayesFit, Convergence, Draws
from competition.scoring.fits.bayes.sampler import Chains
from competition.scoring.fits.bayes.settings import Settings
from competition.scoring.fits.bayes.trace import Kept, Trace
from competition.scoring.ranking import noise_level

MOST_DRAWS = 4000
"""Draws kept; longer chains are thinned to so many."""

DEFAULT = Settings()


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
    means with sum 0 and flat in points, that is in ``m_track exp(mu_g)``;
    ``b_j ~ N(mu_b, v_b)``, ``log g_j ~ N(mu_g, v_g)``, ``log s_j ~ N(mu_s, v_s)``.
    Variances: inverse gamma of shape 2 and scales .6, .08, .1 (v_b
    in units of the variance of the least-squares scores). The means' priors are normal and so
    wide that they act as flat (variance 100 in those units for mu_b, 4 for the logarithms):
    flat ones would leave the posterior improper, because scores of which none carries any
    signal are as likely at ``mu_g = -10`` as at ``-1000``. (Flat in units of t, tracks would
    reward ``mu_g = -1000`` by its power of their number.) For the same reason s_j is at
    least 1e-4 of the deviation of the least-squares scores.

    Sampler: t, then track means, from their normal conditionals; log g with b integrated out
    and log s by Metropolis, proposed from a normal law near the conditional (`conditional`),
    b from its normal conditional, all on sufficient statistics of each judge; the means and
    variances from their conjugate conditionals; the score before rounding from its normal
    conditional, cut to its interval. Moves that are exact and shorten the chains: one score of
    each entry together with its t, in turns; mean and spread of log g and log s together with
    their judges (Metropolis, non-centred); a common shift of t against b (normal conditional)
    and a common factor of t against g (gamma conditional, corrected for the prior of mu_g),
    which no score can tell. Nothing is tuned. Every chain begins near the least-squares fit,
    pushed away at random.

    Reported on the rubric's scale: in every draw ``mean_j b_j + mean_j g_j t_i``.

    Disconnected components are joined by the prior only, so ranks are within components.

    Cost: O(n_scores) a sweep and chain; memory O(draws (n_entries + 3 n_judges) + n_scores).

    Source: A. Gelman et al., Bayesian Data Analysis, third edition 2013, chapters 11, 12, 15;
    J. S. Liu, Journal of the American Statistical Association 89, 1994 (drawing several at
    once, by integrating one out); J. S. Liu and Y. N. Wu, the same 94, 1999 (moves along
    directions that no datum can tell); Y. Yu and X.-L. Meng, Journal of Computational
    and Graphical Statistics 20, 2011 (non-centred moves).

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> entry, judge = np.repeat(np.arange(30), 6), np.tile(np.arange(6), 30)
    >>> quality, leniency = random.normal(6, 2, 30), np.array([-1.0, 0.4, 0, 0.2, 0.3, 0.1])
    >>> value = quality[entry] + leniency[judge] + random.normal(0, 0.5, 180)
    >>> brief = Settings(sweeps=500, burn_in=100)
    >>> fit = fit_bayes(judge, entry, value, n_judges=6, n_entries=30, settings=brief)
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
        centre=centre,
        adjusted=_thinned(trace.adjusted) * np.float32(unit),
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
