"""From the parts of an address to the thing, or 404."""

from __future__ import annotations

from competition.errors import NotFound
from competition.guards import actor, session
from competition.models import Competition, Round
from competition.policies import Permission, authorize
from competition.queries.rounds import competition_by_slug
from competition.web.formats import use_zone


def competition_at(slug: str, permission: Permission = Permission.VIEW_COMPETITION) -> Competition:
    """The competition, if the reader has `permission` for it."""
    found = competition_by_slug(session(), slug)
    if found is None:
        raise NotFound
    authorize(actor(), permission, found)
    use_zone(found.zone)
    return found


def round_at(
    slug: str, position: int, permission: Permission = Permission.VIEW_COMPETITION
) -> tuple[Competition, Round]:
    """The competition and its round number `position` (from 1)."""
    competition = competition_at(slug, permission)
    for item in competition.rounds:
        if item.position == position:
            return competition, item
    raise NotFound
