"""What can be asked of a result: plans, award lines, other methods, favour towards the own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Integers
from competition.scoring.comparison import Comparison, compare
from competition.scoring.diagnostics.bias import BiasCheck, check_bias, same_group
from competition.scoring.diagnostics.generalizability import VarianceComponents, g_study
from competition.scoring.diagnostics.planning import Plan, d_study
from competition.scoring.engine import score
from competition.scoring.errors import ScoringError
from competition.scoring.fits.mixed import fit_mixed
from competition.scoring.ratings import Ratings
from competition.scoring.result import Result
from competition.scoring.rulebook import RuleBook
from competition.scoring.uncertainty.cut_lines import CutLine


@dataclass(frozen=True, eq=False)
class MethodComparison:
    """The same ratings under several methods.

    Attributes
    ----------
    comparison : Comparison
    results : mapping of method to Result
        In the order asked for; the first is the yardstick.
    refused : mapping of method to ScoringError
        Methods that these ratings do not allow.
    """

    comparison: Comparison
    results: Mapping[str, Result]
    refused: Mapping[str, ScoringError]


def compare_methods(
    ratings: Ratings,
    methods: Sequence[str],
    rules: RuleBook | None = None,
    *,
    seed: int | None = None,
    tops: Sequence[int] = (),
    group: Integers | None = None,
) -> MethodComparison:
    """Score the same ratings by several methods and compare the ranks.

    Parameters
    ----------
    ratings : Ratings
    methods : sequence of str
        Each once; the first that can be computed is the yardstick.
    rules : RuleBook, optional
        Its other keys hold for all methods.
    seed : int, optional
    tops : sequence of int
        Lines at which crossings are named.
    group : int array, shape (n_entries,), optional
        Tracks, for ranks within them; the ranks are within components anyway.

    Raises
    ------
    ScoringError
        When no method can be computed: what the first says.

    Examples
    --------
    >>> ratings = Ratings.from_columns(judge="ABABA", entry="XXYYZ", value=[8, 6, 5, 4, 7])
    >>> found = compare_methods(ratings, ["mean", "additive"])
    >>> found.comparison.rank
    array([[1, 3, 1],
           [1, 3, 2]])
    """
    results: dict[str, Result] = {}
    refused: dict[str, ScoringError] = {}
    for method in dict.fromkeys(methods):
        try:
            results[method] = score(ratings, method=method, rules=rules, seed=seed)
        except ScoringError as error:
            refused[method] = error
    if not results:
        raise next(iter(refused.values()))
    first = next(iter(results.values()))
    tracks = np.zeros(len(ratings.entries), dtype=np.int64) if group is None else group
    ranks = {name: result.ranked_within(tracks)[0] for name, result in results.items()}
    within = tracks * (first.components + 1) + first.component if first.is_divided else tracks
    return MethodComparison(compare(ranks, tops=tops, group=within), results, refused)


def variance_of(result: Result) -> VarianceComponents:
    """Variance components of the totals: the method's own, or by REML.

    Raises
    ------
    NotEnoughData, NotConverged
    """
    own = result.variance
    if own is not None and result.method == "mixed":
        return VarianceComponents(own.entry, own.judge, own.residual)
    scores, ratings = result.working.totals, result.working.cards.ratings
    found = fit_mixed(
        scores.judge,
        scores.entry,
        scores.value,
        scores.n_judges,
        scores.n_entries,
        scores.weight,
        ratings.track,
        len(ratings.tracks),
    ).variance
    return VarianceComponents(found.entry, found.judge, found.residual)


def g_study_of(result: Result) -> VarianceComponents:
    """Where differences between the ratings come from, criterion by criterion.

    Of several criteria each rating counts as what it adds to the total, times the number of
    criteria: the mean of a scorecard's ratings is then its total, and the components divided
    as in a plan are those of the totals. Scorecards that lack a criterion count as well.

    See Also
    --------
    competition.scoring.diagnostics.generalizability.g_study : formulas, source.
    """
    cards = result.working.cards
    factor = np.array([float(one) for one in cards.factors]) * len(cards.factors)
    return g_study(
        cards.judge[cards.place],
        cards.entry[cards.place],
        cards.ratings.value[cards.rating] * factor[cards.column],
        criterion=cards.column if len(cards.factors) > 1 else None,
    )


def plan_of(
    result: Result,
    n_judges: Sequence[int] = range(1, 11),
    *,
    top: int = 10,
    minutes: float = float("nan"),
) -> Plan:
    """What n judges an entry would give, from these ratings' variance components.

    Raises
    ------
    NotEnoughData, NotConverged
        The components cannot be estimated.

    See Also
    --------
    competition.scoring.diagnostics.planning.d_study : formulas, source.
    """
    entries = int(np.isfinite(result.adjusted).sum())
    return d_study(
        variance_of(result),
        n_entries=entries,
        n_judges=n_judges,
        top=top,
        minutes=minutes,
        seed=result.seed,
    )


def award_lines(result: Result, tops: Sequence[int]) -> tuple[CutLine, ...]:
    """At each line below the best k: who is sure, who is not, and what would tell.

    Empty without draws, or where the method has no joint distribution.
    """
    chances = result.chances
    if chances is None or not tops:
        return ()
    variance = result.sigma2
    if np.isnan(variance) and result.variance is not None:
        variance = float(result.variance.residual)
    return chances.lines(tops, variance)


def bias_of(
    result: Result, of_judge: Integers, of_entry: Integers, *, permutations: int = 4_999
) -> BiasCheck:
    """Whether judges favour entries of their own group, such as their organization.

    Parameters
    ----------
    result : Result
    of_judge : int array, shape (n_judges,)
        -1 = none or unknown.
    of_entry : int array, shape (n_entries,)

    See Also
    --------
    competition.scoring.diagnostics.bias.check_bias : formulas, source.
    """
    totals = result.working.totals
    matched = same_group(totals, of_judge, of_entry)
    return check_bias(totals, matched, seed=result.seed, permutations=permutations)
