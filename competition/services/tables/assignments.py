"""Bringing in who judges what: assign, remove or lock, row by row."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from competition.errors import Conflict, WrongState
from competition.models import Assignment, Entry, Judge
from competition.queries.panels import AssignmentRow, Board, Obstacle, assignment_board
from competition.services.panels.assignments import OPEN_STATES, check_assigning
from competition.services.record import audit
from competition.services.tables.plans import Context, Effect, Step
from competition.services.tables.recognition import Entries, Judges
from competition.services.tables.sheets import Cells, Sheet


class Action(StrEnum):
    ASSIGN = "assign"
    REMOVE = "remove"
    LOCK = "lock"


ACTIONS = {
    "assign": Action.ASSIGN,
    "分配": Action.ASSIGN,
    "指派": Action.ASSIGN,
    "remove": Action.REMOVE,
    "移除": Action.REMOVE,
    "取消": Action.REMOVE,
    "lock": Action.LOCK,
    "锁定": Action.LOCK,
}


def plan(context: Context, sheet: Sheet) -> list[Step]:
    of = context.round
    if of.state not in OPEN_STATES:
        sheet.add("table_round_not_assigning", None, None)
        return []
    board = assignment_board(context.session, of=of)
    judges, entries = Judges(board.judges), Entries(board.entries)
    seen: dict[tuple[int, int], int] = {}
    load = dict(board.load)
    steps = []
    for cells in sheet:
        entry, judge = entries.find(cells), judges.find(cells)
        action = cells.choice("action", ACTIONS, default=Action.ASSIGN)
        if entry is None or judge is None or action is None:
            continue
        pair = (entry.id, judge.id)
        if pair in seen:
            cells.wrong("table_row_twice", None, first=seen[pair])
            continue
        seen[pair] = cells.number
        effect = _effect(cells, board, entry, judge, action)
        if effect is None:
            continue
        row = board.at.get(pair)
        if effect is Effect.NEW:
            load[judge.id] += 1
        elif action is Action.REMOVE and effect is Effect.CHANGED:
            load[judge.id] -= 1
        name = f"{entry.number} / {judge.account.name}"
        steps.append(
            Step(cells.number, effect, name, ((action.value, "", ""),), (action, entry, judge, row))
        )
    _check_limits(sheet, board, load)
    return steps


def _effect(
    cells: Cells, board: Board, entry: Entry, judge: Judge, action: Action
) -> Effect | None:
    """What the row does, or None with the problem noted."""
    row = board.at.get((entry.id, judge.id))
    is_live = row is not None and row.is_live
    names = {"judge": judge.account.name, "entry": entry.number}
    if action is Action.REMOVE:
        if not is_live:
            return Effect.UNCHANGED
        if row is not None and row.has_begun:
            cells.wrong("table_assignment_begun", "judge", **names)
            return None
        return Effect.CHANGED
    if is_live:
        return _lock_effect(row, action)
    why = board.obstacle(entry, judge)
    if judge.id not in board.seated:
        cells.wrong("not_on_panel", "judge", **names)
    elif why is not None and (why.is_conflict or why is Obstacle.RECUSED):
        code = "judge_recused" if why is Obstacle.RECUSED else f"conflict_{why.value}"
        cells.wrong(code, "judge", **names)
    return Effect.NEW if cells.is_sound else None


def _lock_effect(row: AssignmentRow | None, action: Action) -> Effect:
    is_locking = action is Action.LOCK and row is not None and not row.is_locked
    return Effect.CHANGED if is_locking else Effect.UNCHANGED


def _check_limits(sheet: Sheet, board: Board, load: dict[int, int]) -> None:
    for judge in board.judges:
        limit = judge.max_entries
        if limit is not None and load[judge.id] > max(limit, board.load[judge.id]):
            sheet.add(
                "table_judge_over_limit",
                None,
                None,
                judge=judge.account.name,
                limit=limit,
                count=load[judge.id],
            )


def apply(context: Context, steps: list[Step], now: datetime) -> None:
    session, of = context.session, context.round
    try:
        check_assigning(session, of)
    except WrongState:
        raise Conflict("changed_meanwhile") from None
    named: dict[str, list[list[object]]] = {action.value: [] for action in Action}
    added: list[Assignment] = []
    removed: list[int] = []
    locked: list[int] = []
    for step in steps:
        if step.effect is Effect.UNCHANGED:
            continue
        action, entry, judge, row = step.wanted
        named[action].append([entry.number, judge.number])
        if step.effect is Effect.NEW:
            added.append(
                Assignment(
                    round_id=of.id,
                    entry_id=entry.id,
                    judge_id=judge.id,
                    is_locked=action is Action.LOCK,
                    created_at=now,
                )
            )
        else:
            (removed if action is Action.REMOVE else locked).append(row.id)
    session.execute(
        delete(Assignment)
        .where(Assignment.id.in_(removed))
        .execution_options(synchronize_session="fetch")
    )
    session.execute(
        update(Assignment)
        .where(Assignment.id.in_(locked))
        .values(is_locked=True)
        .execution_options(synchronize_session="fetch")
    )
    session.add_all(added)
    try:
        session.flush()
    except IntegrityError:  # a conflict came up after the file was checked
        raise Conflict("changed_meanwhile") from None
    audit(
        session,
        actor=context.actor,
        action="change_assignments",
        now=now,
        thing=of,
        name=str(of.name),
        competition_id=of.competition_id,
        after=named,
    )
