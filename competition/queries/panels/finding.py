"""Looking for conflicts in what is known of judges and teams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from competition.models import (
    Account,
    Judge,
    Organization,
    OrganizationAlias,
    Team,
    TeamDeclaration,
    TeamMember,
)
from competition.queries.names import bare_key, name_key
from competition.vocabulary import ConflictSource, MemberKind, OrganizationKind


@dataclass(frozen=True, order=True)
class Finding:
    """A judge and a team that seem to belong together, and what shows it."""

    judge_id: int
    team_id: int
    source: ConflictSource
    reason: str = ""
    """In the team's own words, where the team said it."""


@dataclass(frozen=True)
class _Person:
    id: int
    """Of the judge."""
    account_id: int
    email: str
    name: str
    organization_id: int | None


def found_conflicts(
    session: Session,
    *,
    competition_id: int,
    judge_ids: Collection[int] | None = None,
    team_ids: Collection[int] | None = None,
) -> set[Finding]:
    """What the facts show, decided or not; of these judges and teams only.

    Six statements; one where there are no judges yet, as while teams register.

    The same school or company by any of its names; the same person by account or address; an
    instructor, or whoever a team named, by name: a namesake is found as well.
    """
    judges = [
        _Person(*row)
        for row in session.execute(
            select(Judge.id, Judge.account_id, Account.email, Account.name, Judge.organization_id)
            .join(Account, Account.id == Judge.account_id)
            .where(Judge.competition_id == competition_id)
        )
        if judge_ids is None or row.id in judge_ids
    ]
    if not judges:
        return set()
    of_teams = (
        Team.competition_id == competition_id
        if team_ids is None
        else and_(Team.competition_id == competition_id, Team.id.in_(team_ids))
    )
    return {
        *_of_organizations(session, competition_id, judges, of_teams),
        *_of_people(session, judges, of_teams),
        *_of_declarations(session, judges, of_teams),
    }


def _of_organizations(
    session: Session,
    competition_id: int,
    judges: Iterable[_Person],
    of_teams: ColumnElement[bool],
) -> Iterator[Finding]:
    group, kinds = organization_groups(session, competition_id=competition_id)
    teams: defaultdict[int, list[int]] = defaultdict(list)
    for team_id, organization_id in session.execute(
        select(Team.id, Team.organization_id).where(of_teams)
    ):
        teams[group[organization_id]].append(team_id)
    for judge in judges:
        if judge.organization_id is None:
            continue
        is_school = kinds[judge.organization_id] is OrganizationKind.SCHOOL
        source = ConflictSource.SAME_SCHOOL if is_school else ConflictSource.EMPLOYER
        for team_id in teams[group[judge.organization_id]]:
            yield Finding(judge.id, team_id, source)


def organization_groups(
    session: Session, *, competition_id: int
) -> tuple[dict[int, int], dict[int, OrganizationKind]]:
    """Organization id to the smallest id of those that share a name, and to its kind."""
    names: dict[int, set[str]] = {}
    kinds: dict[int, OrganizationKind] = {}
    for item in session.scalars(
        select(Organization)
        .where(Organization.competition_id == competition_id)
        .order_by(Organization.id)
    ):
        names[item.id] = {bare_key(text) for text in (item.key, item.name.en, item.name.zh)}
        kinds[item.id] = item.kind
    for organization_id, key in session.execute(
        select(OrganizationAlias.organization_id, OrganizationAlias.key).where(
            OrganizationAlias.competition_id == competition_id
        )
    ):
        names[organization_id].add(bare_key(key))
    group = {organization_id: organization_id for organization_id in names}
    first: dict[str, int] = {}
    for organization_id, own in names.items():
        for name in sorted(own - {""}):
            other = first.setdefault(name, organization_id)
            low, high = sorted((group[other], group[organization_id]))
            if low != high:
                group = {item: low if of == high else of for item, of in group.items()}
    return group, kinds


def _of_people(
    session: Session, judges: Collection[_Person], of_teams: ColumnElement[bool]
) -> Iterator[Finding]:
    accounts = {judge.account_id: judge for judge in judges}
    addresses = {judge.email: judge for judge in judges}
    named: defaultdict[str, list[_Person]] = defaultdict(list)
    for judge in judges:
        named[name_key(judge.name)].append(judge)
    for member in session.execute(
        select(
            TeamMember.team_id,
            TeamMember.kind,
            TeamMember.account_id,
            TeamMember.email,
            TeamMember.name,
        )
        .join(Team, Team.id == TeamMember.team_id)
        .where(of_teams)
    ):
        is_instructor = member.kind is MemberKind.INSTRUCTOR
        same = {accounts.get(member.account_id), addresses.get(member.email)} - {None}
        if is_instructor:
            same |= set(named.get(name_key(member.name), ()))
        source = ConflictSource.INSTRUCTOR if is_instructor else ConflictSource.MEMBER
        yield from (Finding(judge.id, member.team_id, source) for judge in same if judge)


def _of_declarations(
    session: Session, judges: Iterable[_Person], of_teams: ColumnElement[bool]
) -> Iterator[Finding]:
    named: defaultdict[str, list[_Person]] = defaultdict(list)
    for judge in judges:
        named[name_key(judge.name)].append(judge)
    for item in session.execute(
        select(TeamDeclaration.team_id, TeamDeclaration.key, TeamDeclaration.reason)
        .join(Team, Team.id == TeamDeclaration.team_id)
        .where(of_teams)
    ):
        for judge in named.get(item.key, ()):
            yield Finding(judge.id, item.team_id, ConflictSource.TEAM, item.reason)


@dataclass(frozen=True)
class KnownOrganization:
    """A school or company with its further names and how many belong to it."""

    organization: Organization
    aliases: Sequence[OrganizationAlias]
    teams: int
    judges: int


def known_organizations(session: Session, *, competition_id: int) -> list[KnownOrganization]:
    """Every organization of a competition by name; four statements."""
    aliases: defaultdict[int, list[OrganizationAlias]] = defaultdict(list)
    for alias in session.scalars(
        select(OrganizationAlias)
        .where(OrganizationAlias.competition_id == competition_id)
        .order_by(OrganizationAlias.name)
    ):
        aliases[alias.organization_id].append(alias)
    counts = [
        {
            row[0]: row[1]
            for row in session.execute(
                select(kind.organization_id, func.count(kind.id))
                .where(kind.competition_id == competition_id)
                .group_by(kind.organization_id)
            )
        }
        for kind in (Team, Judge)
    ]
    found = session.scalars(
        select(Organization)
        .where(Organization.competition_id == competition_id)
        .order_by(Organization.key)
    )
    return [
        KnownOrganization(item, aliases[item.id], *(count.get(item.id, 0) for count in counts))
        for item in found
    ]


def declarations_of(session: Session, *, team_id: int) -> Sequence[TeamDeclaration]:
    """The people a team has named, in the order in which it did."""
    return session.scalars(
        select(TeamDeclaration)
        .where(TeamDeclaration.team_id == team_id)
        .order_by(TeamDeclaration.id)
    ).all()
