"""The bound: how well entries can be ordered when the judges' population is known, but no judge.

It is told what no method can know, how the worlds of its kind are made: the mean and deviation
of the judges' biases, log scales and log noises, of the qualities of each track, and how scores
are rounded and cut. All that it has to find out are the entries and judges of the one world.

It computes nothing by `competition.scoring`, so that it checks `bayes` as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtr

from bench.worlds.making import MIDDLE, NOISE, SCALE, SPREAD, STEP, World, track_means
from competition.scoring.arrays import Floats, Integers

SWEEPS, BURN_IN = 5000, 500
"""So many that the luck of the draws costs the order nothing that could be seen."""

CANDIDATES = 8


@dataclass(eq=False)
class Unknowns:
    """One number of every entry, or of every judge, all independent and normal beforehand.

    Attributes
    ----------
    value : float array, shape (n_members,)
    mean : float array, shape (n_members,)
    sd : float
        0 = nothing is unknown, all have the mean.
    member : int array, shape (n_scores,)
        Whose each score is.
    """

    value: Floats
    mean: Floats
    sd: float
    member: Integers

    def __post_init__(self) -> None:
        shape = (self.value.size, self.member.size)
        scores = np.arange(self.member.size)
        self.sums = csr_array((np.ones(scores.size), (self.member, scores)), shape=shape)

    def candidates(self, random: np.random.Generator) -> Floats:
        """Values among which to choose, shape (n_members, CANDIDATES).

        They are evenly spaced and the present value is one of them, any of them being it with
        the same chance: to choose by the conditional density leaves the posterior as it is.
        """
        place = np.arange(CANDIDATES) - random.integers(0, CANDIDATES, self.value.size)[:, None]
        width = self.sd * random.uniform(0.02, 0.6, self.value.size)[:, None]
        return self.value[:, None] + width * place


class Posterior:
    """The state of one chain: what each entry and each judge might be, given all the scores."""

    def __init__(self, world: World, seed: int) -> None:
        kind = world.kind
        self.random = np.random.default_rng([seed, 1])
        self.low = np.where(world.value > SCALE[0], world.value - STEP / 2, -np.inf)[:, None]
        self.high = np.where(world.value < SCALE[1], world.value + STEP / 2, np.inf)[:, None]

        def judges(mean: float, sd: float) -> Unknowns:
            means = np.full(kind.judges, mean)
            return Unknowns(means.copy(), means, sd, world.judge)

        means = track_means(kind)
        self.quality = Unknowns(means.copy(), means, 1.0, world.entry)
        self.bias = judges(MIDDLE, kind.bias)
        self.scale = judges(np.log(SPREAD) - kind.scale**2 / 2, kind.scale)
        self.noise = judges(np.log(NOISE) - kind.noise**2 / 2, kind.noise)

    def sweep(self) -> None:
        """Draw every number once, given all the others."""
        for unknowns in (self.quality, self.bias, self.scale, self.noise):
            if unknowns.sd > 0:
                self._draw(unknowns)

    def _draw(self, these: Unknowns) -> None:
        candidates = these.candidates(self.random)
        quality, bias, scale, noise = (
            candidates[these.member] if one is these else one.value[one.member][:, None]
            for one in (self.quality, self.bias, self.scale, self.noise)
        )
        density = these.sums @ self._log_likelihood(bias + np.exp(scale) * quality, np.exp(noise))
        density -= 0.5 * ((candidates - these.mean[:, None]) / these.sd) ** 2
        # The largest of densities with Gumbel noise is a draw in proportion to the densities.
        chosen = np.argmax(density + self.random.gumbel(size=density.shape), axis=1)
        these.value = candidates[np.arange(chosen.size), chosen]

    def _log_likelihood(self, mean: Floats, sd: Floats) -> Floats:
        """Of each rounded score, under each candidate."""
        low, high = (self.low - mean) / sd, (self.high - mean) / sd
        mirror = low + high > 0  # floats resolve probabilities of a lower tail only
        low, high = np.where(mirror, -high, low), np.where(mirror, -low, high)
        return np.asarray(np.log(ndtr(high) - ndtr(low) + 1e-300))

    def score(self) -> Floats:
        """What all judges together would give to each entry on average."""
        slope = np.exp(self.scale.value).mean()
        return np.asarray(self.bias.value.mean() + slope * self.quality.value)


def draw_scores(world: World, seed: int) -> Floats:
    """Draws of all entries' scores, shape (n_draws, n_entries); the same seed gives the same."""
    posterior = Posterior(world, seed)
    drawn = np.empty((SWEEPS - BURN_IN, world.kind.entries))
    for sweep in range(-BURN_IN, len(drawn)):
        posterior.sweep()
        if sweep >= 0:
            drawn[sweep] = posterior.score()
    return drawn
