"""Writing a rubric, taking one over, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from competition.models import AuditEntry, Criterion, Level, LocalText, Round, Rubric
from competition.policies import SYSTEM
from competition.queries.rubrics import copyable_rounds, rubric_of
from competition.services.rubrics import (
    CriterionRow,
    LevelRow,
    copy_rubric,
    divided,
    write_rubric,
)
from competition.services.rubrics.rows import rubric_problems
from competition.vocabulary import Role, RoundState, Weighting
from tests.support.builders import (
    actor_for,
    grant,
    make_account,
    make_competition,
    make_organizer,
    make_round,
    make_rubric,
)

D = Decimal

IDEA = CriterionRow(
    name=LocalText(en="Idea", zh="创意"),
    weight=D(60),
    scale_min=D(1),
    scale_max=D(10),
    step=D(1),
    levels=(
        LevelRow(low=D(1), high=D(5), text=LocalText(en="Weak")),
        LevelRow(low=D(6), high=D(10), text=LocalText(en="Strong")),
    ),
)
CODE = replace(IDEA, name=LocalText(en="Code"), weight=D(40), levels=())


def in_setup(session: Session, slug: str = "aiac-2026") -> Round:
    return make_round(session, make_competition(session, slug=slug), state=RoundState.SETUP)


def write(
    session: Session, item: Round, now: datetime, *rows: CriterionRow, revision: int = 0
) -> Rubric:
    return write_rubric(
        session,
        actor=SYSTEM,
        round_=item,
        weighting=Weighting.PERCENT,
        rows=rows,
        revision=revision,
        now=now,
    )


def found_problems(*rows: CriterionRow) -> list[tuple[str, str | None]]:
    found = rubric_problems(Weighting.FACTOR, rows)
    return [(problem.code, problem.field) for problem in found]


def test_write_rubric_keeps_order_weights_and_levels(session: Session, now: datetime) -> None:
    item = in_setup(session)
    write(session, item, now, IDEA, CODE)
    session.expire_all()
    rubric = rubric_of(session, item.id)
    assert rubric is not None
    found = [(c.position, c.name.en, c.weight, len(c.levels)) for c in rubric.criteria]
    assert found == [(1, "Idea", D(60), 2), (2, "Code", D(40), 0)]


def test_write_rubric_again_replaces_it_and_logs_both(session: Session, now: datetime) -> None:
    item = in_setup(session)
    first = write(session, item, now, IDEA, CODE)
    before = first.revision
    written = write(
        session,
        item,
        now,
        replace(CODE, weight=D("70.5")),
        replace(IDEA, weight=D("29.5")),
        revision=before,
    )
    assert written.revision > before
    assert session.scalar(select(func.count(Criterion.id))) == 2
    assert session.scalar(select(func.count(Level.id))) == 2
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert last.before is not None
    assert last.after is not None
    assert [row["weight"] for row in last.before["criteria"]] == ["60", "40"]
    assert [row["weight"] for row in last.after["criteria"]] == ["70.5", "29.5"]


@pytest.mark.parametrize(
    ("weights", "code", "off"),
    [((60, 35), "weights_under_100", "5"), ((60, "40.25"), "weights_over_100", "0.25")],
)
def test_write_rubric_with_percent_off_100_says_by_how_much(
    session: Session, now: datetime, weights: tuple[int, int | str], code: str, off: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        write(
            session,
            in_setup(session),
            now,
            replace(IDEA, weight=D(weights[0])),
            replace(CODE, weight=D(weights[1])),
        )
    [problem] = refusal.value.problems
    assert (problem.code, problem.field) == (code, "criteria-1-weight")
    assert problem.fact("off") == off


def test_write_rubric_with_factors_may_add_up_to_anything() -> None:
    assert found_problems(replace(IDEA, weight=D("0.8")), replace(CODE, weight=D("2.5"))) == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": LocalText()}, "required", "name_en"),
        ({"name": LocalText(en="x" * 201)}, "too_long", "name_en"),
        ({"weight": D(0)}, "not_positive", "weight"),
        ({"weight": D("0.12345")}, "too_many_places", "weight"),
        ({"weight": D("1e20")}, "number_too_large", "weight"),
        ({"scale_max": D(1)}, "scale_empty", "scale_max"),
        ({"step": D(0)}, "not_positive", "step"),
        ({"step": D(4)}, "step_divides_not", "step"),
        ({"step": D("0.4")}, "step_divides_not", "step"),
        ({"scale_min": D("1.00001")}, "too_many_places", "scale_min"),
    ],
)
def test_write_rubric_with_a_wrong_value_names_the_row_and_field(
    changes: dict[str, Any], code: str, field: str
) -> None:
    assert found_problems(CODE, replace(IDEA, levels=(), **changes)) == [
        (code, f"criteria-1-{field}")
    ]


@pytest.mark.parametrize(
    ("bounds", "code", "field"),
    [
        (((0, 5), (6, 10)), "level_off_scale", "levels-0-low"),
        (((1, "5.5"), (6, 10)), "level_off_scale", "levels-0-high"),
        (((5, 1), (6, 10)), "level_reversed", "levels-0-high"),
        (((1, 6), (6, 10)), "levels_overlap", "levels-1-low"),
        (((1, 4), (6, 10)), "level_missing", "levels-1-low"),
        (((2, 5), (6, 10)), "level_missing", "levels-0-low"),
        (((1, 5), (6, 9)), "level_missing", "levels-1-high"),
    ],
)
def test_write_rubric_with_levels_that_do_not_cover_the_scale_names_the_level(
    bounds: tuple[tuple[int | str, int | str], ...], code: str, field: str
) -> None:
    levels = [LevelRow(low=D(a), high=D(b), text=LocalText(en="x")) for a, b in bounds]
    assert found_problems(replace(IDEA, levels=levels)) == [(code, f"criteria-0-{field}")]


def test_write_rubric_without_a_criterion_or_with_one_name_twice_is_refused() -> None:
    assert found_problems() == [("rubric_empty", "criteria")]
    assert found_problems(IDEA, IDEA) == [("criterion_doubled", "criteria-1-name_en")]


def test_write_rubric_from_an_older_revision_is_a_conflict(session: Session, now: datetime) -> None:
    item = in_setup(session)
    written = write(session, item, now, IDEA, CODE)
    with pytest.raises(Conflict):
        write(session, item, now, IDEA, CODE, revision=written.revision - 1)


def test_write_rubric_that_is_frozen_is_refused(session: Session, now: datetime) -> None:
    item = in_setup(session)
    rubric = make_rubric(session, item, frozen_at=now)
    with pytest.raises(WrongState) as refusal:
        write(session, item, now, IDEA, CODE, revision=rubric.revision)
    assert refusal.value.code == "rubric_frozen"


def test_write_rubric_by_committee_and_strangers_is_refused(
    session: Session, now: datetime
) -> None:
    item = in_setup(session)
    member, stranger = make_account(session), make_account(session)
    grant(session, member, item.competition, Role.COMMITTEE)
    for account, kind in ((member, Forbidden), (stranger, NotFound)):
        with pytest.raises(kind):
            write_rubric(
                session,
                actor=actor_for(session, account),
                round_=item,
                weighting=Weighting.PERCENT,
                rows=[IDEA, CODE],
                revision=0,
                now=now,
            )


def test_copy_rubric_takes_everything_over(session: Session, now: datetime) -> None:
    source, target = in_setup(session), in_setup(session, "next")
    write(session, source, now, IDEA, CODE)
    copied = copy_rubric(session, actor=SYSTEM, round_=target, source=source, revision=0, now=now)
    assert [(c.name.en, c.weight, len(c.levels)) for c in copied.criteria] == [
        ("Idea", D(60), 2),
        ("Code", D(40), 0),
    ]
    kept = rubric_of(session, source.id)
    assert kept is not None
    assert len(kept.criteria) == 2


def test_copy_rubric_from_a_competition_of_others_is_not_found(
    session: Session, now: datetime
) -> None:
    source, target = in_setup(session), in_setup(session, "mine")
    make_rubric(session, source)
    mine = actor_for(session, make_organizer(session, target.competition))
    assert copyable_rounds(session, actor=mine, but=target) == []
    assert copyable_rounds(session, actor=SYSTEM, but=target) == [source]
    with pytest.raises(NotFound):
        copy_rubric(session, actor=mine, round_=target, source=source, revision=0, now=now)


@given(st.integers(1, 40), st.integers(1, 300), st.sampled_from(["1", "0.5", "0.25", "2"]))
def test_divide_any_scale_covers_it_in_parts_of_nearly_equal_size(
    start: int, steps: int, step: str
) -> None:
    low, size = D(start), D(step)
    high = low + size * steps
    parts = divided(low, high, size)
    levels = [LevelRow(low=a, high=b, text=LocalText(en="x")) for a, b in parts]
    assert (
        found_problems(replace(IDEA, scale_min=low, scale_max=high, step=size, levels=levels)) == []
    )
    counts = [int((b - a) / size) + 1 for a, b in parts]
    assert len(parts) == min(5, steps + 1)
    assert max(counts) - min(counts) <= 1
    assert counts == sorted(counts)
