"""Bradley-Terry: who would be preferred to whom, whatever the distance between the scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.errors import Disconnected, NotEnoughData
from competition.scoring.facts import Facts
from competition.scoring.fits.bradley_terry import (
    Comparisons,
    comparisons_of,
    fit_bradley_terry,
)
from competition.scoring.fits.plackett_luce import fit_plackett_luce
from competition.scoring.fits.strengths import StrengthFit
from competition.scoring.graph import components
from competition.scoring.step import Setting, Step
from competition.scoring.totals import Scores
from competition.scoring.uncertainty.joint import JointNormal

PRIOR_DEVIATION = 3.0
"""Logits; the normal prior that keeps strengths finite where the data do not."""


@dataclass(frozen=True, eq=False)
class _Fits:
    """One fit for each component of entries, with what was made of the prior."""

    parts: tuple[StrengthFit, ...]
    with_prior: tuple[tuple[int, ...], ...]
    component: Integers
    components: int

    def spread(self, name: str) -> Floats:
        result = np.full(self.component.size, np.nan)
        for part in self.parts:
            result[part.compared] = getattr(part, name)[part.compared]
        return result

    def joint(self) -> JointNormal:
        """All entries' strengths; those of different components share nothing."""
        size = self.component.size
        mean, width = self.spread("strength"), sum(part.root.shape[1] for part in self.parts)
        shared, start = np.zeros((size, width)), 0
        for part in self.parts:
            shared[part.compared, start : start + part.root.shape[1]] = part.root
            start += part.root.shape[1]
        return JointNormal(mean, np.where(np.isnan(mean), np.nan, 0.0), shared)


def bradley_terry(scores: Scores, setting: Setting) -> Step:
    """Strengths in logits from each judge's order of the entries, sum 0 in each component.

    Notes
    -----
    Of two entries of one judge the one with the higher score wins. Ranking ballots are
    filled from the top instead (Plackett-Luce), which for ballots of two is the same, and
    for longer ones the likelihood of what was really chosen. Where one set
    of entries won every comparison against another, the likelihood has no
    maximum: the warning "no_finite_strength" names the sets, and a normal prior
    of `PRIOR_DEVIATION` logits keeps the strengths finite. Weights count judge by
    judge, as the mean of the judge's weights.

    See Also
    --------
    competition.scoring.fits.bradley_terry, competition.scoring.fits.plackett_luce :
        models, sources.
    """
    fits = _fitted(scores, are_rankings=setting.cards.ratings.are_rankings)
    warnings = []
    if fits.with_prior:
        sets = [[setting.entries[i] for i in part] for part in fits.with_prior]
        facts = {"groups": len(sets), "prior_deviation": PRIOR_DEVIATION}
        warnings.append(setting.warning("no_finite_strength", **facts, entries=sets[0]))
    strength, se = fits.spread("strength"), fits.spread("se")
    return Step(
        criterion=setting.criterion,
        scores=scores,
        value=strength,
        corrected=scores.value,
        facts=Facts(
            se=se,
            measure=strength,
            measure_se=se,
            log_likelihood=float(sum(part.log_likelihood for part in fits.parts)),
            converged=True,
            component=fits.component,
            components=fits.components,
            joint=fits.joint,
        ),
        warnings=tuple(warnings),
    )


def _fitted(scores: Scores, *, are_rankings: bool) -> _Fits:
    _, component, count = components(scores.judge, scores.entry, scores.n_judges, scores.n_entries)
    fit = _by_ranking(scores, component) if are_rankings else _by_duels(scores, component)
    parts, with_prior = [], []
    for number in range(count):
        try:
            parts.append(fit(number, 0.0))
        except NotEnoughData:
            continue
        except Disconnected as error:
            parts.append(fit(number, PRIOR_DEVIATION**-2))
            with_prior.append(tuple(error.facts["sets"][0]))
    return _Fits(tuple(parts), tuple(with_prior), component, count)


def _by_duels(scores: Scores, component: Integers) -> Callable[[int, float], StrengthFit]:
    """The fit of one component, given its number and the penalty."""
    made = _comparisons(scores)

    def fit(number: int, penalty: float) -> StrengthFit:
        mine = component[made.winner] == number
        some = replace(
            made, winner=made.winner[mine], loser=made.loser[mine], weight=made.weight[mine]
        )
        return fit_bradley_terry(some, penalty=penalty)

    return fit


def _by_ranking(scores: Scores, component: Integers) -> Callable[[int, float], StrengthFit]:
    """As `_by_duels`, from whole ballots."""

    def fit(number: int, penalty: float) -> StrengthFit:
        mine = component[scores.entry] == number
        return fit_plackett_luce(
            scores.judge[mine],
            scores.entry[mine],
            -scores.value[mine],
            scores.n_entries,
            penalty=penalty,
        )

    return fit


def _comparisons(scores: Scores) -> Comparisons:
    """All judges' comparisons; those of a judge of weight w count w times."""
    if scores.weight is None or not scores.value.size:
        return comparisons_of(scores)
    per_judge = np.maximum(scores.per_judge, 1)
    weight = group_sums(scores.judge, scores.weight, scores.n_judges) / per_judge
    made = list(_by_weight(scores, weight[scores.judge]))
    return Comparisons(
        np.concatenate([part.winner for part in made]),
        np.concatenate([part.loser for part in made]),
        np.concatenate([part.weight for part in made]),
        scores.n_entries,
    )


def _by_weight(scores: Scores, weight: Floats) -> Iterator[Comparisons]:
    for value in np.unique(weight).tolist():
        mine = weight == value
        some = replace(
            scores,
            judge=scores.judge[mine],
            entry=scores.entry[mine],
            value=scores.value[mine],
            weight=None,
            given=None,
        )
        made = comparisons_of(some)
        yield replace(made, weight=made.weight * value)
