"""Ways out of a plan that cannot be filled, and changes while judging runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, WrongState
from competition.models import (
    Assignment,
    AssignmentPlan,
    Entry,
    Judge,
    PanelMember,
    PlannedPair,
    Round,
    Scorecard,
)
from competition.policies import Actor, Permission, authorize
from competition.queries.panels import (
    Board,
    Obstacle,
    RepairStep,
    Report,
    Wish,
    assignment_board,
    wish_of,
)
from competition.services.panels.assignments import check_assigning
from competition.services.panels.conflicts import checked_reason
from competition.services.panels.proposing import PER_ENTRY_MOST, save_wish
from competition.services.panels.publishing import held_plan
from competition.services.record import audit, snapshot
from competition.vocabulary import (
    JUDGEABLE_ENTRY_STATES,
    AssignmentState,
    PairState,
    RoundState,
    ScorecardState,
)

PAIR_AFTER = {
    "waive_conflict": PairState.LOCKED,
    "unlock": PairState.PLANNED,
    "allow_excluded": None,
}
"""What becomes of the pair that a step names."""


def needs_decision(board: Board, step: RepairStep) -> bool:
    """Whether the step waives a conflict: only a person may, with a reason."""
    if step.remedy != "waive_conflict":
        return False
    entry = next((item for item in board.entries if item.id == step.entry), None)
    judge = next((item for item in board.judges if item.id == step.judge), None)
    if entry is None or judge is None:
        return True
    return board.obstacle(entry, judge) is not Obstacle.OTHER_TRACK


def apply_repair(
    session: Session, *, actor: Actor, plan: AssignmentPlan, number: int, now: datetime
) -> None:
    """Do what the plan's repair `number` (from 0) says; a new plan is then to be proposed.

    Judges' limits are raised on the judges, everything else is a change of the wish. Conflict
    `repair_needs_decision` when a conflict stands in the way, `repair_is_gone` when the plan has
    no such repair any more.
    """
    authorize(actor, Permission.PROPOSE_PLAN, plan.round)
    plan = held_plan(session, plan)
    repairs = Report.read(plan.report).repairs
    if not 0 <= number < len(repairs):
        raise Conflict("repair_is_gone")
    steps = repairs[number]
    board = assignment_board(session, of=plan.round)
    if any(needs_decision(board, step) for step in steps):
        raise Conflict("repair_needs_decision")
    judges = {judge.id: judge for judge in board.judges}
    for step in steps:
        if step.remedy == "raise_limit" and step.judge in judges:
            _raise_limit(session, actor, board, judges[step.judge], step.by, now)
        elif step.remedy in PAIR_AFTER:
            _set_pair(session, plan, step)
    wish = _changed(board, steps)
    if wish != board.wish:
        save_wish(session, actor=actor, of=plan.round, wish=wish, now=now)


def _raise_limit(
    session: Session, actor: Actor, board: Board, judge: Judge, by: int, now: datetime
) -> None:
    before = snapshot(judge)
    judge.max_entries = board.limit(judge) + by
    audit(
        session,
        actor=actor,
        action="change_judge",
        now=now,
        thing=judge,
        name=judge.account.name,
        competition_id=judge.competition_id,
        before=before,
        after=snapshot(judge),
    )


def _set_pair(session: Session, plan: AssignmentPlan, step: RepairStep) -> None:
    """Keep a pair by hand (a judge takes an entry of another track), or no longer."""
    after = PAIR_AFTER[step.remedy]
    row = next(
        (r for r in plan.pairs if (r.entry_id, r.judge_id) == (step.entry, step.judge)), None
    )
    if row is not None and after is None:
        plan.pairs.remove(row)
    elif row is not None and after is not None:
        row.state = after
    elif after is PairState.LOCKED:
        plan.pairs.append(PlannedPair(entry_id=step.entry, judge_id=step.judge, state=after))
    session.flush()
    if after is PairState.PLANNED:
        session.execute(
            update(Assignment)
            .where(Assignment.entry_id == step.entry, Assignment.judge_id == step.judge)
            .values(is_locked=False)
            .execution_options(synchronize_session="fetch")
        )


def _changed(board: Board, steps: Sequence[RepairStep]) -> Wish:
    """The wish with fewer judges, lower limits and exceptions."""
    wish = board.wish
    single, least = dict(wish.per_single), dict(wish.per_judge_min)
    lifted = list(wish.lifted)
    by_judge = {judge.id: judge for judge in board.judges}
    for step in steps:
        if step.remedy == "fewer_judges" and step.entry in board.places:
            places = single.get(step.entry, board.places[step.entry])
            single[step.entry] = max(1, places - step.by)
        elif step.remedy == "lower_minimum" and step.judge in by_judge:
            known = wish.least_of(by_judge[step.judge], len(board.entries))
            least[step.judge] = max(0, known - step.by)
        elif step.remedy == "lift_kind" and step.entry is not None and step.kind:
            lifted.append((step.entry, step.kind))
        elif step.remedy == "lift_organization" and step.entry is not None and step.organization:
            lifted.append((step.entry, step.organization))
    return replace(
        wish, per_single=single, per_judge_min=least, lifted=tuple(dict.fromkeys(lifted))
    )


def drop_out(
    session: Session, *, actor: Actor, judge: Judge, of: Round, reason: str, now: datetime
) -> int:
    """Take a judge off the panel in the middle of it; how many entries lose their judge.

    What is not begun goes, a draft is set aside (it stays on record and counts no more), what is
    submitted stays and counts. Invalid (field `reason`) without a reason; Conflict when the judge
    does not sit on the panel.
    """
    authorize(actor, Permission.MANAGE_PANEL, of)
    check_assigning(session, of)
    text = checked_reason(reason)
    member = session.scalar(
        select(PanelMember).where(PanelMember.judge_id == judge.id, PanelMember.round_id == of.id)
    )
    if member is None:
        raise Conflict("not_on_panel", judge=judge.account.name)
    rows: Sequence[tuple[Assignment, ScorecardState | None]] = [
        (row[0], row[1])
        for row in session.execute(
            select(Assignment, Scorecard.state)
            .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
            .where(
                Assignment.round_id == of.id,
                Assignment.judge_id == judge.id,
                Assignment.state != AssignmentState.RECUSED,
            )
        )
    ]
    gone = [assignment.id for assignment, state in rows if state is None]
    aside = [a for a, state in rows if state not in (None, ScorecardState.SUBMITTED)]
    session.execute(
        delete(Assignment)
        .where(Assignment.id.in_(gone))
        .execution_options(synchronize_session="fetch")
    )
    for assignment in aside:
        assignment.state, assignment.is_locked = AssignmentState.RECUSED, False
        assignment.recusal_reason = text
    session.delete(member)
    audit(
        session,
        actor=actor,
        action="drop_out",
        now=now,
        thing=judge,
        name=judge.account.name,
        competition_id=of.competition_id,
        after={
            "round": of.position,
            "reason": text,
            "removed": len(gone),
            "set_aside": len(aside),
            "kept": len(rows) - len(gone) - len(aside),
        },
    )
    return len(gone) + len(aside)


def ask_further_judge(session: Session, *, actor: Actor, entry: Entry, now: datetime) -> None:
    """Want one judge more on an entry, because its judges are far apart, say.

    WrongState unless the round is being judged; Conflict when the entry is no longer judged.
    """
    authorize(actor, Permission.PROPOSE_PLAN, entry.round)
    of = entry.round
    state = session.scalar(select(Round.state).where(Round.id == of.id).with_for_update())
    if state is not RoundState.JUDGING:
        raise WrongState("round_not_judging", state=state)
    if entry.state not in JUDGEABLE_ENTRY_STATES:
        raise Conflict("entry_not_judged", entry=entry.number)
    wish = wish_of(session, round_id=of.id)
    places = wish.places_of(entry.id, entry.track_id, of.judges_per_entry) + 1
    if places > PER_ENTRY_MOST:
        raise Invalid.one("not_between", low=1, high=PER_ENTRY_MOST)
    single = {**wish.per_single, entry.id: places}
    save_wish(session, actor=actor, of=of, wish=replace(wish, per_single=single), now=now)
