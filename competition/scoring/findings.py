"""What the reader of a ranking should know about the ratings behind it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.diagnostics.connectivity import WEAK, connectivity
from competition.scoring.errors import NotEnoughData
from competition.scoring.ranking import noise_level
from competition.scoring.ratings import ONLY_CRITERION, Ratings
from competition.scoring.rulebook import RuleBook
from competition.scoring.step import ScoreWarning
from competition.scoring.totals import Scorecards, Scores
from competition.scoring.traits import TRAITS

FEW_MEMBERS, FEW_SCORES = 300, 50_000

OWN_SCALES = ("zscore", "minmax", "percentile")
"""Methods that take every judge to have seen entries of the same quality."""


def about_input(ratings: Ratings, rules: RuleBook) -> list[ScoreWarning]:
    """What of the input is taken in another way than written.

    Codes: "criteria_not_declared" (all criteria weigh the same),
    "round_step_unused" (a place for a step that the unit does not have),
    "zero_weights" (ratings left out), "weights_ignored" (by the method).
    """
    found = []
    if not rules.criteria and ratings.criteria != (ONLY_CRITERION,):
        found.append(ScoreWarning("criteria_not_declared", {"criteria": list(ratings.criteria)}))
    if rules.unit == "scorecard":
        unused = [
            f"scoring.round.{step}"
            for step in ("criterion", "weighted")
            if getattr(rules.round, step) is not None
        ]
        if unused:
            found.append(ScoreWarning("round_step_unused", {"keys": unused}))
    if ratings.weight is not None:
        zero = int((ratings.weight == 0).sum())
        if zero:
            found.append(ScoreWarning("zero_weights", {"ratings": zero}))
        if not TRAITS[rules.method].weights:
            found.append(ScoreWarning("weights_ignored", {"method": rules.method}))
    return found


def about_scorecards(cards: Scorecards, adjusted: Floats) -> list[ScoreWarning]:
    """Scorecards that lack a criterion, and entries left without a score.

    Codes: "incomplete_scorecard" (fact `counted`: whether its ratings count),
    "unscored_entries".

    Raises
    ------
    NotEnoughData
        A scorecard lacks a criterion, which the rule book refuses.
    """
    found = []
    judges, entries = cards.ratings.judges, cards.ratings.entries
    lacking = np.flatnonzero(cards.incomplete)
    if lacking.size:
        listed: list[dict[str, Any]] = [
            {
                "judge": judges[cards.judge[k]],
                "entry": entries[cards.entry[k]],
                "missing": [cards.names[c] for c in np.flatnonzero(cards.missing[k])],
            }
            for k in lacking
        ]
        if cards.rules.fallback.missing_criteria == "refuse":
            raise NotEnoughData(what="missing_criteria", scorecards=listed)
        counted = cards.rules.unit == "criterion"
        found.append(
            ScoreWarning("incomplete_scorecard", {"counted": counted, "scorecards": listed})
        )
    without: list[Hashable] = [entries[i] for i in np.flatnonzero(np.isnan(adjusted))]
    if without:
        found.append(ScoreWarning("unscored_entries", {"entries": without}))
    return found


def about_design(
    cards: Scorecards, scores: Scores, component: Integers, count: int
) -> list[ScoreWarning]:
    """Who judged what, and what that allows.

    Codes: "disconnected" (groups of entries without a common judge; `ranked`
    says how), "panels_differ" (no correction although panels differ),
    "tracks_differ" (z-scores of judges who saw different tracks),
    "weak_connectivity" (the entries hang together by few scores),
    "judge_single_score", "judge_no_variance", "wide_spread" (judges of an
    entry farther apart than the rule book's threshold).

    Raises
    ------
    NotEnoughData
        Judges with one score or without variance, where the rule book refuses them.
    """
    ratings, rules = cards.ratings, cards.rules
    found = []
    if count > 1:
        sizes = np.bincount(component[component >= 0]).tolist()
        facts = {"components": count, "sizes": sizes, "ranked": rules.fallback.disconnected}
        found.append(ScoreWarning("disconnected", facts))
    if not TRAITS[rules.method].corrects and _panels_differ(scores):
        found.append(ScoreWarning("panels_differ", {"method": rules.method}))
    if rules.method in OWN_SCALES and _tracks_differ(ratings, scores):
        found.append(ScoreWarning("tracks_differ", {"method": rules.method}))
    if count == 1 and TRAITS[rules.method].corrects:
        found += _weak_connectivity(scores)
    return found + _flagged_judges(scores, cards) + _wide_spread(scores, cards)


def _weak_connectivity(scores: Scores) -> list[ScoreWarning]:
    """Looked at unasked only where it costs next to nothing."""
    members = min(np.count_nonzero(scores.per_judge), np.count_nonzero(scores.per_entry))
    if members > FEW_MEMBERS or scores.value.size > FEW_SCORES:
        return []
    found = connectivity(
        scores.judge, scores.entry, scores.n_judges, scores.n_entries, scores.weight
    )
    if not found.is_weak:
        return []
    return [ScoreWarning("weak_connectivity", {"normalized": found.normalized, "limit": WEAK})]


def _flagged_judges(scores: Scores, cards: Scorecards) -> list[ScoreWarning]:
    """Judges with one score only, and judges whose scores are all the same."""
    if not scores.value.size:
        return []
    low, high = _ends(scores.judge, scores.value, scores.n_judges)
    flat = high - low <= noise_level(scores.value, scores.span)
    single = _named(scores.per_judge == 1, cards)
    same = _named((scores.per_judge > 1) & flat, cards)
    fallback = cards.rules.fallback
    if single and fallback.single_score == "refuse":
        raise NotEnoughData(what="single_score", judges=single)
    if same and fallback.no_variance == "refuse":
        raise NotEnoughData(what="no_variance", judges=same)
    found = [
        ScoreWarning("judge_single_score", {"judges": single}),
        ScoreWarning("judge_no_variance", {"judges": same}),
    ]
    return [warning for warning in found if warning.facts["judges"]]


def _named(mask: Flags, cards: Scorecards) -> list[Hashable]:
    return [cards.ratings.judges[j] for j in np.flatnonzero(mask).tolist()]


def _wide_spread(scores: Scores, cards: Scorecards) -> list[ScoreWarning]:
    """Entries whose judges are farther apart than the rule book allows."""
    spread = cards.rules.spread
    if spread is None or not scores.value.size:
        return []
    low, high = _ends(scores.entry, scores.value, scores.n_entries)
    apart = np.where(scores.per_entry > 0, high - low, 0.0)
    wide = np.flatnonzero(apart > spread.threshold + noise_level(scores.value, scores.span))
    if not wide.size:
        return []
    entries = [cards.ratings.entries[i] for i in wide.tolist()]
    facts = {"threshold": spread.threshold, "action": spread.action, "entries": entries}
    return [ScoreWarning("wide_spread", facts)]


def _ends(group: Integers, values: Floats, groups: int) -> tuple[Floats, Floats]:
    """Lowest and highest value of each group."""
    low, high = np.full(groups, np.inf), np.full(groups, -np.inf)
    np.minimum.at(low, group, values)
    np.maximum.at(high, group, values)
    # A group without values has no ends; 0 keeps the difference finite.
    empty = np.isinf(low)
    return np.where(empty, 0.0, low), np.where(empty, 0.0, high)


def _panels_differ(scores: Scores) -> bool:
    """Whether some judge with scores did not score some entry with scores."""
    judges = int((scores.per_judge > 0).sum())
    entries = int((scores.per_entry > 0).sum())
    return judges * entries != scores.value.size


def _tracks_differ(ratings: Ratings, scores: Scores) -> bool:
    """Whether some judge saw other tracks than another."""
    if ratings.track is None or not scores.value.size:
        return False
    track = ratings.track[scores.entry]
    pairs = np.unique(np.stack([scores.judge, track]), axis=1).shape[1]
    return bool(pairs != int((scores.per_judge > 0).sum()) * np.unique(track).size)
