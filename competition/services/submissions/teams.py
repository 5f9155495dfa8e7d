"""Registering teams, and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from competition.errors import Conflict, Forbidden, NotFound
from competition.models import Account, Competition, Judge, Membership, Team, TeamMember
from competition.policies import Actor, Permission, authorize, can
from competition.services.organizations import find_or_create_organization
from competition.services.panels.finding import find_conflicts
from competition.services.people import (
    create_account,
    find_or_create_account,
    issue_link,
    may_issue_link,
)
from competition.services.record import audit
from competition.services.submissions.locking import agree, hold, hold_registering
from competition.services.submissions.rosters import (
    Listed,
    Person,
    TeamRequest,
    listed,
    plain_name,
    require,
    team_problems,
)
from competition.vocabulary import MemberKind, OrganizationKind

__all__ = ["Person", "TeamRequest", "describe", "edit_team", "issue_member_link", "register_team"]


def register_team(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    team: TeamRequest,
    captain: Person,
    password_hash: str | None,
    now: datetime,
) -> Team:
    """A new team; the captain is the signed-in actor, or a new account with this password.

    Members get accounts without a password. Raises WrongState outside of the registration, and
    Invalid with every problem: a person in another team, a name or address taken, too many.
    """
    authorize(actor, Permission.REGISTER_TEAM, competition)
    hold_registering(session, competition, arrived=now)
    if actor.is_signed_in:
        captain = Person(captain.name or actor.name, actor.email)
    people = list(listed(team, captain))
    is_new = not actor.is_signed_in
    require(team_problems(session, competition, None, team, people, is_new=is_new))
    try:
        with session.begin_nested():
            made = _create(session, actor, competition, team, people, password_hash, now)
    except IntegrityError:  # somebody else was faster: say with what
        require(team_problems(session, competition, None, team, people, is_new=is_new))
        raise Conflict("changed_meanwhile") from None
    return made


def _create(
    session: Session,
    actor: Actor,
    competition: Competition,
    wanted: TeamRequest,
    people: Sequence[Listed],
    password_hash: str | None,
    now: datetime,
) -> Team:
    if not actor.is_signed_in:
        account = create_account(
            session,
            actor=actor,
            email=people[0].email,
            name=people[0].name,
            password_hash=password_hash,
            is_operator=False,
            now=now,
        )
        actor = Actor(account.id, account.name, account.email, origin=actor.origin)
    team = Team(
        competition_id=competition.id,
        name=plain_name(wanted.name),
        organization=find_or_create_organization(
            session,
            actor=actor,
            competition=competition,
            name=wanted.organization,
            kind=OrganizationKind.SCHOOL,
            now=now,
        ),
        registered_at=now,
    )
    session.add(team)
    team.members = [_member(session, actor, competition, person, now) for person in people]
    audit(
        session,
        actor=actor,
        action="register_team",
        now=now,
        thing=team,
        name=team.name,
        competition_id=competition.id,
        after=describe(team),
    )
    _look_for_judges(session, actor, team, now)
    return team


def _look_for_judges(session: Session, actor: Actor, team: Team, now: datetime) -> None:
    find_conflicts(
        session, actor=actor, competition_id=team.competition_id, team_ids={team.id}, now=now
    )


def edit_team(
    session: Session,
    *,
    actor: Actor,
    team: Team,
    wanted: TeamRequest,
    revision: int | None,
    now: datetime,
) -> None:
    """Change name, school, members and instructors; the captain stays.

    People are known by their e-mail address. Teams may do so while registration is open,
    organizers always.
    """
    authorize(actor, Permission.EDIT_TEAM, team)
    competition = team.competition
    if not can(actor, Permission.MANAGE_COMPETITION, competition):
        hold_registering(session, competition, arrived=now)
    hold(session, team)
    agree(team, revision)
    captain = next((item for item in team.members if item.kind is MemberKind.CAPTAIN), None)
    named = Person(captain.name, captain.email) if captain else Person("-", "")
    people = [item for item in listed(wanted, named) if captain or item.field != "captain_email"]
    require(team_problems(session, competition, team, wanted, people, is_new=False))
    before = describe(team)
    try:
        with session.begin_nested():
            team.name = plain_name(wanted.name)
            team.organization = find_or_create_organization(
                session,
                actor=actor,
                competition=competition,
                name=wanted.organization,
                kind=OrganizationKind.SCHOOL,
                now=now,
            )
            _replace_members(session, actor, team, people, now)
            session.flush()
    except IntegrityError:
        require(team_problems(session, competition, team, wanted, people, is_new=False))
        raise Conflict("changed_meanwhile") from None
    audit(
        session,
        actor=actor,
        action="edit_team",
        now=now,
        thing=team,
        name=team.name,
        competition_id=competition.id,
        before=before,
        after=describe(team),
    )
    _look_for_judges(session, actor, team, now)


def _replace_members(
    session: Session, actor: Actor, team: Team, people: Sequence[Listed], now: datetime
) -> None:
    """Remove first, then add: an address may move from one row to another."""
    kept = {}
    wanted = {(item.kind, item.email or item.name): item for item in people}
    for member in list(team.members):
        key = (member.kind, member.email or member.name)
        if key in wanted:
            member.name = wanted[key].name
            kept[key] = member
        else:
            team.members.remove(member)
    session.flush()
    for key, person in wanted.items():
        if key not in kept:
            team.members.append(_member(session, actor, team.competition, person, now))
    flag_modified(team, "name")  # the list is part of the team: other forms are out of date now


def _member(
    session: Session, actor: Actor, competition: Competition, person: Listed, now: datetime
) -> TeamMember:
    account: Account | None = None
    if person.email:
        account = find_or_create_account(
            session, actor=actor, email=person.email, name=person.name, now=now
        )
    return TeamMember(
        competition_id=competition.id,
        kind=person.kind,
        name=person.name,
        email=person.email,
        account=account,
    )


def issue_member_link(
    session: Session, *, actor: Actor, member: TeamMember, now: datetime, lifetime: timedelta
) -> str:
    """The token of a personal link for a member of the captain's, or of any, team.

    A link is as good as the account. So a captain gets one only for somebody who has no password
    and no part in anything but this team; an organizer, as for judges.
    """
    team = member.team
    authorize(actor, Permission.EDIT_TEAM, team)
    is_organizer = can(actor, Permission.MANAGE_COMPETITION, team.competition)
    if not is_organizer and not _is_captain(actor, team):
        raise Forbidden("only_captain")
    account = member.account
    if account is None:
        raise NotFound
    if is_organizer:
        is_allowed = may_issue_link(session, actor=actor, account=account)
    else:
        is_allowed = account.password_hash is None and _belongs_to_team_only(session, account, team)
    if not is_allowed or account.disabled_at is not None:
        raise Conflict("link_is_their_own", name=member.name)
    return issue_link(session, actor=actor, account=account, now=now, lifetime=lifetime)


def _is_captain(actor: Actor, team: Team) -> bool:
    return any(
        item.kind is MemberKind.CAPTAIN and item.account_id == actor.account_id
        for item in team.members
    )


def _belongs_to_team_only(session: Session, account: Account, team: Team) -> bool:
    for table in (Judge, Membership):
        if session.scalar(select(func.count(table.id)).where(table.account_id == account.id)):
            return False
    teams = session.scalars(
        select(TeamMember.team_id).where(TeamMember.account_id == account.id).distinct()
    ).all()
    return not account.is_operator and list(teams) == [team.id]


def describe(team: Team) -> dict[str, object]:
    """The team as the audit log keeps it."""
    return {
        "name": team.name,
        "organization": team.organization.name,
        "members": [[item.kind, item.name, item.email] for item in team.members],
    }
