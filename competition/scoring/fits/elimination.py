"""Scores as a sparse table of two facets, and what eliminating one of them needs of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.errors import BadWeight, TooLarge
from competition.scoring.ratings import MOST_FACTS

MOST_COLS = 20_000
"""Members of the smaller facet; their matrix then takes 3.2 GB."""

_CHUNK = 4_000_000
"""Numbers held at once beside the table; bounds the memory of products."""

_MOST_CODES = 20_000_000
"""Pairs of scores that are remembered between products; beyond, they are found again."""

_WIDE = 6
"""A row that fills more than a 6th of the columns is multiplied as a dense row."""


@dataclass(frozen=True, eq=False)
class Crossing:
    """The weights of the scores as a sparse table B: rows are eliminated, columns solved for.

    Attributes
    ----------
    row, col : int array, shape (n_scores,)
        Positions in the two facets; a pair that comes twice has its weights added.
    weight : float array, shape (n_scores,), or None
        Positive; None = 1 for all.
    n_rows, n_cols : int

    Raises
    ------
    BadWeight
        A weight is not positive: such scores are to be left out beforehand.

    Notes
    -----
    Building the table is O(n_scores), without a sort. Products with B' diag(c) B
    touch every pair of scores of a row once, sum n_row^2 / 2, or use dense
    products where a row fills much of the columns.

    Examples
    --------
    >>> pair = Crossing(np.array([0, 0, 1]), np.array([0, 1, 1]), None, 2, 2)
    >>> pair.gram(np.array([1.0, 10.0]))
    array([[ 1.,  1.],
           [ 1., 11.]])
    >>> pair.quadratic(np.array([[1.0, 2.0], [2.0, 3.0]]))
    array([8., 3.])
    """

    row: Integers
    col: Integers
    weight: Floats | None
    n_rows: int
    n_cols: int

    def __post_init__(self) -> None:
        check_weights(self.weight)

    @cached_property
    def table(self) -> Any:
        """B as a sparse array by rows, shape (n_rows, n_cols)."""
        from scipy.sparse import csr_array

        shape = (self.n_rows, self.n_cols)
        weight = np.ones(self.row.size) if self.weight is None else self.weight
        if not bool((self.row[1:] >= self.row[:-1]).all()):
            return csr_array((weight, (self.row, self.col)), shape=shape)
        start = np.zeros(self.n_rows + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.row, minlength=self.n_rows), out=start[1:])
        table = csr_array((weight, self.col.astype(np.int32), start.astype(np.int32)), shape=shape)
        if self.weight is not None:
            table = table.copy()
        return table

    @cached_property
    def size(self) -> Integers:
        """Number of scores of each row, shape (n_rows,)."""
        return np.asarray(np.diff(self.table.indptr), dtype=np.int64)

    @cached_property
    def row_weight(self) -> Floats:
        """Sum of weights of each row, shape (n_rows,)."""
        return self.per_row(np.ones(self.n_cols))

    @cached_property
    def col_weight(self) -> Floats:
        """Sum of weights of each column, shape (n_cols,)."""
        return self.per_col(np.ones(self.n_rows))

    def per_row(self, of_col: Floats) -> Floats:
        """B x: sum of weight times a column quantity, row by row."""
        return np.asarray(self.table @ of_col)

    def per_col(self, of_row: Floats) -> Floats:
        """B' x: sum of weight times a row quantity, column by column."""
        return np.asarray(self.table.T @ of_row)

    def gram(self, factor: Floats) -> Floats:
        """B' diag(factor) B, shape (n_cols, n_cols); factor of shape (n_rows,).

        Raises
        ------
        TooLarge
            More than `MOST_COLS` columns: the matrix would outgrow memory.
        """
        width = self.n_cols
        if width > MOST_COLS:
            raise TooLarge(what="smaller_facet", numbers=width**2, most=MOST_COLS**2)
        half = np.zeros(width * width)
        for pairs in self._pairs():
            half += pairs.summed(factor, width * width)
        product = half.reshape(width, width)
        product += product.T.copy()
        product.flat[:: width + 1] += self._squared.T @ np.where(self._is_wide, 0, factor)
        for rows, dense in self._dense_blocks(np.flatnonzero(self._is_wide)):
            product += dense.T @ (dense * factor[rows][:, None])
        return product

    def quadratic(self, matrix: Floats) -> Floats:
        """b' M b for each row's weights b and a symmetric M, shape (n_rows,)."""
        cells = matrix.ravel()
        result: Floats = self._squared @ matrix.diagonal()
        for pairs in self._pairs():
            pairs.add_cells(cells, result)
        for rows, dense in self._dense_blocks(np.flatnonzero(self._is_wide)):
            result[rows] = np.einsum("ij,ij->i", dense @ matrix, dense)
        return result

    def cells(self, rows: Integers, cols: Integers, matrix: Floats) -> Floats:
        """(B M) at these pairs of row and column, without keeping B M, shape (n_pairs,)."""
        result = np.empty(rows.size)
        narrow = np.flatnonzero(~self._is_wide[rows])
        chunk = np.cumsum(self.size[rows[narrow]]) // _CHUNK
        for some in np.split(narrow, np.flatnonzero(np.diff(chunk)) + 1):
            result[some] = self._gathered(rows[some], cols[some], matrix)
        wide = np.flatnonzero(self._is_wide[rows])
        wide = wide[np.argsort(rows[wide], kind="stable")]
        for block, dense in self._dense_blocks(np.unique(rows[wide])):
            first, last = np.searchsorted(rows[wide], [block[0], block[-1] + 1])
            some = wide[first:last]
            result[some] = (dense @ matrix)[np.searchsorted(block, rows[some]), cols[some]]
        return result

    def _gathered(self, rows: Integers, cols: Integers, matrix: Floats) -> Floats:
        size = self.size[rows]
        start = np.r_[0, np.cumsum(size)]
        place = np.repeat(self.table.indptr[rows] - start[:-1], size) + np.arange(start[-1])
        code = self.table.indices[place].astype(np.int64) * self.n_cols + np.repeat(cols, size)
        return _sums_of_runs(self.table.data[place] * matrix.ravel().take(code), start)

    @cached_property
    def _squared(self) -> Any:
        """The table of squared weights."""
        from scipy.sparse import csr_array

        table = self.table
        if not self._is_weighted:
            return table
        return csr_array((table.data**2, table.indices, table.indptr), shape=table.shape)

    @cached_property
    def _is_weighted(self) -> bool:
        """Whether the table holds anything but ones: weights, or pairs that came twice."""
        return self.weight is not None or self.table.data.size < self.row.size

    @cached_property
    def _is_wide(self) -> Flags:
        return self.size * _WIDE > self.n_cols

    def _dense_blocks(self, rows: Integers) -> Iterator[tuple[Integers, Floats]]:
        """Some rows written out, in chunks."""
        at_once = max(1, _CHUNK // max(self.n_cols, 1))
        for first in range(0, rows.size, at_once):
            some = rows[first : first + at_once]
            yield some, self.table[some].toarray()

    def _pairs(self) -> Iterator[_Pairs]:
        """All pairs of scores of the rows that are not wide, in chunks."""
        kept = self._kept_pairs
        if kept is not None:
            yield from kept
            return
        yield from self._found_pairs()

    @cached_property
    def _kept_pairs(self) -> tuple[_Pairs, ...] | None:
        size = np.where(self._is_wide, 0, self.size)
        many = int((size * (size - 1) // 2).sum()) > _MOST_CODES
        return None if many else tuple(self._found_pairs())

    def _found_pairs(self) -> Iterator[_Pairs]:
        size = np.where(self._is_wide, 0, self.size)
        number = size * (size - 1) // 2
        paired = size[number > 0]
        usual = int(np.bincount(paired).argmax()) if paired.size else 0
        even = np.flatnonzero(size == usual)
        if usual and even.size > 100:
            yield from self._even_pairs(even, usual)
            number = np.where(size == usual, 0, number)
        rows = np.flatnonzero(number)
        chunk = np.cumsum(number[rows]) // _CHUNK
        for some in np.split(rows, np.flatnonzero(np.diff(chunk)) + 1):
            if some.size:
                yield self._uneven_pairs(some, size)

    def _even_pairs(self, rows: Integers, k: int) -> Iterator[_Pairs]:
        """Pairs of rows that all have k scores: position a with position b < a."""
        at_once = max(1, _CHUNK // (k * k))
        for first in range(0, rows.size, at_once):
            some = rows[first : first + at_once]
            place = self.table.indptr[some] + np.arange(k)[:, None]
            column = self.table.indices[place].astype(np.int64)
            a, b = np.tril_indices(k, -1)
            code = np.empty((a.size, some.size), dtype=np.int64)
            line = column * self.n_cols
            for pair, (left, right) in enumerate(zip(a.tolist(), b.tolist(), strict=True)):
                np.add(line[left], column[right], out=code[pair])
            weight = None
            if self._is_weighted:
                values = self.table.data[place]
                weight = (values[a] * values[b]).ravel()
            yield _Pairs(some, a.size, None, code.ravel(), weight)

    def _uneven_pairs(self, rows: Integers, size: Integers) -> _Pairs:
        """Pairs of any rows: each score with the later ones of its row."""
        first = self.table.indptr[rows].astype(np.int64)
        of = np.repeat(np.arange(rows.size), size[rows])
        inside = np.arange(of.size) - np.repeat(np.cumsum(size[rows]) - size[rows], size[rows])
        place = first[of] + inside
        later = size[rows][of] - 1 - inside
        left = np.repeat(place, later)
        step = np.arange(left.size) - np.repeat(np.cumsum(later) - later, later) + 1
        right = left + step
        code = self.table.indices[left].astype(np.int64) * self.n_cols
        code += self.table.indices[right]
        weight = None
        if self._is_weighted:
            weight = self.table.data[left] * self.table.data[right]
        return _Pairs(rows, 0, np.repeat(of, later), code, weight)


def check_weights(weight: Floats | None) -> None:
    """Raise `BadWeight`, with the rows, unless all weights are positive."""
    if weight is not None and not bool((weight > 0).all()):
        rows = np.flatnonzero(~(weight > 0))[:MOST_FACTS]
        raise BadWeight(rows=tuple(rows.tolist()))


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs of scores of some rows, as cells of a matrix over the columns.

    `each` pairs for all rows, one pair position after the other; or, with
    `of`, any number for each row.
    """

    rows: Integers
    each: int
    of: Integers | None
    code: Integers
    weight: Floats | None

    def summed(self, factor: Floats, cells: int) -> Floats:
        """Sum of factor times weights over the pairs of each cell, shape (cells,)."""
        mine = factor[self.rows]
        if self.weight is None and mine.size and mine.min() == mine.max():
            return np.bincount(self.code, minlength=cells).astype(np.float64) * float(mine[0])
        values: Floats = np.tile(mine, self.each) if self.of is None else mine[self.of]
        if self.weight is not None:
            values *= self.weight
        return group_sums(self.code, values, cells)

    def add_cells(self, cells: Floats, result: Floats) -> None:
        """Add twice the weighted cells of each row's pairs."""
        values = cells.take(self.code)
        if self.weight is not None:
            values *= self.weight
        if self.of is None:
            total = values.reshape(self.each, self.rows.size).sum(axis=0)
        else:
            total = np.bincount(self.of, values, self.rows.size)
        result[self.rows] += 2 * total


def _sums_of_runs(values: Floats, start: Integers) -> Floats:
    """Sums of consecutive runs; an empty run has the sum 0."""
    if not values.size:
        return np.zeros(start.size - 1)
    total = np.add.reduceat(np.r_[values, 0.0], start[:-1])
    return np.where(np.diff(start) == 0, 0.0, total)
