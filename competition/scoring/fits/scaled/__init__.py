"""Scale and noise of every judge by empirical Bayes: `fit_scaled` and what it hands back."""

from competition.scoring.fits.scaled.fit import fit_scaled
from competition.scoring.fits.scaled.iteration import PRIOR_SCALE_VARIANCE
from competition.scoring.fits.scaled.result import ScaledFit

ENOUGH_FOR_SCALE = 15
"""Below this many entries a judge's own scale is too uncertain to correct for."""

__all__ = ["ENOUGH_FOR_SCALE", "PRIOR_SCALE_VARIANCE", "ScaledFit", "fit_scaled"]
