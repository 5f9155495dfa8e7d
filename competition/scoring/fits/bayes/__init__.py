"""The hierarchical judge model by simulation: `fit_bayes` and what it hands back."""

from competition.scoring.fits.bayes.convergence import r_hat_and_size
from competition.scoring.fits.bayes.fit import fit_bayes
from competition.scoring.fits.bayes.result import BayesFit, Convergence, Draws
from competition.scoring.fits.bayes.settings import Settings

__all__ = ["BayesFit", "Convergence", "Draws", "Settings", "fit_bayes", "r_hat_and_size"]
