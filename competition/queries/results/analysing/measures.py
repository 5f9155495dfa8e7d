"""The measures behind an analysis, joined from the scoring core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from competition.queries.results.analysing.analysis import (
    PLANNED,
    Agreement,
    FavourCheck,
    Plan,
    PlanLine,
    as_model,
    known,
)
from competition.queries.results.analysing.certainty import DRAWS
from competition.queries.results.analysing.people import People
from competition.queries.results.calculating import Calculation
from competition.queries.results.inputs import RoundRatings
from competition.scoring import analysis, score
from competition.scoring.diagnostics.agreement import reliability_of_variances
from competition.scoring.diagnostics.generalizability import VarianceComponents
from competition.scoring.diagnostics.judges import judge_figures, severity_test
from competition.scoring.diagnostics.planning import GOALS
from competition.scoring.errors import ScoringError
from competition.scoring.fits.additive import fit_additive
from competition.scoring.fits.mixed import Variance

if TYPE_CHECKING:
    from competition.scoring import Result, RuleBook
    from competition.scoring.arrays import Floats


def model_of(
    inputs: RoundRatings, rules: RuleBook, official: Calculation, seed: int, *, estimate: bool
) -> Result:
    """The fit that severities and intervals come from.

    The ranking's own method where it estimates severities, else least squares; with `estimate`
    the hierarchical model by simulation.
    """
    assert inputs.ratings is not None
    if estimate:
        return score(inputs.ratings, rules=as_model(rules, "bayes"), seed=seed)
    if official.result.facts.severity is not None:
        return official.result
    return score(inputs.ratings, rules=as_model(rules, "additive"), seed=seed)


def draws_of(model: Result) -> int:
    """Draws behind the intervals: those of the sampler, else those of the joint normal."""
    if model.facts.posterior is None:
        return DRAWS
    return int(model.facts.posterior().shape[0])


def worst_r_hat(model: Result) -> float | None:
    """The largest potential scale reduction of a simulation; None without one."""
    if model.r_hat is None:
        return None
    return known(max(float(np.max(values)) for values in model.r_hat.values()))


@dataclass(frozen=True, eq=False)
class JudgeMeasures:
    """How each judge judges, under least squares."""

    scale: Floats
    infit: Floats
    sigma2: float
    differ_p: float | None


def judge_measures(official: Result) -> JudgeMeasures:
    """Scale and fit of each judge, and whether judges differ at all."""
    scores = official.working.totals
    columns = (scores.judge, scores.entry, scores.value)
    fit = fit_additive(*columns, scores.n_judges, scores.n_entries, scores.weight)
    figures = judge_figures(fit, *columns, scores.weight)
    test = severity_test(fit, *columns, scores.weight)
    return JudgeMeasures(figures.scale, figures.infit, fit.sigma2, known(test.p))


def variance_of(official: Result) -> VarianceComponents | None:
    """Variance components of the totals; None where the scores do not give them."""
    try:
        found = analysis.variance_of(official)
    except ScoringError:
        return None
    return found if np.isfinite([found.entry, found.judge, found.residual]).all() else None


def agreement_of(official: Result, variance: VarianceComponents | None) -> Agreement:
    """Agreement by the design at hand: classical where all judged all, else by components."""
    scores = official.working.totals
    scored = scores.per_entry[scores.per_entry > 0]
    each = float(scored.mean()) if scored.size else 0.0
    found = official.agreement
    one, panel = (found.icc2, found.icc3), (found.icc2k, found.icc3k)
    if variance is not None and not np.isfinite(one).all():
        parts = Variance(variance.entry, variance.judge, variance.residual)
        single, several = (reliability_of_variances(parts, n) for n in (1, each))
        one = (single.agreement, single.consistency)
        panel = (several.agreement, several.consistency)
    return Agreement(
        judges_each=each,
        points_one=known(one[0]),
        points_panel=known(panel[0]),
        order_one=known(one[1]),
        order_panel=known(panel[1]),
        alpha=known(found.alpha_interval),
        w=known(found.kendall_w),
    )


def sources_of(official: Result) -> dict[str, float]:
    """What each source adds to the variance of one judge's total; empty if not known."""
    parts = analysis.g_study_of(official).of_one_total
    return parts if sum(parts.values()) > 0 else {}


def plan_of(
    official: Result, variance: VarianceComponents | None, *, top: int, minutes: float
) -> Plan | None:
    """What other numbers of judges would give; None without variance components."""
    if variance is None or variance.entry <= 0 or int((official.n_judges > 0).sum()) < 2:
        return None
    plan = analysis.plan_of(official, PLANNED, top=top, minutes=minutes)
    both = variance.judge + variance.residual
    columns = (
        plan.n_judges,
        plan.dependability,
        plan.reliability,
        plan.se,
        plan.top_hits,
        plan.judge_hours,
    )
    return Plan(
        lines=tuple(PlanLine(int(n), *map(float, rest)) for n, *rest in zip(*columns, strict=True)),
        needed={
            goal: (_needed(goal, variance.entry, both), plan.needed.get(goal)) for goal in GOALS
        },
        top=plan.top,
    )


def _needed(goal: float, true: float, error: float) -> int:
    return max(1, int(np.ceil(goal / (1 - goal) * error / true - 1e-9)))


def favour_of(official: Result, inputs: RoundRatings, people: People) -> FavourCheck:
    """Judges against entries of their own organization."""
    of_judge = np.array([_organization(people, judge_id) for judge_id in inputs.judge_ids])
    of_entry = np.array([people.entries[entry_id].organization_id for entry_id in inputs.entry_ids])
    found = analysis.bias_of(official, of_judge, of_entry)
    lines = [
        (
            people.judges[inputs.judge_ids[place]],
            float(found.discrepancy[place]),
            int(found.n_matched[place]),
            float(found.p_holm[place]),
        )
        for place in np.flatnonzero(np.isfinite(found.discrepancy)).tolist()
    ]
    lines.sort(key=lambda line: -line[1])
    return FavourCheck(found.tested, known(found.overall), known(found.overall_p), tuple(lines))


def _organization(people: People, judge_id: int) -> int:
    who = people.judges.get(judge_id)
    return -1 if who is None or who.organization_id is None else who.organization_id
