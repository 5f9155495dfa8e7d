"""The part of a leaderboard that one page shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil

from competition.errors import NotFound
from competition.models import LocalText
from competition.queries.results import Board, Place, TrackBoard
from competition.queries.results.boards import found
from competition.web.charts import Axis, axis_for

PAGE = 100
"""Rows on one page."""


@dataclass(frozen=True)
class Heading:
    """What stands above the rows of a track."""

    name: LocalText
    components: tuple[int, ...]


@dataclass(frozen=True)
class Group:
    """Rows that are ranked together, under a heading where there are several groups."""

    track: Heading
    component: int | None
    """Set where a track has several rankings."""
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Sheet:
    """The part of a board that one page shows."""

    track: TrackBoard | None
    """The chosen track; None while all tracks are searched."""
    groups: tuple[Group, ...]
    page: int
    pages: int
    matches: int
    axis: Axis | None
    """Of the intervals; None where no score has one."""

    def alone(self) -> Sheet:
        """Without the rest of the track: what a template holds waits for the garbage collector."""
        return replace(self, track=None)


def sheet_of(board: Board, position: int | None, page: int, search: str) -> Sheet:
    """Cut a page out of a board: a hundred rows of a track, or what a search finds anywhere."""
    track = board.track(position)
    if position is not None and track is None:
        raise NotFound
    shown = board.tracks if search else ((track,) if track else ())
    listed = [
        (item, place)
        for item in shown
        for place in (found(item.places, search) if search else item.places)
    ]
    pages = max(1, ceil(len(listed) / PAGE))
    if page > pages:
        raise NotFound
    return Sheet(
        track=None if search else track,
        groups=_groups(listed[(page - 1) * PAGE : page * PAGE]),
        page=page,
        pages=pages,
        matches=len(listed),
        axis=_axis(shown),
    )


def _groups(listed: list[tuple[TrackBoard, Place]]) -> tuple[Group, ...]:
    tracks = {track.track_id: track for track, _place in listed}
    headings = {key: Heading(track.name, track.components) for key, track in tracks.items()}

    def group_of(row: tuple[TrackBoard, Place]) -> tuple[int, int | None]:
        track, place = row
        components = headings[track.track_id].components
        divided = len(components) > 1 and place.rank is not None
        return track.track_id, components.index(place.component) + 1 if divided else None

    return tuple(
        Group(headings[key], component, tuple(place for _track, place in rows))
        for (key, component), rows in groupby(listed, group_of)
    )


def _axis(tracks: tuple[TrackBoard, ...]) -> Axis | None:
    """One axis for all pages of what is shown, so that they can be compared."""
    ends = [end for track in tracks for place in track.scored for end in (place.low, place.high)]
    known = [end for end in ends if end is not None]
    return axis_for(known) if known else None
