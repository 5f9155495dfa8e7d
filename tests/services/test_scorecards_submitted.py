"""Submitting and returning scorecards: behaviour, audit entry, refusal."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, NotFound, WrongState
from competition.models import AuditEntry, Rating, Scorecard, ScorecardVersion
from competition.services.scorecards import (
    Filled,
    Saved,
    return_scorecard,
    save_draft,
    submit_scorecard,
)
from competition.vocabulary import (
    AssignmentState,
    RoundState,
    ScorecardState,
)
from tests.support.builders import NOW
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


def submit(session: Session, judging: Judging, revision: int, now: datetime = NOW) -> Saved:
    return submit_scorecard(
        session,
        actor=judging.actor(session),
        assignment_id=judging.assignment().id,
        revision=revision,
        now=now,
    )


def give_back(session: Session, judging: Judging, reason: str = "Look at criterion 2.") -> None:
    return_scorecard(
        session,
        actor=judging.organizer_actor(session),
        assignment_id=judging.assignment().id,
        reason=reason,
        now=NOW,
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


# submitting


def test_submit_of_a_complete_scorecard_locks_it_and_keeps_a_version(
    session: Session, judging: Judging
) -> None:
    save(session, judging, 8, 6, comment="Well.")
    later = NOW + timedelta(minutes=5)
    assert submit(session, judging, 1, later) == Saved(2, later, ScorecardState.SUBMITTED)
    found = card(session)
    assert (found.state, found.submitted_at) == (ScorecardState.SUBMITTED, later)
    assert found.assignment.state is AssignmentState.DONE
    version = session.scalars(select(ScorecardVersion)).one()
    assert [item["value"] for item in version.content["ratings"]] == ["8", "6"]
    assert (version.version, version.content["total"], len(version.digest)) == (1, "72", 64)
    entry = audited(session, "submit_scorecard")[0]
    assert (entry.before, entry.after) == ({"state": "draft"}, {"state": "submitted"})


def test_submit_a_second_time_changes_nothing(session: Session, judging: Judging) -> None:
    save(session, judging, 8, 6)
    first = submit(session, judging, 1)
    assert submit(session, judging, 1, NOW + timedelta(minutes=1)) == first
    assert session.scalar(select(func.count(ScorecardVersion.id))) == 1
    assert len(audited(session, "submit_scorecard")) == 1


def test_submit_of_an_incomplete_scorecard_names_what_is_missing(
    session: Session, judging: Judging
) -> None:
    first, second = judging.rubric.criteria
    first.is_reason_required = True
    save(session, judging, 9)
    with pytest.raises(Invalid) as error:
        submit(session, judging, 1)
    assert problems(error) == [
        ("reason_missing", f"reason-{first.id}"),
        ("rating_missing", f"rating-{second.id}"),
    ]
    assert card(session).state is ScorecardState.DRAFT


@pytest.mark.parametrize(
    ("value", "is_required"), [(1, True), (2, True), (3, False), (8, False), (9, True), (10, True)]
)
def test_submit_asks_for_a_reason_on_the_lowest_and_the_highest_level(
    session: Session, judging: Judging, value: int, is_required: bool
) -> None:
    judging.rubric.criteria[0].is_reason_required = True
    save(session, judging, value, 5)
    if is_required:
        with pytest.raises(Invalid):
            submit(session, judging, 1)
        reasons = {judging.rubric.criteria[0].id: "Because."}
        save(session, judging, value, 5, reasons=reasons, revision=1)
        assert submit(session, judging, 2).state is ScorecardState.SUBMITTED
    else:
        assert submit(session, judging, 1).state is ScorecardState.SUBMITTED


def test_submit_of_nothing_is_refused(session: Session, judging: Judging) -> None:
    with pytest.raises(Invalid) as error:
        submit(session, judging, 0)
    assert [code for code, _ in problems(error)] == ["rating_missing", "rating_missing"]


def test_submit_of_an_older_revision_is_refused(session: Session, judging: Judging) -> None:
    save(session, judging, 8, 6)
    save(session, judging, 8, 7, revision=1)
    with pytest.raises(Conflict):
        submit(session, judging, 1)


def test_save_after_submitting_is_refused(session: Session, judging: Judging) -> None:
    save(session, judging, 8, 6)
    submit(session, judging, 1)
    with pytest.raises(WrongState) as error:
        save(session, judging, 8, 7, revision=2)
    assert error.value.code == "scorecard_submitted"
    assert stored(session)[1] == (Decimal(6), "")


# returning


def test_return_unlocks_for_the_judge_and_the_next_submission_is_the_next_version(
    session: Session, judging: Judging
) -> None:
    save(session, judging, 8, 6)
    submit(session, judging, 1)
    give_back(session, judging)
    found = card(session)
    assert (found.state, found.return_reason) == (ScorecardState.RETURNED, "Look at criterion 2.")
    assert found.assignment.state is AssignmentState.CONFIRMED
    save(session, judging, 8, 7, revision=3)
    assert card(session).state is ScorecardState.RETURNED
    submit(session, judging, 4)
    assert card(session).assignment.state is AssignmentState.DONE
    versions = session.scalars(select(ScorecardVersion).order_by(ScorecardVersion.version)).all()
    assert [(v.version, v.state.value, v.content["ratings"][1]["value"]) for v in versions] == [
        (1, "submitted", "6"),
        (2, "returned", "6"),
        (3, "submitted", "7"),
    ]
    assert len({version.digest for version in versions}) == 3
    entry = audited(session, "return_scorecard")[0]
    assert entry.after == {"reason": "Look at criterion 2.", "state": "returned"}


def test_return_without_a_reason_is_refused(session: Session, judging: Judging) -> None:
    save(session, judging, 8, 6)
    submit(session, judging, 1)
    with pytest.raises(Invalid) as error:
        give_back(session, judging, "   ")
    assert problems(error) == [("return_reason_missing", "reason")]
    assert card(session).state is ScorecardState.SUBMITTED


def test_return_of_a_draft_is_refused(session: Session, judging: Judging) -> None:
    save(session, judging, 8, 6)
    with pytest.raises(WrongState):
        give_back(session, judging)


def test_return_once_the_scores_are_locked_is_refused(session: Session, judging: Judging) -> None:
    save(session, judging, 8, 6)
    submit(session, judging, 1)
    judging.round.state = RoundState.LOCKED
    session.flush()
    with pytest.raises(WrongState) as error:
        give_back(session, judging)
    assert error.value.code == "round_not_judging"


def test_return_by_the_judge_finds_nothing(session: Session, judging: Judging) -> None:
    save(session, judging, 8, 6)
    submit(session, judging, 1)
    with pytest.raises(NotFound):
        return_scorecard(
            session,
            actor=judging.actor(session),
            assignment_id=judging.assignment().id,
            reason="Please.",
            now=NOW,
        )
