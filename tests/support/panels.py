"""A round in assigning with a panel, for tests of plans and conflicts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Assignment, AssignmentPlan, Entry, Judge, PlannedPair
from competition.policies import Actor
from competition.queries.panels import Report, Wish
from competition.services import panels
from competition.services.panels import Edit
from competition.vocabulary import AssignmentState, PairState, PlanChanges, RoundState
from tests.support.builders import (
    actor_for,
    make_competition,
    make_entries,
    make_judges,
    make_organizer,
    make_round,
    make_teams,
    seat_all,
)

Pair = tuple[int, int]


class Scene:
    """A round in assigning with teams of different schools and a panel."""

    def __init__(
        self, session: Session, entries: int = 6, judges: int = 4, **round_fields: Any
    ) -> None:
        self.session = session
        self.competition = make_competition(session)
        self.of = make_round(
            session,
            self.competition,
            **{"state": RoundState.ASSIGNING, "judges_per_entry": 2, **round_fields},
        )
        self.teams = make_teams(
            session, self.competition, {f"Team {n}": f"School {n}" for n in range(entries)}
        )
        self.entries = make_entries(session, self.of, self.teams)
        self.judges = make_judges(session, self.competition, [f"Judge {n}" for n in range(judges)])
        seat_all(session, self.of, self.judges)
        self.organizer = make_organizer(session, self.competition)
        self.actor: Actor = actor_for(session, self.organizer)

    def pairs(self) -> set[Pair]:
        """What judges have, told or not."""
        rows = self.session.execute(
            select(Assignment.entry_id, Assignment.judge_id).where(
                Assignment.state != AssignmentState.RECUSED
            )
        )
        return {(entry, judge) for entry, judge in rows}

    def propose(
        self, now: datetime, seed: int = 1, changes: PlanChanges = PlanChanges.ANEW
    ) -> AssignmentPlan:
        return panels.propose_plan(
            self.session, actor=self.actor, of=self.of, seed=seed, changes=changes, now=now
        )

    def publish(self, now: datetime, plan: AssignmentPlan | None = None) -> panels.Published:
        return panels.publish_plan(
            self.session,
            actor=self.actor,
            plan=plan or self.propose(now),
            revision=None,
            now=now,
        )

    def planned(self, plan: AssignmentPlan) -> set[Pair]:
        """What the plan wants."""
        rows = self.session.execute(
            select(PlannedPair.entry_id, PlannedPair.judge_id).where(
                PlannedPair.plan_id == plan.id, PlannedPair.state != PairState.EXCLUDED
            )
        )
        return {(entry, judge) for entry, judge in rows}

    def wish(self, wish: Wish, now: datetime) -> None:
        panels.save_wish(self.session, actor=self.actor, of=self.of, wish=wish, now=now)

    def change(self, plan: AssignmentPlan, pair: Pair, edit: Edit, now: datetime) -> None:
        """One pair of a plan, by hand."""
        panels.change_plan(
            self.session,
            actor=self.actor,
            plan=plan,
            entry=self.session.get_one(Entry, pair[0]),
            judge=self.session.get_one(Judge, pair[1]),
            edit=edit,
            revision=None,
            now=now,
        )

    def pair(self, entry: int, judge: int) -> Pair:
        return self.entries[entry].id, self.judges[judge].id


def report_of(plan: AssignmentPlan) -> Report:
    return Report.read(plan.report)
