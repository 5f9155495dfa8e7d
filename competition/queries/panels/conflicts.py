"""Conflicts: those on record, and those that follow from what is known of judge and team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, String, and_, bindparam, literal_column, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from competition.models import (
    Account,
    Conflict,
    Judge,
    LocalText,
    Organization,
    Team,
    TeamMember,
)
from competition.vocabulary import ConflictSource, ConflictStatus


class ConflictReason(StrEnum):
    """Why a judge may not see a team's entries."""

    DECLARED = "declared"
    """Said by an organizer, by the judge or the team, or in a file."""
    SAME_ORGANIZATION = "same_organization"
    IN_TEAM = "in_team"
    """The judge is a member or an instructor of the team."""


REASONS: Mapping[ConflictSource, ConflictReason] = {
    ConflictSource.ORGANIZER: ConflictReason.DECLARED,
    ConflictSource.JUDGE: ConflictReason.DECLARED,
    ConflictSource.TEAM: ConflictReason.DECLARED,
    ConflictSource.IMPORT: ConflictReason.DECLARED,
    ConflictSource.RELATION: ConflictReason.DECLARED,
    ConflictSource.EMPLOYER: ConflictReason.SAME_ORGANIZATION,
    ConflictSource.SAME_SCHOOL: ConflictReason.SAME_ORGANIZATION,
    ConflictSource.INSTRUCTOR: ConflictReason.IN_TEAM,
    ConflictSource.MEMBER: ConflictReason.IN_TEAM,
}
STRONGEST = (ConflictReason.SAME_ORGANIZATION, ConflictReason.IN_TEAM, ConflictReason.DECLARED)
"""Of several reasons the last of these is named."""


def sources_of(reason: ConflictReason) -> list[ConflictSource]:
    return [source for source, of in REASONS.items() if of is reason]


def conflicts_of(session: Session, *, competition_id: int) -> Sequence[Conflict]:
    """The stored conflicts, by judge and team; one statement."""
    return session.scalars(
        select(Conflict)
        .join(Conflict.judge)
        .join(Conflict.team)
        .where(Judge.competition_id == competition_id)
        .options(
            contains_eager(Conflict.judge).joinedload(Judge.account),
            contains_eager(Conflict.team).joinedload(Team.organization),
        )
        .order_by(Judge.number, Team.name)
    ).all()


@dataclass(frozen=True)
class DerivedConflict:
    """A judge and a team that may not meet by what is known of them."""

    judge_id: int
    judge_number: int
    judge_name: str
    team_id: int
    team_name: str
    organization: LocalText
    reason: ConflictReason


def derived_conflicts(session: Session, *, competition_id: int) -> list[DerivedConflict]:
    """Judges with teams of their own organization, or with teams they are in; two statements."""
    columns = (Judge.id, Judge.number, Account.name, Team.id, Team.name, Organization.name)
    same = (
        select(*columns)
        .join(Account, Account.id == Judge.account_id)
        .join(Team, Team.organization_id == Judge.organization_id)
        .join(Organization, Organization.id == Team.organization_id)
        .where(Judge.competition_id == competition_id, Team.competition_id == competition_id)
    )
    inside = (
        select(*columns)
        .join(Account, Account.id == Judge.account_id)
        .join(
            TeamMember,
            or_(TeamMember.account_id == Judge.account_id, TeamMember.email == Account.email),
        )
        .join(Team, Team.id == TeamMember.team_id)
        .join(Organization, Organization.id == Team.organization_id)
        .where(Judge.competition_id == competition_id, Team.competition_id == competition_id)
    )
    found = {
        (row[0], row[3]): DerivedConflict(*row, reason=reason)
        for statement, reason in (
            (same, ConflictReason.SAME_ORGANIZATION),
            (inside, ConflictReason.IN_TEAM),
        )
        for row in session.execute(statement)
    }
    return sorted(found.values(), key=lambda item: (item.judge_number, item.team_name))


def conflict_map(session: Session, *, competition_id: int) -> dict[tuple[int, int], ConflictReason]:
    """Every conflict of a competition by judge id and team id; three statements.

    What follows from the facts counts before it is on record; what was dismissed counts no more.
    """
    rows = session.execute(
        select(Conflict.judge_id, Conflict.team_id, Conflict.source, Conflict.status)
        .join(Judge, Judge.id == Conflict.judge_id)
        .where(Judge.competition_id == competition_id)
    ).all()
    dismissed = {
        (judge, team, REASONS[source])
        for judge, team, source, status in rows
        if status is ConflictStatus.DISMISSED
    }
    found = {
        (item.judge_id, item.team_id): item.reason
        for item in derived_conflicts(session, competition_id=competition_id)
        if (item.judge_id, item.team_id, item.reason) not in dismissed
    }
    stored = [
        (judge, team, REASONS[source])
        for judge, team, source, status in rows
        if status is not ConflictStatus.DISMISSED
    ]
    for judge, team, reason in sorted(stored, key=lambda row: STRONGEST.index(row[2])):
        found[judge, team] = max(found.get((judge, team), reason), reason, key=STRONGEST.index)
    return found


Id: TypeAlias = ColumnElement[Any]


def _recorded(
    reason: ConflictReason, judge_id: Id, team_id: Id, *, dismissed: bool = False
) -> ColumnElement[bool]:
    """Whether the table has such a conflict of the two.

    Sources are written out: a list of parameters would be spelled anew at every save.
    """
    sources = [literal_column(f"'{source.value}'", String()) for source in sources_of(reason)]
    is_dismissed = Conflict.status == ConflictStatus.DISMISSED
    return (
        select(Conflict.id)
        .where(
            Conflict.judge_id == judge_id,
            Conflict.team_id == team_id,
            Conflict.source.in_(sources),
            is_dismissed if dismissed else ~is_dismissed,
        )
        .correlate_except(Conflict)
        .exists()
    )


def conflict_reasons(judge_id: Id, team_id: Id) -> dict[ConflictReason, ColumnElement[bool]]:
    """For statements that read `judge`, its `account` and `team`: which reasons hold.

    Each is on record, or a fact that was not dismissed.
    """
    is_member = (
        select(TeamMember.id)
        .where(
            TeamMember.team_id == team_id,
            or_(TeamMember.account_id == Judge.account_id, TeamMember.email == Account.email),
        )
        .correlate_except(TeamMember)
        .exists()
    )
    facts = {
        ConflictReason.IN_TEAM: is_member,
        ConflictReason.SAME_ORGANIZATION: Judge.organization_id == Team.organization_id,
    }
    return {
        ConflictReason.DECLARED: _recorded(ConflictReason.DECLARED, judge_id, team_id),
        **{
            reason: or_(
                _recorded(reason, judge_id, team_id),
                and_(fact, ~_recorded(reason, judge_id, team_id, dismissed=True)),
            )
            for reason, fact in facts.items()
        },
    }


_BETWEEN = conflict_reasons(bindparam("judge_id"), bindparam("team_id"))
BETWEEN = (
    select(*_BETWEEN.values())
    .select_from(Judge)
    .join(Account, Account.id == Judge.account_id)
    .join(Team, Team.id == bindparam("team_id"))
    .where(Judge.id == bindparam("judge_id"))
)
"""Built once."""


def conflict_between(session: Session, *, judge_id: int, team_id: int) -> ConflictReason | None:
    """Why this judge may not see this team's entries, or None; one statement."""
    row = session.execute(BETWEEN, {"judge_id": judge_id, "team_id": team_id}).one_or_none()
    if row is None:
        return None
    return next((reason for reason, holds in zip(_BETWEEN, row, strict=True) if holds), None)


def teams_named(session: Session, *, competition_id: int) -> Sequence[Team]:
    """The teams of a competition with their organization, by name; one statement."""
    return session.scalars(
        select(Team)
        .where(Team.competition_id == competition_id)
        .options(joinedload(Team.organization))
        .order_by(Team.name)
    ).all()
