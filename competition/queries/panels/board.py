"""The assignment of one round as a whole: who may judge what, who does, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from competition.models import Entry, Judge, Round
from competition.queries.panels.assignments import (
    AssignmentRow,
    assignments_of_round,
    judgeable_entries,
)
from competition.queries.panels.conflicts import ConflictReason, conflict_map
from competition.queries.panels.judges import judges_of, seats_of
from competition.queries.panels.wishes import Wish, wish_of
from competition.vocabulary import AssignmentState

if TYPE_CHECKING:
    from competition.assigning import Quality

Pair = tuple[int, int]
"""Entry id and judge id."""


class Obstacle(StrEnum):
    """Why a judge does not get an entry; the first three are conflicts."""

    DECLARED = "declared"
    SAME_ORGANIZATION = "same_organization"
    IN_TEAM = "in_team"
    RECUSED = "recused"
    OTHER_TRACK = "other_track"
    FULL = "full"
    """The judge takes no more entries."""

    @property
    def is_conflict(self) -> bool:
        return self.value in set(ConflictReason)


@dataclass(frozen=True)
class Shortage:
    """One entry with open places that cannot be filled, and what keeps the other judges away."""

    entry: Entry
    missing: int
    able: int
    """Judges who may take the entry, or have it."""
    obstacles: Mapping[Obstacle, int]


@dataclass(frozen=True)
class Board:
    """Everything that pages and services ask about one round's assignment.

    Entries stand by track and number, judges by number: those on the panel, and any other who
    has an entry.
    """

    of: Round
    entries: Sequence[Entry]
    judges: Sequence[Judge]
    seated: frozenset[int]
    conflicts: Mapping[tuple[int, int], ConflictReason]
    rows: Sequence[AssignmentRow]
    wish: Wish = field(default_factory=Wish)

    @cached_property
    def at(self) -> dict[Pair, AssignmentRow]:
        return {(row.entry_id, row.judge_id): row for row in self.rows}

    @cached_property
    def live(self) -> list[AssignmentRow]:
        """The assignments that count, in the order of the rows."""
        return [row for row in self.rows if row.is_live]

    @cached_property
    def load(self) -> dict[int, int]:
        """Entries by judge id."""
        found = dict.fromkeys((judge.id for judge in self.judges), 0)
        for row in self.live:
            found[row.judge_id] += 1
        return found

    @cached_property
    def filled(self) -> dict[int, int]:
        """Judges by entry id."""
        found = dict.fromkeys((entry.id for entry in self.entries), 0)
        for row in self.live:
            found[row.entry_id] += 1
        return found

    @cached_property
    def places(self) -> dict[int, int]:
        """Judges that each entry shall have, by entry id."""
        usual = self.of.judges_per_entry
        return {
            entry.id: self.wish.places_of(entry.id, entry.track_id, usual) for entry in self.entries
        }

    @property
    def wanted(self) -> int:
        return sum(self.places.values())

    @cached_property
    def open_places(self) -> dict[int, int]:
        """Places still open, by entry id; zero is left out."""
        want = self.places
        return {entry: want[entry] - n for entry, n in self.filled.items() if n < want[entry]}

    @cached_property
    def quality(self) -> Quality:
        from competition.assigning import quality  # loads NumPy: for organizers only

        pairs = [(row.entry_id, row.judge_id) for row in self.live]
        return quality(pairs, [judge.id for judge in self.judges if judge.id in self.seated])

    def obstacle(self, entry: Entry, judge: Judge) -> Obstacle | None:
        """Why the judge may not be given the entry automatically; load is not looked at."""
        why = self.conflicts.get((judge.id, entry.team_id))
        if why is not None:
            return Obstacle(why.value)
        row = self.at.get((entry.id, judge.id))
        if row is not None and not row.is_live:
            return Obstacle.RECUSED
        own = self.tracks.get(judge.id, frozenset())
        if own and entry.track_id not in own:
            return Obstacle.OTHER_TRACK
        return None

    @cached_property
    def tracks(self) -> dict[int, frozenset[int]]:
        """The tracks a judge takes, by judge id; none means all."""
        return {judge.id: frozenset(item.id for item in judge.tracks) for judge in self.judges}

    def limit(self, judge: Judge) -> int:
        """Entries that the judge takes at most."""
        return self.wish.most_of(judge, len(self.entries))

    def is_full(self, judge: Judge) -> bool:
        return self.load[judge.id] >= self.limit(judge)

    @cached_property
    def begun(self) -> frozenset[Pair]:
        """Pairs with a scorecard: no plan touches them."""
        return frozenset((r.entry_id, r.judge_id) for r in self.live if r.has_begun)

    @cached_property
    def locked(self) -> frozenset[Pair]:
        """Pairs kept by hand."""
        return frozenset((r.entry_id, r.judge_id) for r in self.live if r.is_locked)

    @cached_property
    def told(self) -> frozenset[Pair]:
        """Pairs that judges know of."""
        return frozenset(
            (r.entry_id, r.judge_id) for r in self.live if r.state is not AssignmentState.PROPOSED
        )

    def shortage(self, entry: Entry, missing: int) -> Shortage:
        """What keeps judges from an entry with open places."""
        found: dict[Obstacle, int] = {}
        able = 0
        for judge in self.judges:
            if judge.id not in self.seated:
                continue
            row = self.at.get((entry.id, judge.id))
            why = None if row is not None and row.is_live else self.obstacle(entry, judge)
            if why is None:
                able += 1
            else:
                found[why] = found.get(why, 0) + 1
        return Shortage(entry, missing, able, found)


def assignment_board(session: Session, *, of: Round, wish: Wish | None = None) -> Board:
    """The board of a round; the number of statements does not grow with entries and judges.

    With `wish` it is looked at under other settings than those stored.
    """
    entries = judgeable_entries(session, round_id=of.id)
    on_board = {entry.id for entry in entries}
    rows = [
        row for row in assignments_of_round(session, round_id=of.id) if row.entry_id in on_board
    ]
    seats = seats_of(session, competition_id=of.competition_id)
    seated = frozenset(judge for round_id, judge in seats if round_id == of.id)
    wanted = seated | {row.judge_id for row in rows}
    judges = [
        judge
        for judge in judges_of(session, competition_id=of.competition_id)
        if judge.id in wanted
    ]
    conflicts = conflict_map(session, competition_id=of.competition_id)
    if wish is None:
        wish = wish_of(session, round_id=of.id)
    return Board(of, entries, judges, seated, conflicts, rows, wish)
