"""What is asked of an assignment: entries, judges, rules, fit, and what must stay."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from competition.errors import DomainError

Id: TypeAlias = Any
"""An entry's or judge's id: an int or a str, each once."""
Pair: TypeAlias = tuple[Id, Id]
"""Entry id and judge id."""


class Changes(StrEnum):
    """How much an earlier plan counts."""

    FEWEST = "fewest"
    """Not one pair changes without need, whatever that costs in affinity."""
    SMALL = "small"
    """Every pair that stays is worth a little: a change must earn `SMALL_BONUS`."""


class BadProblem(DomainError):
    """A problem that contradicts itself.

    Codes: `wrong_shape` (facts: what, expected, found), `repeated_id` (what, ids), `bad_affinity`
    (negative or no number), `bad_per_entry` (below 1), `bad_loads` (judges: negative, or the
    lower limit above the upper), `unknown_pair` (what, pairs), `fixed_and_excluded` (pairs).
    """

    code = "bad_problem"


@dataclass(frozen=True)
class Problem:
    """Entries, judges, and on what terms they may meet.

    Parameters
    ----------
    entries, judges : sequence of int or str
        Ids, each once, in any order: the order changes nothing.
    allowed : bool array, shape (n_entries, n_judges)
        False for a conflict, a recusal, or whatever else keeps a judge from an entry.
    per_entry : int or int array, shape (n_entries,)
        Distinct judges that each entry shall have.
    max_load : int or int array, shape (n_judges,)
        Entries that a judge takes at most, those of `locked` and `done` included.
    min_load : int or int array, shape (n_judges,), default 0
        Entries that a judge takes at least.
    affinity : float array, shape (n_entries, n_judges), optional
        How well a judge fits an entry, 0 or more; the sum over all pairs is made as large as
        it can be. Without it every pair fits as well as any other.
    kind : sequence of length n_judges, optional
        Each judge's kind (school, industry), or None.
    required_kinds : tuple
        Every entry needs at least one judge of each of these; empty = no such rule.
    organization : sequence of length n_judges, optional
        Each judge's organization, or None.
    one_per_organization : bool
        No entry gets two judges of one organization.
    lifted_kinds : frozenset of (entry id, kind)
        Exceptions: this entry needs no judge of this kind.
    lifted_organizations : frozenset of (entry id, organization)
        Exceptions: this entry may have several judges of this organization.
    locked : frozenset of (entry id, judge id)
        Pairs set by hand. They stay even past a load limit or a panel rule, but one that
        `allowed` forbids makes the problem infeasible.
    done : frozenset of (entry id, judge id)
        Pairs with work in them; they stay whatever any rule says.
    excluded : frozenset of (entry id, judge id)
        Pairs ruled out by hand.
    previous : frozenset of (entry id, judge id), optional
        An earlier plan; pairs of entries or judges that are gone are counted as lost.
    changes : Changes
        What `previous` is worth.
    waivable : bool array, shape (n_entries, n_judges), optional
        Which of the pairs that are not allowed a repair may propose to allow; default: all.
    expert_threshold : float, optional
        A judge with at least this affinity is an expert for the entry. Without it half of what
        an entry's best judge typically (median) has.

    Raises
    ------
    BadProblem
    """

    entries: Sequence[Id]
    judges: Sequence[Id]
    allowed: NDArray[np.bool_]
    per_entry: NDArray[np.int64] | int
    max_load: NDArray[np.int64] | int
    min_load: NDArray[np.int64] | int = 0
    affinity: NDArray[np.float64] | None = None
    kind: Sequence[Hashable] | None = None
    required_kinds: tuple[Hashable, ...] = ()
    organization: Sequence[Hashable] | None = None
    one_per_organization: bool = False
    lifted_kinds: frozenset[tuple[Id, Hashable]] = frozenset()
    lifted_organizations: frozenset[tuple[Id, Hashable]] = frozenset()
    locked: frozenset[Pair] = frozenset()
    done: frozenset[Pair] = frozenset()
    excluded: frozenset[Pair] = frozenset()
    previous: frozenset[Pair] | None = None
    changes: Changes = Changes.FEWEST
    waivable: NDArray[np.bool_] | None = None
    expert_threshold: float | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "entries", tuple(self.entries))
        put(self, "judges", tuple(self.judges))
        n_entries, n_judges = self.shape
        put(self, "per_entry", _counts(self.per_entry, n_entries, "per_entry"))
        put(self, "max_load", _counts(self.max_load, n_judges, "max_load"))
        put(self, "min_load", _counts(self.min_load, n_judges, "min_load"))
        put(self, "allowed", np.asarray(self.allowed, dtype=np.bool_))
        if self.affinity is not None:
            put(self, "affinity", np.asarray(self.affinity, dtype=np.float64))
        _check_shapes(self)
        _check_values(self)
        _check_pairs(self)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.entries), len(self.judges)

    @property
    def kept(self) -> frozenset[Pair]:
        """Pairs that every plan contains."""
        return self.locked | self.done


def _counts(given: ArrayLike, length: int, what: str) -> NDArray[np.int64]:
    values = np.asarray(given)
    if values.ndim == 0:
        values = np.full(length, values)
    if values.shape != (length,):
        raise BadProblem("wrong_shape", what=what, expected=(length,), found=values.shape)
    return values.astype(np.int64)


def _check_shapes(problem: Problem) -> None:
    matrices = {
        "allowed": problem.allowed,
        "affinity": problem.affinity,
        "waivable": problem.waivable,
    }
    for what, matrix in matrices.items():
        if matrix is not None and matrix.shape != problem.shape:
            raise BadProblem("wrong_shape", what=what, expected=problem.shape, found=matrix.shape)
    for what, column in (("kind", problem.kind), ("organization", problem.organization)):
        if column is not None and len(column) != problem.shape[1]:
            raise BadProblem(
                "wrong_shape", what=what, expected=(problem.shape[1],), found=(len(column),)
            )
    for what, ids in (("entries", problem.entries), ("judges", problem.judges)):
        if len(set(ids)) != len(ids):
            repeated = sorted({item for item in ids if list(ids).count(item) > 1}, key=id_key)
            raise BadProblem("repeated_id", what=what, ids=repeated)


def _check_values(problem: Problem) -> None:
    affinity = problem.affinity
    # min and max are NaN if anything is, and need no mask of the whole matrix
    if (
        affinity is not None
        and affinity.size
        and not (affinity.min() >= 0 and affinity.max() < np.inf)
    ):
        raise BadProblem("bad_affinity")
    if np.any(np.asarray(problem.per_entry) < 1):
        raise BadProblem("bad_per_entry")
    low, high = np.asarray(problem.min_load), np.asarray(problem.max_load)
    wrong = np.flatnonzero((low < 0) | (high < low))
    if wrong.size:
        raise BadProblem("bad_loads", judges=[problem.judges[int(j)] for j in wrong])


def _check_pairs(problem: Problem) -> None:
    entries, judges = set(problem.entries), set(problem.judges)
    for what in ("locked", "done", "excluded"):
        pairs = frozenset(getattr(problem, what))
        object.__setattr__(problem, what, pairs)
        strangers = [pair for pair in pairs if pair[0] not in entries or pair[1] not in judges]
        if strangers:
            raise BadProblem("unknown_pair", what=what, pairs=sorted(strangers, key=pair_key))
    both = problem.locked & problem.excluded
    if both:
        raise BadProblem("fixed_and_excluded", pairs=sorted(both, key=pair_key))
    if problem.previous is not None:
        object.__setattr__(problem, "previous", frozenset(problem.previous))


def id_key(item: Id) -> tuple[str, Any]:
    """Sorts ids of one or several types, always in the same way."""
    return ("", item) if isinstance(item, int) else (type(item).__name__, item)


def pair_key(pair: Pair) -> tuple[tuple[str, Any], tuple[str, Any]]:
    return id_key(pair[0]), id_key(pair[1])
