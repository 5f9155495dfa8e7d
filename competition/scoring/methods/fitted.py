"""Methods that estimate the judges: least squares and what is built on it."""

from __future__ import annotations

from dataclasses import replace

from competition.scoring.errors import NotEnoughData
from competition.scoring.facts import Facts
from competition.scoring.fits.additive import AdditiveFit, fit_additive
from competition.scoring.methods.averages import averaged
from competition.scoring.step import ScoreWarning, Setting, Step
from competition.scoring.totals import Scores


def additive(scores: Scores, setting: Setting) -> Step:
    """Least squares of entry plus judge; without degrees of freedom, the plain mean.

    See Also
    --------
    competition.scoring.fits.additive.fit_additive : formulas, identification, source.
    """
    fit = fit_additive(
        scores.judge, scores.entry, scores.value, scores.n_judges, scores.n_entries, scores.weight
    )
    if fit.df <= 0:
        return _too_few(scores, setting, fit)
    return Step(
        criterion=setting.criterion,
        scores=scores,
        value=fit.adjusted,
        corrected=scores.value + fit.severity[scores.judge],
        facts=facts_of_additive(fit),
    )


def facts_of_additive(fit: AdditiveFit) -> Facts:
    return Facts(
        se=fit.se,
        severity=fit.severity,
        severity_se=fit.severity_se,
        sigma2=fit.sigma2,
        df=fit.df,
        component=fit.component,
        components=fit.components,
    )


def _too_few(scores: Scores, setting: Setting, fit: AdditiveFit) -> Step:
    """The declared fallback where judges and chance cannot be told apart."""
    facts = {
        "scores": scores.value.size,
        "entries": int((scores.per_entry > 0).sum()),
        "judges": int((scores.per_judge > 0).sum()),
    }
    if setting.rules.fallback.too_few_degrees == "refuse":
        raise NotEnoughData(what="too_few_degrees", **facts)
    warnings: tuple[ScoreWarning, ...] = ()
    if scores.value.size:
        warnings = (setting.warning("no_error_variance", **facts, fallback="mean"),)
    step = averaged(scores, setting, None, warnings=warnings, fallback="mean")
    found = Facts(
        df=fit.df,
        component=fit.component,
        components=fit.components,
        predict=step.facts.predict,
    )
    return replace(step, facts=found)
