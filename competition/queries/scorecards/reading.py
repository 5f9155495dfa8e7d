"""What stands around a scorecard on its pages: the round, the team if it may be named, versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from competition.models import (
    Assignment,
    Competition,
    Criterion,
    Entry,
    Judge,
    LocalText,
    Organization,
    Round,
    Rubric,
    Scorecard,
    Team,
)
from competition.vocabulary import AssignmentState


def judged_round(session: Session, round_id: int) -> Round:
    """The round with its competition, and that one's tracks and rounds."""
    whole = joinedload(Round.competition)
    return session.scalars(
        select(Round)
        .where(Round.id == round_id)
        .options(whole.selectinload(Competition.rounds), whole.selectinload(Competition.tracks))
    ).one()


@dataclass(frozen=True)
class TeamNames:
    """A team as it is named to judges who may know it."""

    team: str
    school: LocalText


def criteria_counts(session: Session, round_ids: Iterable[int]) -> Counter[int]:
    """How many criteria the rubric of each round has."""
    rows = session.execute(
        select(Rubric.round_id, func.count(Criterion.id))
        .join(Criterion, Criterion.rubric_id == Rubric.id)
        .where(Rubric.round_id.in_(list(round_ids)))
        .group_by(Rubric.round_id)
    )
    return Counter(dict(rows.all()))


def team_names(session: Session, team_id: int) -> TeamNames:
    """The names of the team and of its school."""
    row = session.execute(
        select(Team.name, Organization.name)
        .join(Organization, Organization.id == Team.organization_id)
        .where(Team.id == team_id)
    ).one()
    return TeamNames(row[0], row[1])


def scorecard_with_versions(session: Session, scorecard_id: int) -> Scorecard | None:
    """The scorecard with judge, entry and round, and every version that was kept."""
    return session.scalar(
        select(Scorecard)
        .join(Scorecard.assignment)
        .where(Scorecard.id == scorecard_id)
        .options(
            contains_eager(Scorecard.assignment).options(
                joinedload(Assignment.judge).options(
                    joinedload(Judge.account), joinedload(Judge.organization)
                ),
                joinedload(Assignment.entry).options(
                    joinedload(Entry.team), joinedload(Entry.track)
                ),
                joinedload(Assignment.round)
                .joinedload(Round.competition)
                .options(selectinload(Competition.rounds), selectinload(Competition.tracks)),
            ),
            selectinload(Scorecard.versions),
        )
    )


def entries_still_to_score(
    session: Session, *, round_id: int, judge_ids: Iterable[int]
) -> frozenset[int]:
    """Entries of a round that these judges have to score and have not submitted.

    Whoever is organizer and judge at once reads others' scores of such an entry only afterwards.
    """
    own = tuple(judge_ids)
    if not own:
        return frozenset()
    return frozenset(
        session.scalars(
            select(Assignment.entry_id).where(
                Assignment.round_id == round_id,
                Assignment.judge_id.in_(own),
                Assignment.state == AssignmentState.CONFIRMED,
            )
        )
    )
