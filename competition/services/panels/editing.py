"""Changing a proposed plan by hand."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid
from competition.models import AssignmentPlan, Entry, Judge, PlannedPair
from competition.policies import Actor, Permission, authorize
from competition.queries.panels import (
    Board,
    Ground,
    Obstacle,
    Report,
    Wish,
    planning_ground,
    report_of_design,
)
from competition.services.panels.proposing import affinity_of
from competition.services.panels.publishing import held_plan
from competition.services.record import audit
from competition.vocabulary import PairState


class Edit(StrEnum):
    """What a hand may do to one pair of a plan."""

    ADD = "add"
    """Plan the pair and keep it by hand."""
    REMOVE = "remove"
    LOCK = "lock"
    UNLOCK = "unlock"
    EXCLUDE = "exclude"
    """Take it away, and never propose it."""
    ALLOW = "allow"
    """Let it be proposed again."""


AFTER = {
    Edit.ADD: PairState.LOCKED,
    Edit.LOCK: PairState.LOCKED,
    Edit.UNLOCK: PairState.PLANNED,
    Edit.EXCLUDE: PairState.EXCLUDED,
}


def change_plan(
    session: Session,
    *,
    actor: Actor,
    plan: AssignmentPlan,
    entry: Entry,
    judge: Judge,
    edit: Edit,
    revision: int | None,
    now: datetime,
) -> None:
    """Do this to one pair, and measure the plan anew.

    Panel rules and open places do not bind the organizer's hand: the plan's report says what is
    broken. Conflicts, recusals and the judge's limit do (Conflict, as when assigning by hand);
    so does work that has begun.
    """
    authorize(actor, Permission.PROPOSE_PLAN, plan.round)
    plan = held_plan(session, plan)
    if revision is not None and plan.revision != revision:
        raise Conflict("changed_meanwhile")
    ground = planning_ground(session, of=plan.round, wish=Wish.read(plan.wish))
    rows = {(row.entry_id, row.judge_id): row for row in plan.pairs}
    pair = (entry.id, judge.id)
    before = rows[pair].state if pair in rows else None
    _check(ground.board, rows, entry, judge, edit)
    after = AFTER.get(edit)
    if before is after:
        return
    if pair in rows and after is not None:
        rows[pair].state = after
    elif after is not None:
        plan.pairs.append(PlannedPair(entry_id=entry.id, judge_id=judge.id, state=after))
    elif pair in rows:
        plan.pairs.remove(rows[pair])
    plan.edits += 1
    session.flush()
    plan.report = measured(session, ground, plan).stored()
    audit(
        session,
        actor=actor,
        action="change_plan",
        now=now,
        thing=plan,
        name=f"{plan.number}: {entry.number} / {judge.number:02}",
        competition_id=plan.round.competition_id,
        before={"pair": before},
        after={"pair": after},
    )


def _check(
    board: Board,
    rows: dict[tuple[int, int], PlannedPair],
    entry: Entry,
    judge: Judge,
    edit: Edit,
) -> None:
    pair, name = (entry.id, judge.id), judge.account.name
    state = rows[pair].state if pair in rows else None
    is_there = state in (PairState.PLANNED, PairState.LOCKED)
    if edit is Edit.ADD:
        if is_there:
            raise Conflict("already_assigned", judge=name, entry=entry.number)
        _check_new(board, rows, entry, judge)
    elif edit in (Edit.LOCK, Edit.UNLOCK, Edit.REMOVE) and not is_there:
        raise Invalid.one("not_in_plan", judge=name, entry=entry.number)
    if edit in (Edit.REMOVE, Edit.EXCLUDE) and pair in board.begun:
        raise Conflict("assignment_begun", judge=name)
    if edit is Edit.ALLOW and state is not PairState.EXCLUDED:
        raise Invalid.one("not_in_plan", judge=name, entry=entry.number)


def _check_new(
    board: Board, rows: dict[tuple[int, int], PlannedPair], entry: Entry, judge: Judge
) -> None:
    name = judge.account.name
    if judge.id not in board.seated:
        raise Conflict("not_on_panel", judge=name)
    why = board.obstacle(entry, judge)
    if why is not None and why.is_conflict:
        raise Conflict(f"conflict_{why.value}", judge=name, entry=entry.number)
    if why is Obstacle.RECUSED:
        raise Conflict("judge_recused", judge=name, entry=entry.number)
    load = sum(
        judge_id == judge.id and row.state is not PairState.EXCLUDED
        for (_entry_id, judge_id), row in rows.items()
    )
    if load >= board.limit(judge):
        raise Conflict("judge_full", judge=name, limit=board.limit(judge))


def measured(session: Session, ground: Ground, plan: AssignmentPlan) -> Report:
    """The figures of the plan as it is now; what the solver found out stays."""
    from competition.assigning import measure

    known = Report.read(plan.report)
    problem = ground.problem(changes=plan.changes)
    rows = session.execute(
        select(PlannedPair.entry_id, PlannedPair.judge_id).where(
            PlannedPair.plan_id == plan.id, PlannedPair.state != PairState.EXCLUDED
        )
    )
    entries, judges = set(problem.entries), set(problem.judges)
    pairs = [(e, j) for e, j in rows if e in entries and j in judges]
    filled = dict.fromkeys(problem.entries, 0)
    for entry_id, _judge_id in pairs:
        filled[entry_id] += 1
    open_places = {
        entry_id: places - filled[entry_id]
        for entry_id, places in ground.board.places.items()
        if filled[entry_id] < places
    }
    return report_of_design(
        measure(problem, pairs),
        status="infeasible" if open_places else "feasible",
        affinity=affinity_of(problem, pairs),
        optimum=known.optimum,
        is_fit_known=known.is_fit_known,
        fit_vif=known.fit_vif,
        places=open_places,
    )
