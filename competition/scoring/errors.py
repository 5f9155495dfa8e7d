"""The typed failures of the scoring core: a code and facts, and no prose."""

from __future__ import annotations

from competition.errors import DomainError


class ScoringError(DomainError):
    """Ratings or a rule book that cannot be scored.

    Attributes
    ----------
    code : str
        What is wrong, as one stable word.
    facts : dict
        Where and how: row positions (0-based), labels, keys, allowed values.

    Examples
    --------
    >>> str(UnknownMethod(method="median", allowed=("mean",)))
    "unknown_method(method='median', allowed=('mean',))"
    """

    code = "scoring_error"


class NoRatings(ScoringError):
    """There is not one rating to score."""

    code = "no_ratings"


class UnequalLengths(ScoringError):
    """The columns do not have one value for every rating (facts: lengths)."""

    code = "unequal_lengths"


class NotANumber(ScoringError):
    """A rating or weight is no number, or not below 1e15 in size (facts: column, rows, values)."""

    code = "not_a_number"


class BadWeight(ScoringError):
    """A weight is negative (facts: rows)."""

    code = "bad_weight"


class MissingLabel(ScoringError):
    """A judge, entry, criterion or track has no name (facts: column, rows)."""

    code = "missing_label"


class BadLabel(ScoringError):
    """A judge, entry, criterion or track is no label but, say, a list (facts: column, rows)."""

    code = "bad_label"


class LongLabel(ScoringError):
    """The name of a judge, entry, criterion or track is too long to be one.

    Facts: column, rows, length, most.
    """

    code = "long_label"


class DuplicateRating(ScoringError):
    """One judge rated one entry on one criterion twice (facts: rows, first)."""

    code = "duplicate_rating"


class TrackConflict(ScoringError):
    """One entry is listed in two tracks (facts: entries)."""

    code = "track_conflict"


class IndexOutOfRange(ScoringError):
    """An index array points past its labels, or a label repeats (facts: column)."""

    code = "index_out_of_range"


class UnknownMethod(ScoringError):
    """The method is none that this version knows (facts: method, allowed)."""

    code = "unknown_method"


class BadDraws(ScoringError):
    """The number of draws is no whole number, negative, or beyond reason (facts: draws, most)."""

    code = "bad_draws"


class BadSeed(ScoringError):
    """The seed is no whole number, or negative (facts: seed, least)."""

    code = "bad_seed"


class BadSettings(ScoringError):
    """A simulation was asked to run too short to judge it (facts: key, value, least)."""

    code = "bad_settings"


class UnknownEntry(ScoringError):
    """No entry has this label (facts: entry)."""

    code = "unknown_entry"


class Disconnected(ScoringError):
    """The data cannot compare everything with everything (facts: what, sets).

    `sets` lists the members' positions, set by set, the largest set first; a rule book that
    refuses several rankings names `components` and `sizes` instead.
    """

    code = "disconnected"


class NotEnoughData(ScoringError):
    """Too few observations for what was asked (facts: what or needs, and the counts)."""

    code = "not_enough_data"


class NotConverged(ScoringError):
    """An iteration ended without an answer (facts: what, iterations, and how far it was)."""

    code = "not_converged"


class TooManyCategories(ScoringError):
    """A rating scale model is given more distinct scores than it can take (facts: count, most)."""

    code = "too_many_categories"


class ScalesDiffer(ScoringError):
    """Criteria of different scales where one scale is needed (facts: criteria)."""

    code = "scales_differ"


class NotPositive(ScoringError):
    """A matrix that should be positive definite is not: the scores determine too little."""

    code = "not_positive"


class TooLarge(ScoringError):
    """A table that would outgrow memory (facts: what, numbers, most)."""

    code = "too_large"


class TooManyComparisons(ScoringError):
    """More pairs of entries would be compared than memory holds (facts: count, most)."""

    code = "too_many_comparisons"


class RatingsBreakRules(ScoringError):
    """Ratings contradict the rule book (facts: problems)."""

    code = "ratings_break_rules"


class BadRules(ScoringError):
    """A rule book that cannot be executed.

    Facts: `problem` (one word), `key` (dotted path), and what is allowed; a
    broken TOML text gives `line` and `column` (1-based, None if unknown).
    """

    code = "bad_rules"
