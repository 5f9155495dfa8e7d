"""One pure function from ratings and a rule book to scores, ranks and warnings."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.errors import BadDraws, BadSeed, Disconnected, UnknownMethod
from competition.scoring.facts import NOTHING, Facts
from competition.scoring.findings import about_design, about_input, about_scorecards
from competition.scoring.graph import components
from competition.scoring.lines import DrawnLine, cut
from competition.scoring.methods import combine
from competition.scoring.ranking import noise_level
from competition.scoring.ratings import ONLY_CRITERION, Ratings
from competition.scoring.result import Official, Result, TieBreak, Working
from competition.scoring.rounding import Exact, without_noise
from competition.scoring.rulebook import METHODS, RuleBook
from competition.scoring.step import ScoreWarning, Setting, Step
from competition.scoring.ties import Tied, rank_with_ties
from competition.scoring.totals import Scorecards, Scores, scorecards
from competition.scoring.traits import TRAITS

MOST_DRAWS = 1_000_000


@dataclass(frozen=True, eq=False)
class _Combined:
    """The judges of every entry combined, by either unit."""

    steps: tuple[Step, ...]
    facts: Facts
    official: Official
    totals: Scores
    component: Integers
    components: int


@dataclass(frozen=True, eq=False)
class _Ranked:
    rank: Integers
    ties: tuple[TieBreak, ...]
    lines: tuple[DrawnLine, ...]
    warnings: tuple[ScoreWarning, ...]


def score(
    ratings: Ratings,
    method: str | None = None,
    rules: RuleBook | None = None,
    seed: int | None = None,
    draws: int = 0,
) -> Result:
    """Score and rank all entries as a rule book says.

    Parameters
    ----------
    ratings : Ratings
    method : str, optional
        One of `METHODS`; overrides the rule book's method.
    rules : RuleBook, optional
        Without it: every criterion the same, totals combined, no rounding, "additive".
    seed : int, optional
        For lots, draws and simulation; without it the rule book's, or 0.
    draws : int
        Joint draws of the ranks, for `p_top`, `rank_low` and `rank_high`.

    Returns
    -------
    Result

    Raises
    ------
    ScoringError
        `UnknownMethod`, `BadDraws`, `BadSeed`, `RatingsBreakRules`; `BadRules` when the
        method does not go with the rule book; `Disconnected`, `NotEnoughData`
        and `NotConverged` only where the rule book refuses a fallback.

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

    Entries that no chain of judges connects are not compared: ranks are within
    components, unless the rule book declares "across_components".

    Examples
    --------
    >>> ratings = Ratings.from_columns(judge="ABAB", entry="XXYY", value=[8, 6, 5, 3])
    >>> result = score(ratings, method="additive")
    >>> result.adjusted, result.rank, result.severity
    (array([7., 4.]), array([1, 2]), array([-1.,  1.]))
    """
    if not _is_whole(draws) or not 0 <= draws <= MOST_DRAWS:
        raise BadDraws(draws=draws, most=MOST_DRAWS)
    if seed is not None and not (_is_whole(seed) and seed >= 0):
        raise BadSeed(seed=seed, least=0)
    declared = RuleBook() if rules is None else rules
    rules = _rules(declared, method)
    if seed is None:
        seed = rules.seed or 0
    cards = scorecards(ratings, rules)
    return _result(cards, _combined(cards, seed), seed, draws, _about_unit(declared, rules))


def _is_whole(number: object) -> bool:
    return isinstance(number, Integral)


def _rules(rules: RuleBook, method: str | None) -> RuleBook:
    if method is None or method == rules.method:
        return rules
    if method not in METHODS:
        raise UnknownMethod(method=method, allowed=METHODS)
    return rules.with_method(method)


def _about_unit(declared: RuleBook, rules: RuleBook) -> tuple[ScoreWarning, ...]:
    """Another unit than the rule book's, because the method asked for does not know that one."""
    if declared.unit == rules.unit:
        return ()
    return (ScoreWarning("unit_changed", {"unit": rules.unit, "method": rules.method}),)


def _result(
    cards: Scorecards,
    combined: _Combined,
    seed: int,
    draws: int,
    already: tuple[ScoreWarning, ...],
) -> Result:
    ratings, rules, official = cards.ratings, cards.rules, combined.official
    working = Working(rules, cards, combined.steps, official, combined.totals)
    ranked = _ranked(working, combined, seed)
    per_entry, per_judge = _counts(cards, combined.totals)
    return Result(
        method=rules.method,
        entries=ratings.entries,
        judges=ratings.judges,
        adjusted=official.adjusted,
        score=official.score,
        n_judges=per_entry,
        rank=ranked.rank,
        ties=ranked.ties,
        lines=ranked.lines,
        judge_n=per_judge,
        component=combined.component,
        components=combined.components,
        noise=working.noise,
        seed=seed,
        draws=draws,
        warnings=(
            *already,
            *about_input(ratings, rules),
            *about_scorecards(cards, official.adjusted),
            *(warning for step in combined.steps for warning in step.warnings),
            *about_design(cards, combined.totals, combined.component, combined.components),
            *ranked.warnings,
            *_about_draws(rules, combined.facts, draws),
        ),
        facts=combined.facts,
        working=working,
    )


def _about_draws(rules: RuleBook, facts: Facts, draws: int) -> tuple[ScoreWarning, ...]:
    """Draws were asked for, and the method has no joint distribution."""
    if not draws or facts.joint is not None or facts.posterior is not None:
        return ()
    return (ScoreWarning("no_draws", {"method": rules.method}),)


def _ranked(working: Working, combined: _Combined, seed: int) -> _Ranked:
    """Ranks, ties and lines on the official score."""
    rules, score, tie = working.rules, working.official.score, working.tie
    component, count = combined.component, combined.components
    divided = count > 1 and rules.fallback.disconnected != "across_components"
    if count > 1 and rules.fallback.disconnected == "refuse":
        sizes = np.bincount(component[component >= 0]).tolist()
        raise Disconnected(what="entries", components=count, sizes=sizes)
    group = component if divided else np.zeros_like(component)
    tied = Tied(working.cards, working.official, working.totals, working.steps, seed)
    rank, ties = rank_with_ties(score, group, tie, tied)
    if divided and rules.lines:
        names = [line.name for line in rules.lines]
        warning = ScoreWarning("no_line", {"lines": names, "components": count})
        return _Ranked(rank, ties, (), (warning,))
    entries = working.cards.ratings.entries
    lines = tuple(cut(line, score, rank, tie, entries) for line in rules.lines)
    undecided = [line.name for line in lines if line.at_line and line.tie == "expand"]
    warnings = (ScoreWarning("tie_at_line", {"lines": undecided}),) if undecided else ()
    return _Ranked(rank, ties, lines, warnings)


def _combined(cards: Scorecards, seed: int) -> _Combined:
    if cards.rules.unit == "criterion":
        return _by_criterion(cards, seed)
    totals = cards.totals()
    step = combine(totals, Setting(cards, None, seed))
    component, count = _components(step)
    official = _official_total(step, cards.rules)
    return _Combined((step,), step.facts, official, totals, component, count)


def _by_criterion(cards: Scorecards, seed: int) -> _Combined:
    """Combine criterion by criterion; the facts are those of the totals, where they exist."""
    one = len(cards.names) == 1
    names = [None if one and name == ONLY_CRITERION else name for name in cards.names]
    steps = tuple(combine(cards.on(c), Setting(cards, name, seed)) for c, name in enumerate(names))
    totals = cards.totals()
    official = _official_sum(cards, steps)
    component, count = _joint_components(steps, len(cards.ratings.entries))
    facts = _joint_facts(cards, steps, totals, seed)
    return _Combined(steps, facts, official, totals, component, count)


def _joint_facts(cards: Scorecards, steps: tuple[Step, ...], totals: Scores, seed: int) -> Facts:
    """What the criteria's fits say about the totals.

    One criterion is a total of its own. With complete scorecards least squares is
    linear in the scores: the weighted sum of the criteria's fits is the fit of the
    totals, and its standard errors are exact. Elsewhere only the severities add
    up; how the criteria's errors hang together is not known.
    """
    method = cards.rules.method
    if len(steps) == 1 and cards.factors[0] == 1:
        return steps[0].facts
    if len(steps) == 1 or (method == "additive" and not cards.incomplete.any()):
        return combine(totals, Setting(cards, None, seed)).facts
    severities = [step.facts.severity for step in steps]
    if not TRAITS[method].in_points or any(severity is None for severity in severities):
        return NOTHING
    total = np.zeros(len(cards.ratings.judges))
    for severity, factor in zip(severities, cards.factors, strict=True):
        total += np.asarray(severity) * float(factor)
    return Facts(severity=total)


def _official_total(step: Step, rules: RuleBook) -> Official:
    places = rules.round.total
    score = step.value if places is None else _exactly(step).rounded(places).floats()
    score = np.where(np.isnan(step.value), np.nan, score)
    return Official(step.value, score, (step.value,), (step.value,))


def _official_sum(cards: Scorecards, steps: tuple[Step, ...]) -> Official:
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
    return Official(
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


def _components(step: Step) -> tuple[Integers, int]:
    if step.facts.component is not None:
        return step.facts.component, step.facts.components
    scores = step.scores
    found = components(scores.judge, scores.entry, scores.n_judges, scores.n_entries)
    return found[1], found[2]


def _joint_components(steps: tuple[Step, ...], n_entries: int) -> tuple[Integers, int]:
    """Entries are comparable only if they are so on every criterion."""
    of_entry = np.array([_components(step)[0] for step in steps])
    component = np.full(n_entries, -1)
    scored = (of_entry >= 0).all(axis=0)
    if not scored.any():
        return component, 0
    _, first, number = np.unique(
        of_entry[:, scored], axis=1, return_index=True, return_inverse=True
    )
    component[scored] = np.argsort(np.argsort(first))[number.reshape(-1)]
    return component, int(first.size)


def _counts(cards: Scorecards, totals: Scores) -> tuple[Integers, Integers]:
    """Scorecards taken in, per entry and per judge."""
    if cards.rules.unit == "scorecard":
        return totals.per_entry, totals.per_judge
    ratings = cards.ratings
    return (
        np.bincount(cards.entry, minlength=len(ratings.entries)),
        np.bincount(cards.judge, minlength=len(ratings.judges)),
    )
