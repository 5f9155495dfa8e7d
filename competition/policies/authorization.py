"""Asking the permission table: `can` answers, `authorize` refuses."""

from __future__ import annotations

from collections.abc import Mapping

from competition.errors import Forbidden, NotFound
from competition.models import Assignment, Competition, Entry, EntryFile, Scorecard, Team
from competition.policies.actors import Actor
from competition.policies.permission_map import PERMISSION_MAP
from competition.policies.permissions import Permission
from competition.policies.subjects import Thing, subject_of

VISIBLE_WITH: Mapping[type, Permission] = {
    Team: Permission.VIEW_TEAM,
    Entry: Permission.VIEW_ENTRY,
    EntryFile: Permission.VIEW_ENTRY,
    Assignment: Permission.VIEW_ASSIGNMENT,
    Scorecard: Permission.VIEW_ASSIGNMENT,
    Competition: Permission.ENTER_COMPETITION,
}
"""The permission that lets somebody know the thing exists; otherwise it takes a role."""


def can(actor: Actor, permission: Permission | str, thing: Thing | None = None) -> bool:
    """Whether the actor may do this to the thing; a permission not in the table is denied."""
    alternatives = PERMISSION_MAP.get(Permission(permission), ())
    subject = subject_of(thing)
    return any(all(holds(actor, subject) for holds in every) for every in alternatives)


def authorize(actor: Actor, permission: Permission, thing: Thing | None = None) -> None:
    """Refuse unless `can`.

    Raises
    ------
    NotFound
        The actor must not learn that the thing exists.
    Forbidden
        The actor may see the thing, but not do this to it.
    """
    if can(actor, permission, thing):
        return
    seen_by = VISIBLE_WITH.get(type(thing), Permission.ENTER_COMPETITION)
    if thing is None or (seen_by is not permission and can(actor, seen_by, thing)):
        raise Forbidden(permission=permission.value)
    raise NotFound(permission=permission.value)
