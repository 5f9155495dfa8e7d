"""Bringing in ratings given elsewhere: complete scorecards, submitted at once, in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update

from competition.errors import Conflict
from competition.models import (
    Assignment,
    Criterion,
    Entry,
    Judge,
    PanelMember,
    Rating,
    Rubric,
    Scorecard,
    ScorecardVersion,
)
from competition.queries.panels import (
    AssignmentRow,
    Board,
    Obstacle,
    assignment_board,
    judges_of,
)
from competition.queries.rubrics import rubric_of
from competition.queries.scorecards import criteria_of, total_of
from competition.services.panels.assignments import OPEN_STATES, check_assigning
from competition.services.record import audit, plain
from competition.services.rubrics import freeze
from competition.services.submissions.versions import digest_of
from competition.services.tables.plans import Context, Effect, Step
from competition.services.tables.recognition import Entries, Judges, in_both
from competition.services.tables.sheets import Cells, Sheet, both_names, folded, shown
from competition.vocabulary import AssignmentState, ScorecardState


@dataclass
class Card:
    """The rows of one judge on one entry, as a scorecard."""

    entry: Entry
    judge: Judge
    first_row: int
    values: dict[int, Decimal] = field(default_factory=dict)
    """Score by criterion id."""
    reasons: dict[int, str] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    """Row by criterion id."""

    @property
    def name(self) -> str:
        return f"{self.entry.number} / {self.judge.account.name}"


def plan(context: Context, sheet: Sheet) -> list[Step]:
    of, session = context.round, context.session
    rubric = rubric_of(session, of.id)
    if of.state not in OPEN_STATES:
        sheet.add("table_round_not_judging", None, None)
        return []
    if rubric is None or not rubric.criteria:
        sheet.add("table_no_rubric", None, None)
        return []
    if not sheet.has("criterion") and len(rubric.criteria) > 1 and not sheet.placed.missing:
        sheet.add("table_column_missing", sheet.table.header_row, None, column_name="criterion")
        return []
    board = assignment_board(session, of=of)
    judges = judges_of(session, competition_id=context.competition.id)
    cards = _cards(sheet, Judges(judges), Entries(board.entries), rubric)
    stored = _stored(context)
    steps = []
    for card in cards:
        effect = _effect(sheet, board, card, rubric, stored)
        if effect is not None:
            steps.append(Step(card.first_row, effect, card.name, _digest(card), wanted=card))
    return steps


def _digest(card: Card) -> tuple[tuple[str, str, str], ...]:
    """The scores as the plan's digest takes them in."""
    return tuple(
        (str(criterion), "", f"{value} {card.reasons[criterion]}")
        for criterion, value in sorted(card.values.items())
    )


def _cards(sheet: Sheet, judges: Judges, entries: Entries, rubric: Rubric) -> list[Card]:
    """The rows grouped by judge and entry; wrong rows are noted and left out."""
    criteria = {name: one for one in rubric.criteria for name in in_both(one.name)}
    only = rubric.criteria[0] if len(rubric.criteria) == 1 else None
    found: dict[tuple[int, int], Card] = {}
    for cells in sheet:
        judge, entry = judges.find(cells), entries.find(cells)
        criterion = _criterion(cells, criteria, only)
        value = cells.decimal("score")
        reason = cells.text("comment", lines=True)
        if judge is None or entry is None or criterion is None:
            continue
        card = found.setdefault((entry.id, judge.id), Card(entry, judge, cells.number))
        if criterion.id in card.rows:
            cells.wrong("table_row_twice", None, first=card.rows[criterion.id])
            continue
        card.rows[criterion.id] = cells.number
        if value is not None and _is_on_scale(cells, criterion, value):
            card.values[criterion.id] = value
            card.reasons[criterion.id] = reason
    return list(found.values())


def _criterion(
    cells: Cells, criteria: dict[str, Criterion], only: Criterion | None
) -> Criterion | None:
    text = cells.text("criterion")
    if not text:
        if only is None:
            cells.wrong("table_cell_empty", "criterion")
        return only
    found = criteria.get(folded(text))
    if found is None:
        known = list({one.id: both_names(one.name) for one in criteria.values()}.values())
        cells.wrong("table_criterion_unknown", "criterion", value=shown(text), known=known)
    return found


def _is_on_scale(cells: Cells, criterion: Criterion, value: Decimal) -> bool:
    facts = {
        "value": f"{value:f}",
        "low": f"{criterion.scale_min:f}",
        "high": f"{criterion.scale_max:f}",
    }
    if not criterion.scale_min <= value <= criterion.scale_max:
        cells.wrong("table_off_scale", "score", **facts)
    elif (value - criterion.scale_min) % criterion.step:
        cells.wrong("table_off_step", "score", **facts, step=f"{criterion.step:f}")
    else:
        return True
    return False


def _stored(context: Context) -> dict[int, dict[int, Decimal]]:
    """The scores of every scorecard of the round: assignment id to criterion id to score."""
    rows = context.session.execute(
        select(Scorecard.assignment_id, Rating.criterion_id, Rating.value)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .outerjoin(Rating, Rating.scorecard_id == Scorecard.id)
        .where(Assignment.round_id == context.round.id)
    )
    found: dict[int, dict[int, Decimal]] = {}
    for assignment_id, criterion_id, value in rows:
        card = found.setdefault(assignment_id, {})
        if criterion_id is not None:
            card[criterion_id] = value
    return found


def _effect(
    sheet: Sheet,
    board: Board,
    card: Card,
    rubric: Rubric,
    stored: dict[int, dict[int, Decimal]],
) -> Effect | None:
    """What the scorecard does, or None with the problem noted at its first row."""
    names = {"judge": card.judge.account.name, "entry": card.entry.number}
    row = board.at.get((card.entry.id, card.judge.id))
    why = None if row is not None and row.is_live else board.obstacle(card.entry, card.judge)
    if why is not None and (why.is_conflict or why is Obstacle.RECUSED):
        code = "judge_recused" if why is Obstacle.RECUSED else f"conflict_{why.value}"
        sheet.add(code, card.first_row, "judge", **names)
        return None
    missing = [one for one in rubric.criteria if one.id not in card.rows]
    if missing:
        lacking = [both_names(one.name) for one in missing]
        sheet.add(
            "table_scorecard_incomplete", card.first_row, "criterion", **names, missing=lacking
        )
    if missing or len(card.values) != len(rubric.criteria):
        return None
    if row is None or row.id not in stored:
        return Effect.NEW
    if row.scorecard is ScorecardState.SUBMITTED and stored[row.id] == card.values:
        return Effect.UNCHANGED
    sheet.add("table_scorecard_exists", card.first_row, "judge", **names)
    return None


def apply(context: Context, steps: list[Step], now: datetime) -> None:
    cards: list[Card] = [step.wanted for step in steps if step.effect is Effect.NEW]
    if not cards:
        return
    session, of = context.session, context.round
    check_assigning(session, of)
    rubric = rubric_of(session, of.id)
    if rubric is None:
        raise Conflict("changed_meanwhile")
    freeze(session, actor=context.actor, rubric=rubric, now=now)
    _seat(context, cards)
    board = assignment_board(session, of=of)
    _assign(context, cards, board.at, now)
    at = {
        (entry, judge): assignment
        for assignment, entry, judge in session.execute(
            select(Assignment.id, Assignment.entry_id, Assignment.judge_id).where(
                Assignment.round_id == of.id
            )
        )
    }
    heads = [
        {
            "assignment_id": at[card.entry.id, card.judge.id],
            "state": ScorecardState.SUBMITTED,
            "saved_at": now,
            "submitted_at": now,
            "revision": 1,
            "comment": "",
            "note": "",
            "return_reason": "",
        }
        for card in cards
    ]
    session.execute(insert(Scorecard), heads)
    ids = dict(
        session.execute(
            select(Scorecard.assignment_id, Scorecard.id)
            .join(Assignment, Assignment.id == Scorecard.assignment_id)
            .where(Assignment.round_id == of.id)
        ).all()
    )
    scorecards = [(card, ids[at[card.entry.id, card.judge.id]]) for card in cards]
    session.execute(insert(Rating), list(_ratings(scorecards, rubric)))
    session.execute(insert(ScorecardVersion), list(_versions(context, scorecards, rubric, now)))
    audit(
        session,
        actor=context.actor,
        action="import_ratings",
        now=now,
        thing=of,
        name=str(of.name),
        competition_id=of.competition_id,
        after={"scorecards": [[card.entry.number, card.judge.number] for card in cards]},
    )


def _seat(context: Context, cards: list[Card]) -> None:
    """Whoever judged sits on the panel."""
    of = context.round
    seated = set(
        context.session.scalars(select(PanelMember.judge_id).where(PanelMember.round_id == of.id))
    )
    missing = {card.judge.id for card in cards} - seated
    if missing:
        context.session.execute(
            insert(PanelMember),
            [{"round_id": of.id, "judge_id": judge} for judge in sorted(missing)],
        )


def _assign(
    context: Context, cards: list[Card], known: dict[tuple[int, int], AssignmentRow], now: datetime
) -> None:
    """Every scorecard has its assignment, and that is done."""
    session = context.session
    pairs = [(card.entry.id, card.judge.id) for card in cards]
    there = [known[pair].id for pair in pairs if pair in known]
    for start in range(0, len(there), 500):
        session.execute(
            update(Assignment)
            .where(Assignment.id.in_(there[start : start + 500]))
            .values(state=AssignmentState.DONE)
            .execution_options(synchronize_session="fetch")
        )
    new = [
        {
            "round_id": context.round.id,
            "entry_id": entry,
            "judge_id": judge,
            "state": AssignmentState.DONE,
            "is_locked": False,
            "recusal_reason": "",
            "created_at": now,
        }
        for entry, judge in pairs
        if (entry, judge) not in known
    ]
    if new:
        session.execute(insert(Assignment), new)


def _ratings(scorecards: list[tuple[Card, int]], rubric: Rubric) -> Iterator[dict[str, Any]]:
    for card, scorecard_id in scorecards:
        for criterion in rubric.criteria:
            yield {
                "scorecard_id": scorecard_id,
                "criterion_id": criterion.id,
                "scale_min": criterion.scale_min,
                "scale_max": criterion.scale_max,
                "value": card.values[criterion.id],
                "reason": card.reasons[criterion.id],
            }


def _versions(
    context: Context, scorecards: list[tuple[Card, int]], rubric: Rubric, now: datetime
) -> Iterator[dict[str, Any]]:
    """The scorecards as they stand, in the shape in which submitted ones are kept."""
    criteria = criteria_of(context.session, rubric.id)
    for card, scorecard_id in scorecards:
        content = {
            "entry": card.entry.number,
            "judge": card.judge.id,
            "ratings": [
                {
                    "criterion": item.id,
                    "position": item.position,
                    "name": plain(item.name),
                    "value": plain_number(card.values[item.id]),
                    "reason": card.reasons[item.id],
                }
                for item in criteria
            ],
            "total": str(total_of(criteria, card.values)),
            "comment": "",
            "note": "",
            "return_reason": "",
            "imported": True,
        }
        yield {
            "scorecard_id": scorecard_id,
            "version": 1,
            "state": ScorecardState.SUBMITTED,
            "content": content,
            "digest": digest_of(content),
            "saved_by": context.actor.account_id,
            "saved_at": now,
        }


def plain_number(value: Decimal) -> str:
    """A number without exponent and trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
