"""Strengths from choices: what Bradley-Terry and Plackett-Luce share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.errors import Disconnected, NotConverged, NotEnoughData
from competition.scoring.uncertainty.joint import JointNormal

MOST_ENTRIES = 6_000
"""Beyond this the information matrix of all entries is too large to hold."""

MOST_ITERATIONS = 50
_SMALL_STEP = 1e-8

_FEW = 150
"""Up to so many entries a factorization is cheaper than iterating."""


@dataclass(frozen=True, eq=False)
class StrengthFit:
    """Strengths at the maximum of their likelihood.

    Attributes
    ----------
    strength, se : float array, shape (n_entries,)
        Logits, positive = better, sum 0; NaN for an entry that was never compared.
    root : float array, shape (n_compared, n_compared)
        ``root @ root.T`` is the covariance of the compared entries' strengths.
    compared : int array, shape (n_compared,)
        The entries that were compared.
    log_likelihood : float
        Without the penalty.
    iterations : int
    """

    strength: Floats
    se: Floats
    root: Floats
    compared: Integers
    log_likelihood: float
    iterations: int

    def joint(self) -> JointNormal:
        """Normal approximation of the compared entries' strengths, for draws of the ranks."""
        here = self.strength[self.compared]
        return JointNormal(here, np.zeros(here.size), self.root)


@dataclass(frozen=True, eq=False)
class Expansion:
    """Log likelihood at one point, with gradient and information, which only some steps need.

    Attributes
    ----------
    log_likelihood : float
    gradient, diagonal : float array, shape (n,)
    times : callable
        The information matrix times a vector.
    dense : callable
        The information matrix, shape (n, n), as an array of its own.
    """

    log_likelihood: float
    gradient: Floats
    diagonal: Floats
    times: Callable[[Floats], Floats]
    dense: Callable[[], Floats]

    def penalised(self, point: Floats, penalty: float) -> Expansion:
        """The same with ``penalty / 2 * sum x^2`` taken off."""
        if not penalty:
            return self

        def dense() -> Floats:
            matrix = self.dense()
            matrix.flat[:: point.size + 1] += penalty
            return matrix

        return Expansion(
            self.log_likelihood - penalty / 2 * float(point @ point),
            self.gradient - penalty * point,
            self.diagonal + penalty,
            lambda vector: self.times(vector) + penalty * vector,
            dense,
        )


def compared_entries(winner: Integers, loser: Integers) -> tuple[Integers, Integers, Integers]:
    """Entries with a comparison, and winners and losers numbered among them.

    Raises
    ------
    NotEnoughData
        Nothing is compared, or more entries than `MOST_ENTRIES`.
    """
    members, index = np.unique(np.r_[winner, loser], return_inverse=True)
    if not 2 <= members.size <= MOST_ENTRIES:
        raise NotEnoughData(
            what="comparisons", entries=int(members.size), least=2, most=MOST_ENTRIES
        )
    return members, index[: winner.size], index[winner.size :]


def require_strong_connection(winner: Integers, loser: Integers, members: Integers) -> None:
    """Refuse comparisons whose likelihood has no finite maximum.

    Raises
    ------
    Disconnected
        `sets` = entries that reach one another by chains of wins, largest set
        first; `kind` = "never_meet" where some sets are not compared at all,
        else "one_way" where one set won every comparison against another.

    Notes
    -----
    The maximum is finite if and only if the graph of wins is strongly
    connected: in every split into two sets each has beaten the other once.
    Source: Ford 1957, American Mathematical Monthly 64(8):28.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    size = members.size
    graph = coo_matrix((np.ones(winner.size), (winner, loser)), (size, size)).tocsr()
    count, of = connected_components(graph, connection="strong")
    if count == 1:
        return
    pieces = connected_components(graph, connection="weak", return_labels=False)
    sets = [members[of == number].tolist() for number in range(count)]
    sets.sort(key=lambda part: (-len(part), part))
    raise Disconnected(
        what="comparisons", kind="never_meet" if pieces > 1 else "one_way", sets=sets
    )


def maximise_strengths(
    expand: Callable[[Floats], Expansion],
    start: Floats,
    members: Integers,
    n_entries: int,
    penalty: float,
) -> StrengthFit:
    """Newton's method with step halving, at sum 0.

    Raises
    ------
    NotConverged
    """

    def at(point: Floats) -> Expansion:
        return expand(point).penalised(point, penalty)

    point = start - start.mean()
    here = at(point)
    for iteration in range(1, MOST_ITERATIONS + 1):
        step = _newton(here)
        moved = None if step is None else _climb(at, point, here, step)
        if moved is None:
            break
        point, here, length = moved
        if length <= _SMALL_STEP:
            return _fit(point, here, members, n_entries, penalty, iteration)
    raise NotConverged(what="strengths", iterations=iteration, farthest=_size(point))


def _newton(here: Expansion) -> Floats | None:
    """Newton's step, by conjugate gradients where they are quick; None where it fails."""
    from scipy.linalg import cho_solve

    if here.gradient.size > _FEW:
        step = _conjugate_gradients(here)
        if step is not None:
            return step
    factor = _factor(here)
    if factor is None:
        return None
    solved: Floats = cho_solve(factor, here.gradient)
    return solved - float(solved.mean())


def _conjugate_gradients(here: Expansion, most: int = 100) -> Floats | None:
    """Solve information times step = gradient to 1e-10; None if that takes too long.

    Source: Hestenes and Stiefel 1952, preconditioned by the diagonal.
    """
    step = np.zeros(here.gradient.size)
    rest = here.gradient.copy()
    goal = 1e-10 * float(np.linalg.norm(rest)) + 1e-14
    scaled = rest / here.diagonal
    direction, power = scaled, float(rest @ scaled)
    for _ in range(most):
        image = here.times(direction)
        share = power / float(direction @ image)
        step += share * direction
        rest -= share * image
        if float(np.linalg.norm(rest)) <= goal:
            return step - float(step.mean())
        scaled = rest / here.diagonal
        before, power = power, float(rest @ scaled)
        direction = scaled + power / before * direction
    return None


def _factor(here: Expansion) -> Any:
    """Cholesky factor of the information with the sum held at 0; None where there is none."""
    from scipy.linalg import cho_factor

    matrix = here.dense()
    matrix += float(here.diagonal.mean()) / here.diagonal.size
    try:
        return cho_factor(matrix, lower=True, overwrite_a=True)
    except (np.linalg.LinAlgError, ValueError):
        return None


def _climb(
    at: Callable[[Floats], Expansion], point: Floats, here: Expansion, step: Floats
) -> tuple[Floats, Expansion, float] | None:
    """Go along the step as far as the likelihood rises; None = it rises nowhere."""
    longest = _size(step)
    slack = 1e-11 * abs(here.log_likelihood) + 1e-12
    share = min(1.0, 10 / longest) if longest else 1.0
    while share > 1e-6:
        target = point + share * step
        there = at(target)
        if there.log_likelihood >= here.log_likelihood - slack:
            return target, there, share * longest
        share /= 2
    return None


def _size(vector: Floats) -> float:
    return float(np.abs(vector).max(initial=0))


def _fit(
    point: Floats,
    here: Expansion,
    members: Integers,
    n_entries: int,
    penalty: float,
    iterations: int,
) -> StrengthFit:
    from scipy.linalg.lapack import dtrtri

    factor = _factor(here)
    if factor is None:
        raise NotConverged(what="strengths", iterations=iterations, farthest=_size(point))
    root = np.tril(dtrtri(factor[0], lower=1)[0]).T
    root -= root.mean(axis=0)
    strength, se = np.full(n_entries, np.nan), np.full(n_entries, np.nan)
    strength[members] = point
    se[members] = np.sqrt(np.einsum("ij,ij->i", root, root))
    value = here.log_likelihood + penalty / 2 * float(point @ point)
    return StrengthFit(strength, se, root, members, value, iterations)
