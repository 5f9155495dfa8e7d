"""From the parts of an address to a team or an entry, or 404."""

from __future__ import annotations

from competition.errors import DomainError, Invalid, NotFound
from competition.guards import actor, session
from competition.models import Competition, Entry, Team
from competition.policies import Permission, authorize
from competition.queries.submissions import entry_by_id, team_with_people
from competition.web.formats import sentences
from competition.web.lookup import competition_at
from competition.web.messages import problem_sentence, sentence


def team_at(
    slug: str, team_id: int, permission: Permission = Permission.VIEW_TEAM
) -> tuple[Competition, Team]:
    """The team with its people, if it is in this competition and the reader may see it."""
    competition = competition_at(slug)
    found = team_with_people(session(), team_id)
    if found is None or found.competition_id != competition.id:
        raise NotFound
    authorize(actor(), permission, found)
    return competition, found


def entry_at(
    slug: str, entry_id: int, permission: Permission = Permission.VIEW_ENTRY
) -> tuple[Competition, Entry]:
    """The entry with all that belongs to it, if it is in this competition and may be seen."""
    competition = competition_at(slug)
    found = entry_by_id(session(), entry_id)
    if found is None or found.round.competition_id != competition.id:
        raise NotFound
    authorize(actor(), permission, found)
    return competition, found


def in_words(error: DomainError) -> str:
    """A refusal as one text."""
    if isinstance(error, Invalid):
        return sentences(problem_sentence(problem) for problem in error.problems)
    return sentence(error.code, error.facts)
