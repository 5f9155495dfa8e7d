"""The rule book: how ratings become a ranking, as one frozen and hashed object."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, reduce
from math import gcd, lcm
from typing import Any

from competition.scoring.rulebook_checks import check
from competition.scoring.rulebook_parts import (
    Criterion,
    Fallback,
    Line,
    Rounding,
    Simulation,
    Spread,
    exact,
)
from competition.scoring.traits import METHODS, TRAITS

__all__ = [
    "METHODS",
    "Criterion",
    "Fallback",
    "Line",
    "Rounding",
    "RuleBook",
    "Simulation",
    "Spread",
    "exact",
]


@dataclass(frozen=True)
class RuleBook:
    """How ratings become a ranking; docs/rulebook.md explains every key with an example.

    Attributes
    ----------
    method : str
        How the judges of an entry become one score; `METHODS` lists them.
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
    fallback : Fallback
    ties : tuple of str
        The tie chain: `rulebook_parts.TIE_STEPS` in any order, then one of
        `TIE_ENDS`.
    lines : tuple of Line
    spread : Spread or None
    seed : int or None
        For lots and for methods that draw; None = the caller's.
    simulation : Simulation

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
    fallback: Fallback = field(default_factory=Fallback)
    ties: tuple[str, ...] = ("same_rank",)
    lines: tuple[Line, ...] = ()
    spread: Spread | None = None
    seed: int | None = None
    simulation: Simulation = field(default_factory=Simulation)

    def __post_init__(self) -> None:
        check(self)

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
        """The rule book as plain tables, lists, texts and numbers.

        Notes
        -----
        The keys of the first version stand with their defaults; a key that came
        later stands only where it differs from its default. So a rule book keeps
        its digest when the program learns new keys.
        """
        from competition.scoring.rulebook_form import document_of

        return document_of(self)

    def with_method(self, method: str) -> RuleBook:
        """The same rules under another method, to compare.

        What does not go with that method gives way: a fit never ranks across
        components, and a unit that it does not know becomes one that it does.

        Examples
        --------
        >>> RuleBook(method="trimmed", unit="criterion").with_method("bayes").unit
        'scorecard'
        """
        fallback, unit = self.fallback, self.unit
        if method in TRAITS:
            traits = TRAITS[method]
            unit = unit if unit in traits.units else traits.units[0]
            if traits.is_fit and fallback.disconnected == "across_components":
                fallback = replace(fallback, disconnected=Fallback.disconnected)
        return replace(self, method=method, fallback=fallback, unit=unit)

    @cached_property
    def canonical_json(self) -> str:
        """The rule book as one JSON text: `to_dict` with sorted keys and no spaces."""
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
    def scale(self) -> tuple[float, float] | None:
        """Lowest and highest total, if every criterion declares its scale."""
        ends = [criterion.scale for criterion in self.criteria]
        known = [pair for pair in ends if pair is not None]
        if not ends or len(known) < len(ends):
            return None
        low, high = (
            sum((self.factor(k) * exact(pair[end]) for k, pair in enumerate(known)), Fraction(0))
            for end in (0, 1)
        )
        return float(low), float(high)

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

    @property
    def step(self) -> float | None:
        """Grid on which totals lie: the greatest common divisor of weight times step.

        Examples
        --------
        >>> RuleBook(criteria=(Criterion("A", 2, step=0.5), Criterion("B", 1.5, step=1))).step
        0.5
        """
        steps = [
            self.factor(position) * exact(criterion.step)
            for position, criterion in enumerate(self.criteria)
            if criterion.step is not None
        ]
        if not steps or len(steps) < len(self.criteria):
            return None
        common = lcm(*(step.denominator for step in steps))
        return float(Fraction(reduce(gcd, (int(step * common) for step in steps)), common))
