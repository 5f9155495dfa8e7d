"""The chains of the hierarchical judge model: Gibbs, two Metropolis steps and joint moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from competition.scoring.arrays import Floats, group_sums
from competition.scoring.fits.bayes.data import Data
from competition.scoring.fits.bayes.truncated import draw_truncated

Kept: TypeAlias = npt.NDArray[np.float32]

BIAS, SCALE, NOISE = 0, 1, 2
"""Lines of the judges' parameters: bias, log scale, log noise."""

SHAPE = 2.0
"""Of the inverse-gamma priors of the three variances."""

PRIOR_SCALE = np.array([0.6, 0.08, 0.1])
"""Their scales; that of the biases in units of the entries' least-squares variance."""

PRIOR_WIDTH = np.array([100.0, 4.0, 4.0])
"""Variance of the normal priors of the three means, natural units; as good as flat."""

AIM = 0.35
"""Acceptance towards which the Metropolis steps are tuned."""

LEAST_NOISE = float(np.log(1e-4))
"""Log noise has no lower values, natural units: exact scores that fit perfectly would have none."""

MOST_SCALE = 50.0
"""Log scale has no higher values: entries that do not differ would not hold it."""

TRIES = 2
"""Metropolis tries a sweep."""


@dataclass(frozen=True, eq=False)
class Trace:
    """What is kept of every sweep, in natural units; shapes begin with (n_chains, n_sweeps).

    The last entry and the last judge are ones not yet seen, drawn from their populations.

    Attributes
    ----------
    adjusted : float32 array, shape (..., n_entries + 1)
        What the judges together would give on average: mean bias + mean scale x quality.
    severity, scale, sd : float32 array, shape (..., n_judges + 1)
        Severity at the mean entry, scale over the mean scale, residual sd.
    level : float32 array, shape (..., 6)
        Means, then variances, of bias, log scale and log noise.
    track : float32 array, shape (..., n_tracks)
        Each track's mean quality times the mean scale; sum 0.
    """

    adjusted: Kept
    severity: Kept
    scale: Kept
    sd: Kept
    level: Kept
    track: Kept

    @classmethod
    def empty(cls, chains: int, sweeps: int, data: Data) -> Trace:
        """A trace to be filled."""
        widths = (data.n_entries + 1, *[data.n_judges + 1] * 3, 6, data.n_tracks)
        return cls(*[np.empty((chains, sweeps, width), dtype=np.float32) for width in widths])


class Chains:
    """Several chains, advanced together; every array is flat, chain after chain."""

    def __init__(self, data: Data, chains: int, random: np.random.Generator) -> None:
        self.data, self.random = data, random
        self.n = chains
        first = np.arange(chains)[:, None]
        self._judge = (first * data.n_judges + data.judge).ravel()
        self._entry = (first * data.n_entries + data.entry).ravel()
        self._track = (first * data.n_tracks + data.track).ravel()
        self._weight = None if data.weight is None else np.tile(data.weight, chains)
        self._low = None if data.low is None else np.tile(data.low, chains)
        self._high = None if data.high is None else np.tile(data.high, chains)
        self._count = np.bincount(self._judge, minlength=chains * data.n_judges).astype(float)
        self._mass = self._per_judge(np.ones(self._judge.size))
        self._tilt = data.n_tracks - 1
        self._in_track = np.bincount(self._track, minlength=chains * data.n_tracks)
        self._start()

    def _start(self) -> None:
        """At least squares, each chain pushed away from it a little."""
        data, draw = self.data, self.random.standard_normal
        shape = (self.n, data.n_judges)
        self.latent = np.tile(data.value, self.n)
        self.quality = np.tile(data.start_entry, self.n) + 0.3 * draw(self.n * data.n_entries)
        self.judge = np.empty((3, *shape))
        self.judge[BIAS] = data.start_judge + 0.3 * draw(shape)
        self.judge[SCALE] = 0.2 * draw(shape)
        self.judge[NOISE] = np.log(data.start_sd) + 0.2 * draw(shape)
        self.centre = np.array([0.0, 0.0, np.log(data.start_sd)])[:, None]
        self.mean = self.judge.mean(axis=2)
        self.variance = np.tile(PRIOR_SCALE[:, None] / (SHAPE + 1), self.n)
        self.track = np.zeros(self.n * data.n_tracks)
        count = self._count.reshape(shape)
        self.step = np.stack([2.4 * data.start_sd / np.sqrt(count + 4), 1.7 / np.sqrt(count + 4)])
        self.level_step = np.full((2, self.n), 0.1)
        self._sweeps, self._rate = 0, 1.0

    def run(self, sweeps: int, trace: Trace | None = None) -> None:
        """Advance every chain; without a trace to fill, tune the Metropolis steps meanwhile."""
        for sweep in range(sweeps):
            self._rate = (self._sweeps + 1) ** -0.6
            self._sweeps += 1
            self._draw_quality()
            self._draw_tracks()
            self._draw_judges(tune=trace is None)
            self._draw_hyper()
            self._shift()
            self._stretch()
            self._draw_latent()
            if trace is not None:
                self._record(trace, sweep)

    def _per_judge(self, values: Floats) -> Floats:
        if self._weight is not None:
            values = values * self._weight
        return group_sums(self._judge, values, self.n * self.data.n_judges)

    def _draw_quality(self) -> None:
        """t_i from its normal conditional; its prior is N(track mean, 1)."""
        size = self.n * self.data.n_entries
        scale = np.exp(self.judge[SCALE] - 2 * self.judge[NOISE]).ravel()
        per_score = scale[self._judge]
        if self._weight is not None:
            per_score *= self._weight
        own = np.exp(self.judge[SCALE]).ravel()
        precision = group_sums(self._entry, per_score * own[self._judge], size)
        precision += 1.0
        per_score *= self.latent - self.judge[BIAS].ravel()[self._judge]
        total = group_sums(self._entry, per_score, size)
        total += self.track[self._track]
        self.quality = total / precision
        self.quality += self.random.standard_normal(size) / np.sqrt(precision)

    def _draw_tracks(self) -> None:
        """Track means from their normal conditional, on the plane where they sum to 0.

        Their prior is flat in points, not in units of the entries' own spread: there it
        would reward a spread of 0, with all differences between tracks. In those units the
        density is therefore ``exp(mean log scale)`` to the power of `_tilt`, the number of
        free means, which the moves of the scales' level take in.
        """
        if self.data.n_tracks == 1:
            return
        spread = 1.0 / self._in_track
        mean = np.bincount(self._track, self.quality, spread.size) * spread
        mean += np.sqrt(spread) * self.random.standard_normal(spread.size)
        shape = (self.n, self.data.n_tracks)
        excess = mean.reshape(shape).sum(axis=1) / spread.reshape(shape).sum(axis=1)
        self.track = mean - spread * np.repeat(excess, self.data.n_tracks)

    def _draw_judges(self, *, tune: bool) -> None:
        """Scale with the bias integrated out, then bias, then noise."""
        quality = self.quality[self._entry]
        t1 = self._per_judge(quality)
        zt = self._per_judge(quality * self.latent)
        z1 = self._per_judge(self.latent)
        z2 = self._per_judge(self.latent**2)
        t2 = self._per_judge(quality**2)
        flat = self.judge.reshape(3, -1)
        precision = np.exp(-2 * flat[NOISE])
        prior = np.repeat(1 / self.variance[BIAS], self.data.n_judges)
        total = self._mass * precision + prior
        known = z1 * precision + np.repeat(self.mean[BIAS], self.data.n_judges) * prior
        shared = precision * t1 / total
        square = precision * (t2 - shared * t1)
        linear = precision * zt - shared * known
        self._walk(SCALE, square, linear, tune=tune)
        scale = np.exp(flat[SCALE])
        flat[BIAS] = (known - precision * t1 * scale) / total
        flat[BIAS] += self.random.standard_normal(total.size) / np.sqrt(total)
        bias = flat[BIAS]
        squares = z2 - 2 * scale * zt + scale**2 * t2 - 2 * bias * (z1 - scale * t1)
        squares += bias**2 * self._mass
        self._walk(NOISE, np.maximum(squares, 0), -self._count, tune=tune)

    def _walk(self, line: int, square: Floats, linear: Floats, *, tune: bool) -> None:
        """Metropolis on all judges' log scales or log noises x, given `_likelihood`.

        First each judge's x by itself, a few times; then the level: x, their mean and their
        spread together, x_j = mean + spread z_j with the z_j held.
        """
        shape = (self.n, self.data.n_judges)
        half, linear = -0.5 * square.reshape(shape), linear.reshape(shape)
        normal = self.random.standard_normal((TRIES, *shape))
        limit = np.log(self.random.random((TRIES, *shape)))
        centre = self.mean[line][:, None]
        prior = -0.5 / self.variance[line][:, None]
        steps, now = self.step[line - 1], self.judge[line]
        likelihood = _likelihood(line, half, linear, now)
        height = likelihood + prior * (now - centre) ** 2
        for attempt in range(TRIES):
            proposal = now + steps * normal[attempt]
            new = _likelihood(line, half, linear, proposal)
            above = new + prior * (proposal - centre) ** 2
            accepted = above - height > limit[attempt]
            now = np.where(accepted, proposal, now)
            height = np.where(accepted, above, height)
            likelihood = np.where(accepted, new, likelihood)
            if tune:
                steps *= np.exp(self._rate * (accepted - AIM))
        self.judge[line] = now
        for _ in range(TRIES):
            likelihood = self._level(line, half, linear, likelihood, tune=tune)

    def _level(
        self, line: int, half: Floats, linear: Floats, likelihood: Floats, *, tune: bool
    ) -> Floats:
        steps = self.level_step[line - 1]
        shift, swell = steps * self.random.standard_normal((2, self.n))
        mean, variance = self.mean[line], self.variance[line]
        new_mean, new_variance = mean + shift, variance * np.exp(4 * swell)
        now = self.judge[line]
        proposal = new_mean[:, None] + (now - mean[:, None]) * np.exp(2 * swell)[:, None]
        new = _likelihood(line, half, linear, proposal)
        ratio = (new - likelihood).sum(axis=1)
        centre = self.centre[line]
        ratio += ((mean - centre) ** 2 - (new_mean - centre) ** 2) / (2 * PRIOR_WIDTH[line])
        if line == SCALE:
            ratio += self._tilt * shift
        ratio += PRIOR_SCALE[line] * (1 / variance - 1 / new_variance) - 4 * SHAPE * swell
        accepted = np.log(self.random.random(self.n)) < ratio
        self.mean[line] = np.where(accepted, new_mean, mean)
        self.variance[line] = np.where(accepted, new_variance, variance)
        self.judge[line] = np.where(accepted[:, None], proposal, now)
        if tune:
            steps *= np.exp(self._rate * (accepted - AIM))
        return np.where(accepted[:, None], new, likelihood)

    def _draw_hyper(self) -> None:
        """Means and variances of the judges' three parameters, all conjugate."""
        count = self.data.n_judges
        width = PRIOR_WIDTH[:, None]
        precision = count / self.variance + 1 / width
        mean = self.judge.sum(axis=2) / self.variance + self.centre / width
        mean[SCALE] += self._tilt
        self.mean = mean / precision
        self.mean += self.random.standard_normal(mean.shape) / np.sqrt(precision)
        squares = ((self.judge - self.mean[:, :, None]) ** 2).sum(axis=2)
        gamma = self.random.standard_gamma(SHAPE + count / 2, mean.shape)
        self.variance = (PRIOR_SCALE[:, None] + squares / 2) / gamma

    def _shift(self) -> None:
        """Move all qualities by c and each bias by -scale x c, which no score can tell."""
        scale = np.exp(self.judge[SCALE])
        centre = scale.mean(axis=1)
        apart = scale - centre[:, None]
        variance = self.variance[BIAS]
        precision = self.data.n_entries + (apart**2).sum(axis=1) / variance
        precision += centre**2 / PRIOR_WIDTH[BIAS]
        linear = ((self.judge[BIAS] - self.mean[BIAS][:, None]) * apart).sum(axis=1) / variance
        linear -= (self.quality - self.track[self._track]).reshape(self.n, -1).sum(axis=1)
        linear += self.mean[BIAS] * centre / PRIOR_WIDTH[BIAS]
        c = linear / precision + self.random.standard_normal(self.n) / np.sqrt(precision)
        self.quality.reshape(self.n, -1)[:] += c[:, None]
        self.judge[BIAS] -= scale * c[:, None]
        self.mean[BIAS] -= centre * c

    def _stretch(self) -> None:
        """Multiply all qualities by f and divide all scales by f, which no score can tell."""
        apart = (self.quality - self.track[self._track]).reshape(self.n, -1)
        squares = np.einsum("ij,ij->i", apart, apart)
        # The tracks' density falls as their volume grows: see `_tilt`.
        free = self.data.n_entries
        c = 0.5 * np.log(self.random.standard_gamma(free / 2, self.n) * 2 / squares)
        now = self.mean[SCALE]
        ratio = (now**2 - (now - c) ** 2) / (2 * PRIOR_WIDTH[SCALE])
        c[np.log(self.random.random(self.n)) > ratio] = 0.0
        factor = np.exp(c)
        self.quality *= np.repeat(factor, self.data.n_entries)
        self.track *= np.repeat(factor, self.data.n_tracks)
        self.judge[SCALE] -= c[:, None]
        self.mean[SCALE] -= c

    def _draw_latent(self) -> None:
        """The scores before rounding, each inside its interval."""
        if self._low is None or self._high is None:
            return
        mean = np.exp(self.judge[SCALE]).ravel()[self._judge]
        mean *= self.quality[self._entry]
        mean += self.judge[BIAS].ravel()[self._judge]
        sd = np.exp(self.judge[NOISE]).ravel()[self._judge]
        if self._weight is not None:
            sd /= np.sqrt(self._weight)
        uniform = self.random.random(mean.size)
        self.latent = draw_truncated(mean, sd, self._low, self._high, uniform)

    def _record(self, trace: Trace, sweep: int) -> None:
        judge = np.concatenate([self.judge, self._new_judge()[:, :, None]], axis=2)
        bias, scale = judge[BIAS], np.exp(judge[SCALE])
        middle = bias[:, :-1].mean(axis=1)[:, None]
        slope = scale[:, :-1].mean(axis=1)[:, None]
        quality = self.quality.reshape(self.n, -1)
        average = quality.mean(axis=1)[:, None]
        trace.adjusted[:, sweep, :-1] = middle + slope * quality
        trace.adjusted[:, sweep, -1] = (middle + slope * self._new_quality()[:, None])[:, 0]
        trace.severity[:, sweep] = middle - bias + (slope - scale) * average
        trace.scale[:, sweep] = scale / slope
        trace.sd[:, sweep] = np.exp(judge[NOISE])
        trace.level[:, sweep, :3] = self.mean.T
        trace.level[:, sweep, 3:] = self.variance.T
        trace.track[:, sweep] = slope * self.track.reshape(self.n, -1)

    def _new_judge(self) -> Floats:
        """A judge not yet seen; no scale beyond any that a judge who was seen may have."""
        new: Floats = self.random.standard_normal(self.mean.shape)
        new *= np.sqrt(self.variance)
        new += self.mean
        np.minimum(new[SCALE:], MOST_SCALE, out=new[SCALE:])
        return new

    def _new_quality(self) -> Floats:
        """Quality of an entry not yet seen, of any entry's track."""
        any_entry = self.data.track[self.random.integers(0, self.data.n_entries, self.n)]
        track = self.track.reshape(self.n, -1)[np.arange(self.n), any_entry]
        return np.asarray(track + self.random.standard_normal(self.n))


def _likelihood(line: int, half: Floats, linear: Floats, x: Floats) -> Floats:
    """Logarithm of the likelihood of each judge's log scale or log noise.

    A normal one in the scale g = e^x: ``-square g^2 / 2 + linear g``, nothing above
    `MOST_SCALE`, where entries that do not differ would let it wander. In the noise:
    ``-square e^(-2x) / 2 + linear x``, with linear = minus the number of scores; nothing
    below `LEAST_NOISE`.
    """
    if line == SCALE:
        scale = np.exp(np.minimum(x, MOST_SCALE))
        scale *= half * scale + linear
        scale[x > MOST_SCALE] = -np.inf
        return np.asarray(scale)
    result: Floats = half * np.exp(-2 * np.maximum(x, LEAST_NOISE))
    result += linear * x
    result[x < LEAST_NOISE] = -np.inf
    return result
