"""The best estimate: the hierarchical judge model by simulation."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import numpy as np

from competition.scoring.arrays import Floats
from competition.scoring.errors import NotConverged, TooLarge
from competition.scoring.facts import Facts, Figures
from competition.scoring.fits.bayes import BayesFit, Settings, fit_bayes
from competition.scoring.methods.fitted import too_few
from competition.scoring.step import ScoreWarning, Setting, Step
from competition.scoring.totals import Scores

MANY_SCORES = 50_000
"""Above this the simulation takes minutes, and `scaled` says nearly the same."""
MOST_SCORES = 500_000
"""Above this it would take hours."""


def bayes(scores: Scores, setting: Setting) -> Step:
    """Posterior means of the hierarchical judge model; without degrees of freedom, the plain mean.

    Notes
    -----
    Scores are taken as rounded to the step of the scale and cut at its ends,
    where the rule book declares them: for totals, see `RuleBook.scale` and
    `RuleBook.step`. Tracks may differ in their means.

    Raises
    ------
    TooLarge
        More scores than a simulation can take.
    NotConverged
        Where the rule book refuses that.

    See Also
    --------
    competition.scoring.fits.bayes.fit.fit_bayes : model, sampler, source.
    """
    count = scores.value.size
    if count > MOST_SCORES:
        raise TooLarge(what="bayes", numbers=count, most=MOST_SCORES)
    fit = fit_bayes(
        scores.judge,
        scores.entry,
        scores.value,
        scores.n_judges,
        scores.n_entries,
        scale=scores.scale,
        step=scores.step,
        track=setting.cards.ratings.track,
        weight=scores.weight,
        seed=setting.seed,
        settings=Settings(**asdict(setting.rules.simulation)),
    )
    if fit.fallback is not None:
        return too_few(scores, setting, Facts(component=fit.component, components=fit.components))
    return Step(
        criterion=setting.criterion,
        scores=scores,
        value=fit.adjusted,
        corrected=scores.value + fit.severity[scores.judge],
        facts=_facts(fit),
        warnings=_warnings(fit, count, setting),
    )


def _warnings(fit: BayesFit, count: int, setting: Setting) -> tuple[ScoreWarning, ...]:
    found = []
    if count > MANY_SCORES:
        found.append(setting.warning("many_scores", scores=count, enough=MANY_SCORES))
    if not fit.converged and fit.convergence is not None:
        facts = {"r_hat": fit.convergence.worst_r_hat, "ess": fit.convergence.least_size}
        if setting.rules.fallback.not_converged == "refuse":
            raise NotConverged(what="bayes", sweeps=fit.convergence.sweeps, **facts)
        found.append(setting.warning("not_converged", what="bayes", **facts))
    return tuple(found)


def _facts(fit: BayesFit) -> Facts:
    entry, judge, residual = fit.variance
    convergence = fit.convergence
    return Facts(
        se=fit.se,
        severity=fit.severity,
        severity_se=fit.severity_se,
        judge_scale=fit.judge_scale,
        judge_noise=fit.judge_sd,
        variance=Figures(entry=entry, judge=judge, residual=residual),
        df=fit.df,
        r_hat=None if convergence is None else Figures(**convergence.r_hat),
        ess=None if convergence is None else Figures(**convergence.size),
        converged=fit.converged,
        component=fit.component,
        components=fit.components,
        posterior=partial(_posterior, fit),
        predict=fit.predict,
    )


def _posterior(fit: BayesFit) -> Floats:
    return fit.draws.astype(np.float64)
