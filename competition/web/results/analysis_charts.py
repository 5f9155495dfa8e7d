"""Geometry of the analysis: the axes of its chart columns and the two orders of the slope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from competition.queries.results.analysing import Analysis, EntryFigures, TrackAnalysis
from competition.web.charts import Axis, axis_for, rank_axis

HALF_WIDTH = 1.96
"""Standard errors on each side of a 95 % interval."""

SLOPES = 20
"""Entries of either order that the slope shows; more would be a thicket."""


@dataclass(frozen=True)
class Slope:
    """Both orders of the entries near the top; places count from 1 within what is shown."""

    rows: tuple[tuple[EntryFigures, int, int], ...]
    line: int | None
    """The last place inside the line, where both orders have the same number inside."""
    left_out: int


@dataclass(frozen=True)
class Charts:
    """Axes and orders of the page."""

    scores: Axis
    severities: Axis | None
    ranks: Axis
    slope: Slope


def charts_of(analysis: Analysis, track: TrackAnalysis) -> Charts:
    ends = [
        judge.severity + side * HALF_WIDTH * (judge.se or 0)
        for judge in analysis.judges
        if judge.severity is not None
        for side in (-1, 1)
    ]
    widest = max((abs(end) for end in ends), default=0.0)
    return Charts(
        scores=axis_for([score for judge in analysis.judges for score in judge.given]),
        severities=axis_for([-widest, widest]) if ends else None,
        ranks=rank_axis(len(track.scored)),
        slope=slope_of(track),
    )


def slope_of(track: TrackAnalysis) -> Slope:
    """The best by either order, each in its own order; ties stand in the order of the other."""
    shown = [
        item
        for item in track.scored
        if min(item.raw_rank or SLOPES + 1, item.rank or SLOPES + 1) <= SLOPES
    ]
    before = _places(shown, sorted(shown, key=lambda item: (item.raw_rank or 0, item.rank or 0)))
    after = _places(shown, sorted(shown, key=lambda item: (item.rank or 0, item.raw_rank or 0)))
    inside_before = sum((item.raw_rank or 0) <= track.line for item in shown)
    inside_after = sum((item.rank or 0) <= track.line for item in shown)
    same = inside_before == inside_after and 0 < inside_after < len(shown)
    return Slope(
        rows=tuple(zip(shown, before, after, strict=True)),
        line=inside_after if same else None,
        left_out=len(track.scored) - len(shown),
    )


def _places(shown: Sequence[EntryFigures], order: Sequence[EntryFigures]) -> list[int]:
    place = {item.position: number for number, item in enumerate(order, start=1)}
    return [place[item.position] for item in shown]
