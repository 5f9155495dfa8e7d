"""The rule book: how ratings become a ranking, as one frozen and hashed object."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from competition.scoring.errors import BadRules
from competition.scoring.limits import LARGEST, MOST_PLACES

METHODS = ("mean", "trimmed", "zscore", "additive")
UNITS = ("scorecard", "criterion")
WEIGHTINGS = ("factor", "percent")
ROUNDING_STEPS = ("criterion", "weighted", "total", "display")


@dataclass(frozen=True)
class Criterion:
    """One criterion of the rule book.

    Attributes
    ----------
    name : str
    weight : float
        A factor, or a share of 100 under ``weighting = "percent"``.
    scale : (float, float) or None
        Lowest and highest rating allowed; None = any number.
    step : float or None
        Ratings are the scale's minimum plus whole steps; None = any number.
    """

    name: str
    weight: float = 1.0
    scale: tuple[float, float] | None = None
    step: float | None = None

    def __post_init__(self) -> None:
        # 60 and 60.0 are one weight and must have one digest.
        object.__setattr__(self, "weight", float(self.weight))
        if self.scale is not None:
            low, high = self.scale
            object.__setattr__(self, "scale", (float(low), float(high)))
        if self.step is not None:
            object.__setattr__(self, "step", float(self.step))


@dataclass(frozen=True)
class Rounding:
    """Decimal places at each step, half up; None = no rounding there.

    Attributes
    ----------
    criterion : int or None
        The judges' combined rating on one criterion (unit "criterion").
    weighted : int or None
        That figure times its weight (unit "criterion").
    total : int or None
        The official score.
    display : int or None
        Places to show; never fewer than `total`, so that what is shown can
        neither hide nor create a tie.
    """

    criterion: int | None = None
    weighted: int | None = None
    total: int | None = None
    display: int | None = None


@dataclass(frozen=True)
class RuleBook:
    """How ratings become a ranking.

    Attributes
    ----------
    method : {"additive", "mean", "trimmed", "zscore"}
        How the judges of an entry are combined.
    unit : {"scorecard", "criterion"}
        Combine each judge's weighted total, or the judges criterion by criterion.
    drop_high, drop_low : int
        Scores that "trimmed" drops per entry.
    drop_minimum : int
        With fewer judges than this "trimmed" takes the plain mean, and says so.
    weighting : {"factor", "percent"}
        "factor": weighted sum of the ratings. "percent": weight times rating
        over the criterion's highest rating; weights sum to 100.
    round : Rounding
    criteria : tuple of Criterion
        Empty = every criterion found in the ratings counts the same (mean).

    Raises
    ------
    BadRules
        Names the key and what is allowed.

    Examples
    --------
    >>> rules = RuleBook.from_toml('''
    ... [scoring]
    ... method = "mean"
    ... [[criteria]]
    ... name = "Idea"
    ... weight = 0.8
    ... ''')
    >>> rules.criteria[0].weight, rules == RuleBook.from_dict(rules.to_dict())
    (0.8, True)
    >>> len(rules.digest)
    64
    """

    method: str = "additive"
    unit: str = "scorecard"
    drop_high: int = 1
    drop_low: int = 1
    drop_minimum: int = 5
    weighting: str = "factor"
    round: Rounding = field(default_factory=Rounding)
    criteria: tuple[Criterion, ...] = ()

    def __post_init__(self) -> None:
        _check_choice("scoring.method", self.method, METHODS)
        _check_choice("scoring.unit", self.unit, UNITS)
        _check_choice("scoring.weighting", self.weighting, WEIGHTINGS)
        self._check_drops()
        self._check_rounding()
        self._check_criteria()

    @classmethod
    def from_toml(cls, text: str) -> RuleBook:
        """Parse a rule book written in TOML; a broken text is named by its line."""
        from competition.scoring.rulebook_form import parse_toml

        return cls.from_dict(parse_toml(text))

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> RuleBook:
        """Read a rule book from tables and lists, as TOML or JSON give them."""
        from competition.scoring.rulebook_form import fields_of

        return cls(**fields_of(document))

    def to_dict(self) -> dict[str, Any]:
        """Every key with its value, defaults included; keys that are None left out."""
        from competition.scoring.rulebook_form import document_of

        return document_of(self)

    @cached_property
    def canonical_json(self) -> str:
        """The rule book as one JSON text: sorted keys, no spaces, defaults written out."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON in UTF-8, as 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical_json.encode()).hexdigest()

    def factor(self, position: int) -> Fraction:
        """What a rating on the criterion at `position` is multiplied by, exactly."""
        criterion = self.criteria[position]
        weight = exact(criterion.weight)
        if self.weighting == "percent" and criterion.scale is not None:
            return weight / exact(criterion.scale[1])
        return weight

    @property
    def span(self) -> float | None:
        """Length of the scale of a total, if every criterion declares its own."""
        if not self.criteria:
            return None
        length = Fraction(0)
        for position, criterion in enumerate(self.criteria):
            if criterion.scale is None:
                return None
            low, high = criterion.scale
            length += self.factor(position) * (exact(high) - exact(low))
        return float(length)

    def _check_drops(self) -> None:
        for key in ("drop_high", "drop_low", "drop_minimum"):
            low = 1 if key == "drop_minimum" else 0
            if getattr(self, key) < low:
                raise BadRules(problem="too_small", key=f"scoring.{key}", allowed=f">= {low}")
        if self.drop_minimum <= self.drop_high + self.drop_low:
            raise BadRules(
                problem="nothing_left_to_average",
                key="scoring.drop_minimum",
                value=self.drop_minimum,
                allowed=f"> {self.drop_high + self.drop_low}",
            )

    def _check_rounding(self) -> None:
        for step in ROUNDING_STEPS:
            places = getattr(self.round, step)
            if places is not None and not 0 <= places <= MOST_PLACES:
                key = f"scoring.round.{step}"
                raise BadRules(problem="out_of_range", key=key, allowed=f"0 to {MOST_PLACES}")
        shown, total = self.round.display, self.round.total
        if shown is not None and total is not None and shown < total:
            raise BadRules(problem="too_small", key="scoring.round.display", allowed=f">= {total}")

    def _check_criteria(self) -> None:
        names: set[str] = set()
        for position, criterion in enumerate(self.criteria, start=1):
            key = f"criteria[{position}]"
            if not criterion.name:
                raise BadRules(problem="missing_key", key=f"{key}.name", allowed="a name")
            if criterion.name in names:
                raise BadRules(problem="duplicate", key=f"{key}.name", value=criterion.name)
            names.add(criterion.name)
            self._check_criterion(key, criterion)
        if self.weighting == "percent":
            total = sum((exact(criterion.weight) for criterion in self.criteria), Fraction(0))
            if total != 100:
                raise BadRules(
                    problem="weights_do_not_sum",
                    key="criteria.weight",
                    value=float(total),
                    allowed="100 in all",
                )

    def _check_criterion(self, key: str, criterion: Criterion) -> None:
        if not 0 < criterion.weight < LARGEST:
            raise BadRules(
                problem="out_of_range", key=f"{key}.weight", value=criterion.weight, allowed="> 0"
            )
        if criterion.step is not None and not 0 < criterion.step < LARGEST:
            raise BadRules(
                problem="out_of_range", key=f"{key}.step", value=criterion.step, allowed="> 0"
            )
        if criterion.scale is None:
            if self.weighting == "percent":
                raise BadRules(problem="missing_key", key=f"{key}.scale", allowed="[min, max]")
            return
        low, high = criterion.scale
        if not -LARGEST < low < high < LARGEST or (self.weighting == "percent" and high <= 0):
            raise BadRules(
                problem="bad_scale",
                key=f"{key}.scale",
                value=[low, high],
                allowed="[min, max], min < max" + (", max > 0" if low < high else ""),
            )


def exact(number: float) -> Fraction:
    """The decimal that was written: 0.1 is one tenth.

    >>> exact(0.1)
    Fraction(1, 10)
    """
    return Fraction(Decimal(repr(number)))


def _check_choice(key: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadRules(problem="unknown_value", key=key, value=value, allowed=list(allowed))
