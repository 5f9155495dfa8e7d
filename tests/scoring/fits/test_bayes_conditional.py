"""The normal laws from which judges' parameters are proposed, against quadrature."""

from __future__ import annotations

import numpy as np
import pytest

from competition.scoring.fits.bayes.conditional import OfNoise, OfScale


@pytest.mark.parametrize("judged", [4, 30])
def test_approximating_conditionals_by_normal_laws_comes_near_them(judged: int) -> None:
    """Its mean is within a deviation of the mean by quadrature, its deviation within a third."""
    random = np.random.default_rng(7)
    true = random.normal(0, 0.3, (2, 20))
    t = random.standard_normal((judged, 2, 20))
    e = random.standard_normal((judged, 2, 20))
    laws: dict[str, OfScale | OfNoise] = {
        "scale": OfScale(2.5 * (t**2).sum(0), (2.5 * t * (np.exp(true) * t + e / 1.6)).sum(0)),
        "noise": OfNoise((e**2).sum(0) * np.exp(2 * true), np.full((2, 20), float(judged))),
    }
    x = np.linspace(-4, 3, 2001)
    for name, law in laws.items():
        prior = 1 / 0.3**2
        height = np.stack([law(np.full((2, 20), at)) - 0.5 * prior * at**2 for at in x.tolist()])
        density = np.exp(height - height.max(axis=0))
        density /= density.sum(axis=0)
        mean = np.tensordot(x, density, 1)
        sd = np.sqrt(np.tensordot(x**2, density, 1) - mean**2)
        known = law.known + prior
        assert (np.abs(law.known * law.peak / known - mean) < sd).all(), name
        assert 1 / np.sqrt(known) == pytest.approx(sd, rel=1 / 3), name
