"""Charts as SVG files of their own: ink on paper, one accent, hairlines; every mark has a label."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from competition.web.charts import Axis, axis_for

ROW = 22
LABELS = 190
PLOT = 520
EDGE = 24
HEAD = 64
MOST_ROWS = 400
"""Rows that a chart shows; the table beside it has them all."""
LONGEST = 26

STYLE = """
svg{background:#fbfaf7;color:#15181c;font:13px system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif}
text{fill:#15181c}.q{fill:#62676d;font-size:12px}.t{font-size:16px;font-weight:600}
.g{stroke:#e4e0d8}.z{stroke:#bfbaae}.c{stroke:#a0241b;stroke-dasharray:4 3}
.l{stroke:#0b5566;stroke-width:2}.d{fill:#0b5566}.r{stroke:#8b8f94}.p{fill:none;stroke:#0b5566;
stroke-width:2}
@media (prefers-color-scheme:dark){svg{background:#101417}text{fill:#e9e6df}.q{fill:#989ea3}
.g{stroke:#2b3238}.z{stroke:#424b53}.c{stroke:#ef8078}.l,.p{stroke:#67b7c9}.d{fill:#67b7c9}
.r{stroke:#757d84}}
""".replace("\n", "")


@dataclass(frozen=True)
class Row:
    """One line of a chart: a label, a point with its interval, or ticks."""

    label: str
    point: float | None = None
    low: float | None = None
    high: float | None = None
    ticks: tuple[float, ...] = ()


def rows_chart(
    title: str,
    caption: str,
    rows: Sequence[Row],
    *,
    lines: Sequence[float] = (),
    zero: float | None = None,
) -> str:
    """One row each with its point and interval on a common axis; `lines` are drawn across."""
    shown = rows[:MOST_ROWS]
    if len(rows) > len(shown):
        caption += f" The first {len(shown)} of {len(rows)}."
    values = [value for row in shown for value in (row.point, row.low, row.high, *row.ticks)]
    axis = axis_for([*values, *lines, *([] if zero is None else [zero])])
    height = HEAD + ROW * len(shown) + EDGE
    parts = [*_frame(title, caption, height), *_grid(axis, height)]
    parts += [_upright("z", axis, zero, height)] if zero is not None else []
    parts += [_upright("c", axis, line, height) for line in lines]
    for place, row in enumerate(shown):
        parts += _row(row, axis, HEAD + ROW * place + ROW / 2)
    return _svg(parts, height, title)


def curve_chart(
    title: str, caption: str, names: tuple[str, str], points: Sequence[tuple[float, float]]
) -> str:
    """A curve through points, with their marks."""
    x, y = axis_for(left for left, _ in points), axis_for(up for _, up in points)
    height = HEAD + 320 + EDGE
    placed = [(_x(x, left), _y(y, up, height)) for left, up in points]
    line = " ".join(f"{left:.1f},{up:.1f}" for left, up in placed)
    parts = [*_frame(title, caption, height), *_grid(x, height), *_levels(y, height)]
    parts.append(f'<polyline class="p" points="{line}"/>')
    parts += [f'<circle class="d" cx="{left:.1f}" cy="{up:.1f}" r="3.5"/>' for left, up in placed]
    parts += _axis_names(names, height)
    return _svg(parts, height, title)


def scatter_chart(
    title: str, caption: str, names: tuple[str, str], points: Sequence[tuple[str, float, float]]
) -> str:
    """Points on two axes of one scale, with the diagonal where both are equal."""
    axis = axis_for(value for _, left, up in points for value in (left, up))
    height = HEAD + PLOT + EDGE
    parts = [*_frame(title, caption, height), *_grid(axis, height), *_levels(axis, height)]
    ends = (axis.low, axis.high)
    (x1, x2), (y1, y2) = (
        [_x(axis, end) for end in ends],
        [_y(axis, end, height) for end in ends],
    )
    parts.append(f'<line class="z" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')
    for label, left, up in points:
        parts.append(
            f'<circle class="d" cx="{_x(axis, left):.1f}" cy="{_y(axis, up, height):.1f}" r="3">'
            f"<title>{_text(label, 200)}</title></circle>"
        )
    parts += _axis_names(names, height)
    return _svg(parts, height, title)


def _svg(parts: Iterable[str], height: float, title: str) -> str:
    width = LABELS + PLOT + EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}"'
        f' width="{width}" height="{height:g}" role="img" aria-label="{_text(title, 200)}">'
        f"<style>{STYLE}</style>{''.join(parts)}</svg>\n"
    )


def _frame(title: str, caption: str, height: float) -> list[str]:
    return [
        f'<text class="t" x="12" y="22">{_text(title, 200)}</text>',
        f'<text class="q" x="12" y="40">{_text(caption, 200)}</text>',
        f'<line class="z" x1="{LABELS}" x2="{LABELS + PLOT}" y1="{HEAD - 2}" y2="{HEAD - 2}"/>',
    ]


def _grid(axis: Axis, height: float) -> list[str]:
    parts = []
    for tick in axis.ticks:
        parts.append(_upright("g", axis, tick, height))
        parts.append(
            f'<text class="q" x="{_x(axis, tick):.1f}" y="{HEAD - 6}" text-anchor="middle">'
            f"{axis.label(tick)}</text>"
        )
    return parts


def _levels(axis: Axis, height: float) -> list[str]:
    parts = []
    for tick in axis.ticks:
        up = _y(axis, tick, height)
        parts.append(
            f'<line class="g" x1="{LABELS}" x2="{LABELS + PLOT}" y1="{up:.1f}" y2="{up:.1f}"/>'
            f'<text class="q" x="{LABELS - 8}" y="{up + 4:.1f}" text-anchor="end">'
            f"{axis.label(tick)}</text>"
        )
    return parts


def _axis_names(names: tuple[str, str], height: float) -> list[str]:
    right, below = LABELS + PLOT, height - 6
    first, second = _text(names[0], 80), _text(names[1], 40)
    return [
        f'<text class="q" x="{right}" y="{below:g}" text-anchor="end">{first}</text>',
        f'<text class="q" x="12" y="{HEAD + 12}">{second}</text>',
    ]


def _upright(kind: str, axis: Axis, value: float, height: float) -> str:
    x = _x(axis, value)
    return (
        f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD - 2}" y2="{height - EDGE:g}"/>'
    )


def _row(row: Row, axis: Axis, y: float) -> list[str]:
    label = _text(row.label, LONGEST)
    parts = [f'<text x="{LABELS - 10}" y="{y + 4:g}" text-anchor="end">{label}</text>']
    for tick in row.ticks:
        x = _x(axis, tick)
        parts.append(f'<line class="r" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 5:g}" y2="{y + 5:g}"/>')
    if row.low is not None and row.high is not None:
        parts.append(
            f'<line class="l" x1="{_x(axis, row.low):.1f}" x2="{_x(axis, row.high):.1f}"'
            f' y1="{y:g}" y2="{y:g}"/>'
        )
    if row.point is not None:
        parts.append(f'<circle class="d" cx="{_x(axis, row.point):.1f}" cy="{y:g}" r="4"/>')
    return parts


def _x(axis: Axis, value: float) -> float:
    return LABELS + PLOT * (min(max(value, axis.low), axis.high) - axis.low) / (
        axis.high - axis.low
    )


def _y(axis: Axis, value: float, height: float) -> float:
    share = (min(max(value, axis.low), axis.high) - axis.low) / (axis.high - axis.low)
    return height - EDGE - share * (height - EDGE - HEAD)


def _text(text: str, most: int) -> str:
    """Text as XML may hold it: printable, cut off, escaped."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return escape(plain if len(plain) <= most else f"{plain[: most - 1]}…")


def finite(value: float) -> float | None:
    """A number that can be drawn."""
    return float(value) if math.isfinite(value) else None
