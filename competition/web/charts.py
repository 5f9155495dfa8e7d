"""Geometry of the charts that templates draw as SVG: positions only, no paint and no words.

A chart column is one SVG to a table row with percent positions, so nothing is scaled and the grid
runs on from row to row. A plot is one SVG with a viewBox at most 360 wide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, isfinite, log10
from typing import Protocol

from flask import Flask

Number = Decimal | float | int

MOST_CELLS = 11
"""A scale of more steps than this is a number field, not a ruler of cells."""
NICE_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Axis:
    """A horizontal axis from `low` to `high`; positions are percent of its width."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: Number) -> str:
        """Position of `value`, held within the axis."""
        share = (float(value) - self.low) / (self.high - self.low)
        return f"{100 * min(max(share, 0), 1):.2f}%"

    def label(self, tick: float) -> str:
        return f"{tick:.10g}".replace("-", "\u2212")


def nice_ticks(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """Round numbers between `low` and `high`: at most `most` of them, evenly spaced."""
    span = high - low
    exponent = floor(log10(span / most))
    for power in (exponent, exponent + 1):
        for nice in NICE_STEPS:
            step = nice * 10.0**power
            first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
            if last - first + 1 <= most:
                return tuple(round(count * step, 10) for count in range(first, last + 1))
    raise AssertionError("unreachable: ten times the step always fits")


def axis_for(values: Iterable[Number | None], most: int = 5) -> Axis:
    """The axis on which all finite values fit, with a little room at both ends."""
    known = [float(value) for value in values if value is not None and isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = (high - low) * 0.04 or max(abs(high) * 0.05, 0.5)
    low, high = low - room, high + room
    return Axis(low, high, nice_ticks(low, high, most))


def rank_axis(count: int, most: int = 5) -> Axis:
    """The axis of ranks 1 to `count`; every rank has half a step of room on both sides."""
    inner = [tick for tick in nice_ticks(1, max(count, 2), most - 1) if tick > 1]
    return Axis(0.5, max(count, 1) + 0.5, (1.0, *inner))


class Level(Protocol):
    """What the ratings from low to high mean."""

    @property
    def low(self) -> Decimal: ...
    @property
    def high(self) -> Decimal: ...


class Scale(Protocol):
    """The part of a criterion that says which ratings there are."""

    @property
    def scale_min(self) -> Decimal: ...
    @property
    def scale_max(self) -> Decimal: ...
    @property
    def step(self) -> Decimal: ...
    @property
    def levels(self) -> Sequence[Level]: ...


@dataclass(frozen=True)
class Ruler:
    """The cells of a scale, and under how many of them each level stands."""

    cells: tuple[Decimal, ...]
    spans: tuple[int, ...]
    """Cells per level; empty when the levels do not tile the scale."""
    ends: frozenset[Decimal]
    """Cells after which another level begins."""


def ruler(scale: Scale) -> Ruler | None:
    """The ruler of a scale, or None if it has too many steps to be drawn as cells."""
    steps = (scale.scale_max - scale.scale_min) / scale.step
    if steps != int(steps) or steps + 1 > MOST_CELLS:
        return None
    cells = tuple(scale.scale_min + scale.step * count for count in range(int(steps) + 1))
    spans = tuple(sum(level.low <= cell <= level.high for cell in cells) for level in scale.levels)
    tiled = sum(spans) == len(cells) and all(spans)
    tiled = tiled and all(before.high < after.low for before, after in pairwise(scale.levels))
    ends = {max(cell for cell in cells if cell <= level.high) for level in scale.levels if tiled}
    return Ruler(cells, spans if tiled else (), frozenset(ends) - {cells[-1]})


def plain(value: Decimal | None) -> str:
    """A decimal as it stands in a form field: no exponent, no trailing zeros."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class SlopeLine:
    """One entry in a comparison of two orders: heights on the left and on the right."""

    left: float
    right: float
    crosses: bool
    rises: bool


def slopes(before: Sequence[int], after: Sequence[int], line: int | None) -> list[SlopeLine]:
    """Lines between two orders given as places from 1; `line` is the last place inside."""
    lines = []
    for left, right in zip(before, after, strict=True):
        crosses = line is not None and (left <= line) != (right <= line)
        lines.append(SlopeLine(38 + 22 * (left - 1), 38 + 22 * (right - 1), crosses, right < left))
    return lines


def curve(points: Sequence[tuple[float, float]], x: Axis, y: Axis) -> list[tuple[float, float]]:
    """Points of a curve in the frame of the plot macro: x from 44 to 344, y from 210 up to 20."""

    def place(value: float, axis: Axis, start: float, end: float) -> float:
        return round(start + (value - axis.low) / (axis.high - axis.low) * (end - start), 1)

    return [(place(left, x, 44, 344), place(up, y, 210, 20)) for left, up in points]


def register(app: Flask) -> None:
    """Give the templates of `app` these functions as globals."""
    for function in (axis_for, rank_axis, ruler, slopes, curve):
        app.add_template_global(function, function.__name__)
    app.add_template_filter(plain, "plain")
