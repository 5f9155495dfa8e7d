"""Who goes on to the next round: a line drawn through each track of a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from competition.queries.results.boards import Board, Place, TrackBoard


@dataclass(frozen=True)
class Line:
    """Where the line stands: so many entries of each track, or a share of the scored ones.

    Exactly one of the two is given.
    """

    top: int | None = None
    percent: Decimal | None = None

    def seats(self, scored: int) -> int:
        """Seats of a track with so many scored entries; a share is rounded half up, at least 1.

        >>> Line(percent=Decimal(30)).seats(24), Line(top=5).seats(3)
        (7, 3)
        """
        if self.top is not None:
            return min(self.top, scored)
        share = Decimal(scored) * (self.percent or Decimal(0)) / 100
        return min(scored, max(1, int(share.quantize(Decimal(1), rounding=ROUND_HALF_UP))))


@dataclass(frozen=True)
class TrackAdvance:
    """Who of one track goes through."""

    track: TrackBoard
    seats: int
    through: tuple[Place, ...]
    """The best `seats` entries, and all that share the rank of the last of them."""

    @property
    def tied(self) -> int:
        """How many more go through than there are seats, because they are tied at the line."""
        return len(self.through) - self.seats

    @property
    def is_divided(self) -> bool:
        """The track has several rankings that cannot be compared: no line can be drawn."""
        return len(self.track.components) > 1


@dataclass(frozen=True)
class Advance:
    """Who goes through in all tracks."""

    line: Line
    tracks: tuple[TrackAdvance, ...]

    @property
    def through(self) -> tuple[Place, ...]:
        return tuple(place for track in self.tracks for place in track.through)


def advance_of(board: Board, line: Line) -> Advance:
    """Draw the line through every track of a board."""
    return Advance(line, tuple(_track(track, line) for track in board.tracks if track.scored))


def _track(track: TrackBoard, line: Line) -> TrackAdvance:
    scored = track.scored
    seats = line.seats(len(scored))
    last = max((place.rank or 0 for place in scored[:seats]), default=0)
    through = tuple(place for place in scored if place.rank is not None and place.rank <= last)
    return TrackAdvance(track, seats, through)
