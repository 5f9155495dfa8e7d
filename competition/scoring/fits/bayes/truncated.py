"""Normal numbers drawn inside intervals, exact also far out in the tails."""

from __future__ import annotations

import numpy as np

from competition.scoring.arrays import Floats

FAR = -36.0
"""Below this many standard deviations probabilities are handled by their logarithms."""


def draw_truncated(mean: Floats, sd: Floats, low: Floats, high: Floats, uniform: Floats) -> Floats:
    """Numbers from normal distributions, each cut to its interval.

    Parameters
    ----------
    mean, sd : float array, shape (n,)
    low, high : float array, shape (n,)
        ``low < high``; one of the two may be infinite.
    uniform : float array, shape (n,)
        Independent numbers, uniform on [0, 1): the only source of chance.

    Returns
    -------
    float array, shape (n,)

    Notes
    -----
    Inversion: with ``a, b`` the standardized ends,
    ``x = ndtri(ndtr(a) + u (ndtr(b) - ndtr(a)))``. An interval that lies mostly above the
    mean is mirrored first, so that the probabilities are those of a lower tail, which floats
    resolve. Where even the nearer end is below `FAR`, the same formula is used on logarithms.
    O(n), about 60 ns a number.

    Source: L. Devroye, Non-Uniform Random Variate Generation, 1986, section II.2.

    Examples
    --------
    >>> x = draw_truncated(np.zeros(2), np.ones(2), np.array([2.0, 60.0]),
    ...                    np.array([np.inf, 61.0]), np.array([0.5, 0.5]))
    >>> np.round(x, 4)
    array([ 2.2776, 60.0115])
    """
    from scipy.special import ndtr, ndtri

    scale = np.copysign(1 / sd, 2 * mean - low - high)
    a, b = (low - mean) * scale, (high - mean) * scale
    bottom, top = np.minimum(a, b), np.maximum(a, b)
    below = ndtr(bottom)
    x = ndtr(top)
    x -= below
    x *= uniform
    x += below
    x = ndtri(x)
    if top.min() < FAR:
        far = np.flatnonzero(top < FAR)
        x[far] = _far_out(bottom[far], top[far], uniform[far])
    np.maximum(x, bottom, out=x)
    np.minimum(x, top, out=x)
    x /= scale
    x += mean
    return np.asarray(x)


def _far_out(bottom: Floats, top: Floats, uniform: Floats) -> Floats:
    from scipy.special import log_ndtr, ndtri_exp

    upper = log_ndtr(top)
    share = np.exp(log_ndtr(bottom) - upper)
    return np.asarray(ndtri_exp(upper + np.log(share + uniform * (1 - share))))
