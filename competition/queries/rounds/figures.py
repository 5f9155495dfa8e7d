"""How far each round has come, in counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import and_, case, distinct, func, select
from sqlalchemy.orm import Session

from competition.models import (
    Assignment,
    Criterion,
    Entry,
    PanelMember,
    Round,
    Rubric,
    Scorecard,
    ScoreRun,
)
from competition.queries.rounds.competitions import published_rounds
from competition.vocabulary import (
    JUDGEABLE_ENTRY_STATES,
    AssignmentState,
    EntryState,
    ScorecardState,
    Weighting,
)

ACTIVE = (AssignmentState.CONFIRMED, AssignmentState.DONE)
"""States in which a judge is expected to hand in a scorecard."""


@dataclass
class RoundFigures:
    """What a round has of everything."""

    entries: Counter[EntryState] = field(default_factory=Counter)
    panel: int = 0
    """Judges on the panel."""
    assignments: Counter[AssignmentState] = field(default_factory=Counter)
    scorecards: Counter[ScorecardState] = field(default_factory=Counter)
    """Those of assignments that are not recused."""
    judges_behind: int = 0
    """Judges with a scorecard still to hand in."""
    entries_unassigned: int = 0
    """Entries to be judged that no judge has been told of."""
    entries_short: int = 0
    """Entries to be judged with fewer judges than the round wants, unassigned ones included."""
    criteria: int = 0
    weighting: Weighting = Weighting.PERCENT
    weight_sum: Decimal = Decimal(0)
    is_rubric_frozen: bool = False
    runs: int = 0
    is_published: bool = False

    @property
    def judgeable(self) -> int:
        return sum(self.entries[state] for state in JUDGEABLE_ENTRY_STATES)

    @property
    def expected(self) -> int:
        """Scorecards that judges were asked for."""
        return sum(self.assignments[state] for state in ACTIVE)

    @property
    def submitted(self) -> int:
        return self.scorecards[ScorecardState.SUBMITTED]

    @property
    def missing(self) -> int:
        return max(0, self.expected - self.submitted)

    @property
    def is_rubric_complete(self) -> bool:
        fits = self.weighting is not Weighting.PERCENT or self.weight_sum == 100
        return self.criteria > 0 and fits

    @property
    def has_traces(self) -> bool:
        """Whether teams, judges or results have left anything here."""
        return bool(self.entries.total() or self.assignments.total() or self.runs)


def round_figures(session: Session, round_ids: Sequence[int]) -> Mapping[int, RoundFigures]:
    """The figures of each round; as many statements for one round as for thirty."""
    found = {round_id: RoundFigures() for round_id in round_ids}
    _add_entries(session, found)
    _add_assignments(session, found)
    _add_scorecards(session, found)
    _add_coverage(session, found)
    _add_rubrics(session, found)
    _add_runs(session, found)
    return found


def _add_entries(session: Session, found: Mapping[int, RoundFigures]) -> None:
    for round_id, state, count in session.execute(
        select(Entry.round_id, Entry.state, func.count())
        .where(Entry.round_id.in_(list(found)))
        .group_by(Entry.round_id, Entry.state)
    ):
        found[round_id].entries[state] = count


def _add_assignments(session: Session, found: Mapping[int, RoundFigures]) -> None:
    for round_id, state, count in session.execute(
        select(Assignment.round_id, Assignment.state, func.count())
        .where(Assignment.round_id.in_(list(found)))
        .group_by(Assignment.round_id, Assignment.state)
    ):
        found[round_id].assignments[state] = count
    for round_id, count in session.execute(
        select(PanelMember.round_id, func.count())
        .where(PanelMember.round_id.in_(list(found)))
        .group_by(PanelMember.round_id)
    ):
        found[round_id].panel = count


def _add_scorecards(session: Session, found: Mapping[int, RoundFigures]) -> None:
    for round_id, state, count in session.execute(
        select(Assignment.round_id, Scorecard.state, func.count())
        .join(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(Assignment.round_id.in_(list(found)), Assignment.state.in_(ACTIVE))
        .group_by(Assignment.round_id, Scorecard.state)
    ):
        found[round_id].scorecards[state] = count
    is_in = and_(
        Scorecard.assignment_id == Assignment.id, Scorecard.state == ScorecardState.SUBMITTED
    )
    for round_id, count in session.execute(
        select(Assignment.round_id, func.count(distinct(Assignment.judge_id)))
        .outerjoin(Scorecard, is_in)
        .where(
            Assignment.round_id.in_(list(found)),
            Assignment.state.in_(ACTIVE),
            Scorecard.id.is_(None),
        )
        .group_by(Assignment.round_id)
    ):
        found[round_id].judges_behind = count


def _add_coverage(session: Session, found: Mapping[int, RoundFigures]) -> None:
    is_active = and_(Assignment.entry_id == Entry.id, Assignment.state.in_(ACTIVE))
    per_entry = (
        select(Entry.round_id, func.count(Assignment.id).label("judges"))
        .outerjoin(Assignment, is_active)
        .where(Entry.round_id.in_(list(found)), Entry.state.in_(JUDGEABLE_ENTRY_STATES))
        .group_by(Entry.round_id, Entry.id)
        .subquery()
    )
    for round_id, unassigned, short in session.execute(
        select(
            Round.id,
            func.sum(case((per_entry.c.judges == 0, 1), else_=0)),
            func.sum(case((per_entry.c.judges < Round.judges_per_entry, 1), else_=0)),
        )
        .join(per_entry, per_entry.c.round_id == Round.id)
        .group_by(Round.id)
    ):
        found[round_id].entries_unassigned = int(unassigned)
        found[round_id].entries_short = int(short)


def _add_rubrics(session: Session, found: Mapping[int, RoundFigures]) -> None:
    for round_id, weighting, frozen_at, count, weights in session.execute(
        select(
            Rubric.round_id,
            Rubric.weighting,
            Rubric.frozen_at,
            func.count(Criterion.id),
            func.sum(Criterion.weight),
        )
        .outerjoin(Rubric.criteria)
        .where(Rubric.round_id.in_(list(found)))
        .group_by(Rubric.id)
    ):
        figures = found[round_id]
        figures.weighting, figures.is_rubric_frozen = weighting, frozen_at is not None
        figures.criteria, figures.weight_sum = count, weights or Decimal(0)


def _add_runs(session: Session, found: Mapping[int, RoundFigures]) -> None:
    for round_id, count in session.execute(
        select(ScoreRun.round_id, func.count())
        .where(ScoreRun.round_id.in_(list(found)))
        .group_by(ScoreRun.round_id)
    ):
        found[round_id].runs = count
    for round_id in published_rounds(session, found):
        found[round_id].is_published = True
