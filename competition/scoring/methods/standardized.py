"""Each judge's scores put on a common footing before they are averaged."""

from __future__ import annotations

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.facts import Facts
from competition.scoring.fits import standardized as fits
from competition.scoring.methods.averages import linear_prediction, mean_of
from competition.scoring.ranking import noise_level
from competition.scoring.step import ScoreWarning, Setting, Step
from competition.scoring.totals import Scores

ENOUGH_FOR_OWN_SPREAD = 8
"""Below this many entries a judge's own mean and spread are too uncertain."""


def zscore(scores: Scores, setting: Setting) -> Step:
    """Each judge's scores in units of that judge's own spread, averaged, mapped back.

    Notes
    -----
    ``z = (s - mean_j) / sd_j`` with ddof 1; a judge without spread, or with one
    score, contributes 0 and is flagged. Mapped back to points as
    ``m + s * mean(z)`` with m the mean of all scores and s the pooled
    within-judge standard deviation (root of the mean of sd_j^2 over scores with
    spread). It assumes that every judge saw entries of the same quality.
    Weights are not used. O(n_scores).
    """
    count = scores.per_judge
    at_least = np.maximum(count, 1)
    centre = group_sums(scores.judge, scores.value, scores.n_judges) / at_least
    apart = scores.value - centre[scores.judge]
    squares = group_sums(scores.judge, apart**2, scores.n_judges)
    sd = np.sqrt(squares / np.maximum(count - 1, 1))
    flat = sd <= noise_level(scores.value, scores.span)
    weight = np.where(flat, 0, count - 1)
    spread = float(np.sqrt(np.sum(weight * sd**2) / weight.sum())) if weight.any() else 0.0
    middle = float(scores.value.mean()) if scores.value.size else 0.0
    slope = np.where(flat, 0.0, spread / np.where(flat, 1.0, sd))
    intercept = middle - slope * centre
    corrected = intercept[scores.judge] + slope[scores.judge] * scores.value
    value = mean_of(scores, corrected)
    return Step(
        criterion=setting.criterion,
        scores=scores,
        value=value,
        corrected=corrected,
        facts=Facts(predict=linear_prediction(scores, corrected, value, intercept, slope)),
        warnings=few_scores(scores, setting),
    )


def minmax(scores: Scores, setting: Setting) -> Step:
    """Each judge's scores as shares of the judge's own range; see `fits.standardized.minmax`."""
    found = fits.minmax(*_columns(scores), scores.span)
    predict = linear_prediction(scores, found.corrected, found.value, found.intercept, found.slope)
    return _step(scores, setting, found, Facts(predict=predict))


def percentile(scores: Scores, setting: Setting) -> Step:
    """Each judge's scores as percentile ranks; see `fits.standardized.percentile`.

    Only the order of a judge's scores counts, so no score can be predicted.
    """
    found = fits.percentile(*_columns(scores), scores.span)
    return _step(scores, setting, found, Facts())


def _columns(scores: Scores) -> tuple[Integers, Integers, Floats, int, int]:
    return scores.judge, scores.entry, scores.value, scores.n_judges, scores.n_entries


def _step(scores: Scores, setting: Setting, found: fits.Standardized, facts: Facts) -> Step:
    return Step(
        criterion=setting.criterion,
        scores=scores,
        value=found.value,
        corrected=found.corrected,
        facts=facts,
        warnings=few_scores(scores, setting),
    )


def few_scores(scores: Scores, setting: Setting) -> tuple[ScoreWarning, ...]:
    """Judges with too few entries for figures of their own."""
    count = scores.per_judge
    judges = setting.judges_at((count > 0) & (count < ENOUGH_FOR_OWN_SPREAD))
    if not judges:
        return ()
    minimum = ENOUGH_FOR_OWN_SPREAD
    return (setting.warning("few_scores_per_judge", minimum=minimum, judges=judges),)
