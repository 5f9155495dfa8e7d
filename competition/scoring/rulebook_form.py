"""The rule book as a document: reading it from TOML or JSON, and writing it back."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from competition.scoring.errors import BadRules
from competition.scoring.rulebook_parts import (
    Criterion,
    Fallback,
    Line,
    Rounding,
    Simulation,
    Spread,
)

if TYPE_CHECKING:
    from competition.scoring.rulebook import RuleBook

_TOP_KEYS = ("scoring", "criteria")
_SCORING_TEXTS = ("method", "unit", "weighting")
_SCORING_INTEGERS = ("drop_high", "drop_low", "drop_minimum")
_SCORING_KEYS = (
    *_SCORING_TEXTS,
    *_SCORING_INTEGERS,
    "round",
    "fallback",
    "ties",
    "lines",
    "spread",
    "seed",
    "simulation",
)
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
    found |= _later_fields(scoring)
    found["criteria"] = tuple(
        _criterion(key, item) for key, item in _listed("criteria", document.get("criteria", []))
    )
    return found


def _later_fields(scoring: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that the first version of the document did not have."""
    found: dict[str, Any] = {}
    if "seed" in scoring:
        found["seed"] = _integer("scoring.seed", scoring["seed"])
    if "fallback" in scoring:
        found["fallback"] = _fallback(_table("scoring.fallback", scoring["fallback"]))
    if "ties" in scoring:
        steps = _listed("scoring.ties", scoring["ties"], of="texts")
        found["ties"] = tuple(_text(key, item) for key, item in steps)
    if "lines" in scoring:
        lines = _listed("scoring.lines", scoring["lines"])
        found["lines"] = tuple(_line(key, item) for key, item in lines)
    if "spread" in scoring:
        found["spread"] = _spread(_table("scoring.spread", scoring["spread"]))
    if "simulation" in scoring:
        found["simulation"] = _simulation(_table("scoring.simulation", scoring["simulation"]))
    return found


def document_of(rules: RuleBook) -> dict[str, Any]:
    """A rule book as plain tables, lists, texts and numbers; see `RuleBook.to_dict`."""
    scoring: dict[str, Any] = {
        key: getattr(rules, key) for key in (*_SCORING_TEXTS, *_SCORING_INTEGERS)
    }
    places = {step.name: getattr(rules.round, step.name) for step in fields(Rounding)}
    scoring["round"] = {step: number for step, number in places.items() if number is not None}
    later = {
        "fallback": _differing(rules.fallback, Fallback()),
        "lines": [_differing(line, Line(name="")) for line in rules.lines],
        "simulation": _differing(rules.simulation, Simulation()),
        "spread": None if rules.spread is None else asdict(rules.spread),
        "ties": [] if rules.ties == type(rules).ties else list(rules.ties),
    }
    scoring |= {key: value for key, value in later.items() if value}
    if rules.seed is not None:
        scoring["seed"] = rules.seed
    return {"scoring": scoring, "criteria": [_criterion_table(item) for item in rules.criteria]}


def _differing(part: Any, default: Any) -> dict[str, Any]:
    """The keys of a part whose values are not the default's."""
    own, usual = asdict(part), asdict(default)
    return {key: value for key, value in own.items() if value != usual[key]}


def _criterion_table(criterion: Criterion) -> dict[str, Any]:
    table: dict[str, Any] = {"name": criterion.name, "weight": criterion.weight}
    if criterion.scale is not None:
        table["scale"] = list(criterion.scale)
    if criterion.step is not None:
        table["step"] = criterion.step
    if criterion.comment != Criterion(name="").comment:
        table["comment"] = criterion.comment
    return table


def _rounding(table: Mapping[str, Any]) -> Rounding:
    _check_keys("scoring.round", table, tuple(step.name for step in fields(Rounding)))
    return Rounding(**{key: _integer(f"scoring.round.{key}", table[key]) for key in table})


def _fallback(table: Mapping[str, Any]) -> Fallback:
    _check_keys("scoring.fallback", table, tuple(case.name for case in fields(Fallback)))
    return Fallback(**{key: _text(f"scoring.fallback.{key}", table[key]) for key in table})


def _simulation(table: Mapping[str, Any]) -> Simulation:
    key = "scoring.simulation"
    _check_keys(key, table, tuple(length.name for length in fields(Simulation)))
    return Simulation(**{name: _integer(f"{key}.{name}", table[name]) for name in table})


def _line(key: str, item: Any) -> Line:
    table = _table(key, item)
    _check_keys(key, table, tuple(column.name for column in fields(Line)))
    if "name" not in table:
        raise BadRules(problem="missing_key", key=f"{key}.name", allowed="a name")
    found: dict[str, Any] = {}
    for name, value in table.items():
        path = f"{key}.{name}"
        if name == "top":
            found[name] = _integer(path, value)
        else:
            found[name] = (_number if name in ("percent", "minimum") else _text)(path, value)
    return Line(**found)


def _spread(table: Mapping[str, Any]) -> Spread:
    key = "scoring.spread"
    _check_keys(key, table, tuple(column.name for column in fields(Spread)))
    if "threshold" not in table:
        raise BadRules(problem="missing_key", key=f"{key}.threshold", allowed="points")
    found: dict[str, Any] = {"threshold": _number(f"{key}.threshold", table["threshold"])}
    if "action" in table:
        found["action"] = _text(f"{key}.action", table["action"])
    return Spread(**found)


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
        comment=_text(f"{key}.comment", table.get("comment", Criterion(name="").comment)),
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


def _listed(key: str, value: Any, of: str = "tables") -> Iterator[tuple[str, Any]]:
    """The items of a list, each with its own key, counted from 1."""
    if not isinstance(value, (list, tuple)):
        raise BadRules(problem="wrong_type", key=key, allowed=f"a list of {of}")
    for position, item in enumerate(value, start=1):
        yield f"{key}[{position}]", item


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
