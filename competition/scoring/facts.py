"""What a method found out about entries and judges, beside the scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from competition.scoring.arrays import Floats, Integers
from competition.scoring.fits.additive import AdditiveFit
from competition.scoring.uncertainty.joint import JointNormal

Predict: TypeAlias = Callable[[Integers, Integers], tuple[Floats, Floats]]
"""Positions of judges and entries to means and standard deviations of the scores to expect."""


NAN = float("nan")


class Figures(Mapping[str, Any]):
    """Named figures, read by key or by attribute.

    Examples
    --------
    >>> variance = Figures(entry=1.5, judge=0.25)
    >>> variance["entry"], variance.judge, dict(variance)
    (1.5, 0.25, {'entry': 1.5, 'judge': 0.25})
    """

    def __init__(self, **figures: Any) -> None:
        self._figures = figures

    def __getitem__(self, name: str) -> Any:
        return self._figures[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._figures:
            raise AttributeError(name)
        return self._figures[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def __repr__(self) -> str:
        return f"Figures({', '.join(f'{name}={value!r}' for name, value in self.items())})"


@dataclass(frozen=True, eq=False)
class Facts:
    """What a method found out; None or NaN where it has no such thing.

    Attributes
    ----------
    se : float array, shape (n_entries,), or None
        Standard error (or posterior standard deviation) of the method's score.
    severity, severity_se : float array, shape (n_judges,), or None
        Points, positive = harsher.
    judge_scale : float array, shape (n_judges,), or None
        How far the judge spreads entries apart, 1 = as the average judge.
    judge_noise : float array, shape (n_judges,), or None
        Standard deviation of the judge's error as the model has it, in points.
    infit, outfit : float array, shape (n_judges,), or None
        Mean squares of the model's own residuals, where it defines them.
    variance : Figures or None
        Variance components.
    criterion_value : float
        -2 log REML likelihood.
    sigma2 : float
        Error variance of one score of weight 1.
    df : int or None
    log_likelihood : float
    measure, measure_se : float array, shape (n_entries,), or None
        Logits, centred at 0, positive = better.
    reliability : Figures or None
        Separation reliability of `entry` and `judge`.
    r_hat, ess : Figures or None
        Convergence of a simulation, by quantity.
    converged : bool or None
        Whether an iterative fit settled; None = the method does not iterate.
    component : int array, shape (n_entries,), or None
        The fit's own components; -1 = unscored.
    components : int
    joint : callable or None
        Gives the joint normal distribution of all entries' scores.
    posterior : callable or None
        Gives draws of all entries' scores, shape (draws, n_entries), where the
        method has simulated them itself.
    least_squares : AdditiveFit or None
        Where the method is that fit.
    predict : callable or None
        The score that a judge would give an entry.
    """

    se: Floats | None = None
    severity: Floats | None = None
    severity_se: Floats | None = None
    judge_scale: Floats | None = None
    judge_noise: Floats | None = None
    infit: Floats | None = None
    outfit: Floats | None = None
    variance: Figures | None = None
    criterion_value: float = NAN
    sigma2: float = NAN
    df: int | None = None
    log_likelihood: float = NAN
    measure: Floats | None = None
    measure_se: Floats | None = None
    reliability: Figures | None = None
    r_hat: Figures | None = None
    ess: Figures | None = None
    converged: bool | None = None
    component: Integers | None = None
    components: int = 0
    joint: Callable[[], JointNormal | None] | None = None
    posterior: Callable[[], Floats] | None = None
    least_squares: AdditiveFit | None = None
    predict: Predict | None = None


NOTHING = Facts()
