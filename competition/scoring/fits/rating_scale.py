"""The likelihood of ordered categories under facets that add up, and its maximum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.errors import Disconnected, NotConverged

MOST_ITERATIONS = 60
FARTHEST = 40.0
"""A parameter beyond this many logits is on its way to infinity."""

_SMALL_STEP = 1e-8
"""Newton squares the error: after a step this small nothing is left to gain."""

_LEAST = -300.0
"""Logarithm of the smallest chance that is told from none."""

_AT_ONCE = 8_000_000
"""Numbers of a dense product held at once."""


@dataclass(frozen=True, eq=False)
class Observed:
    """Ratings as categories, with the members of each facet numbered without gaps.

    Attributes
    ----------
    facets : tuple of int array, each of shape (n,)
    members : tuple of int array
        Where each facet's members were before they were renumbered.
    block : tuple of int array
        Component of each member: its mean in there is 0.
    blocks : tuple of int
    code : int array, shape (n,)
        Category, from 0.
    weight : float array, shape (n,)
    """

    facets: tuple[Integers, ...]
    members: tuple[Integers, ...]
    block: tuple[Integers, ...]
    blocks: tuple[int, ...]
    code: Integers
    weight: Floats

    @classmethod
    def of(
        cls,
        facets: tuple[Integers, ...],
        code: Integers,
        weight: Floats,
        block: tuple[Integers, ...],
    ) -> Observed:
        """Leave out the members without a rating."""
        pairs = [np.unique(facet, return_inverse=True) for facet in facets]
        members = tuple(member for member, _ in pairs)
        kept = tuple(b[member] for b, member in zip(block, members, strict=True))
        blocks = tuple(int(b.max()) + 1 for b in kept)
        return cls(tuple(i for _, i in pairs), members, kept, blocks, code, weight)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(member.size for member in self.members)

    @property
    def big(self) -> int:
        """The facet with most members, which is eliminated."""
        return int(np.argmax(self.sizes))


@dataclass(frozen=True, eq=False)
class Parameters:
    """Ease of every member of every facet, and of every step, in logits (positive = easier)."""

    ease: tuple[Floats, ...]
    steps: Floats

    def predictor(self, facets: tuple[Integers, ...]) -> Floats:
        """Sum of the eases, rating by rating."""
        total = self.ease[0][facets[0]].copy()
        for ease, facet in zip(self.ease[1:], facets[1:], strict=True):
            total += ease[facet]
        return total

    @property
    def farthest(self) -> float:
        return max(float(np.abs(part).max(initial=0)) for part in (*self.ease, self.steps))


def category_probabilities(predictor: Floats, steps: Floats) -> Floats:
    """Probability of each category, shape (n, n_steps + 1).

    Examples
    --------
    >>> category_probabilities(np.array([0.0, np.log(3)]), np.array([0.0]))
    array([[0.5 , 0.5 ],
           [0.25, 0.75]])
    """
    logits = predictor[:, None] * np.arange(steps.size + 1)
    logits[:, 1:] += np.cumsum(steps)
    logits -= logits.max(axis=1, keepdims=True)
    # Products of two smaller chances would be denormal numbers, which are slow.
    np.maximum(logits, _LEAST, out=logits)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=1, keepdims=True)
    return logits


@dataclass(frozen=True, eq=False)
class _Expansion:
    """Likelihood, gradient and information at one point, the big facet kept apart.

    The small parameters are the other facets' members, one facet after the
    other, and then the steps.
    """

    log_likelihood: float
    gradient_big: Floats
    gradient: Floats
    information_big: Floats
    cross: Any
    information: Floats

    def schur(self) -> Floats:
        """Information of the small parameters with the big facet free."""
        scaled = self.cross.multiply((1 / self.information_big)[:, None]).tocsr()
        reduced: Floats = self.information - (self.cross.T @ scaled).toarray()
        return reduced


@dataclass(frozen=True, eq=False)
class Maximum:
    """The maximum of the likelihood.

    Attributes
    ----------
    parameters : Parameters
        Every facet has mean 0 in every block; the steps carry the level.
    level : float array, shape (n_components,)
        What a component adds to every predictor; mean 0, so 0 for one component.
    log_likelihood : float
    se : tuple of float array
        Standard errors of the centred eases, from the full information matrix; NaN
        for one alone in its block, which is 0 by convention.
    conditional_se : tuple of float array
        The same if all other parameters were known.
    iterations : int
    """

    parameters: Parameters
    level: Floats
    log_likelihood: float
    se: tuple[Floats, ...]
    conditional_se: tuple[Floats, ...]
    iterations: int


def maximise(observed: Observed, n_categories: int) -> Maximum:
    """Newton's method with step halving on the concave log likelihood.

    Raises
    ------
    Disconnected
        Some difference between members of a facet leaves the likelihood unchanged.
    NotConverged
        No finite maximum.
    """
    point = _start(observed, n_categories)
    expansion = _expand(observed, point)
    penalty = _penalty(observed, expansion)
    if not _is_identified(expansion.schur() + penalty):
        raise Disconnected(what="criteria", sets=[])
    for iteration in range(1, MOST_ITERATIONS + 1):
        step = _newton(expansion, penalty)
        if step is None:
            break
        point, length = _climb(observed, point, expansion.log_likelihood, step)
        if point.farthest > FARTHEST or not length:
            break
        expansion = _expand(observed, point)
        if length <= _SMALL_STEP:
            return _finish(observed, point, expansion, penalty, iteration)
    raise NotConverged(what="rasch", iterations=iteration, farthest=point.farthest)


def _start(observed: Observed, n_categories: int) -> Parameters:
    number = np.bincount(observed.code, observed.weight, n_categories)
    ratio = np.log(number[1:] / number[:-1])
    ease = [np.zeros(size) for size in observed.sizes]
    ease[observed.big] += ratio.mean()
    return Parameters(tuple(ease), ratio - ratio.mean())


def _likelihood(observed: Observed, point: Parameters) -> tuple[float, Floats]:
    chance = category_probabilities(point.predictor(observed.facets), point.steps)
    own = chance[np.arange(observed.code.size), observed.code]
    return float(observed.weight @ np.log(own)), chance


def _expand(observed: Observed, point: Parameters) -> _Expansion:
    from scipy import sparse

    value, chance = _likelihood(observed, point)
    weight, big, sizes = observed.weight, observed.big, observed.sizes
    number = np.arange(chance.shape[1])
    expected = chance @ number
    variance = weight * (chance @ number**2 - expected**2)
    residual = weight * (observed.code - expected)
    above = np.cumsum(chance[:, ::-1], axis=1)[:, ::-1][:, 1:]
    partial = np.cumsum((chance * number)[:, ::-1], axis=1)[:, ::-1][:, 1:]
    with_step = weight[:, None] * (partial - expected[:, None] * above)
    others = [f for f in range(len(sizes)) if f != big]
    start = np.cumsum([0, *(sizes[f] for f in others)])
    columns = [observed.facets[f] + start[k] for k, f in enumerate(others)]
    total, n_steps = int(start[-1]), above.shape[1]
    information = np.zeros((total + n_steps, total + n_steps))
    for first in columns:
        for second in columns:
            information[:total, :total] += _table(first, second, variance, total, total)
    rows = np.concatenate(columns)
    by_step = _rows(rows, np.tile(with_step, (len(columns), 1)), total)
    information[:total, total:], information[total:, :total] = by_step, by_step.T
    both = np.maximum(np.arange(n_steps)[:, None], np.arange(n_steps))
    information[total:, total:] = (weight @ above)[both] - (above.T * weight) @ above
    index, n_big = observed.facets[big], sizes[big]
    cross = sparse.csr_matrix(
        (np.tile(variance, len(columns)), (np.tile(index, len(columns)), rows)), (n_big, total)
    )
    cross = sparse.hstack([cross, sparse.csr_matrix(_rows(index, with_step, n_big))], "csr")
    passed = np.bincount(observed.code, weight, n_steps + 1)[::-1].cumsum()[::-1][1:]
    gradient = np.r_[np.bincount(rows, np.tile(residual, len(columns)), total), 0 * passed]
    gradient[total:] = passed - weight @ above
    return _Expansion(
        value,
        group_sums(index, residual, n_big),
        gradient,
        group_sums(index, variance, n_big),
        cross,
        information,
    )


def _table(first: Integers, second: Integers, amount: Floats, rows: int, columns: int) -> Floats:
    return group_sums(first * columns + second, amount, rows * columns).reshape(rows, columns)


def _rows(index: Integers, table: Floats, rows: int) -> Floats:
    """Sum of a table's lines, group by group."""
    width = table.shape[1]
    flat = (index[:, None] * width + np.arange(width)).ravel()
    return group_sums(flat, table.ravel(), rows * width).reshape(rows, width)


def _penalty(observed: Observed, expansion: _Expansion) -> Floats:
    """What keeps every block of the small parameters at sum 0."""
    labels, offset = [], 0
    for facet, (block, blocks) in enumerate(zip(observed.block, observed.blocks, strict=True)):
        if facet != observed.big:
            labels.append(block + offset)
            offset += blocks
    steps = expansion.gradient.size - sum(part.size for part in labels)
    label = np.concatenate([*labels, np.full(steps, offset)])
    same = label[:, None] == label[None, :]
    scale = float(expansion.information.diagonal().mean())
    penalty: Floats = scale * same / np.bincount(label)[label]
    return penalty


def _is_identified(information: Floats) -> bool:
    """Whether no direction is left in which the likelihood is flat."""
    try:
        pivots = np.linalg.cholesky(information).diagonal()
    except np.linalg.LinAlgError:
        return False
    return bool((pivots**2 > 1e-10 * information.diagonal()).all())


def _newton(expansion: _Expansion, penalty: Floats) -> tuple[Floats, Floats] | None:
    """Newton's step of the big facet and of the small parameters; None where it fails."""
    from scipy.linalg import cho_factor, cho_solve

    if not expansion.information_big.all():
        return None  # so far out that a member's ratings are as good as certain
    known = expansion.gradient_big / expansion.information_big
    try:
        factor = cho_factor(expansion.schur() + penalty, lower=True)
    except (np.linalg.LinAlgError, ValueError):
        return None
    small = cho_solve(factor, expansion.gradient - expansion.cross.T @ known)
    return known - (expansion.cross @ small) / expansion.information_big, small


def _climb(
    observed: Observed, point: Parameters, reached: float, step: tuple[Floats, Floats]
) -> tuple[Parameters, float]:
    """Go along the step as far as the likelihood rises; a length of 0 = nowhere."""
    longest = max(float(np.abs(part).max(initial=0)) for part in step)
    slack = 1e-11 * abs(reached) + 1e-12
    share = min(1.0, FARTHEST / longest) if longest else 1.0
    while share > 1e-6:
        there = _moved(observed, point, step, share)
        if _likelihood(observed, there)[0] >= reached - slack:
            return there, max(share * longest, 1e-300)
        share /= 2
    return point, 0.0


def _moved(
    observed: Observed, point: Parameters, step: tuple[Floats, Floats], share: float
) -> Parameters:
    ease, start = list(point.ease), 0
    for facet, size in enumerate(observed.sizes):
        if facet == observed.big:
            ease[facet] = ease[facet] + share * step[0]
            continue
        ease[facet] = ease[facet] + share * step[1][start : start + size]
        start += size
    return Parameters(tuple(ease), point.steps + share * step[1][start:])


def _finish(
    observed: Observed, point: Parameters, expansion: _Expansion, penalty: Floats, iterations: int
) -> Maximum:
    """Move the means into the level and the steps; add the standard errors."""
    big = observed.big
    level = np.zeros(max(observed.blocks))
    ease = []
    for facet, part in enumerate(point.ease):
        block, blocks = observed.block[facet], observed.blocks[facet]
        mean = (group_sums(block, part, blocks) / np.bincount(block))[block]
        ease.append(part - mean)
        if facet == big:
            level[block] = mean
    common = float(level.mean())
    spreads = _standard_errors(observed, expansion, penalty)
    known = _split(observed, expansion.information_big, expansion.information.diagonal())
    return Maximum(
        Parameters(tuple(ease), point.steps + common),
        level - common,
        expansion.log_likelihood,
        spreads,
        tuple(1 / np.sqrt(part) for part in known),
        iterations,
    )


def _split(observed: Observed, of_big: Floats, of_small: Floats) -> list[Floats]:
    parts, start = [], 0
    for facet, size in enumerate(observed.sizes):
        if facet == observed.big:
            parts.append(of_big)
            continue
        parts.append(of_small[start : start + size])
        start += size
    return parts


def _standard_errors(
    observed: Observed, expansion: _Expansion, penalty: Floats
) -> tuple[Floats, ...]:
    """Of every member's ease around its block's mean.

    With V the inverse of the information under any side conditions,
    ``Var(x_i - m) = V_ii - 2 (V 1)_i / n + 1'V1 / n^2``: the side conditions cancel.
    """
    inverse = np.linalg.inv(expansion.schur() + penalty).astype(np.float64, copy=False)
    found, start = [], 0
    for facet, size in enumerate(observed.sizes):
        block, blocks = observed.block[facet], observed.blocks[facet]
        mean = np.zeros((size, blocks))
        mean[np.arange(size), block] = 1 / np.bincount(block)[block]
        if facet == observed.big:
            known = 1 / expansion.information_big
            back = expansion.cross.multiply(known[:, None]).tocsr()
            own: Floats = known + _quadratic(back, inverse)
            joint = known[:, None] * mean + back @ (inverse @ (back.T @ mean))
        else:
            part = inverse[start : start + size, start : start + size]
            own, joint, start = part.diagonal(), part @ mean, start + size
        common = np.einsum("ib,ib->b", mean, joint)[block]
        variance = own - 2 * joint[np.arange(size), block] + common
        alone = np.bincount(block)[block] == 1
        found.append(np.where(alone, np.nan, np.sqrt(np.maximum(variance, 0))))
    return tuple(found)


def _quadratic(rows: Any, inverse: Floats) -> Floats:
    """x' A x for every line x of a sparse matrix."""
    width = max(1, _AT_ONCE // inverse.shape[0])
    parts = []
    for start in range(0, rows.shape[0], width):
        some = rows[start : start + width]
        parts.append(np.asarray(some.multiply(some @ inverse).sum(axis=1)).ravel())
    return np.concatenate(parts)
