"""Importing ratings: whole scorecards in bulk, on the scale, never over a judge's own."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Invalid
from competition.extensions import db
from competition.models import (
    Assignment,
    AuditEntry,
    LocalText,
    PanelMember,
    Rating,
    Scorecard,
    ScorecardVersion,
)
from competition.models import Conflict as ConflictRow
from competition.services.submissions.versions import digest_of
from competition.services.tables import Effect, TableKind
from competition.vocabulary import AssignmentState, ConflictSource, RoundState, ScorecardState
from tests.support.builders import (
    assign,
    make_entry,
    make_judge,
    make_organization,
    make_round,
    make_rubric,
    make_team,
)
from tests.support.scorecards import fill_scorecard
from tests.support.statements import counted
from tests.support.tables import Importing, problems_of

HEAD = "judge,entry,criterion,score"


class Scene(Importing):
    """A round in judging with a rubric of two criteria, three entries and two judges."""

    def __init__(self, session: Session, now: datetime) -> None:
        super().__init__(session, TableKind.RATINGS, now)
        self.of = self.round = make_round(session, self.competition, state=RoundState.JUDGING)
        self.rubric = make_rubric(session, self.round)
        self.entries = [
            make_entry(session, self.round, make_team(session, self.competition, f"Team {n}"))
            for n in range(3)
        ]
        self.judges = [make_judge(session, self.competition, f"Judge {n}") for n in "AB"]


@pytest.fixture
def scene(session: Session, now: datetime) -> Scene:
    return Scene(session, now)


def test_import_makes_submitted_scorecards_versions_and_seats(
    session: Session, scene: Scene
) -> None:
    mail = scene.judges[1].account.email
    plan = scene.run(
        "评委,作品,评分项,分数,评语\n"
        "Judge A,E-001,评分项 1,8,clear\n"
        f"{mail},Work of Team 1,Criterion 2,10,\n"
        "1,e-001,criterion 2,７,\n"
        f"{mail},E-002,Criterion 1,1,\n"
    )
    assert plan.count(Effect.NEW) == 2
    cards = session.scalars(select(Scorecard).order_by(Scorecard.id)).all()
    assert [card.state for card in cards] == [ScorecardState.SUBMITTED] * 2
    assert [card.assignment.state for card in cards] == [AssignmentState.DONE] * 2
    assert [(r.value, r.reason) for r in cards[0].ratings] == [
        (Decimal(8), "clear"),
        (Decimal(7), ""),
    ]
    version = cards[0].versions[0]
    assert version.digest == digest_of(version.content)
    assert version.content["total"] == "76"
    assert session.scalar(select(func.count(PanelMember.id))) == 2
    assert scene.rubric.frozen_at == scene.now
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["freeze_rubric", "import_ratings", "import_ratings_file"]


def whole(judge: str, entry: str, first: str = "5", second: str = "6") -> str:
    return f"{judge},{entry},Criterion 1,{first}\n{judge},{entry},Criterion 2,{second}\n"


def test_import_of_the_same_ratings_again_changes_nothing(session: Session, scene: Scene) -> None:
    text = f"{HEAD}\n{whole('Judge A', 'E-001')}"
    scene.run(text)
    assert scene.run(text).changes_nothing
    assert session.scalar(select(func.count(ScorecardVersion.id))) == 1


def test_import_uses_the_assignment_that_is_there(session: Session, scene: Scene) -> None:
    made = assign(session, scene.entries[0], scene.judges[0])
    scene.run(f"{HEAD}\n{whole('Judge A', 'E-001')}")
    assert session.scalars(select(Assignment)).all() == [made]
    assert made.state is AssignmentState.DONE


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (whole("Judge A", "E-001", "11"), [("table_off_scale", 2, "score")]),
        (whole("Judge A", "E-001", "0"), [("table_off_scale", 2, "score")]),
        (whole("Judge A", "E-001", "5.5"), [("table_off_step", 2, "score")]),
        (whole("Judge A", "E-001", "NaN"), [("table_not_a_number", 2, "score")]),
        (whole("Judge A", "E-001", "good"), [("table_not_a_number", 2, "score")]),
        (whole("Judge A", "E-001", ""), [("table_cell_empty", 2, "score")]),
        ("Judge C,E-001,Criterion 1,5\n", [("table_judge_unknown", 2, "judge")]),
        ("Judge A,E-009,Criterion 1,5\n", [("table_entry_unknown", 2, "entry")]),
        (
            whole("Judge A", "E-001") + "Judge A,E-001,Beauty,5\n",
            [("table_criterion_unknown", 4, "criterion")],
        ),
        (
            whole("Judge A", "E-001") + "Judge A,E-001,Criterion 2,9\n",
            [("table_row_twice", 4, None)],
        ),
        ("Judge A,E-001,Criterion 1,5\n", [("table_scorecard_incomplete", 2, "criterion")]),
    ],
)
def test_import_with_a_wrong_row_names_it_and_writes_nothing(
    session: Session,
    scene: Scene,
    rows: str,
    expected: list[tuple[str, int | None, str | None]],
) -> None:
    with pytest.raises(Invalid) as refusal:
        scene.run(f"{HEAD}\n{rows}{whole('Judge B', 'E-002')}")
    assert problems_of(refusal.value) == expected
    assert session.scalars(select(Scorecard)).all() == []
    assert session.scalars(select(Assignment)).all() == []
    assert scene.rubric.frozen_at is None


@pytest.mark.parametrize("state", [ScorecardState.SUBMITTED, ScorecardState.DRAFT])
def test_import_over_a_judges_own_scorecard_is_refused(
    session: Session, scene: Scene, state: ScorecardState
) -> None:
    made = assign(session, scene.entries[0], scene.judges[0])
    card = fill_scorecard(session, made, scene.rubric, (9, 9), state)
    plan = scene.plan(f"{HEAD}\n{whole('Judge A', 'E-001')}")
    assert problems_of(plan) == [("table_scorecard_exists", 2, "judge")]
    assert [rating.value for rating in card.ratings] == [Decimal(9), Decimal(9)]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        ("declared", "conflict_declared"),
        ("organization", "conflict_same_organization"),
        ("recused", "judge_recused"),
    ],
)
def test_import_of_a_conflicted_judge_is_refused(
    session: Session, scene: Scene, now: datetime, make: str, code: str
) -> None:
    judge, entry = scene.judges[0], scene.entries[0]
    if make == "declared":
        session.add(
            ConflictRow(
                judge=judge,
                team=entry.team,
                source=ConflictSource.ORGANIZER,
                reason="x",
                created_at=now,
            )
        )
    elif make == "organization":
        judge.organization = make_organization(session, scene.competition)
    else:
        assign(session, entry, judge, AssignmentState.RECUSED, recusal_reason="x")
    session.flush()
    plan = scene.plan(f"{HEAD}\n{whole('Judge A', 'E-001')}")
    assert problems_of(plan) == [(code, 2, "judge")]


def test_import_with_two_judges_of_one_name_asks_for_the_address(
    session: Session, scene: Scene
) -> None:
    make_judge(session, scene.competition, "Judge A")
    plan = scene.plan(f"{HEAD}\n{whole('Judge A', 'E-001')}{whole('Judge A (03)', 'E-001')}")
    assert [problem[0] for problem in problems_of(plan)] == ["table_judge_ambiguous"] * 2


def test_import_into_a_round_without_rubric_or_past_judging_is_refused(
    session: Session, scene: Scene
) -> None:
    text = f"{HEAD}\n{whole('Judge A', 'E-001')}"
    scene.round.state = RoundState.LOCKED
    assert problems_of(scene.plan(text)) == [("table_round_not_judging", None, None)]
    scene.of = make_round(session, scene.competition, state=RoundState.JUDGING)
    assert problems_of(scene.plan(text)) == [("table_no_rubric", None, None)]


def test_import_with_one_criterion_needs_no_column_for_it(session: Session, now: datetime) -> None:
    scene = Importing(session, TableKind.RATINGS, now)
    scene.of = make_round(session, scene.competition, state=RoundState.ASSIGNING)
    rubric = make_rubric(session, scene.of, (100,))
    rubric.criteria[0].name = LocalText(en="Total")
    make_entry(session, scene.of, make_team(session, scene.competition))
    make_judge(session, scene.competition, "Judge A")
    assert scene.run("judge,item,score\nJudge A,E-001,7\n").count(Effect.NEW) == 1


def test_import_of_more_ratings_takes_no_more_statements(session: Session, now: datetime) -> None:
    scene = Scene(session, now)
    rows = [
        whole(judge.account.email, entry.number)
        for judge in scene.judges
        for entry in scene.entries
    ]
    with counted(db.engine) as few:
        scene.run(f"{HEAD}\n{''.join(rows[:1])}")
    with counted(db.engine) as more:
        scene.run(f"{HEAD}\n{''.join(rows[1:])}")
    assert len(more) <= len(few)
    assert session.scalar(select(func.count()).select_from(Rating)) == 12
