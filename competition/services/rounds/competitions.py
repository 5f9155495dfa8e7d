"""Creating a competition and changing its settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import lru_cache
from zoneinfo import available_timezones

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from competition.errors import Invalid, Problem
from competition.models import Competition, LocalText, Membership
from competition.policies import Actor, Permission, authorize
from competition.services.record import audit, snapshot
from competition.services.rounds.checks import (
    NAME_MAX,
    TEXT_MAX,
    deadline_problems,
    lock_competition,
    text_problems,
)
from competition.vocabulary import CompetitionState, Role

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_MAX = 60
TEAM_SIZE_LIMIT = 50
INSTRUCTORS_LIMIT = 20


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """The names of all time zones, read once: Python looks into hundreds of files for them."""
    return frozenset(available_timezones())


def suggested_slug(name: str) -> str:
    """The part of the address that a name suggests; empty when it has no Latin letters.

    >>> suggested_slug("AI Application Competition 2026")
    'ai-application-competition-2026'
    """
    return "-".join(re.findall(r"[a-z0-9]+", name.casefold()))[:SLUG_MAX].strip("-")


@dataclass(frozen=True, kw_only=True)
class CompetitionSettings:
    """What an organizer decides about a competition as a whole."""

    slug: str
    name: LocalText
    summary: LocalText = field(default_factory=LocalText)
    zone: str = "Asia/Shanghai"
    contact_email: str = ""
    registration_closes_at: datetime | None = None
    team_size_max: int = 5
    instructors_max: int = 2

    def write_on(self, competition: Competition) -> None:
        for item in fields(self):
            setattr(competition, item.name, getattr(self, item.name))

    def differ_from(self, competition: Competition) -> bool:
        return any(
            getattr(competition, item.name) != getattr(self, item.name) for item in fields(self)
        )


def create_competition(
    session: Session, *, actor: Actor, settings: CompetitionSettings, now: datetime
) -> Competition:
    """A new draft, whose creator becomes its organizer.

    Raises Invalid with everything wrong, also when the address part is taken.
    """
    authorize(actor, Permission.CREATE_COMPETITION)
    problems = list(_problems(settings, before=None, now=now))
    if problems:
        raise Invalid(problems)
    competition = Competition(state=CompetitionState.DRAFT, created_at=now)
    _save(session, competition, settings)
    audit(
        session,
        actor=actor,
        action="create_competition",
        now=now,
        thing=competition,
        name=str(competition.name),
        competition_id=competition.id,
        after=snapshot(competition),
    )
    if actor.account_id is not None:
        _make_organizer(session, actor=actor, competition=competition, now=now)
    return competition


def _make_organizer(
    session: Session, *, actor: Actor, competition: Competition, now: datetime
) -> None:
    membership = Membership(
        account_id=actor.account_id,
        competition_id=competition.id,
        role=Role.ORGANIZER,
        created_at=now,
    )
    session.add(membership)
    audit(
        session,
        actor=actor,
        action="grant_role",
        now=now,
        thing=membership,
        name=actor.name,
        competition_id=competition.id,
        after={"account": actor.email, "role": Role.ORGANIZER},
    )


def update_competition(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    settings: CompetitionSettings,
    revision: int,
    now: datetime,
) -> None:
    """Change the settings; Conflict when somebody else changed them since `revision`."""
    authorize(actor, Permission.MANAGE_COMPETITION, competition)
    lock_competition(session, competition, revision)
    problems = list(_problems(settings, before=competition, now=now))
    if problems:
        raise Invalid(problems)
    before = snapshot(competition)
    if not settings.differ_from(competition):
        return
    _save(session, competition, settings)
    audit(
        session,
        actor=actor,
        action="update_competition",
        now=now,
        thing=competition,
        name=str(competition.name),
        competition_id=competition.id,
        before=before,
        after=snapshot(competition),
    )


def _save(session: Session, competition: Competition, settings: CompetitionSettings) -> None:
    """Write and flush; the unique constraint decides whose address part it is."""
    try:
        with session.begin_nested():
            settings.write_on(competition)
            session.add(competition)
            session.flush()
    except IntegrityError:
        raise Invalid.one("slug_taken", field="slug") from None


def _problems(
    settings: CompetitionSettings, *, before: Competition | None, now: datetime
) -> Iterator[Problem]:
    if not SLUG.fullmatch(settings.slug) or not 2 <= len(settings.slug) <= SLUG_MAX:
        yield Problem.of("slug_shape", field="slug", limit=SLUG_MAX)
    elif before and settings.slug != before.slug and before.state is not CompetitionState.DRAFT:
        yield Problem.of("slug_fixed", field="slug")
    yield from text_problems(settings.name, "name", limit=NAME_MAX, needed=True)
    yield from text_problems(settings.summary, "summary", limit=TEXT_MAX, needed=False)
    if settings.zone not in known_zones():
        yield Problem.of("zone_unknown", field="zone")
    yield from deadline_problems(
        "registration_closes_at",
        settings.registration_closes_at,
        before.registration_closes_at if before else None,
        now,
    )
    if not 1 <= settings.team_size_max <= TEAM_SIZE_LIMIT:
        yield Problem.of("not_between", field="team_size_max", low=1, high=TEAM_SIZE_LIMIT)
    if not 0 <= settings.instructors_max <= INSTRUCTORS_LIMIT:
        yield Problem.of("not_between", field="instructors_max", low=0, high=INSTRUCTORS_LIMIT)
