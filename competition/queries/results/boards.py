"""A leaderboard: one run as rows for people, track by track."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.models import (
    Entry,
    JudgeSeverity,
    LocalText,
    Organization,
    ScoreRun,
    Standing,
    Team,
    Track,
)
from competition.vocabulary import UNCORRECTED_METHODS

HALF_WIDTH = 1.96
"""Standard errors on either side of a score that make a 95 % interval."""
DEFAULT_PLACES = 2
MOST_PLACES = 9


@dataclass(frozen=True, slots=True)
class Place:
    """One entry in a ranking."""

    entry_id: int
    number: str
    title: LocalText
    team_id: int
    team: str
    school: LocalText
    track_id: int
    component: int
    rank: int | None
    is_tied: bool
    score: float | None
    adjusted: float | None
    raw: float | None
    se: float | None
    judges: int

    @property
    def low(self) -> float | None:
        return self._end(-HALF_WIDTH)

    @property
    def high(self) -> float | None:
        return self._end(HALF_WIDTH)

    def _end(self, errors: float) -> float | None:
        if self.adjusted is None or self.se is None:
            return None
        return self.adjusted + errors * self.se


@dataclass(frozen=True)
class TrackBoard:
    """The ranking of one track: by component, then rank; the unscored last."""

    track_id: int
    position: int
    name: LocalText
    places: tuple[Place, ...]

    @property
    def scored(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.rank is not None)

    @property
    def components(self) -> tuple[int, ...]:
        """The groups that are ranked apart; one is the usual case."""
        return tuple(sorted({place.component for place in self.scored}))


@dataclass(frozen=True)
class Board:
    """One run with the figures that stand above its ranking."""

    run: ScoreRun
    tracks: tuple[TrackBoard, ...]
    judges: int
    places: int
    """Decimal places to show: enough that no two different scores look alike."""

    @property
    def scored(self) -> int:
        return sum(len(track.scored) for track in self.tracks)

    @property
    def judges_per_entry(self) -> tuple[int, int]:
        """The fewest and the most judges of any scored entry."""
        counts = [place.judges for track in self.tracks for place in track.scored] or [0]
        return min(counts), max(counts)

    @property
    def half_width(self) -> float | None:
        """Typical half-width of a 95 % interval, in points."""
        errors = [p.se for track in self.tracks for p in track.scored if p.se is not None]
        return HALF_WIDTH * median(errors) if errors else None

    @property
    def is_corrected(self) -> bool:
        """Whether the score is something other than a mean of raw scores."""
        return self.run.method not in UNCORRECTED_METHODS

    def track(self, position: int | None) -> TrackBoard | None:
        """The track at this position, or the first for None; None if there is no such track."""
        if position is None:
            return self.tracks[0] if self.tracks else None
        return next((track for track in self.tracks if track.position == position), None)


def board_of_run(session: Session, run: ScoreRun) -> Board:
    """The run as a leaderboard; three statements however many entries there are."""
    rows = session.execute(
        select(
            Standing.entry_id,
            Entry.number,
            Entry.title,
            Team.id,
            Team.name,
            Organization.name,
            Standing.track_id,
            Standing.component,
            Standing.rank,
            Standing.score,
            Standing.adjusted,
            Standing.raw,
            Standing.se,
            Standing.judges,
        )
        .join(Entry, Entry.id == Standing.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .join(Organization, Organization.id == Team.organization_id)
        .where(Standing.run_id == run.id)
    ).all()
    tracks = session.scalars(
        select(Track).where(Track.id.in_({row.track_id for row in rows})).order_by(Track.position)
    ).all()
    judges = session.scalars(
        select(func.count())
        .select_from(JudgeSeverity)
        .where(JudgeSeverity.run_id == run.id, JudgeSeverity.entries > 0)
    ).one()
    shared = Counter((row.track_id, row.component, row.rank) for row in rows)
    places = sorted((_place(row, shared) for row in rows), key=_order)
    return Board(
        run=run,
        tracks=tuple(
            TrackBoard(
                track.id,
                track.position,
                track.name,
                tuple(place for place in places if place.track_id == track.id),
            )
            for track in tracks
        ),
        judges=judges,
        places=display_places(run.rules, (row.score for row in rows)),
    )


def _place(row: Any, shared: Mapping[tuple[int, int, int | None], int]) -> Place:
    tied = row.rank is not None and shared[(row.track_id, row.component, row.rank)] > 1
    entry_id, number, title, team_id, team, school, track_id, component, rank, *figures = row
    return Place(
        entry_id, number, title, team_id, team, school, track_id, component, rank, tied, *figures
    )


def _order(place: Place) -> tuple[bool, int, int, str]:
    return (place.rank is None, place.component, place.rank or 0, place.number)


def display_places(rules: Mapping[str, Any], scores: Iterable[float | None]) -> int:
    """Decimal places to show, which neither create nor hide a tie.

    What the rule book says, else as many as the total is rounded to; an unrounded total gets
    more than two where two different scores would look the same.

    >>> display_places({"scoring": {"round": {"total": 1}}}, [8.5, 8.6])
    1
    >>> display_places({"scoring": {}}, [79.3012, 79.3049, None])
    3
    """
    declared = rules.get("scoring", {}).get("round", {})
    if "display" in declared or "total" in declared:
        return int(declared.get("display", declared.get("total")))
    known = sorted({value for value in scores if value is not None})
    different = [pair for pair in pairwise(known) if pair[1] - pair[0] > 10.0**-MOST_PLACES]
    for places in range(DEFAULT_PLACES, MOST_PLACES):
        if all(_shown(low, places) != _shown(high, places) for low, high in different):
            return places
    return MOST_PLACES


def _shown(value: float, places: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def found(places: Sequence[Place], search: str) -> tuple[Place, ...]:
    """The places whose title, number, team or school contains the text, whatever its case."""
    wanted = " ".join(search.casefold().split())

    def holds(place: Place) -> bool:
        text = "\n".join(
            (place.number, place.team, place.title.en, place.title.zh,
             place.school.en, place.school.zh)
        ).casefold()  # fmt: skip
        return wanted in text

    return tuple(place for place in places if holds(place))
