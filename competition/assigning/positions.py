"""Ids become array positions here, in an order that does not depend on the input's."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from competition.assigning.problem import Id, Pair, Problem, id_key, pair_key

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Positions:
    """A problem as arrays, with everything that is fixed taken out of it.

    Attributes
    ----------
    entries, judges : tuple of ids
        Sorted; positions in all arrays follow this order.
    affinity : float array, shape (n_entries, n_judges)
    open : bool array, shape (n_entries, n_judges)
        Pairs that may still be added.
    waivable : bool array, shape (n_entries, n_judges)
        Pairs that only a conflict forbids which may be waived.
    excluded : bool array, shape (n_entries, n_judges)
        Pairs that only a decision by hand forbids.
    taken : bool array, shape (n_entries, n_judges)
        Pairs that only a fixed judge of the same organization forbids.
    fixed : bool array, shape (n_entries, n_judges)
        Pairs that are there already.
    demand : int array, shape (n_entries,)
        Places still to be filled.
    low, high : int arrays, shape (n_judges,)
        Further entries that a judge takes at least and at most.
    kind : int array, shape (n_judges,)
        Position in `kinds`, or -1 for a judge of a kind that no rule asks for.
    kinds : tuple
        The required kinds, sorted.
    need : bool array, shape (n_entries, n_kinds)
        Kinds that an entry still lacks.
    organization : int array, shape (n_judges,)
        -1 = none; the same number is the same organization.
    single : bool array, shape (n_entries, n_organizations)
        The entry may have at most one judge of this organization.
    previous : bool array, shape (n_entries, n_judges)
        Pairs of the earlier plan.
    """

    entries: tuple[Id, ...]
    judges: tuple[Id, ...]
    affinity: Floats
    open: Booleans
    waivable: Booleans
    excluded: Booleans
    taken: Booleans
    fixed: Booleans
    demand: Integers
    low: Integers
    high: Integers
    kind: Integers
    kinds: tuple[Hashable, ...]
    need: Booleans
    organization: Integers
    organizations: tuple[Hashable, ...]
    single: Booleans
    previous: Booleans

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.entries), len(self.judges)

    @property
    def has_panel_rules(self) -> bool:
        return bool(self.need.any() or self.single.any())

    @cached_property
    def fixed_load(self) -> Integers:
        return np.asarray(self.fixed.sum(axis=0, dtype=np.int64))

    def pairs(self, chosen: Booleans) -> tuple[Pair, ...]:
        """Ids of the pairs that are True."""
        found = np.argwhere(chosen).tolist()
        return tuple((self.entries[e], self.judges[j]) for e, j in found)

    def mask(self, pairs: Iterable[Pair]) -> Booleans:
        """These pairs as True; KeyError for one that is not of this problem."""
        of_entry = {item: i for i, item in enumerate(self.entries)}
        of_judge = {item: i for i, item in enumerate(self.judges)}
        chosen = np.zeros(self.shape, dtype=np.bool_)
        for entry, judge in pairs:
            chosen[of_entry[entry], of_judge[judge]] = True
        return chosen

    @staticmethod
    def sorted_pairs(pairs: Iterable[Pair]) -> list[Pair]:
        return sorted(pairs, key=pair_key)

    def hashes(self, seed: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """A random word for each entry and each judge that depends on its id and the seed."""
        words = [
            np.array([_word(f"{seed}/{what}/{item!r}") for item in ids], dtype=np.uint64)
            for what, ids in (("entry", self.entries), ("judge", self.judges))
        ]
        return words[0], words[1]


def place(problem: Problem) -> Positions:
    """The problem in positions."""
    entries = sorted(problem.entries, key=id_key)
    judges = sorted(problem.judges, key=id_key)
    rows, columns = _order(problem.entries, entries), _order(problem.judges, judges)
    of_entry = {item: i for i, item in enumerate(entries)}
    of_judge = {item: i for i, item in enumerate(judges)}

    def mask(pairs: Iterable[Pair]) -> Booleans:
        found = np.zeros((len(entries), len(judges)), dtype=np.bool_)
        for entry, judge in pairs:
            if entry in of_entry and judge in of_judge:
                found[of_entry[entry], of_judge[judge]] = True
        return found

    allowed = _reordered(problem.allowed, rows, columns)
    excluded = mask(problem.excluded)
    waivable = ~(allowed | excluded)
    if problem.waivable is not None:
        waivable &= _reordered(np.asarray(problem.waivable, dtype=np.bool_), rows, columns)
    affinity = np.broadcast_to(0.0, allowed.shape)
    if problem.affinity is not None:
        affinity = _reordered(problem.affinity, rows, columns)
    kinds, kind = _kinds(problem, columns)
    organizations, organization = _organizations(problem, columns)
    whole = Positions(
        entries=tuple(entries),
        judges=tuple(judges),
        affinity=affinity,
        open=allowed & ~excluded,
        waivable=waivable,
        excluded=excluded & allowed,
        taken=np.zeros(allowed.shape, dtype=np.bool_),
        fixed=np.zeros(allowed.shape, dtype=np.bool_),
        demand=np.asarray(problem.per_entry)[rows],
        low=np.asarray(problem.min_load)[columns],
        high=np.asarray(problem.max_load)[columns],
        kind=kind,
        kinds=kinds,
        need=_need(problem, of_entry, kinds),
        organization=organization,
        organizations=organizations,
        single=_single(problem, of_entry, organizations),
        previous=mask(problem.previous or ()),
    )
    return fix(whole, mask(problem.kept))


def fix(positions: Positions, pairs: Booleans) -> Positions:
    """The same with these pairs fixed as well."""
    if not pairs.any():
        return positions
    new = pairs & ~positions.fixed
    fixed = positions.fixed | pairs
    load = new.sum(axis=0, dtype=np.int64)
    need = positions.need.copy()
    for number in range(len(positions.kinds)):
        need[:, number] &= ~new[:, positions.kind == number].any(axis=1)
    taken = taken_by_others(new, positions.organization, positions.single) & ~fixed
    still = ~(fixed | taken)
    return replace(
        positions,
        open=positions.open & still,
        waivable=positions.waivable & still,
        excluded=positions.excluded & still,
        taken=(positions.taken & ~fixed) | (positions.open & taken),
        fixed=fixed,
        demand=np.maximum(positions.demand - new.sum(axis=1), 0),
        low=np.maximum(positions.low - load, 0),
        high=np.maximum(positions.high - load, 0),
        need=need,
    )


def locked_conflicts(problem: Problem) -> tuple[Pair, ...]:
    """Locked pairs that are not allowed, and on which nobody has begun to work."""
    of_entry = {item: i for i, item in enumerate(problem.entries)}
    of_judge = {item: i for i, item in enumerate(problem.judges)}
    wrong = [
        pair
        for pair in problem.locked - problem.done
        if not problem.allowed[of_entry[pair[0]], of_judge[pair[1]]]
    ]
    return tuple(sorted(wrong, key=pair_key))


def _reordered(matrix: NDArray[T], rows: Integers, columns: Integers) -> NDArray[T]:
    """The matrix in the new order; itself, not a copy, if that is the order it has."""
    if _is_sorted(rows) and _is_sorted(columns):
        return matrix
    return matrix[np.ix_(rows, columns)]


def _is_sorted(order: Integers) -> bool:
    return bool(np.array_equal(order, np.arange(order.size)))


def _order(given: Sequence[Id], wanted: Sequence[Id]) -> Integers:
    place_of = {item: i for i, item in enumerate(given)}
    return np.array([place_of[item] for item in wanted], dtype=np.int64)


def _kinds(problem: Problem, columns: Integers) -> tuple[tuple[Hashable, ...], Integers]:
    kinds = tuple(sorted(set(problem.required_kinds), key=id_key))
    kind = np.full(columns.size, -1, dtype=np.int64)
    if problem.kind is not None:
        number = {item: i for i, item in enumerate(kinds)}
        kind = np.array([number.get(problem.kind[j], -1) for j in columns], dtype=np.int64)
    return kinds, kind


def _organizations(problem: Problem, columns: Integers) -> tuple[tuple[Hashable, ...], Integers]:
    if problem.organization is None:
        return (), np.full(columns.size, -1, dtype=np.int64)
    names = tuple(sorted({item for item in problem.organization if item is not None}, key=id_key))
    number: dict[Hashable, int] = {item: i for i, item in enumerate(names)}
    number[None] = -1
    return names, np.array([number[problem.organization[j]] for j in columns], dtype=np.int64)


def _need(problem: Problem, of_entry: dict[Id, int], kinds: tuple[Hashable, ...]) -> Booleans:
    need = np.ones((len(of_entry), len(kinds)), dtype=np.bool_)
    for entry, kind in problem.lifted_kinds:
        if entry in of_entry and kind in kinds:
            need[of_entry[entry], kinds.index(kind)] = False
    return need


def _single(
    problem: Problem, of_entry: dict[Id, int], organizations: tuple[Hashable, ...]
) -> Booleans:
    shape = (len(of_entry), len(organizations))
    single = np.full(shape, problem.one_per_organization, dtype=np.bool_)
    number = {item: i for i, item in enumerate(organizations)}
    for entry, organization in problem.lifted_organizations:
        if entry in of_entry and organization in number:
            single[of_entry[entry], number[organization]] = False
    return single


def taken_by_others(pairs: Booleans, organization: Integers, single: Booleans) -> Booleans:
    """Pairs whose organization already has a judge at the entry, where it may have but one."""
    owned = np.flatnonzero(organization >= 0)
    owner = organization[owned]
    there = np.zeros(single.shape, dtype=np.bool_)
    entry, judge = np.nonzero(pairs[:, owned])
    there[entry, owner[judge]] = True
    taken = np.zeros(pairs.shape, dtype=np.bool_)
    taken[:, owned] = (there & single)[:, owner]
    return taken


def _word(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
