"""A plan becomes the assignment: judges are told, and what is begun stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from competition.errors import Conflict
from competition.models import Assignment, AssignmentPlan, Judge, PlannedPair
from competition.policies import Actor, Permission, authorize
from competition.queries.panels import Board, Obstacle, Pair, assignment_board
from competition.services.panels.assignments import check_assigning, named_pairs
from competition.services.panels.proposing import supersede
from competition.services.record import audit
from competition.vocabulary import AssignmentState, PairState, PlanStatus


@dataclass(frozen=True)
class Published:
    """What publishing a plan did."""

    added: int
    removed: int
    kept: int


def held_plan(session: Session, plan: AssignmentPlan) -> AssignmentPlan:
    """The plan as it is now, which nobody else changes; Conflict unless it is still proposed.

    The round is held first, as everything that changes assignments does.
    """
    check_assigning(session, plan.round)
    fresh = session.scalars(
        select(AssignmentPlan)
        .where(AssignmentPlan.id == plan.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if fresh.status is not PlanStatus.PROPOSED:
        raise Conflict("plan_not_open", number=fresh.number)
    return fresh


def publish_plan(
    session: Session, *, actor: Actor, plan: AssignmentPlan, revision: int | None, now: datetime
) -> Published:
    """Give the judges their entries as the plan says, and tell them.

    Whatever is begun stays with its judge, also what was begun after the plan was made. Entries
    withdrawn meanwhile are left out. Raises

    Conflict
        `plan_not_open`: published or superseded by somebody meanwhile; `changed_meanwhile`:
        edited since the page with `revision` was shown; `plan_out_of_date`: a judge now has a
        conflict, stepped back or left the panel (facts: pairs). Propose again.
    WrongState
        The round is not being assigned or judged.
    """
    authorize(actor, Permission.PUBLISH_PLAN, plan.round)
    plan = held_plan(session, plan)
    if revision is not None and plan.revision != revision:
        raise Conflict("changed_meanwhile")
    board = assignment_board(session, of=plan.round)
    wanted = _wanted(session, plan, board)
    _refuse_outdated(session, board, wanted)
    had = {(row.entry_id, row.judge_id) for row in board.live}
    removed = had - wanted.keys() - board.begun
    added = wanted.keys() - had
    _remove(session, board, removed)
    _keep(session, board, {pair: wanted[pair] for pair in wanted.keys() & had}, now)
    _add(session, board, {pair: wanted[pair] for pair in added}, now)
    _mark(session, plan, actor, now)
    audit(
        session,
        actor=actor,
        action="publish_plan",
        now=now,
        thing=plan,
        name=str(plan.number),
        competition_id=plan.round.competition_id,
        before={"removed": named_pairs(board, removed)},
        after={"added": named_pairs(board, set(added)), "round": plan.round.position},
    )
    return Published(len(added), len(removed), len(wanted.keys() & had))


def _wanted(session: Session, plan: AssignmentPlan, board: Board) -> dict[Pair, PairState]:
    """The plan's pairs of entries that are still to be judged."""
    entries = {entry.id for entry in board.entries}
    rows = session.scalars(select(PlannedPair).where(PlannedPair.plan_id == plan.id))
    return {
        (row.entry_id, row.judge_id): row.state
        for row in rows
        if row.state is not PairState.EXCLUDED and row.entry_id in entries
    }


def _refuse_outdated(session: Session, board: Board, wanted: dict[Pair, PairState]) -> None:
    entries = {entry.id: entry for entry in board.entries}
    judges = {judge.id: judge for judge in board.judges}
    wrong = []
    for entry_id, judge_id in sorted(wanted.keys() - board.begun):
        judge = judges.get(judge_id)
        why = board.obstacle(entries[entry_id], judge) if judge else None
        if judge is None or judge_id not in board.seated or why not in (None, Obstacle.OTHER_TRACK):
            name = session.get_one(Judge, judge_id).account.name
            wrong.append(f"{entries[entry_id].number} / {name}")
    if wrong:
        raise Conflict("plan_out_of_date", pairs=wrong[:10], count=len(wrong))


def _remove(session: Session, board: Board, removed: set[Pair]) -> None:
    ids = [board.at[pair].id for pair in removed]
    session.execute(
        delete(Assignment)
        .where(Assignment.id.in_(ids))
        .execution_options(synchronize_session="fetch")
    )


def _add(session: Session, board: Board, added: dict[Pair, PairState], now: datetime) -> None:
    new = [
        {
            "round_id": board.of.id,
            "entry_id": entry_id,
            "judge_id": judge_id,
            "state": AssignmentState.CONFIRMED,
            "is_locked": state is PairState.LOCKED,
            "created_at": now,
        }
        for (entry_id, judge_id), state in sorted(added.items())
    ]
    if new:
        session.execute(insert(Assignment), new)


def _keep(session: Session, board: Board, kept: dict[Pair, PairState], now: datetime) -> None:
    """Tell judges of what was only proposed, and take over which pairs are kept by hand."""
    changes = {
        "proposed": [board.at[p].id for p in kept if board.at[p].state is AssignmentState.PROPOSED],
        "lock": [board.at[p].id for p, state in kept.items() if state is PairState.LOCKED],
        "unlock": [board.at[p].id for p, state in kept.items() if state is PairState.PLANNED],
    }
    values: tuple[tuple[str, dict[str, object]], ...] = (
        ("proposed", {"state": AssignmentState.CONFIRMED}),
        ("lock", {"is_locked": True}),
        ("unlock", {"is_locked": False}),
    )
    for name, new in values:
        if changes[name]:
            session.execute(
                update(Assignment)
                .where(Assignment.id.in_(changes[name]))
                .values(**new)
                .execution_options(synchronize_session="fetch")
            )


def _mark(session: Session, plan: AssignmentPlan, actor: Actor, now: datetime) -> None:
    """At most one plan of a round is published: the database holds that."""
    supersede(session, plan.round, PlanStatus.PUBLISHED)
    plan.status, plan.published_by, plan.published_at = PlanStatus.PUBLISHED, actor.account_id, now
    session.flush()
    supersede(session, plan.round, PlanStatus.PROPOSED)


def discard_plan(session: Session, *, actor: Actor, plan: AssignmentPlan, now: datetime) -> None:
    """Give up a proposed plan; it stays in the history."""
    authorize(actor, Permission.PROPOSE_PLAN, plan.round)
    plan = held_plan(session, plan)
    plan.status = PlanStatus.SUPERSEDED
    audit(
        session,
        actor=actor,
        action="discard_plan",
        now=now,
        thing=plan,
        name=str(plan.number),
        competition_id=plan.round.competition_id,
        before={"status": PlanStatus.PROPOSED},
        after={"status": PlanStatus.SUPERSEDED},
    )
