"""What a permission is asked about, reduced to the facts that predicates compare."""

from __future__ import annotations

from dataclasses import dataclass

from competition.models import (
    Assignment,
    Competition,
    Entry,
    EntryFile,
    Judge,
    PanelMember,
    Publication,
    Round,
    Scorecard,
    Team,
)
from competition.vocabulary import AssignmentState, CompetitionState


@dataclass(frozen=True)
class Subject:
    """The facts of one object; what does not apply is None or False."""

    competition_id: int | None = None
    team_id: int | None = None
    judge_id: int | None = None
    judge_ids: frozenset[int] = frozenset()
    """Of an entry's file: the judges who have been told to read it, and have not recused."""
    is_listed: bool = False
    """The competition is no longer a draft."""
    is_recused: bool = False
    is_confirmed: bool = False
    """The judge has been told of the assignment."""
    is_published: bool = False


NOTHING = Subject()

Thing = (
    Competition
    | Round
    | Team
    | Entry
    | EntryFile
    | Judge
    | PanelMember
    | Assignment
    | Scorecard
    | Publication
    | Subject
)


def subject_of(thing: Thing | None) -> Subject:
    """The facts of `thing`. Its round, team and competition should be loaded already."""
    match thing:
        case None:
            return NOTHING
        case Subject():
            return thing  # facts that were read without the object
        case Competition():
            return Subject(
                competition_id=thing.id, is_listed=thing.state is not CompetitionState.DRAFT
            )
        case Round() | Judge():
            return Subject(competition_id=thing.competition_id)
        case PanelMember():
            return Subject(competition_id=thing.round.competition_id, judge_id=thing.judge_id)
        case Team():
            return Subject(competition_id=thing.competition_id, team_id=thing.id)
        case Entry():
            return Subject(competition_id=thing.round.competition_id, team_id=thing.team_id)
        case EntryFile():
            return subject_of(thing.entry)
        case Assignment():
            return Subject(
                competition_id=thing.round.competition_id,
                judge_id=thing.judge_id,
                is_recused=thing.state is AssignmentState.RECUSED,
                is_confirmed=thing.state is not AssignmentState.PROPOSED,
            )
        case Scorecard():
            return subject_of(thing.assignment)
        case Publication():
            return Subject(
                competition_id=thing.round.competition_id,
                is_published=thing.withdrawn_at is None,
            )
