"""Further names of schools and companies, by which conflicts are found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from competition.errors import Invalid
from competition.models import Competition, Organization, OrganizationAlias
from competition.policies import Actor, Permission, authorize
from competition.queries.names import LENGTH_MAX, bare_key, name_key
from competition.services.panels.finding import find_conflicts
from competition.services.record import audit


def add_alias(
    session: Session, *, actor: Actor, organization: Organization, name: str, now: datetime
) -> int:
    """Know the organization by one more name; how many conflicts that shows.

    A name that another organization bears joins the two: their judges and teams are in conflict.
    Invalid (field `name`) when it is empty, too long, its own, or an alias already.
    """
    competition = _competition(session, organization)
    authorize(actor, Permission.DECIDE_CONFLICT, competition)
    text = " ".join(name.split())
    if not bare_key(text):
        raise Invalid.one("required", field="name")
    if len(text) > LENGTH_MAX:
        raise Invalid.one("too_long", field="name", limit=LENGTH_MAX)
    own = {organization.key, name_key(organization.name.en), name_key(organization.name.zh)}
    if name_key(text) in own:
        raise Invalid.one("alias_taken", field="name")
    alias = OrganizationAlias(
        competition_id=organization.competition_id,
        organization=organization,
        key=name_key(text),
        name=text,
    )
    try:
        with session.begin_nested():
            session.add(alias)
    except IntegrityError:
        raise Invalid.one("alias_taken", field="name") from None
    _audit(session, actor, "add_alias", organization, now, after={"alias": text})
    return find_conflicts(session, actor=actor, competition_id=competition.id, now=now)


def remove_alias(
    session: Session, *, actor: Actor, alias: OrganizationAlias, now: datetime
) -> None:
    """Forget the name; undecided conflicts that only it showed go as well."""
    organization = alias.organization
    competition = _competition(session, organization)
    authorize(actor, Permission.DECIDE_CONFLICT, competition)
    _audit(session, actor, "remove_alias", organization, now, before={"alias": alias.name})
    session.delete(alias)
    find_conflicts(session, actor=actor, competition_id=competition.id, now=now)


def _competition(session: Session, organization: Organization) -> Competition:
    return session.get_one(Competition, organization.competition_id)


def _audit(
    session: Session,
    actor: Actor,
    action: str,
    organization: Organization,
    now: datetime,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit(
        session,
        actor=actor,
        action=action,
        now=now,
        thing=organization,
        name=str(organization.name),
        competition_id=organization.competition_id,
        before=before,
        after=after,
    )
