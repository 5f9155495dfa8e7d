"""Methods that estimate the judges from all scores at once."""

from __future__ import annotations

from dataclasses import asdict, replace

from competition.scoring.errors import NotConverged, NotEnoughData
from competition.scoring.facts import Facts, Figures
from competition.scoring.fits.additive import AdditiveFit, fit_additive
from competition.scoring.fits.mixed import MixedFit, fit_mixed
from competition.scoring.fits.scaled import ENOUGH_FOR_SCALE, ScaledFit, fit_scaled
from competition.scoring.methods.averages import averaged
from competition.scoring.step import ScoreWarning, Setting, Step
from competition.scoring.totals import Scores

SIGNIFICANT = 0.05
"""Level of the test whether judges' scales differ."""


def additive(scores: Scores, setting: Setting) -> Step:
    """Least squares of entry plus judge; without degrees of freedom, the plain mean.

    See Also
    --------
    competition.scoring.fits.additive.fit_additive : formulas, identification, source.
    """
    fit = least_squares(scores)
    if fit.df <= 0:
        return too_few(scores, setting, Facts(component=fit.component, components=fit.components))
    return Step(
        criterion=setting.criterion,
        scores=scores,
        value=fit.adjusted,
        corrected=scores.value + fit.severity[scores.judge],
        facts=_facts_of_additive(fit),
    )


def mixed(scores: Scores, setting: Setting) -> Step:
    """Random entries and judges by REML, tracks fixed; where it cannot be fitted, the plain mean.

    See Also
    --------
    competition.scoring.fits.mixed.fit_mixed : formulas, source.
    """
    track = setting.cards.ratings.track
    try:
        fit = fit_mixed(
            scores.judge,
            scores.entry,
            scores.value,
            scores.n_judges,
            scores.n_entries,
            scores.weight,
            track,
            len(setting.cards.ratings.tracks),
        )
    except NotEnoughData:
        return too_few(scores, setting, Facts())
    except NotConverged as error:
        if setting.rules.fallback.not_converged == "refuse":
            raise
        step = additive(scores, setting)
        warning = setting.warning("not_converged", **{**error.facts, "fallback": "additive"})
        return replace(step, warnings=(*step.warnings, warning), fallback="additive")
    warnings = []
    if fit.at_boundary:
        components = list(fit.at_boundary)
        warnings.append(setting.warning("variance_on_boundary", components=components))
    return Step(
        criterion=setting.criterion,
        scores=scores,
        value=fit.adjusted,
        corrected=scores.value + fit.severity[scores.judge],
        facts=_facts_of_mixed(fit),
        warnings=tuple(warnings),
    )


def scaled(scores: Scores, setting: Setting) -> Step:
    """Biases by least squares, then scale and noise judge by judge; see `fit_scaled`.

    Notes
    -----
    Warns "few_scores_for_scale" (judges with fewer than `ENOUGH_FOR_SCALE`
    entries) and "scales_alike" (the test finds no difference of scale).

    See Also
    --------
    competition.scoring.fits.scaled.fit_scaled : model, source.
    """
    fit = fit_scaled(
        scores.judge, scores.entry, scores.value, scores.n_judges, scores.n_entries, scores.weight
    )
    if fit.fallback is not None:
        return too_few(scores, setting, Facts(component=fit.component, components=fit.components))
    return Step(
        criterion=setting.criterion,
        scores=scores,
        value=fit.adjusted,
        corrected=scores.value + fit.severity[scores.judge],
        facts=_facts_of_scaled(fit),
        warnings=_about_scales(fit, scores, setting),
    )


def _about_scales(fit: ScaledFit, scores: Scores, setting: Setting) -> tuple[ScoreWarning, ...]:
    found = []
    few = setting.judges_at((scores.per_judge > 0) & (scores.per_judge < ENOUGH_FOR_SCALE))
    if few:
        found.append(setting.warning("few_scores_for_scale", minimum=ENOUGH_FOR_SCALE, judges=few))
    if fit.test is not None and not fit.test.p < SIGNIFICANT:
        found.append(setting.warning("scales_alike", p_value=fit.test.p))
    if not fit.converged:
        if setting.rules.fallback.not_converged == "refuse":
            raise NotConverged(what="scaled", iterations=fit.steps)
        found.append(setting.warning("not_converged", what="scaled", iterations=fit.steps))
    return tuple(found)


def least_squares(scores: Scores) -> AdditiveFit:
    return fit_additive(
        scores.judge, scores.entry, scores.value, scores.n_judges, scores.n_entries, scores.weight
    )


def too_few(scores: Scores, setting: Setting, found: Facts) -> Step:
    """The declared fallback where judges and chance cannot be told apart.

    Raises
    ------
    NotEnoughData
        Where the rule book refuses a fallback.
    """
    if not scores.value.size:
        return averaged(scores, setting, None)
    facts = {
        "scores": scores.value.size,
        "entries": int((scores.per_entry > 0).sum()),
        "judges": int((scores.per_judge > 0).sum()),
    }
    if setting.rules.fallback.too_few_degrees == "refuse":
        raise NotEnoughData(what="too_few_degrees", **facts)
    warning = setting.warning("no_error_variance", **facts, fallback="mean")
    step = averaged(scores, setting, None, warnings=(warning,), fallback="mean")
    return replace(step, facts=replace(found, predict=step.facts.predict))


def _facts_of_additive(fit: AdditiveFit) -> Facts:
    return Facts(
        se=fit.se,
        severity=fit.severity,
        severity_se=fit.severity_se,
        sigma2=fit.sigma2,
        df=fit.df,
        component=fit.component,
        components=fit.components,
        joint=fit.joint,
        least_squares=fit,
        predict=fit.predict,
    )


def _facts_of_mixed(fit: MixedFit) -> Facts:
    return Facts(
        se=fit.se,
        severity=fit.severity,
        severity_se=fit.severity_se,
        variance=Figures(**asdict(fit.variance)),
        criterion_value=fit.criterion,
        sigma2=fit.sigma2,
        df=fit.df,
        converged=True,
        joint=fit.joint,
        predict=fit.predict,
    )


def _facts_of_scaled(fit: ScaledFit) -> Facts:
    entry, judge, residual = fit.variance
    return Facts(
        se=fit.se,
        severity=fit.severity,
        severity_se=fit.severity_se,
        judge_scale=fit.judge_scale,
        judge_noise=fit.judge_sd,
        variance=Figures(entry=entry, judge=judge, residual=residual),
        sigma2=residual,
        df=fit.df,
        converged=fit.converged,
        component=fit.component,
        components=fit.components,
        joint=fit.joint,
        predict=fit.predict,
    )
