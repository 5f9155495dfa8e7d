"""Entries with equal scores put in order by the rule book's tie chain, and how that came about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.methods.averages import exact_mean, raw_means
from competition.scoring.ranking import UNRANKED, noise_level, rank_within
from competition.scoring.result import Official, TieBreak
from competition.scoring.rulebook import RuleBook
from competition.scoring.rulebook_parts import CRITERION_STEP
from competition.scoring.step import Step
from competition.scoring.totals import Scorecards, Scores

NO_TIE_BREAK = ("same_rank",)


@dataclass(frozen=True, eq=False)
class Tied:
    """What a tie chain may look at.

    Attributes
    ----------
    cards : Scorecards
    official : Official
    totals : Scores
        Each complete scorecard's total.
    steps : tuple of Step
    seed : int
        For lots.
    """

    cards: Scorecards
    official: Official
    totals: Scores
    steps: tuple[Step, ...]
    seed: int

    @cached_property
    def raw(self) -> Floats:
        """Each entry's raw mean."""
        return raw_means(self.cards, self.totals, self.steps)

    @property
    def rules(self) -> RuleBook:
        return self.cards.rules

    @property
    def entries(self) -> tuple[Hashable, ...]:
        return self.cards.ratings.entries

    @cached_property
    def by_entry(self) -> Mapping[int, Floats]:
        """Each entry's totals in ascending order."""
        order = np.lexsort((self.totals.value, self.totals.entry))
        entry, value = self.totals.entry[order], self.totals.value[order]
        ends = np.cumsum(self.totals.per_entry)
        starts = ends - self.totals.per_entry
        found = np.unique(entry).tolist()
        return {i: value[starts[i] : ends[i]] for i in found}


def rank_with_ties(
    score: Floats, group: Integers, tie: float, tied: Tied
) -> tuple[Integers, tuple[TieBreak, ...]]:
    """Rank inside each group and let the tie chain order who is equal.

    Parameters
    ----------
    score : float array, shape (n_entries,)
        The official scores; NaN = unscored.
    group : int array, shape (n_entries,)
        Ranks count inside each group.
    tie : float
        Scores that differ by no more are equal.
    tied : Tied

    Returns
    -------
    rank : int array, shape (n_entries,)
        1 = best, 0 = unscored. Who is still equal after the chain shares a rank.
    ties : tuple of TieBreak
        One for each set of equal scores, whether the chain parted it or not.

    Notes
    -----
    A step that parts some of the entries leaves the rest to the next step, and
    does not begin again from the first.
    """
    rank = rank_within(score, group, tie)
    ties = []
    shared = np.flatnonzero(_is_shared(rank, group))
    order = shared[np.lexsort((rank[shared], group[shared]))]
    if not order.size:
        return rank, ()
    opens = np.r_[True, np.diff(rank[order]) != 0] | np.r_[True, np.diff(group[order]) != 0]
    bounds = np.r_[np.flatnonzero(opens), order.size]
    for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        ties.append(_break(sorted(order[low:high].tolist()), rank, tied))
    return rank, tuple(ties)


def _is_shared(rank: Integers, group: Integers) -> Flags:
    """Which entries share their rank with another of their group."""
    key = rank
    if np.ptp(group):
        key = np.unique(group, return_inverse=True)[1] * (rank.size + 1) + rank
        key = np.unique(key, return_inverse=True)[1]
    return np.asarray((np.bincount(key)[key] > 1) & (rank != UNRANKED))


def _break(members: list[int], rank: Integers, tied: Tied) -> TieBreak:
    """Order one set of equal entries, writing their ranks."""
    first = int(rank[members[0]])
    parts = _parted(members, _chain(tied.rules), tied)
    place, ordered, steps = first, list[int](), list[str | None]()
    for part, step in parts:
        rank[part] = place
        place += len(part)
        ordered += part
        steps += [step] + [None] * (len(part) - 1)
    return TieBreak(
        rank=first,
        entries=tuple(tied.entries[i] for i in ordered),
        ranks=tuple(rank[ordered].tolist()),
        steps=tuple(steps[1:]),
    )


def _chain(rules: RuleBook) -> tuple[str, ...]:
    """The steps that look at something, with "criteria" spelled out."""
    found: list[str] = []
    for step in rules.ties:
        if step == "criteria":
            found += [CRITERION_STEP + item.name for item in rules.criteria]
        elif step != "same_rank":
            found.append(step)
    return tuple(found)


def _parted(
    members: list[int], chain: Sequence[str], tied: Tied
) -> list[tuple[list[int], str | None]]:
    """Sets that stay equal, best first, each with the step that put it behind the one before."""
    if len(members) == 1 or not chain:
        return [(members, None)]
    step, rest = chain[0], chain[1:]
    values = _value(step, members, tied)
    place = rank_within(values, np.zeros(values.size, dtype=np.int64), noise_level(values))
    found: list[tuple[list[int], str | None]] = []
    for number in np.unique(place).tolist():
        same = [i for i, own in zip(members, place.tolist(), strict=True) if own == number]
        inner = _parted(same, rest, tied)
        found += [(inner[0][0], step if found else None), *inner[1:]]
    return found


def _value(step: str, members: list[int], tied: Tied) -> Floats:
    """The figure of a step for each member, more = better; what is not there is the least."""
    if step.startswith(CRITERION_STEP):
        values = _on_criterion(step.removeprefix(CRITERION_STEP), members, tied)
    else:
        values = _STEPS[step](members, tied)
    least = np.nanmin(values, initial=0.0) - 1
    return np.where(np.isnan(values), least, values)


def _on_criterion(name: str, members: list[int], tied: Tied) -> Floats:
    """The combined figure on a criterion, or the judges' mean where totals are combined."""
    names = [str(item) for item in tied.cards.names]
    if name not in names:
        return np.zeros(len(members))
    column = names.index(name)
    if tied.rules.unit == "criterion":
        return tied.official.rounded[column][members]
    return exact_mean(tied.cards.on(column, complete=True))[1][members]


def _unrounded(members: list[int], tied: Tied) -> Floats:
    return tied.official.adjusted[members]


def _raw_mean(members: list[int], tied: Tied) -> Floats:
    return tied.raw[members]


def _of_totals(figure: Callable[[Floats], float], members: list[int], tied: Tied) -> Floats:
    """A figure of the entry's totals, judge by judge."""
    nothing = np.empty(0)
    totals = [tied.by_entry.get(i, nothing) for i in members]
    return np.array([figure(values) if values.size else np.nan for values in totals])


def _dropped(members: list[int], tied: Tied) -> Floats:
    """Mean without the highest and lowest totals that the rule book drops."""
    low, high = max(tied.rules.drop_low, 0), max(tied.rules.drop_high, 0)

    def figure(values: Floats) -> float:
        kept = values[low : values.size - high]
        return float(kept.mean()) if kept.size else float(values.mean())

    return _of_totals(figure, members, tied)


def _spread(members: list[int], tied: Tied) -> Floats:
    """The smaller spread of the judges is the better."""
    return _of_totals(lambda values: float(values[0] - values[-1]), members, tied)


def _top_marks(members: list[int], tied: Tied) -> Floats:
    """Number of ratings that are the highest there are on their criterion."""
    cards = tied.cards
    value = cards.ratings.value[cards.rating]
    top = np.array([_top(cards, column) for column in range(len(cards.names))])
    counts = group_sums(cards.entry[cards.place], value >= top[cards.column], len(tied.entries))
    return counts[members]


def _top(cards: Scorecards, column: int) -> float:
    """The highest rating that the scale allows, or that anybody gave."""
    declared = cards.rules.criteria[column].scale if cards.rules.criteria else None
    if declared is not None:
        return declared[1]
    given = cards.ratings.value[cards.rating[cards.column == column]]
    return float(given.max()) if given.size else np.inf


def _head_to_head(members: list[int], tied: Tied) -> Floats:
    """Duels won minus duels lost among the tied, each decided by the judges of both.

    Source: A. H. Copeland, A reasonable social welfare function, 1951.
    """
    place = {entry: row for row, entry in enumerate(members)}
    table = np.full((len(members), tied.totals.n_judges), np.nan)
    mine = np.isin(tied.totals.entry, members)
    rows = [place[i] for i in tied.totals.entry[mine].tolist()]
    table[rows, tied.totals.judge[mine]] = tied.totals.value[mine]
    noise = noise_level(tied.totals.value, tied.totals.span)
    wins = np.zeros(len(members))
    for row in range(len(members)):
        apart = table[row] - table
        votes = (apart > noise).sum(axis=1) - (apart < -noise).sum(axis=1)
        wins[row] = np.sign(votes).sum()
    return wins


def _lot(members: list[int], tied: Tied) -> Floats:
    """Numbers drawn by hashing seed and entry, which anybody can repeat.

    The first 12 hexadecimal digits of SHA-256 over "seed, line feed, entry";
    the smallest number comes first.
    """
    texts = [f"{tied.seed}\n{tied.entries[i]}" for i in members]
    numbers = [int(hashlib.sha256(text.encode()).hexdigest()[:12], 16) for text in texts]
    return -np.array(numbers, dtype=np.float64)


_STEPS: Mapping[str, Callable[[list[int], Tied], Floats]] = {
    "unrounded": _unrounded,
    "raw_mean": _raw_mean,
    "median": partial(_of_totals, lambda values: float(np.median(values))),
    "drop": _dropped,
    "highest": partial(_of_totals, lambda values: float(values[-1])),
    "lowest": partial(_of_totals, lambda values: float(values[0])),
    "spread": _spread,
    "top_marks": _top_marks,
    "head_to_head": _head_to_head,
    "lot": _lot,
}
