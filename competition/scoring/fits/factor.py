"""Cholesky factors, inverses and solutions of symmetric positive definite systems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats
from competition.scoring.errors import NotPositive

_SMALL = 64
"""Up to this order LAPACK's own inverse costs more in waking threads than in arithmetic."""


@dataclass(frozen=True, eq=False)
class Factor:
    """The Cholesky factor of a symmetric positive definite matrix.

    Attributes
    ----------
    lower : float array, shape (n, n)
        L with L L' = M, in column order; above the diagonal it holds anything.

    Notes
    -----
    LAPACK potrf, n^3 / 3; then solving is potrs, the inverse potri, 2 n^3 / 3.

    Examples
    --------
    >>> factor = Factor.of(np.array([[4.0, 2.0], [2.0, 5.0]]))
    >>> round(float(np.exp(factor.log_determinant)), 9)
    16.0
    >>> factor.solve(np.array([8.0, 12.0]))
    array([1., 2.])
    """

    lower: Floats

    @classmethod
    def of(cls, matrix: Floats) -> Factor:
        """Factor a symmetric matrix; raises `NotPositive` if it is not positive definite."""
        from scipy.linalg import lapack

        lower, info = lapack.dpotrf(matrix.T, lower=1, clean=0)
        if info:
            raise NotPositive(order=int(info))
        return cls(lower)

    @property
    def log_determinant(self) -> float:
        """log |M|."""
        return 2 * float(np.log(self.lower.diagonal()).sum())

    def solve(self, right: Floats) -> Floats:
        """M^-1 times a vector or a matrix."""
        from scipy.linalg import lapack

        solution: Floats = lapack.dpotrs(self.lower, right, lower=1)[0]
        return solution.reshape(right.shape)

    def inverse(self) -> Floats:
        """M^-1, both triangles, shape (n, n)."""
        from scipy.linalg import lapack

        if len(self.lower) <= _SMALL:
            root: Floats = np.tril(lapack.dtrtri(self.lower, lower=1)[0])
            return root.T @ root
        half: Floats = lapack.dpotri(self.lower, lower=1)[0].T
        return mirrored(half)


def mirrored(upper: Floats) -> Floats:
    """The symmetric matrix of an upper triangle, in place, block by block."""
    n, block = len(upper), 128
    for start in range(0, n, block):
        end = min(start + block, n)
        upper[end:, start:end] = upper[start:end, end:].T
        corner = upper[start:end, start:end]
        corner[:] = np.triu(corner) + np.triu(corner, 1).T
    return upper


def inverse_of(matrix: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Solution of ``matrix x = right``, refined once, and the inverse of the matrix."""
    factor = Factor.of(matrix)
    solution = factor.solve(right)
    solution += factor.solve(right - matrix @ solution)
    return solution, factor.inverse()
