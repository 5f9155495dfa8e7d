"""How long the chains run and what counts as convergence."""

from __future__ import annotations

from dataclasses import dataclass

from competition.scoring.errors import BadSettings


@dataclass(frozen=True)
class Settings:
    """Length of the chains and the demands made on them.

    Attributes
    ----------
    chains : int
        At least 2.
    sweeps : int
        Of the first stage, its burn-in included.
    burn_in : int
        Sweeps at the beginning that are never used.
    extensions : int
        While the chains have not converged, they go on for twice as many sweeps as before,
        at most so many times; what came before then counts as burn-in.
    most_r_hat : float
        Largest R-hat allowed, of any quantity.
    least_size : float
        Smallest effective size allowed of an entry's score.
    least_judge_size : float
        Smallest effective size allowed of a quantity of the judges.

    Raises
    ------
    BadSettings
        Facts: key, value, least.
    """

    chains: int = 2
    sweeps: int = 1500
    burn_in: int = 500
    extensions: int = 2
    most_r_hat: float = 1.05
    least_size: float = 100.0
    least_judge_size: float = 50.0

    def __post_init__(self) -> None:
        least = {"chains": 2, "burn_in": 0, "sweeps": self.burn_in + 4, "extensions": 0}
        for key, bound in least.items():
            if getattr(self, key) < bound:
                raise BadSettings(key=key, value=getattr(self, key), least=bound)
