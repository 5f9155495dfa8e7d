"""The many-facet rating scale model: ratings as ordered categories, not as distances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.errors import NotConverged, NotEnoughData, ScalesDiffer
from competition.scoring.facts import Facts, Figures
from competition.scoring.fits.rasch import BOTTOM, TOP, RaschFit, fit_rasch, predict_rasch
from competition.scoring.fits.rating_scale import category_probabilities
from competition.scoring.methods.averages import averaged
from competition.scoring.methods.fitted import too_few
from competition.scoring.step import ScoreWarning, Setting, Step
from competition.scoring.totals import Scores


@dataclass(frozen=True, eq=False)
class _Ratings:
    """The single ratings that the model is fitted to."""

    judge: Integers
    entry: Integers
    criterion: Integers
    value: Floats
    weight: Floats | None
    factors: Floats
    step: float | None


def rasch(scores: Scores, setting: Setting) -> Step:
    """Fair averages of the many-facet rating scale model, in points.

    Notes
    -----
    Unit "scorecard": judges, entries and criteria are three facets of one fit to
    the single ratings of complete scorecards. The fair
    average is the weighted sum, criterion by criterion, of the rating expected
    from a judge of severity 0. Its standard error is that of the measure times
    the slope. Unit "criterion": a fit for each criterion.

    Severities are in logits. Entries with the highest or lowest rating throughout
    have an infinite measure; the warning "extreme_entries" names them.

    Raises
    ------
    ScalesDiffer
        The criteria do not share one scale.
    TooManyCategories, Disconnected
        See `fit_rasch`.

    See Also
    --------
    competition.scoring.fits.rasch.fit_rasch : model, source.
    """
    given = _given(scores, setting)
    if not given.value.size:
        return averaged(scores, setting, None)
    try:
        fit = fit_rasch(
            given.judge,
            given.entry,
            given.value,
            scores.n_judges,
            scores.n_entries,
            criterion=given.criterion,
            n_criteria=given.factors.size,
            weight=given.weight,
            step=given.step,
        )
    except NotEnoughData:
        return too_few(scores, setting, Facts())
    except NotConverged as error:
        if setting.rules.fallback.not_converged == "refuse":
            raise
        warning = setting.warning("not_converged", **{**error.facts, "fallback": "mean"})
        return averaged(scores, setting, None, warnings=(warning,), fallback="mean")
    model = _Model(fit, given)
    value, slope = model.fair_averages()
    return Step(
        criterion=setting.criterion,
        scores=scores,
        value=value,
        corrected=scores.value,
        facts=_facts(fit, model, slope),
        warnings=_warnings(fit, setting),
    )


def _given(scores: Scores, setting: Setting) -> _Ratings:
    cards = setting.cards
    if setting.criterion is not None or cards.rules.unit == "criterion":
        none = np.zeros(scores.value.size, dtype=np.int64)
        return _Ratings(
            scores.judge, scores.entry, none, scores.value, scores.weight, np.ones(1), scores.step
        )
    declared = cards.rules.criteria
    scales = {(item.scale, item.step) for item in declared}
    if len(scales) > 1:
        raise ScalesDiffer(criteria=[item.name for item in declared])
    complete = ~cards.incomplete[cards.place]
    ratings, chosen = cards.ratings, cards.rating[complete]
    return _Ratings(
        ratings.judge[chosen],
        ratings.entry[chosen],
        cards.column[complete],
        ratings.value[chosen],
        None if ratings.weight is None else ratings.weight[chosen],
        np.array([float(factor) for factor in cards.factors]),
        declared[0].step if declared else None,
    )


@dataclass(frozen=True, eq=False)
class _Model:
    """The fitted model as a way to expect ratings."""

    fit: RaschFit
    given: _Ratings

    def fair_averages(self) -> tuple[Floats, Floats]:
        """Expected total of each entry from a judge at 0, and its slope by logit."""
        value = self.fit.adjusted * float(self.given.factors.sum())
        slope = np.full(value.size, np.nan)
        there = np.flatnonzero(np.isfinite(self.fit.measure))
        ability = self.fit.measure[there] + self.fit.level[self.fit.component[there]]
        value[there], slope[there] = self._expected(ability)
        return value, slope

    def predict(self, judge: Integers, entry: Integers) -> tuple[Floats, Floats]:
        """Mean and deviation of the totals that judges would give, the measures taken as sure."""
        mean, variance = np.zeros(judge.size), np.zeros(judge.size)
        for column, factor in enumerate(self.given.factors.tolist()):
            on = np.full(judge.size, column)
            expected, sd = predict_rasch(self.fit, judge, entry, on)
            mean += factor * expected
            variance += (factor * sd) ** 2
        return mean, np.sqrt(variance)

    def _expected(self, ability: Floats) -> tuple[Floats, Floats]:
        """Weighted sums over the criteria: expected ratings, and their slope by logit."""
        fit = self.fit
        total, slope = np.zeros(ability.size), np.zeros(ability.size)
        number = np.arange(fit.category.size)
        for factor, difficulty in zip(self.given.factors, fit.difficulty, strict=True):
            harder = difficulty if np.isfinite(difficulty) else 0.0
            chance = category_probabilities(ability - harder, -fit.threshold)
            mean = chance @ fit.category
            total += factor * mean
            slope += factor * (chance @ (fit.category * number) - mean * (chance @ number))
        return total, slope


def _facts(fit: RaschFit, model: _Model, slope: Floats) -> Facts:
    return Facts(
        se=slope * fit.measure_se,
        severity=fit.severity,
        severity_se=fit.severity_se,
        infit=fit.judge_infit,
        outfit=fit.judge_outfit,
        log_likelihood=fit.log_likelihood,
        measure=fit.measure,
        measure_se=fit.measure_se,
        reliability=Figures(entry=fit.reliability, judge=fit.judge_reliability),
        converged=True,
        predict=model.predict,
    )


def _warnings(fit: RaschFit, setting: Setting) -> tuple[ScoreWarning, ...]:
    found = []
    if (fit.extreme != 0).any():
        top, bottom = (setting.entries_at(fit.extreme == end) for end in (TOP, BOTTOM))
        found.append(setting.warning("extreme_entries", top=top, bottom=bottom))
    extreme = setting.judges_at(fit.extreme_judge != 0)
    if extreme:
        found.append(setting.warning("extreme_judges", judges=extreme))
    return tuple(found)
