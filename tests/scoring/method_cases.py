"""All methods with rules under which each is quick to test."""

from __future__ import annotations

from typing import Any

from competition.scoring import METHODS, RuleBook, Simulation
from competition.scoring.traits import TRAITS

SHORT = Simulation(chains=2, sweeps=40, burn_in=20, extensions=0)
"""Chains too short to settle, which the result says; enough for what holds anyway."""

CASES = [(method, unit) for method in METHODS for unit in TRAITS[method].units]
"""Every method with every unit that it knows."""


def rules_for(method: str, **keys: Any) -> RuleBook:
    """A rule book of the method; simulations are kept short."""
    return RuleBook(method=method, **{"simulation": SHORT, **keys})
