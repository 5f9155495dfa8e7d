"""The rule book as a document: reading it from TOML or JSON, and writing it back."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from competition.scoring.errors import BadRules
from competition.scoring.rulebook import Criterion, Rounding

if TYPE_CHECKING:
    from competition.scoring.rulebook import RuleBook

_TOP_KEYS = ("scoring", "criteria")
_SCORING_TEXTS = ("method", "unit", "weighting")
_SCORING_INTEGERS = ("drop_high", "drop_low", "drop_minimum")
_SCORING_KEYS = (*_SCORING_TEXTS, *_SCORING_INTEGERS, "round")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def parse_toml(text: str) -> dict[str, Any]:
    """Parse TOML.

    Raises
    ------
    BadRules
        Problem "broken_toml" with line and column, both None at the end of the text.

    Examples
    --------
    >>> parse_toml('[scoring]\\nunit = "criterion"')
    {'scoring': {'unit': 'criterion'}}
    """
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        raise BadRules(
            problem="broken_toml",
            line=int(place[1]) if place else None,
            column=int(place[2]) if place else None,
            detail=_PLACE.sub("", str(error)).strip(),
        ) from None


def fields_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The constructor arguments of a `RuleBook` that a document names.

    Raises
    ------
    BadRules
        Unknown or missing keys, and values of the wrong type.
    """
    _check_keys("", document, _TOP_KEYS)
    scoring = _table("scoring", document.get("scoring", {}))
    _check_keys("scoring", scoring, _SCORING_KEYS)
    found: dict[str, Any] = {}
    for key in _SCORING_TEXTS:
        if key in scoring:
            found[key] = _text(f"scoring.{key}", scoring[key])
    for key in _SCORING_INTEGERS:
        if key in scoring:
            found[key] = _integer(f"scoring.{key}", scoring[key])
    if "round" in scoring:
        found["round"] = _rounding(_table("scoring.round", scoring["round"]))
    listed = document.get("criteria", [])
    if not isinstance(listed, (list, tuple)):
        raise BadRules(problem="wrong_type", key="criteria", allowed="a list of tables")
    found["criteria"] = tuple(
        _criterion(f"criteria[{position}]", item) for position, item in enumerate(listed, start=1)
    )
    return found


def document_of(rules: RuleBook) -> dict[str, Any]:
    """A rule book as plain tables, lists, texts and numbers."""
    scoring: dict[str, Any] = {
        key: getattr(rules, key) for key in (*_SCORING_TEXTS, *_SCORING_INTEGERS)
    }
    places = {step.name: getattr(rules.round, step.name) for step in fields(Rounding)}
    scoring["round"] = {step: number for step, number in places.items() if number is not None}
    return {"scoring": scoring, "criteria": [_criterion_table(item) for item in rules.criteria]}


def _criterion_table(criterion: Criterion) -> dict[str, Any]:
    table: dict[str, Any] = {"name": criterion.name, "weight": criterion.weight}
    if criterion.scale is not None:
        table["scale"] = list(criterion.scale)
    if criterion.step is not None:
        table["step"] = criterion.step
    return table


def _rounding(table: Mapping[str, Any]) -> Rounding:
    _check_keys("scoring.round", table, tuple(step.name for step in fields(Rounding)))
    return Rounding(**{key: _integer(f"scoring.round.{key}", table[key]) for key in table})


def _criterion(key: str, item: Any) -> Criterion:
    table = _table(key, item)
    _check_keys(key, table, tuple(column.name for column in fields(Criterion)))
    if "name" not in table:
        raise BadRules(problem="missing_key", key=f"{key}.name", allowed="a name")
    scale = table.get("scale")
    if scale is not None and (not isinstance(scale, (list, tuple)) or len(scale) != 2):
        raise BadRules(problem="wrong_type", key=f"{key}.scale", allowed="[min, max]")
    step = table.get("step")
    return Criterion(
        name=_text(f"{key}.name", table["name"]),
        weight=_number(f"{key}.weight", table.get("weight", 1)),
        scale=None
        if scale is None
        else (_number(f"{key}.scale", scale[0]), _number(f"{key}.scale", scale[1])),
        step=None if step is None else _number(f"{key}.step", step),
    )


def _check_keys(inside: str, table: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    for key in table:
        if key not in allowed:
            path = f"{inside}.{key}" if inside else str(key)
            raise BadRules(problem="unknown_key", key=path, allowed=list(allowed))


def _table(key: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadRules(problem="wrong_type", key=key, allowed="a table")
    return value


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadRules(problem="wrong_type", key=key, value=value, allowed="a text")
    return value


def _integer(key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadRules(problem="wrong_type", key=key, value=value, allowed="a whole number")
    return value


def _number(key: str, value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        raise BadRules(problem="wrong_type", key=key, value=str(value), allowed="a number")
    return float(value)
