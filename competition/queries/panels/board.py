"""The assignment of one round as a whole: who may judge what, who does, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import AuditEntry, Entry, Judge, Round
from competition.queries.panels.assignments import (
    AssignmentRow,
    assignments_of_round,
    judgeable_entries,
)
from competition.queries.panels.conflicts import ConflictReason, conflict_map
from competition.queries.panels.judges import judges_of, seats_of
from competition.vocabulary import AssignmentState, RoundState

if TYPE_CHECKING:
    from competition.assigning import Infeasible, Problem, Quality

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
class Jam:
    """Entries that only these judges may take, who have too little room."""

    entries: tuple[Entry, ...]
    judges: tuple[Judge, ...]
    short: int


@dataclass(frozen=True)
class Explanation:
    """Why an assignment cannot be complete: entry by entry, and the groups that block."""

    open: int
    shortages: tuple[Shortage, ...]
    jams: tuple[Jam, ...]


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

    @property
    def wanted(self) -> int:
        return self.of.judges_per_entry * len(self.entries)

    @cached_property
    def open_places(self) -> dict[int, int]:
        """Places still open, by entry id; zero is left out."""
        want = self.of.judges_per_entry
        return {entry: want - has for entry, has in self.filled.items() if has < want}

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
        if judge.tracks and entry.track_id not in {track.id for track in judge.tracks}:
            return Obstacle.OTHER_TRACK
        return None

    def is_full(self, judge: Judge) -> bool:
        return judge.max_entries is not None and self.load[judge.id] >= judge.max_entries

    def kept(self) -> tuple[frozenset[Pair], frozenset[Pair]]:
        """Pairs that a new proposal leaves alone: locked by hand, and already at work.

        While judging runs, whoever was told of an entry keeps it.
        """
        is_running = self.of.state is RoundState.JUDGING
        locked = frozenset((r.entry_id, r.judge_id) for r in self.live if r.is_locked)
        already = frozenset(
            (r.entry_id, r.judge_id)
            for r in self.live
            if r.has_begun or (is_running and r.state is not AssignmentState.PROPOSED)
        )
        return locked, already

    def problem(self) -> Problem:
        """The round in the terms of `competition.assigning`."""
        import numpy as np

        from competition.assigning import Problem

        locked, already = self.kept()
        shape = (len(self.entries), len(self.judges))
        allowed = np.zeros(shape, dtype=np.bool_)
        for i, entry in enumerate(self.entries):
            for j, judge in enumerate(self.judges):
                allowed[i, j] = judge.id in self.seated and self.obstacle(entry, judge) is None
        limit = len(self.entries)
        return Problem(
            entries=tuple(entry.id for entry in self.entries),
            judges=tuple(judge.id for judge in self.judges),
            allowed=allowed,
            per_entry=self.of.judges_per_entry,
            max_load=np.array(
                [judge.max_entries or limit for judge in self.judges], dtype=np.int64
            ),
            locked=locked,
            done=already,
        )

    def explain(self, outcome: Infeasible) -> Explanation:
        """The outcome in entries and judges instead of ids."""
        entries = {entry.id: entry for entry in self.entries}
        judges = {judge.id: judge for judge in self.judges}
        shortages = [self._shortage(entries[entry], n) for entry, n in outcome.missing]
        jams = [
            Jam(
                tuple(self._in_order(item.entries, self.entries)),
                tuple(judges[judge] for judge in item.judges),
                item.short,
            )
            for item in outcome.bottlenecks
        ]
        return Explanation(
            open=sum(missing for _entry, missing in outcome.missing),
            shortages=tuple(shortages),
            jams=tuple(jams),
        )

    @staticmethod
    def _in_order(ids: Iterable[int], things: Sequence[Entry]) -> list[Entry]:
        wanted = set(ids)
        return [thing for thing in things if thing.id in wanted]

    def _shortage(self, entry: Entry, missing: int) -> Shortage:
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


def assignment_board(session: Session, *, of: Round) -> Board:
    """The board of a round; the number of statements does not grow with entries and judges."""
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
    return Board(of, entries, judges, seated, conflicts, rows)


def shortfall(board: Board, *, seed: int) -> Explanation | None:
    """Why the open places cannot all be filled by a new proposal; None when they can."""
    if not board.open_places:
        return None
    from competition.assigning import Infeasible, solve

    outcome = solve(board.problem(), comparability=None, seed=seed)
    return board.explain(outcome) if isinstance(outcome, Infeasible) else None


def last_seed(session: Session, *, round_id: int) -> int | None:
    """The seed of the round's last proposal."""
    after = session.scalar(
        select(AuditEntry.after)
        .where(
            AuditEntry.object_type == Round.__tablename__,
            AuditEntry.object_id == round_id,
            AuditEntry.action == "propose_assignments",
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return None if after is None else after.get("seed")
