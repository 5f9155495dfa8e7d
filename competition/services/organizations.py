"""Schools and companies, found again by their name however it is written."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from competition.errors import Invalid
from competition.models import Competition, LocalText, Organization, OrganizationAlias
from competition.policies import Actor
from competition.queries.names import LENGTH_MAX, name_key
from competition.services.record import audit
from competition.vocabulary import OrganizationKind

NAME_LENGTH_MAX = LENGTH_MAX
organization_key = name_key


def local_name(name: str) -> LocalText:
    """A name typed into one field, as a text of the language its characters belong to."""
    text = " ".join(unicodedata.normalize("NFC", name).split())
    is_chinese = any("\u3400" <= letter <= "\u9fff" or letter >= "\U00020000" for letter in text)
    return LocalText(zh=text) if is_chinese else LocalText(en=text)


def find_organization(
    session: Session, *, competition: Competition, name: str
) -> Organization | None:
    """The organization with this name in either language or as an alias, or None."""
    key = organization_key(name)
    of_competition = select(Organization).where(Organization.competition_id == competition.id)
    found = session.scalar(of_competition.where(Organization.key == key))
    if found is not None:
        return found
    for item in session.scalars(of_competition.order_by(Organization.id)):
        if key in {organization_key(item.name.en), organization_key(item.name.zh)}:
            return item
    return session.scalar(
        select(Organization)
        .join(OrganizationAlias, OrganizationAlias.organization_id == Organization.id)
        .where(OrganizationAlias.competition_id == competition.id, OrganizationAlias.key == key)
    )


def find_or_create_organization(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    name: str,
    kind: OrganizationKind,
    now: datetime,
) -> Organization:
    """The organization with this name in either language; a new one if there is none.

    The caller has checked that `actor` may bring it in. An existing one keeps its kind. Invalid
    (field `organization`) when the name is empty or too long. Two callers at once get the same.
    """
    if not organization_key(name):
        raise Invalid.one("required", field="organization")
    if len(name.strip()) > LENGTH_MAX:
        raise Invalid.one("too_long", field="organization", limit=LENGTH_MAX)
    found = find_organization(session, competition=competition, name=name)
    if found is not None:
        return found
    created = Organization(
        competition_id=competition.id, key=organization_key(name), name=local_name(name), kind=kind
    )
    try:
        with session.begin_nested():
            session.add(created)
    except IntegrityError:  # somebody else was faster
        found = find_organization(session, competition=competition, name=name)
        if found is None:  # pragma: no cover
            raise
        return found
    audit(
        session,
        actor=actor,
        action="create_organization",
        now=now,
        thing=created,
        name=str(created.name),
        competition_id=competition.id,
        after={"name": created.name, "kind": kind},
    )
    return created
