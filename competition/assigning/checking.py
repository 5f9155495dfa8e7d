"""What a change by hand costs and breaks, and the figures of pairs that no solver chose."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from competition.assigning.design import spread
from competition.assigning.plan import DesignReport
from competition.assigning.positions import Booleans, Positions, place
from competition.assigning.problem import Id, Pair, Problem
from competition.assigning.report import report_on


class Rule(StrEnum):
    """A hard rule."""

    CONFLICT = "conflict"
    EXCLUDED = "excluded"
    MAX_LOAD = "max_load"
    MIN_LOAD = "min_load"
    TOO_FEW = "too_few"
    """An entry with fewer judges than it needs."""
    TOO_MANY = "too_many"
    KIND = "kind"
    ORGANIZATION = "organization"
    LOCKED = "locked"
    """A pair that was locked by hand is not there."""
    DONE = "done"
    """A pair with work in it is not there."""


@dataclass(frozen=True)
class Breach:
    """One rule that pairs break; only what the rule speaks of is set.

    Attributes
    ----------
    rule : Rule
    entry, judge : id or None
    about : hashable or None
        The kind that is missing, or the organization that is there twice.
    count, limit : int or None
        For loads and judges per entry: how many there are, how many there should be.
    """

    rule: Rule
    entry: Id = None
    judge: Id = None
    about: Hashable = None
    count: int | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Effect:
    """What a change by hand does.

    Attributes
    ----------
    affinity, vif, components : after the change
    affinity_change, vif_change : float
        After minus before; `vif_change` is nan where entries cannot be compared on either side.
    new, mended : tuple of Breach
        Rules that the change breaks, and those that were broken and no longer are.
    """

    affinity: float
    affinity_change: float
    vif: float
    vif_change: float
    components: int
    new: tuple[Breach, ...]
    mended: tuple[Breach, ...]


def what_if(
    problem: Problem,
    pairs: Iterable[Pair],
    *,
    add: Iterable[Pair] = (),
    remove: Iterable[Pair] = (),
) -> Effect:
    """What adding and removing pairs does to a plan, without solving anything.

    Parameters
    ----------
    problem : Problem
    pairs : iterable of (entry id, judge id)
        The plan as it is.
    add, remove : iterables of (entry id, judge id)

    Examples
    --------
    >>> problem = Problem([1, 2], ["a", "b"], np.ones((2, 2), bool), 1, 1)
    >>> [b.rule.value for b in what_if(problem, [(1, "a"), (2, "b")], add=[(1, "b")]).new]
    ['max_load', 'too_many']
    """
    positions = place(problem)
    before = positions.mask(pairs)
    after = (before & ~positions.mask(remove)) | positions.mask(add)
    was, now = spread(before), spread(after)
    broken_before, broken = (
        _breaches(problem, positions, before),
        _breaches(problem, positions, after),
    )
    affinity, affinity_before = (
        float(positions.affinity[chosen].sum()) for chosen in (after, before)
    )
    comparable = np.isfinite(was.vif) and np.isfinite(now.vif)
    return Effect(
        affinity=affinity,
        affinity_change=affinity - affinity_before,
        vif=now.vif,
        vif_change=now.vif - was.vif if comparable else np.nan,
        components=now.components,
        new=tuple(item for item in broken if item not in broken_before),
        mended=tuple(item for item in broken_before if item not in broken),
    )


def measure(problem: Problem, pairs: Iterable[Pair]) -> DesignReport:
    """The figures of any pairs, complete or not."""
    positions = place(problem)
    return report_on(problem, positions, positions.mask(pairs))


def breaches(problem: Problem, pairs: Iterable[Pair]) -> tuple[Breach, ...]:
    """Every hard rule that these pairs break."""
    positions = place(problem)
    return _breaches(problem, positions, positions.mask(pairs))


def _breaches(problem: Problem, positions: Positions, chosen: Booleans) -> tuple[Breach, ...]:
    return (
        *_broken_pairs(problem, positions, chosen),
        *_broken_counts(problem, positions, chosen),
        *_broken_panels(problem, positions, chosen),
    )


def _broken_pairs(problem: Problem, positions: Positions, chosen: Booleans) -> list[Breach]:
    row = {item: i for i, item in enumerate(problem.entries)}
    column = {item: i for i, item in enumerate(problem.judges)}
    pairs = positions.pairs(chosen)
    there = set(pairs)
    found = []
    for entry, judge in pairs:
        if (entry, judge) in problem.done:
            continue
        if not problem.allowed[row[entry], column[judge]]:
            found.append(Breach(Rule.CONFLICT, entry, judge))
        if (entry, judge) in problem.excluded:
            found.append(Breach(Rule.EXCLUDED, entry, judge))
    for rule, kept in ((Rule.LOCKED, problem.locked), (Rule.DONE, problem.done)):
        found += [Breach(rule, *pair) for pair in positions.sorted_pairs(kept - there)]
    return found


def _broken_counts(problem: Problem, positions: Positions, chosen: Booleans) -> list[Breach]:
    found = []
    load = dict(zip(positions.judges, chosen.sum(axis=0).tolist(), strict=True))
    low, high = np.asarray(problem.min_load).tolist(), np.asarray(problem.max_load).tolist()
    for judge, least, most in zip(problem.judges, low, high, strict=True):
        if load[judge] > most:
            found.append(Breach(Rule.MAX_LOAD, judge=judge, count=load[judge], limit=most))
        if load[judge] < least:
            found.append(Breach(Rule.MIN_LOAD, judge=judge, count=load[judge], limit=least))
    size = dict(zip(positions.entries, chosen.sum(axis=1).tolist(), strict=True))
    wanted = np.asarray(problem.per_entry).tolist()
    for entry, places in zip(problem.entries, wanted, strict=True):
        if size[entry] != places:
            rule = Rule.TOO_FEW if size[entry] < places else Rule.TOO_MANY
            found.append(Breach(rule, entry, count=size[entry], limit=places))
    return found


def _broken_panels(problem: Problem, positions: Positions, chosen: Booleans) -> list[Breach]:
    found = []
    for number, kind in enumerate(positions.kinds):
        without = ~chosen[:, positions.kind == number].any(axis=1)
        found += [
            Breach(Rule.KIND, positions.entries[e], about=kind)
            for e in np.flatnonzero(without)
            if (positions.entries[e], kind) not in problem.lifted_kinds
        ]
    for number, organization in enumerate(positions.organizations):
        twice = positions.single[:, number] & (
            chosen[:, positions.organization == number].sum(axis=1) > 1
        )
        found += [
            Breach(Rule.ORGANIZATION, positions.entries[e], about=organization)
            for e in np.flatnonzero(twice)
        ]
    return found
