"""Organizations: one school stays one, however its name is written."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Invalid
from competition.models import AuditEntry, Competition, LocalText, Organization
from competition.policies import SYSTEM
from competition.services.organizations import find_or_create_organization, organization_key
from competition.vocabulary import OrganizationKind
from tests.support.builders import make_competition


def find(session: Session, competition: Competition, name: str, now: datetime) -> Organization:
    return find_or_create_organization(
        session,
        actor=SYSTEM,
        competition=competition,
        name=name,
        kind=OrganizationKind.SCHOOL,
        now=now,
    )


def test_comparing_names_folds_width_case_and_spaces() -> None:
    assert organization_key("  Ｓｃｈｏｏｌ　Ａ  ") == organization_key("school a")
    assert organization_key("STRASSE") == organization_key("straße")
    assert organization_key("示例 大学") != organization_key("示例学院")


def test_finding_a_new_name_creates_the_organization_and_audits_it(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    made = find(session, competition, "  示例  大学 ", now)
    assert made.name == LocalText(zh="示例 大学")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.object_name) == ("create_organization", "示例 大学")


def test_finding_a_name_in_its_other_language_gives_the_same_organization(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    made = find(session, competition, "示例大学", now)
    made.name = LocalText(en="Example University", zh="示例大学")
    assert find(session, competition, "EXAMPLE  university", now) is made
    assert session.scalar(select(func.count(Organization.id))) == 1


def test_finding_a_name_of_another_competition_creates_its_own(
    session: Session, now: datetime
) -> None:
    first = find(session, make_competition(session), "School A", now)
    second = find(session, make_competition(session, "aiac-2027"), "School A", now)
    assert first.id != second.id


@pytest.mark.parametrize(("name", "code"), [(" 　", "required"), ("x" * 201, "too_long")])
def test_finding_an_unusable_name_is_refused(
    session: Session, now: datetime, name: str, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        find(session, make_competition(session), name, now)
    assert [(item.code, item.field) for item in caught.value.problems] == [(code, "organization")]
