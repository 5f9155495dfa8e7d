"""The chains of the hierarchical judge model: Gibbs, Metropolis where needed, and joint moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.fits.bayes.conditional import OfNoise, OfScale
from competition.scoring.fits.bayes.data import Data
from competition.scoring.fits.bayes.trace import Trace
from competition.scoring.fits.bayes.truncated import draw_truncated

BIAS, SCALE, NOISE = 0, 1, 2
"""Lines of the judges' parameters: bias, log scale, log noise."""

SHAPE = 2.0
"""Of the inverse-gamma priors of the three variances."""

PRIOR_SCALE = np.array([0.6, 0.08, 0.1])
"""Their scales; that of the biases in units of the entries' least-squares variance."""

PRIOR_WIDTH = np.array([100.0, 4.0, 4.0])
"""Variance of the normal priors of the three means, natural units; as good as flat."""

WIDER = 1.15
"""How much wider than the normal law of `conditional` proposals are: they must cover the tails."""

LEVEL_STEP = 1.7
"""Steps of a mean and a deviation together, in units of what the scores leave open of them."""

PRIOR_KNOWN = 40.0
"""Information about a deviation in its prior, roughly."""

MOST_TURNS, MOST_TAKEN = 5, 500_000
"""In how many turns scores are drawn together with qualities, and scores to be held for it."""


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the scores, chain after chain.

    Attributes
    ----------
    place, judge, entry : int array, shape (n,)
        Place among all scores; judge and entry, numbered through all chains.
    weight : float array, shape (n,), or None
    low, high : float array, shape (n,), or None
        None = scores are exact.
    """

    place: Integers
    judge: Integers
    entry: Integers
    weight: Floats | None
    low: Floats | None
    high: Floats | None

    def at(self, place: Integers) -> Part:
        """A part of this part."""

        def taken(column: Floats | None) -> Floats | None:
            return None if column is None else column[place]

        return Part(
            self.place[place],
            self.judge[place],
            self.entry[place],
            taken(self.weight),
            taken(self.low),
            taken(self.high),
        )


class Chains:
    """Several chains, advanced together; every array is flat, chain after chain."""

    def __init__(self, data: Data, chains: int, random: np.random.Generator) -> None:
        self.data, self.random = data, random
        self.n = chains
        first = np.arange(chains)[:, None]

        def tiled(column: Floats | None) -> Floats | None:
            return None if column is None else np.tile(column, chains)

        self._scores = Part(
            np.arange(chains * data.judge.size),
            (first * data.n_judges + data.judge).ravel(),
            (first * data.n_entries + data.entry).ravel(),
            tiled(data.weight),
            tiled(data.low),
            tiled(data.high),
        )
        self._track = (first * data.n_tracks + data.track).ravel()
        count = np.bincount(self._scores.judge)
        self._starts = np.cumsum(count) - count
        self._count = count.astype(float).reshape(chains, -1)
        mass = np.bincount(self._scores.judge, self._scores.weight).astype(float)
        self._mass = mass.reshape(chains, -1)
        self._tilt = data.n_tracks - 1
        self._in_track = np.bincount(self._track, minlength=chains * data.n_tracks)
        self._take_turns()
        self._start()

    def _take_turns(self) -> None:
        """For every turn, all scores but one of each entry, and those; none if they are exact."""
        scores = self._scores
        panel = np.bincount(scores.entry)
        first = np.cumsum(panel) - panel
        by_entry = np.argsort(scores.entry, kind="stable")
        turns = min(int(panel.max()), MOST_TURNS, 1 + MOST_TAKEN // scores.place.size)
        # Entries begin with different places, so that every judge has a turn with some of them.
        free = [by_entry[first + (np.arange(panel.size) + k) % panel] for k in range(turns)]
        if scores.low is None:
            free = [scores.place[:0]]
        held = [np.setdiff1d(scores.place, one) for one in free]
        self._turns = [(scores.at(k), scores.at(one)) for k, one in zip(held, free, strict=True)]

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
        self._take_exponentials()

    def _take_exponentials(self) -> None:
        """The judges' scales and deviations, kept beside their logarithms from here on."""
        self.scale, self.sd = np.exp(self.judge[SCALE:])

    def run(self, sweeps: int, trace: Trace | None = None) -> None:
        """Advance every chain; if there is a trace to fill, keep every sweep."""
        self._take_exponentials()
        for sweep in range(sweeps):
            self._draw_quality()
            self._draw_tracks()
            self._draw_judges()
            self._draw_hyper()
            self._shift()
            self._stretch()
            self._draw_latent()
            if trace is not None:
                self._record(trace, sweep)
        if trace is not None:
            trace.complete(self.data, self.random)

    def _draw_quality(self) -> None:
        """t_i from its normal conditional; its prior is N(track mean, 1).

        Of rounded scores one of each entry is drawn with it, before it, with t_i integrated
        out: a judge who tells far more than the others of an entry holds t_i and the score so
        close together that neither would get far without the other.
        """
        held, free = self._turns[0]
        slope, weight, bias = self._at_scores(held)
        size = self.n * self.data.n_entries
        precision = group_sums(held.entry, weight * slope, size)
        precision += 1.0
        weight *= self.latent[held.place] - bias
        total = group_sums(held.entry, weight, size)
        total += self.track[self._track]
        if free.low is not None and free.high is not None:
            slope, weight, bias = self._at_scores(free)
            mean = bias + slope * total / precision
            sd = np.sqrt(slope / weight + slope**2 / precision)
            latent = draw_truncated(mean, sd, free.low, free.high, self.random.random(size))
            self.latent[free.place] = latent
            precision += weight * slope
            total += weight * (latent - bias)
        self.quality = total / precision
        self.quality += self.random.standard_normal(size) / np.sqrt(precision)

    def _at_scores(self, part: Part) -> tuple[Floats, Floats, Floats]:
        """Scale, weight of a residual in the estimate of t_i, and bias, score by score."""
        weight = (self.scale / self.sd**2).ravel()[part.judge]
        if part.weight is not None:
            weight *= part.weight
        return self.scale.ravel()[part.judge], weight, self.judge[BIAS].ravel()[part.judge]

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

    def _draw_judges(self) -> None:
        """Scale with the bias integrated out, then bias, then noise."""
        t1, z1, t2, z2, zt = self._sums()
        precision = 1 / self.sd**2
        prior = 1 / self.variance[BIAS][:, None]
        total = self._mass * precision + prior
        known = z1 * precision + self.mean[BIAS][:, None] * prior
        shared = precision * t1 / total
        square = precision * (t2 - shared * t1)
        self._draw_line(SCALE, OfScale(square, precision * zt - shared * known))
        self.scale = scale = np.exp(self.judge[SCALE])
        bias = known / total - shared * scale
        bias += self.random.standard_normal(bias.shape) / np.sqrt(total)
        self.judge[BIAS] = bias
        squares = z2 + scale * (scale * t2 - 2 * zt)
        squares += bias * (bias * self._mass - 2 * (z1 - scale * t1))
        self._draw_line(NOISE, OfNoise(np.maximum(squares, 0), self._count))
        self.sd = np.exp(self.judge[NOISE])

    def _sums(self) -> Floats:
        """Of t, z, t^2, z^2 and z t over each judge's scores, shape (5, n_chains, n_judges)."""
        table = np.empty((5, self.latent.size))
        table[0], table[1] = self.quality[self._scores.entry], self.latent
        np.square(table[:2], out=table[2:4])
        np.multiply(table[0], table[1], out=table[4])
        if self._scores.weight is not None:
            table *= self._scores.weight
        sums: Floats = np.add.reduceat(table, self._starts, axis=1)
        return sums.reshape(5, self.n, -1)

    def _draw_line(self, line: int, likelihood: OfScale | OfNoise) -> None:
        """Metropolis on all judges' log scales or log noises: their level, then each by itself.

        Each is proposed from the normal law near its conditional, whatever it is now.
        """
        self._draw_level(line, likelihood)
        now, mean = self.judge[line], self.mean[line][:, None]
        prior = 1 / self.variance[line][:, None]
        known = likelihood.known + prior
        near = (likelihood.known * likelihood.peak + prior * mean) / known
        known /= WIDER**2
        both = np.empty((2, *now.shape))
        both[0] = now
        both[1] = near + self.random.standard_normal(now.shape) / np.sqrt(known)
        height = likelihood(both)
        height -= 0.5 * prior * (both - mean) ** 2
        height += 0.5 * known * (both - near) ** 2
        accepted = height[0] - height[1] < self.random.standard_exponential(now.shape)
        np.copyto(now, both[1], where=accepted)

    def _draw_level(self, line: int, likelihood: OfScale | OfNoise) -> None:
        """Mean, deviation and judges together: x_j = mean + deviation z_j with the z_j held."""
        now, mean, sd = self.judge[line], self.mean[line], np.sqrt(self.variance[line])
        step = LEVEL_STEP / np.sqrt(likelihood.known.sum(axis=1) + PRIOR_KNOWN)
        moves = np.zeros((2, 2, self.n))
        moves[1] = step * self.random.standard_normal((2, self.n))
        means, sds = mean + moves[:, 0], np.abs(sd + moves[:, 1])
        z = now - mean[:, None]
        z /= sd[:, None]
        both = sds[:, :, None] * z
        both += means[:, :, None]
        height = likelihood(both).sum(axis=2)
        height -= (means - self.centre[line]) ** 2 / (2 * PRIOR_WIDTH[line])
        height -= PRIOR_SCALE[line] / sds**2
        height -= (2 * SHAPE + 1) * np.log(sds)
        if line == SCALE and self._tilt:
            height += self._tilt * means
        accepted = height[0] - height[1] < self.random.standard_exponential(self.n)
        np.copyto(mean, means[1], where=accepted)
        np.copyto(self.variance[line], sds[1] ** 2, where=accepted)
        np.copyto(now, both[1], where=accepted[:, None])

    def _draw_hyper(self) -> None:
        """Means and variances of the judges' three parameters, all conjugate."""
        count = self.data.n_judges
        width = PRIOR_WIDTH[:, None]
        precision = count / self.variance + 1 / width
        mean = self.judge.sum(axis=2) / self.variance + self.centre / width
        mean[SCALE] += self._tilt
        self.mean = mean / precision
        self.mean += self.random.standard_normal(mean.shape) / np.sqrt(precision)
        apart = self.judge - self.mean[:, :, None]
        squares = np.vecdot(apart, apart)
        gamma = self.random.standard_gamma(SHAPE + count / 2, mean.shape)
        self.variance = (PRIOR_SCALE[:, None] + squares / 2) / gamma

    def _shift(self) -> None:
        """Move all qualities by c and each bias by -scale x c, which no score can tell."""
        centre = self.scale.sum(axis=1) / self.data.n_judges
        apart = self.scale - centre[:, None]
        variance, mean = self.variance[BIAS], self.mean[BIAS]
        precision = self.data.n_entries + np.vecdot(apart, apart) / variance
        precision += centre**2 / PRIOR_WIDTH[BIAS]
        linear = np.vecdot(self.judge[BIAS] - mean[:, None], apart) / variance
        linear -= self._apart_from_track().sum(axis=1)
        linear += mean * centre / PRIOR_WIDTH[BIAS]
        c = linear / precision + self.random.standard_normal(self.n) / np.sqrt(precision)
        self.quality.reshape(self.n, -1)[:] += c[:, None]
        self.judge[BIAS] -= self.scale * c[:, None]
        mean -= centre * c

    def _apart_from_track(self) -> Floats:
        apart = self.quality
        if self.data.n_tracks > 1:
            apart = apart - self.track[self._track]
        return apart.reshape(self.n, -1)

    def _stretch(self) -> None:
        """Multiply all qualities by f and divide all scales by f, which no score can tell."""
        apart = self._apart_from_track()
        squares = np.vecdot(apart, apart)
        # The tracks' density falls as their volume grows: see `_tilt`.
        free = self.data.n_entries
        c = 0.5 * np.log(self.random.standard_gamma(free / 2, self.n) * 2 / squares)
        now = self.mean[SCALE]
        ratio = (now**2 - (now - c) ** 2) / (2 * PRIOR_WIDTH[SCALE])
        c *= -ratio < self.random.standard_exponential(self.n)
        factor = np.exp(c)[:, None]
        self.quality.reshape(self.n, -1)[:] *= factor
        self.track.reshape(self.n, -1)[:] *= factor
        self.judge[SCALE] -= c[:, None]
        self.scale /= factor
        self.mean[SCALE] -= c

    def _draw_latent(self) -> None:
        """The scores before rounding, but for those that come with the next qualities."""
        self._turns.append(self._turns.pop(0))
        held = self._turns[0][0]
        if held.low is None or held.high is None:
            return
        mean = self.scale.ravel()[held.judge]
        mean *= self.quality[held.entry]
        mean += self.judge[BIAS].ravel()[held.judge]
        sd = self.sd.ravel()[held.judge]
        if held.weight is not None:
            sd /= np.sqrt(held.weight)
        uniform = self.random.random(mean.size)
        self.latent[held.place] = draw_truncated(mean, sd, held.low, held.high, uniform)

    def _record(self, trace: Trace, sweep: int) -> None:
        trace.adjusted[:, sweep, :-1] = self.quality.reshape(self.n, -1)
        trace.severity[:, sweep, :-1] = self.judge[BIAS]
        trace.scale[:, sweep, :-1] = self.scale
        trace.sd[:, sweep, :-1] = self.sd
        trace.level[:, sweep, :3] = self.mean.T
        trace.level[:, sweep, 3:] = self.variance.T
        trace.track[:, sweep] = self.track.reshape(self.n, -1)
