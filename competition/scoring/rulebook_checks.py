"""What a rule book must keep to: each check names the key and what is allowed."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import TYPE_CHECKING

from competition.scoring.errors import BadRules
from competition.scoring.limits import LARGEST, LONGEST_LABEL, MOST_PLACES
from competition.scoring.rulebook_parts import (
    COMMENTS,
    CRITERION_STEP,
    FALLBACKS,
    LINE_TIES,
    SEAT_ROUNDINGS,
    SPREAD_ACTIONS,
    TIE_ENDS,
    TIE_STEPS,
    Criterion,
    Line,
    Rounding,
    exact,
)
from competition.scoring.traits import METHODS, TRAITS, UNITS

if TYPE_CHECKING:
    from competition.scoring.rulebook import RuleBook

WEIGHTINGS = ("factor", "percent")
LARGEST_SEED = 2**63 - 1
MOST_SWEEPS = 1_000_000
FEWEST_SWEEPS = 4
"""Sweeps after the burn-in; fewer cannot be split to be compared."""


def check(rules: RuleBook) -> None:
    """Check every key and how the keys go together.

    Raises
    ------
    BadRules
        Facts `problem`, `key`, `allowed`, often `value`.
    """
    _check_choice("scoring.method", rules.method, METHODS)
    _check_choice("scoring.unit", rules.unit, UNITS)
    _check_choice("scoring.weighting", rules.weighting, WEIGHTINGS)
    _check_together(rules)
    _check_drops(rules)
    _check_rounding(rules)
    _check_criteria(rules)
    _check_ties(rules)
    _check_lines(rules)
    _check_spread(rules)
    _check_simulation(rules)
    if rules.seed is not None and not 0 <= rules.seed <= LARGEST_SEED:
        raise BadRules(problem="out_of_range", key="scoring.seed", allowed=f"0 to {LARGEST_SEED}")


def _check_together(rules: RuleBook) -> None:
    """The fallbacks, and what the method can work with."""
    units = TRAITS[rules.method].units
    if rules.unit not in units:
        raise BadRules(
            problem="not_with_method",
            key="scoring.unit",
            value=rules.unit,
            method=rules.method,
            allowed=list(units),
        )
    for key, allowed in FALLBACKS.items():
        _check_choice(f"scoring.fallback.{key}", getattr(rules.fallback, key), allowed)
    across = rules.fallback.disconnected == "across_components"
    if across and TRAITS[rules.method].is_fit:
        raise BadRules(
            problem="not_with_method",
            key="scoring.fallback.disconnected",
            value="across_components",
            method=rules.method,
            allowed=[item for item in FALLBACKS["disconnected"] if item != "across_components"],
        )


def _check_drops(rules: RuleBook) -> None:
    for key in ("drop_high", "drop_low", "drop_minimum"):
        low = 1 if key == "drop_minimum" else 0
        if getattr(rules, key) < low:
            raise BadRules(problem="too_small", key=f"scoring.{key}", allowed=f">= {low}")
    if rules.drop_minimum <= rules.drop_high + rules.drop_low:
        raise BadRules(
            problem="nothing_left_to_average",
            key="scoring.drop_minimum",
            value=rules.drop_minimum,
            allowed=f"> {rules.drop_high + rules.drop_low}",
        )


def _check_rounding(rules: RuleBook) -> None:
    for step in fields(Rounding):
        places = getattr(rules.round, step.name)
        if places is not None and not 0 <= places <= MOST_PLACES:
            key = f"scoring.round.{step.name}"
            raise BadRules(problem="out_of_range", key=key, allowed=f"0 to {MOST_PLACES}")
    shown, total = rules.round.display, rules.round.total
    if shown is not None and total is not None and shown < total:
        raise BadRules(problem="too_small", key="scoring.round.display", allowed=f">= {total}")


def _check_name(key: str, name: str) -> None:
    if not name:
        raise BadRules(problem="missing_key", key=key, allowed="a name")
    if len(name) > LONGEST_LABEL:
        allowed = f"at most {LONGEST_LABEL} characters"
        raise BadRules(problem="too_long", key=key, allowed=allowed)


def _check_criteria(rules: RuleBook) -> None:
    names: set[str] = set()
    for position, criterion in enumerate(rules.criteria, start=1):
        key = f"criteria[{position}]"
        _check_name(f"{key}.name", criterion.name)
        if criterion.name in names:
            raise BadRules(problem="duplicate", key=f"{key}.name", value=criterion.name)
        names.add(criterion.name)
        _check_criterion(rules, key, criterion)
    if rules.weighting == "percent":
        total = sum((exact(criterion.weight) for criterion in rules.criteria), Fraction(0))
        if total != 100:
            raise BadRules(
                problem="weights_do_not_sum",
                key="criteria.weight",
                value=float(total),
                allowed="100 in all",
            )


def _check_criterion(rules: RuleBook, key: str, criterion: Criterion) -> None:
    if not 0 < criterion.weight < LARGEST:
        raise BadRules(
            problem="out_of_range", key=f"{key}.weight", value=criterion.weight, allowed="> 0"
        )
    if criterion.step is not None and not 0 < criterion.step < LARGEST:
        raise BadRules(
            problem="out_of_range", key=f"{key}.step", value=criterion.step, allowed="> 0"
        )
    _check_choice(f"{key}.comment", criterion.comment, COMMENTS)
    if criterion.scale is None:
        if rules.weighting == "percent":
            raise BadRules(problem="missing_key", key=f"{key}.scale", allowed="[min, max]")
        return
    low, high = criterion.scale
    if not -LARGEST < low < high < LARGEST or (rules.weighting == "percent" and high <= 0):
        raise BadRules(
            problem="bad_scale",
            key=f"{key}.scale",
            value=[low, high],
            allowed="[min, max], min < max" + (", max > 0" if low < high else ""),
        )


def _check_ties(rules: RuleBook) -> None:
    key = "scoring.ties"
    if not rules.ties or rules.ties[-1] not in TIE_ENDS:
        raise BadRules(
            problem="bad_end",
            key=key,
            value=rules.ties[-1] if rules.ties else "",
            allowed=list(TIE_ENDS),
        )
    names = [criterion.name for criterion in rules.criteria]
    for place, step in enumerate(rules.ties[:-1], start=1):
        path = f"{key}[{place}]"
        if step in rules.ties[: place - 1]:
            raise BadRules(problem="duplicate", key=path, value=step)
        if step.startswith(CRITERION_STEP):
            # Without criteria the names are not known: another document declares them.
            if names:
                _check_choice(path, step, tuple(CRITERION_STEP + name for name in names))
        else:
            _check_choice(path, step, TIE_STEPS)


def _check_lines(rules: RuleBook) -> None:
    names: set[str] = set()
    for position, line in enumerate(rules.lines, start=1):
        key = f"scoring.lines[{position}]"
        _check_name(f"{key}.name", line.name)
        if line.name in names:
            raise BadRules(problem="duplicate", key=f"{key}.name", value=line.name)
        names.add(line.name)
        _check_line(key, line)


def _check_line(key: str, line: Line) -> None:
    if line.top is None and line.percent is None and line.minimum is None:
        raise BadRules(problem="missing_key", key=f"{key}.top", allowed="top, percent or minimum")
    if line.top is not None and line.percent is not None:
        raise BadRules(
            problem="not_together", key=f"{key}.percent", value="top", allowed="one of the two"
        )
    if line.top is not None and line.top < 1:
        raise BadRules(problem="too_small", key=f"{key}.top", allowed=">= 1")
    if line.percent is not None and not 0 < line.percent <= 100:
        allowed = "above 0, at most 100"
        raise BadRules(problem="out_of_range", key=f"{key}.percent", allowed=allowed)
    if line.minimum is not None and not abs(line.minimum) < LARGEST:
        raise BadRules(problem="out_of_range", key=f"{key}.minimum", allowed=f"below {LARGEST:g}")
    _check_choice(f"{key}.rounding", line.rounding, SEAT_ROUNDINGS)
    _check_choice(f"{key}.tie", line.tie, LINE_TIES)


def _check_spread(rules: RuleBook) -> None:
    if rules.spread is None:
        return
    key = "scoring.spread"
    if not 0 < rules.spread.threshold < LARGEST:
        raise BadRules(problem="out_of_range", key=f"{key}.threshold", allowed="> 0")
    _check_choice(f"{key}.action", rules.spread.action, SPREAD_ACTIONS)


def _check_simulation(rules: RuleBook) -> None:
    bounds = {
        "chains": (2, 64),
        "burn_in": (0, MOST_SWEEPS),
        "sweeps": (rules.simulation.burn_in + FEWEST_SWEEPS, MOST_SWEEPS),
        "extensions": (0, 10),
    }
    for name, (low, high) in bounds.items():
        value = getattr(rules.simulation, name)
        if not low <= value <= high:
            key = f"scoring.simulation.{name}"
            raise BadRules(problem="out_of_range", key=key, value=value, allowed=f"{low} to {high}")


def _check_choice(key: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadRules(problem="unknown_value", key=key, value=value, allowed=list(allowed))
