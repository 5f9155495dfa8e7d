"""One pure function from ratings and a rule book to scores, ranks and warnings."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from competition.scoring import methods
from competition.scoring.arrays import Floats, Integers
from competition.scoring.errors import DrawsNotSupported, UnknownMethod
from competition.scoring.findings import about_design, about_input, about_scorecards
from competition.scoring.fits.additive import AdditiveFit
from competition.scoring.graph import components
from competition.scoring.ranking import noise_level, rank_within
from competition.scoring.ratings import ONLY_CRITERION, Ratings
from competition.scoring.result import Result, Step, Working
from competition.scoring.rounding import Exact, without_noise
from competition.scoring.rulebook import METHODS, RuleBook
from competition.scoring.totals import Scorecards, Scores, scorecards


@dataclass(frozen=True, eq=False)
class _Official:
    """The method's values, before and after the rule book's rounding."""

    adjusted: Floats
    score: Floats
    rounded: tuple[Floats, ...]
    weighted: tuple[Floats, ...]


@dataclass(frozen=True, eq=False)
class _Combined:
    """The judges of every entry combined, by either unit."""

    steps: tuple[Step, ...]
    fit: AdditiveFit | None
    official: _Official
    totals: Scores
    component: Integers
    components: int
    raw: Floats


def score(
    ratings: Ratings,
    method: str | None = None,
    rules: RuleBook | None = None,
    seed: int = 0,
    draws: int = 0,
) -> Result:
    """Score and rank all entries as a rule book says.

    Parameters
    ----------
    ratings : Ratings
    method : {"mean", "trimmed", "zscore", "additive"}, optional
        Overrides the rule book's method.
    rules : RuleBook, optional
        Without it: every criterion the same, totals combined, no rounding, "additive".
    seed : int
        Kept with the result; nothing here is random yet.
    draws : int
        Draws of the ranks; only 0 is possible in this version.

    Returns
    -------
    Result

    Raises
    ------
    ScoringError
        `UnknownMethod`, `DrawsNotSupported`, `RatingsBreakRules`.

    Notes
    -----
    Unit "scorecard": each complete scorecard's weighted total, then the method
    combines the judges of an entry, then `round.total`. A scorecard that lacks a
    criterion is left out, with the warning "incomplete_scorecard": criteria differ
    in their means, so the rest of it cannot stand for the whole.

    Unit "criterion": the method combines the judges criterion by criterion,
    rounded to `round.criterion`; times the weight, each rounded to
    `round.weighted`; then the sum, rounded to `round.total`. Every rating counts
    on its own criterion, whatever else its scorecard lacks; an entry without any
    rating on some criterion has no total.

    Under "additive", entries of different components are never compared: ranks
    are within components. The other methods rank all entries and warn.

    Examples
    --------
    >>> ratings = Ratings.from_columns(judge="ABAB", entry="XXYY", value=[8, 6, 5, 3])
    >>> result = score(ratings, method="additive")
    >>> result.adjusted, result.rank, result.severity
    (array([7., 4.]), array([1, 2]), array([-1.,  1.]))
    """
    if draws:
        raise DrawsNotSupported(draws=draws)
    cards = scorecards(ratings, _rules(rules, method))
    return _result(cards, _combined(cards), seed)


def _rules(rules: RuleBook | None, method: str | None) -> RuleBook:
    rules = RuleBook() if rules is None else rules
    if method is None:
        return rules
    if method not in METHODS:
        raise UnknownMethod(method=method, allowed=METHODS)
    return replace(rules, method=method)


def _result(cards: Scorecards, combined: _Combined, seed: int) -> Result:
    ratings, rules, official = cards.ratings, cards.rules, combined.official
    fit, component, count = combined.fit, combined.component, combined.components
    nothing = np.full(len(ratings.entries), np.nan)
    no_judge = np.full(len(ratings.judges), np.nan)
    noise = noise_level(official.adjusted, rules.span)
    return Result(
        method=rules.method,
        entries=ratings.entries,
        judges=ratings.judges,
        adjusted=official.adjusted,
        se=nothing if fit is None else fit.se,
        raw=combined.raw,
        score=official.score,
        n_judges=_counts(cards, "entry"),
        rank=_ranks(official.score, component, rules, noise),
        severity=no_judge if fit is None else fit.severity,
        severity_se=no_judge if fit is None else fit.severity_se,
        judge_n=_counts(cards, "judge"),
        sigma2=float("nan") if fit is None else fit.sigma2,
        df=None if fit is None else fit.df,
        component=component,
        components=count,
        connectivity=float("nan"),
        noise=noise,
        seed=seed,
        warnings=(
            *about_input(ratings, rules),
            *about_scorecards(cards, official.adjusted),
            *(warning for step in combined.steps for warning in step.warnings),
            *about_design(ratings, rules, combined.totals, component, count),
        ),
        working=Working(rules, cards, combined.steps, official.rounded, official.weighted),
    )


def _ranks(score: Floats, component: Integers, rules: RuleBook, noise: float) -> Integers:
    """Ranks on the official score; under "additive" within the component."""
    places = rules.round.total
    tie = noise if places is None else min(noise, 10.0**-places / 2)
    together = np.zeros_like(component)
    return rank_within(score, component if rules.method == "additive" else together, tie)


def _combined(cards: Scorecards) -> _Combined:
    if cards.rules.unit == "criterion":
        return _by_criterion(cards)
    totals = cards.totals()
    step, fit = _step(totals, cards, None)
    component, count = _components(totals, fit)
    raw = methods.mean(replace(totals, weight=None)).value
    official = _official_total(step, cards.rules)
    return _Combined((step,), fit, official, totals, component, count, raw)


def _step(
    scores: Scores, cards: Scorecards, criterion: Hashable | None
) -> tuple[Step, AdditiveFit | None]:
    ratings, rules = cards.ratings, cards.rules
    if rules.method == "mean":
        return methods.mean(scores, criterion), None
    if rules.method == "trimmed":
        return methods.trimmed(scores, rules, ratings.entries, criterion), None
    if rules.method == "zscore":
        return methods.zscore(scores, ratings.judges, criterion), None
    return methods.additive(scores, criterion)


def _by_criterion(cards: Scorecards) -> _Combined:
    """Combine criterion by criterion; the fit is that of the totals, where they exist."""
    one = len(cards.names) == 1
    names = [None if one and name == ONLY_CRITERION else name for name in cards.names]
    steps = tuple(_step(cards.on(c), cards, name)[0] for c, name in enumerate(names))
    totals = cards.totals()
    fit = None
    if cards.rules.method == "additive" and not cards.incomplete.any():
        # With complete scorecards the fit is linear in the scores, so the weighted sum of
        # the criteria's fits is the fit of the totals, and its standard errors are exact.
        fit = methods.additive(totals)[1]
    official = _official_sum(cards, steps)
    component, count = _joint_components(steps, len(cards.ratings.entries))
    raw = _weighted_raw(cards, steps)
    return _Combined(steps, fit, official, totals, component, count, raw)


def _official_total(step: Step, rules: RuleBook) -> _Official:
    places = rules.round.total
    score = step.value if places is None else _exactly(step).rounded(places).floats()
    score = np.where(np.isnan(step.value), np.nan, score)
    return _Official(step.value, score, (step.value,), (step.value,))


def _official_sum(cards: Scorecards, steps: tuple[Step, ...]) -> _Official:
    """Rounded criterion figures, times weights, rounded, added, rounded."""
    places = cards.rules.round
    unscored = np.isnan([step.value for step in steps]).any(axis=0)
    adjusted = np.zeros(unscored.size)
    rounded, weighted = [], []
    for step, factor in zip(steps, cards.factors, strict=True):
        adjusted += step.value * float(factor)
        rounded.append(_exactly(step).rounded(places.criterion))
        weighted.append(rounded[-1].times(factor).rounded(places.weighted))
    score = _sum_of(weighted).rounded(places.total).floats()
    if all(step.exact is not None for step in steps):
        plain = [_exactly(s).times(f) for s, f in zip(steps, cards.factors, strict=True)]
        adjusted = _sum_of(plain).floats()
    elif (places.criterion, places.weighted, places.total) == (None, None, None):
        score = adjusted
    return _Official(
        np.where(unscored, np.nan, adjusted),
        np.where(unscored, np.nan, score),
        _floats(rounded, steps),
        _floats(weighted, steps),
    )


def _exactly(step: Step) -> Exact:
    """The step's values as exact numbers; least squares and z-scores lose their float noise."""
    if step.exact is not None:
        return step.exact
    noise = noise_level(step.value, step.scores.span)
    return without_noise(np.nan_to_num(step.value), noise)


def _sum_of(parts: list[Exact]) -> Exact:
    total = parts[0]
    for part in parts[1:]:
        total = total.plus(part)
    return total


def _floats(parts: list[Exact], steps: tuple[Step, ...]) -> tuple[Floats, ...]:
    return tuple(
        np.where(np.isnan(step.value), np.nan, part.floats())
        for part, step in zip(parts, steps, strict=True)
    )


def _weighted_raw(cards: Scorecards, steps: tuple[Step, ...]) -> Floats:
    raw = np.zeros(len(cards.ratings.entries))
    for step, factor in zip(steps, cards.factors, strict=True):
        raw += methods.mean(replace(step.scores, weight=None)).value * float(factor)
    return raw


def _components(scores: Scores, fit: AdditiveFit | None) -> tuple[Integers, int]:
    if fit is not None:
        return fit.component, fit.components
    found = components(scores.judge, scores.entry, scores.n_judges, scores.n_entries)
    return found[1], found[2]


def _joint_components(steps: tuple[Step, ...], n_entries: int) -> tuple[Integers, int]:
    """Entries are comparable only if they are so on every criterion."""
    of_entry = np.array([_components(step.scores, None)[0] for step in steps])
    component = np.full(n_entries, -1)
    scored = (of_entry >= 0).all(axis=0)
    if not scored.any():
        return component, 0
    _, first, number = np.unique(
        of_entry[:, scored], axis=1, return_index=True, return_inverse=True
    )
    component[scored] = np.argsort(np.argsort(first))[number.reshape(-1)]
    return component, int(first.size)


def _counts(cards: Scorecards, facet: str) -> Integers:
    """Scorecards taken in, per entry or per judge."""
    labels = cards.ratings.entries if facet == "entry" else cards.ratings.judges
    index = cards.entry if facet == "entry" else cards.judge
    if cards.rules.unit == "scorecard":
        index = index[~cards.incomplete]
    return np.bincount(index, minlength=len(labels))
