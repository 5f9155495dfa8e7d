"""What the reader of a ranking should know about the ratings behind it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.methods import flagged_judges
from competition.scoring.ranking import noise_level
from competition.scoring.ratings import ONLY_CRITERION, Ratings
from competition.scoring.result import ScoreWarning
from competition.scoring.rulebook import RuleBook
from competition.scoring.totals import Scorecards, Scores


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
        if rules.method in ("trimmed", "zscore"):
            found.append(ScoreWarning("weights_ignored", {"method": rules.method}))
    return found


def about_scorecards(cards: Scorecards, adjusted: Floats) -> list[ScoreWarning]:
    """Scorecards that lack a criterion, and entries left without a score.

    Codes: "incomplete_scorecard" (fact `counted`: whether its ratings count),
    "unscored_entries".
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
        counted = cards.rules.unit == "criterion"
        found.append(
            ScoreWarning("incomplete_scorecard", {"counted": counted, "scorecards": listed})
        )
    without: list[Hashable] = [entries[i] for i in np.flatnonzero(np.isnan(adjusted))]
    if without:
        found.append(ScoreWarning("unscored_entries", {"entries": without}))
    return found


def about_design(
    ratings: Ratings, rules: RuleBook, scores: Scores, component: Integers, count: int
) -> list[ScoreWarning]:
    """Who judged what, and what that allows.

    Codes: "disconnected" (groups of entries without a common judge; `ranked`
    says how), "panels_differ" (no correction although panels differ),
    "tracks_differ" (z-scores of judges who saw different tracks),
    "no_information" (all scores equal), "judge_single_score", "judge_no_variance".
    """
    found = []
    if count > 1:
        sizes = np.bincount(component[component >= 0]).tolist()
        ranked = "within_components" if rules.method == "additive" else "across_components"
        found.append(
            ScoreWarning("disconnected", {"components": count, "sizes": sizes, "ranked": ranked})
        )
    if rules.method in ("mean", "trimmed") and _panels_differ(scores):
        found.append(ScoreWarning("panels_differ", {"method": rules.method}))
    if rules.method == "zscore" and _tracks_differ(ratings, scores):
        found.append(ScoreWarning("tracks_differ", {"method": rules.method}))
    if scores.value.size > 1:
        noise = noise_level(scores.value, scores.span)
        if float(scores.value.max() - scores.value.min()) <= noise:
            found.append(ScoreWarning("no_information", {"score": float(scores.value[0])}))
    return found + flagged_judges(scores, ratings.judges)


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
