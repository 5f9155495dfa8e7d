"""Founding the demo competition: people, tracks, schools, rounds, rubric."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import select

from competition.demo import content
from competition.demo.stage import DOMAIN, SLUG, Demo, invited, move, move_competition, text
from competition.models import Round, Rubric
from competition.policies import SYSTEM
from competition.queries.people import actor_of
from competition.services import people, rounds, rubrics
from competition.services.organizations import find_or_create_organization
from competition.vocabulary import CompetitionState, OrganizationKind, Role, RoundState, Weighting


def open_competition(demo: Demo) -> None:
    """The operator creates it and invites people; the organizer names tracks and schools."""
    session, calendar = demo.session, demo.calendar
    start = calendar.day(-40)
    people.make_operator(
        session, actor=SYSTEM, account=invited(demo, "operator", "马骁", start), now=start
    )
    organizer = invited(demo, "organizer", "周敏", start)
    demo.competition = rounds.create_competition(
        session,
        actor=SYSTEM,
        settings=rounds.CompetitionSettings(
            slug=SLUG,
            name=text(content.NAME),
            summary=text(content.SUMMARY),
            contact_email=f"contest@{DOMAIN}",
            registration_closes_at=calendar.end_of(-24),
        ),
        now=start,
    )
    for account, role in (
        (organizer, Role.ORGANIZER),
        (invited(demo, "committee", "梁启东", start), Role.COMMITTEE),
        (invited(demo, "observer", "孔令仪", start), Role.OBSERVER),
    ):
        people.grant_role(
            session,
            actor=SYSTEM,
            competition=demo.competition,
            account=account,
            role=role,
            now=start,
        )
    demo.organizer = actor_of(session, organizer)
    rounds.set_tracks(
        session,
        actor=demo.organizer,
        competition=demo.competition,
        rows=[rounds.TrackRow(name=text(pair)) for pair in content.TRACKS],
        revision=demo.competition.revision,
        now=start,
    )
    for pairs, kind in (
        (content.SCHOOLS, OrganizationKind.SCHOOL),
        (content.COMPANIES, OrganizationKind.INDUSTRY),
    ):
        for pair in pairs:
            made = find_or_create_organization(
                session,
                actor=SYSTEM,
                competition=demo.competition,
                name=pair[0],
                kind=kind,
                now=start,
            )
            made.name = text(pair)
    session.flush()


def add_round(demo: Demo, number: int) -> Round:
    """A round with its rubric, receiving entries."""
    session, calendar = demo.session, demo.calendar
    made_at = calendar.day(-39)
    days = (-38, -21, -9) if number == 1 else (-8, -5, 5)
    settings = rounds.RoundSettings(
        name=text(content.PRELIMINARY if number == 1 else content.FINAL),
        opens_at=calendar.day(days[0]),
        submissions_close_at=calendar.end_of(days[1]),
        judging_closes_at=calendar.end_of(days[2]),
        judges_per_entry=3 if number == 1 else 5,
        spread_threshold=Decimal(30),
        scoring={"method": "additive", "unit": "scorecard", "round": {"total": 2}},
    )
    made = rounds.add_round(
        session, actor=demo.organizer, competition=demo.competition, settings=settings, now=made_at
    )
    rubrics.write_rubric(
        session,
        actor=demo.organizer,
        round_=made,
        weighting=Weighting.PERCENT,
        rows=list(criterion_rows()),
        revision=session.scalars(select(Rubric.revision).where(Rubric.round_id == made.id)).one(),
        now=made_at,
    )
    return made


def open_registration(demo: Demo, *of: Round) -> None:
    now = demo.calendar.day(-38)
    move_competition(demo, CompetitionState.OPEN, now)
    for item in of:
        move(demo, item, RoundState.RECEIVING, now)


def criterion_rows() -> Iterator[rubrics.CriterionRow]:
    for name, question, weight, levels in content.CRITERIA:
        yield rubrics.CriterionRow(
            name=text(name),
            description=text(question),
            weight=Decimal(weight),
            scale_min=Decimal(1),
            scale_max=Decimal(10),
            step=Decimal(1),
            is_reason_required=name[0] == "Engineering",
            levels=[
                rubrics.LevelRow(low=Decimal(low), high=Decimal(low + 1), text=text(pair))
                for low, pair in zip(range(1, 11, 2), levels, strict=True)
            ],
        )
