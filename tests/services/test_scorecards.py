"""Saving a scorecard as a draft: behaviour, audit entry, refusal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, NotFound, Problem, WrongState
from competition.models import AuditEntry, Rating, Rubric, Scorecard
from competition.models import Conflict as ConflictRow
from competition.policies import ANONYMOUS
from competition.services.scorecards import (
    COMMENT_LIMIT,
    Filled,
    Saved,
    save_draft,
)
from competition.vocabulary import (
    AssignmentState,
    ConflictSource,
    EntryState,
    RoundState,
    ScorecardState,
)
from tests.support.builders import NOW, make_organization
from tests.support.judging import Judging, make_judging


@pytest.fixture
def judging(session: Session) -> Judging:
    return make_judging(session)


def save(session: Session, judging: Judging, *values: Any, **more: Any) -> Saved:
    """Save as the first judge, for the first entry."""
    filled = {key: more.pop(key) for key in ("reasons", "comment", "note") if key in more}
    arguments: dict[str, Any] = {"revision": 0, "now": NOW, **more}
    return save_draft(
        session,
        actor=judging.actor(session),
        assignment_id=judging.assignment().id,
        filled=Filled(judging.ratings(*values), **filled),
        **arguments,
    )


def card(session: Session) -> Scorecard:
    session.expire_all()
    return session.scalars(select(Scorecard)).one()


def stored(session: Session) -> list[tuple[Decimal, str]]:
    session.expire_all()
    rows = session.scalars(select(Rating).order_by(Rating.criterion_id))
    return [(rating.value, rating.reason) for rating in rows]


def audited(session: Session, *actions: str) -> list[AuditEntry]:
    statement = select(AuditEntry).where(AuditEntry.action.in_(actions)).order_by(AuditEntry.id)
    return list(session.scalars(statement))


def problems(error: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.field) for problem in error.value.problems]


# drafts


def test_save_of_an_incomplete_draft_stores_what_there_is(
    session: Session, judging: Judging
) -> None:
    first = judging.rubric.criteria[0].id
    saved = save(session, judging, 8, reasons={first: "Clear."}, comment="Well.", note="For us.")
    assert (saved.revision, saved.saved_at, saved.problems) == (1, NOW, ())
    assert stored(session) == [(Decimal(8), "Clear.")]
    found = card(session)
    assert (found.state, found.comment, found.note) == (ScorecardState.DRAFT, "Well.", "For us.")


def test_save_keeps_in_the_audit_log_only_what_changed(session: Session, judging: Judging) -> None:
    save(session, judging, 8, 6, comment="Well.")
    save(session, judging, 8, 7, comment="Well.", revision=1)
    first, second = audited(session, "save_draft")
    assert first.after == {"comment_length": 5, "ratings": {"1": "8", "2": "6"}}
    assert (second.before, second.after) == ({"ratings": {"2": "6"}}, {"ratings": {"2": "7"}})
    assert (second.object_type, second.object_id) == ("scorecard", card(session).id)
    assert (second.object_name, second.competition_id) == ("E-001", judging.competition.id)


def test_save_of_a_cleared_rating_removes_it(session: Session, judging: Judging) -> None:
    save(session, judging, 8, 6)
    save(session, judging, None, 6, revision=1)
    assert stored(session) == [(Decimal(6), "")]
    assert audited(session, "save_draft")[1].after == {"ratings": {"1": None}}


def test_save_of_the_same_content_again_changes_nothing(session: Session, judging: Judging) -> None:
    first = save(session, judging, 8, 6)
    again = save(session, judging, 8, 6, now=NOW + timedelta(minutes=1))
    assert again == first
    assert len(audited(session, "save_draft")) == 1


def test_save_of_an_untouched_form_makes_no_scorecard(session: Session, judging: Judging) -> None:
    saved = save(session, judging)
    assert saved == Saved(0, None, None)
    assert session.scalar(select(func.count(Scorecard.id))) == 0
    assert judging.rubric.frozen_at is None


def test_save_from_an_older_revision_is_refused_and_overwrites_nothing(
    session: Session, judging: Judging
) -> None:
    save(session, judging, 8, 6)
    save(session, judging, 9, 6, revision=1)
    with pytest.raises(Conflict) as error:
        save(session, judging, 3, 6, revision=1)
    assert (error.value.code, error.value.facts) == ("changed_meanwhile", {"revision": 2})
    assert stored(session) == [(Decimal(9), ""), (Decimal(6), "")]


def test_save_for_the_first_time_freezes_the_rubric(session: Session, judging: Judging) -> None:
    save(session, judging, 8)
    session.expire_all()
    assert session.get_one(Rubric, judging.rubric.id).frozen_at == NOW
    assert len(audited(session, "freeze_rubric")) == 1
    save(session, judging, 9, revision=1)
    assert len(audited(session, "freeze_rubric")) == 1


@pytest.mark.parametrize(
    ("value", "code"),
    [("0", "off_scale"), ("11", "off_scale"), ("-1", "off_scale"), ("7.5", "off_step"),
     ("7.00001", "off_step"), ("NaN", "not_a_number"), ("Infinity", "not_a_number")],
)  # fmt: skip
def test_save_of_a_value_that_the_scale_has_not_is_refused_beside_its_field(
    session: Session, judging: Judging, value: str, code: str
) -> None:
    with pytest.raises(Invalid) as error:
        save(session, judging, 8, value)
    assert problems(error) == [(code, f"rating-{judging.rubric.criteria[1].id}")]
    assert session.scalar(select(func.count(Scorecard.id))) == 0


def test_save_of_every_step_on_the_scale_is_accepted(session: Session, judging: Judging) -> None:
    criterion = judging.rubric.criteria[0]
    criterion.step = Decimal("0.5")
    session.flush()
    for turn, half in enumerate(range(2, 21)):
        save(session, judging, str(Decimal(half) / 2), revision=turn)
    assert stored(session) == [(Decimal(10), "")]


def test_save_of_another_rubrics_criterion_is_refused(session: Session, judging: Judging) -> None:
    other = make_judging(session, slug="another")
    foreign = other.rubric.criteria[0].id
    with pytest.raises(Invalid) as error:
        save_draft(
            session,
            actor=judging.actor(session),
            assignment_id=judging.assignment().id,
            filled=Filled({foreign: Decimal(8)}),
            revision=0,
            now=NOW,
        )
    assert problems(error) == [("unknown_criterion", f"rating-{foreign}")]


def test_save_of_a_reason_without_rating_is_refused_beside_the_reason(
    session: Session, judging: Judging
) -> None:
    second = judging.rubric.criteria[1].id
    with pytest.raises(Invalid) as error:
        save(session, judging, 8, reasons={second: "Because."})
    assert problems(error) == [("reason_alone", f"reason-{second}")]


def test_save_of_a_text_too_long_is_refused(session: Session, judging: Judging) -> None:
    with pytest.raises(Invalid) as error:
        save(session, judging, 8, comment="x" * (COMMENT_LIMIT + 1))
    assert problems(error) == [("too_long", "comment")]


def test_save_partly_stores_the_rest_and_names_what_it_left_out(
    session: Session, judging: Judging
) -> None:
    save(session, judging, 8, 6)
    first = judging.rubric.criteria[0].id
    saved = save(session, judging, 99, 7, comment="Well.", revision=1, partly=True)
    assert [(p.code, p.field) for p in saved.problems] == [("off_scale", f"rating-{first}")]
    assert stored(session) == [(Decimal(8), ""), (Decimal(7), "")]
    assert card(session).comment == "Well."


def test_save_partly_of_nothing_but_a_wrong_value_changes_nothing(
    session: Session, judging: Judging
) -> None:
    problem = Problem.of("not_a_number", field=f"rating-{judging.rubric.criteria[0].id}", typed="x")
    saved = save_draft(
        session,
        actor=judging.actor(session),
        assignment_id=judging.assignment().id,
        filled=Filled({}, problems=(problem,)),
        revision=0,
        now=NOW,
        partly=True,
    )
    assert (saved.revision, saved.problems) == (0, (problem,))


# who, and when


@pytest.mark.parametrize("who", ["anonymous", "other judge", "foreign judge"])
def test_save_by_anybody_else_finds_nothing(session: Session, judging: Judging, who: str) -> None:
    actors = {
        "anonymous": ANONYMOUS,
        "other judge": judging.actor(session, 1),
        "foreign judge": make_judging(session, slug="another").actor(session),
    }
    with pytest.raises(NotFound):
        save_draft(
            session,
            actor=actors[who],
            assignment_id=judging.assignment().id,
            filled=Filled(judging.ratings(8)),
            revision=0,
            now=NOW,
        )


def test_save_by_an_organizer_is_forbidden(session: Session, judging: Judging) -> None:
    with pytest.raises(Forbidden):
        save_draft(
            session,
            actor=judging.organizer_actor(session),
            assignment_id=judging.assignment().id,
            filled=Filled(judging.ratings(8)),
            revision=0,
            now=NOW,
        )


def test_save_before_the_assignment_is_confirmed_finds_nothing(
    session: Session, judging: Judging
) -> None:
    judging.assignment().state = AssignmentState.PROPOSED
    session.flush()
    with pytest.raises(NotFound):
        save(session, judging, 8)


def test_save_after_stepping_back_is_forbidden(session: Session, judging: Judging) -> None:
    assignment = judging.assignment()
    assignment.state, assignment.recusal_reason = AssignmentState.RECUSED, "I know them."
    session.flush()
    with pytest.raises(Forbidden):
        save(session, judging, 8)


@pytest.mark.parametrize("state", [state for state in RoundState if state != RoundState.JUDGING])
def test_save_in_a_round_that_is_not_judged_is_refused(
    session: Session, judging: Judging, state: RoundState
) -> None:
    judging.round.state = state
    session.flush()
    with pytest.raises(WrongState) as error:
        save(session, judging, 8)
    assert error.value.code == "round_not_judging"


@pytest.mark.parametrize(("late", "is_refused"), [(0, False), (0.999, False), (1, True)])
def test_save_is_in_time_up_to_the_deadlines_own_second(
    session: Session, judging: Judging, late: float, is_refused: bool
) -> None:
    closes_at = judging.round.judging_closes_at
    assert closes_at is not None
    now = closes_at + timedelta(seconds=late)
    if not is_refused:
        assert save(session, judging, 8, now=now).revision == 1
        return
    with pytest.raises(WrongState) as error:
        save(session, judging, 8, now=now)
    assert error.value.code == "judging_closed"


@pytest.mark.parametrize("state", [EntryState.DISQUALIFIED, EntryState.WITHDRAWN])
def test_save_for_an_entry_that_is_out_is_refused(
    session: Session, judging: Judging, state: EntryState
) -> None:
    judging.entries[0].state, judging.entries[0].state_reason = state, "Copied."
    session.flush()
    with pytest.raises(WrongState) as error:
        save(session, judging, 8)
    assert error.value.code == "entry_not_judged"


@pytest.mark.parametrize("kind", ["declared", "same organization"])
def test_save_under_a_conflict_of_interest_is_refused(
    session: Session, judging: Judging, kind: str
) -> None:
    judge, team = judging.judges[0], judging.entries[0].team
    if kind == "declared":
        session.add(
            ConflictRow(
                judge_id=judge.id,
                team_id=team.id,
                source=ConflictSource.ORGANIZER,
                reason="married",
                created_at=NOW,
            )
        )
    else:
        judge.organization = make_organization(session, judging.competition, "School 01")
    session.flush()
    with pytest.raises(WrongState) as error:
        save(session, judging, 8)
    assert error.value.code == "conflict_of_interest"
