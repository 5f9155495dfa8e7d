"""What each method is, in a few flags; without NumPy, for those who only read rule books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

UNITS = ("scorecard", "criterion")


@dataclass(frozen=True)
class Traits:
    """What a method can do.

    Attributes
    ----------
    corrects : bool
        It takes differences between judges out. Its scores of entries that no
        judge connects cannot be compared at face value.
    is_fit : bool
        It fits a model to all scores at once.
    weights : bool
        It uses the weights of ratings.
    in_points : bool
        Its severities are in points of the scale, not in logits.
    units : tuple of str
        Units of the rule book that it can work with.
    """

    corrects: bool = True
    is_fit: bool = False
    weights: bool = False
    in_points: bool = True
    units: tuple[str, ...] = UNITS


TRAITS: Mapping[str, Traits] = {
    "mean": Traits(corrects=False, weights=True),
    "trimmed": Traits(corrects=False),
    "zscore": Traits(),
    "minmax": Traits(),
    "percentile": Traits(),
    "additive": Traits(is_fit=True, weights=True),
    "mixed": Traits(is_fit=True, weights=True),
    "scaled": Traits(is_fit=True, weights=True),
    "bayes": Traits(is_fit=True, weights=True, units=("scorecard",)),
    "rasch": Traits(is_fit=True, weights=True, in_points=False),
    "bradley_terry": Traits(is_fit=True, weights=True, in_points=False, units=("scorecard",)),
}

METHODS = tuple(TRAITS)
