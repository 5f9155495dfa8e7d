"""How one entry's score came about, with judges as letters, and what the judges wrote to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import (
    Assignment,
    Criterion,
    Entry,
    Judge,
    LocalText,
    Organization,
    Rating,
    Round,
    Rubric,
    Scorecard,
    ScoreRun,
    Standing,
    Team,
    Track,
)
from competition.queries.results.boards import Board, Place, TrackBoard, display_places
from competition.vocabulary import AssignmentState, ScorecardState

if TYPE_CHECKING:
    from competition.scoring import Result


@dataclass(frozen=True)
class Part:
    """What one judge's score became in one step; the letter stands for the judge."""

    letter: str
    raw: float
    severity: float | None
    corrected: float
    is_dropped: bool


@dataclass(frozen=True)
class Step:
    """The judges combined: on one criterion (its place, from 0), or on the totals (None)."""

    criterion: int | None
    parts: tuple[Part, ...]
    combined: float | None
    rounded: float | None
    factor: float
    weighted: float | None

    def part(self, letter: str) -> Part | None:
        """The judge's part; None where a rating on this criterion is missing."""
        return next((part for part in self.parts if part.letter == letter), None)

    @property
    def raw_mean(self) -> float | None:
        """The plain mean of the scores given."""
        return sum(part.raw for part in self.parts) / len(self.parts) if self.parts else None

    @property
    def corrected_mean(self) -> float | None:
        """The plain mean of the corrected scores that were not dropped."""
        kept = [part.corrected for part in self.parts if not part.is_dropped]
        return sum(kept) / len(kept) if kept else None

    @property
    def is_corrected(self) -> bool:
        """Whether the method changed what the judges gave."""
        return any(part.corrected != part.raw for part in self.parts)


@dataclass(frozen=True)
class Explanation:
    """All steps from the ratings of an entry to its score."""

    letters: tuple[str, ...]
    ratings: tuple[tuple[float | None, ...], ...]
    """Judge by judge, criterion by criterion."""
    totals: tuple[float | None, ...]
    """Each judge's weighted total."""
    steps: tuple[Step, ...]

    @property
    def points(self) -> float:
        """The sum of the criteria's points, where they are computed one by one."""
        exact = (Fraction(repr(step.weighted)) for step in self.steps if step.weighted is not None)
        return float(sum(exact, Fraction()))

    @property
    def criterion_means(self) -> tuple[float | None, ...]:
        """The plain mean of the ratings on each criterion."""
        columns = zip(*self.ratings, strict=True)
        given = [[value for value in column if value is not None] for column in columns]
        return tuple(sum(values) / len(values) if values else None for values in given)


def detail_of(result: Result, entry: str) -> dict[str, Any]:
    """The explanation of an entry as `Standing.detail` keeps it.

    Judges stand under their numbers, highest total first, so that the letters A, B, C tell
    nothing about who they are.
    """
    from competition.scoring import worked_example

    example = worked_example(result, entry)
    cards = result.working.cards
    ratings: dict[Any, list[float | None]] = {}
    for step in example.steps:
        for line in step.lines:
            given = ratings.setdefault(line.judge, [None] * len(cards.names))
            for criterion, value in line.ratings:
                given[cards.names.index(criterion)] = value
    totals = {judge: _total(given, cards.factors) for judge, given in ratings.items()}
    judges = sorted(ratings, key=lambda judge: (-(totals[judge] or 0), ratings[judge], judge))
    return {
        "unit": example.unit,
        "judges": judges,
        "ratings": [ratings[judge] for judge in judges],
        "totals": [totals[judge] for judge in judges],
        "steps": [
            {
                "criterion": None if len(example.steps) == 1 and step.criterion is None else place,
                "judges": [judges.index(line.judge) for line in step.lines],
                "raw": [line.raw for line in step.lines],
                "severity": [line.severity for line in step.lines],
                "corrected": [line.corrected for line in step.lines],
                "dropped": [line.dropped for line in step.lines],
                "combined": step.combined,
                "rounded": step.rounded,
                "factor": step.factor,
                "weighted": step.weighted,
            }
            for place, step in enumerate(example.steps)
        ],
    }


def _total(given: Sequence[float | None], factors: Sequence[Fraction]) -> float | None:
    known = [Fraction(repr(value)) for value in given if value is not None]
    if len(known) != len(given):
        return None
    return float(sum(value * factor for value, factor in zip(known, factors, strict=True)))


def explanation_of(detail: Mapping[str, Any]) -> Explanation:
    """Read `Standing.detail`; judges' numbers stay behind."""
    count = len(detail.get("judges", ()))
    return Explanation(
        letters=tuple(letter(place) for place in range(count)),
        ratings=tuple(tuple(given) for given in detail.get("ratings", ())),
        totals=tuple(detail.get("totals", ())),
        steps=tuple(_step(step) for step in detail.get("steps", ())),
    )


def _step(step: Mapping[str, Any]) -> Step:
    columns = zip(
        step["judges"], step["raw"], step["severity"], step["corrected"], step["dropped"],
        strict=True,
    )  # fmt: skip
    parts = sorted(columns, key=lambda column: int(column[0]))
    return Step(
        criterion=step["criterion"],
        parts=tuple(Part(letter(place), *rest) for place, *rest in parts),
        combined=step["combined"],
        rounded=step["rounded"],
        factor=step["factor"],
        weighted=step["weighted"],
    )


def letter(place: int) -> str:
    """A, B, … Z, AA, AB, …

    >>> [letter(0), letter(25), letter(26)]
    ['A', 'Z', 'AA']
    """
    place, last = divmod(place, 26)
    return (letter(place - 1) if place else "") + chr(ord("A") + last)


@dataclass(frozen=True)
class EntryResult:
    """One entry in one run, for its page."""

    standing: Standing
    entry_id: int
    number: str
    title: LocalText
    summary: LocalText
    team_id: int
    team: str
    school: LocalText
    track: Track
    criteria: tuple[Criterion, ...]
    explanation: Explanation
    ranked: int
    """Entries in the same ranking, this one included."""
    is_tied: bool
    places: int
    """Decimal places to show."""


def entry_result(session: Session, *, of: Round, run: ScoreRun, number: str) -> EntryResult | None:
    """The entry with this number in the run, or None; three statements."""
    row = session.execute(
        select(Standing, Entry, Team, Organization.name, Track)
        .join(Entry, Entry.id == Standing.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .join(Organization, Organization.id == Team.organization_id)
        .join(Track, Track.id == Standing.track_id)
        .where(Standing.run_id == run.id, Entry.number == number)
    ).one_or_none()
    if row is None:
        return None
    standing, entry, team, school, track = row
    others = session.execute(
        select(Standing.track_id, Standing.component, Standing.rank, Standing.score).where(
            Standing.run_id == run.id
        )
    ).all()
    group = [
        other.rank
        for other in others
        if (other.track_id, other.component) == (standing.track_id, standing.component)
        and other.rank is not None
    ]
    return EntryResult(
        standing=standing,
        entry_id=entry.id,
        number=entry.number,
        title=entry.title,
        summary=entry.summary,
        team_id=team.id,
        team=team.name,
        school=school,
        track=track,
        criteria=criteria_of(session, of=of),
        explanation=explanation_of(standing.detail),
        ranked=len(group),
        is_tied=group.count(standing.rank) > 1,
        places=display_places(run.rules, (other.score for other in others)),
    )


def criteria_of(session: Session, *, of: Round) -> tuple[Criterion, ...]:
    """The criteria of the round's rubric, in order."""
    return tuple(
        session.scalars(
            select(Criterion)
            .join(Criterion.rubric)
            .where(Rubric.round_id == of.id)
            .order_by(Criterion.position)
        )
    )


@dataclass(frozen=True)
class JudgeComment:
    """What one judge wrote to the team; the letter is that of the explanation."""

    letter: str
    comment: str
    reasons: tuple[tuple[int, str], ...]
    """Position of the criterion, and the reason given for the rating."""


def comments_for_team(session: Session, *, standing: Standing) -> Sequence[JudgeComment]:
    """Comments and reasons in the scorecards that went into the score; two statements."""
    numbers = standing.detail.get("judges", [])
    place = {number: position for position, number in enumerate(numbers)}
    cards = session.execute(
        select(Scorecard.id, Judge.number, Scorecard.comment)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .join(Judge, Judge.id == Assignment.judge_id)
        .where(
            Assignment.entry_id == standing.entry_id,
            Assignment.state != AssignmentState.RECUSED,
            Scorecard.state == ScorecardState.SUBMITTED,
            Judge.number.in_(numbers),
        )
    ).all()
    reasons: dict[int, list[tuple[int, str]]] = {}
    for card_id, position, reason in session.execute(
        select(Rating.scorecard_id, Criterion.position, Rating.reason)
        .join(Criterion, Criterion.id == Rating.criterion_id)
        .where(Rating.scorecard_id.in_([card.id for card in cards]), Rating.reason != "")
    ):
        reasons.setdefault(card_id, []).append((position, reason))
    return [
        JudgeComment(letter(place[number]), comment, tuple(sorted(reasons.get(card_id, ()))))
        for card_id, number, comment in sorted(cards, key=lambda card: place[card.number])
        if comment or card_id in reasons
    ]


@dataclass(frozen=True)
class WorkedPlace:
    """The entry that a leaderboard takes as its worked example."""

    place: Place
    explanation: Explanation
    criteria: tuple[Criterion, ...]


def worked_place(
    session: Session, *, board: Board, track: TrackBoard | None, of: Round
) -> WorkedPlace | None:
    """The entry of a track that the method moved farthest; two statements."""
    chosen = track or board.track(None)
    if chosen is None or not chosen.scored:
        return None
    place = max(chosen.scored, key=lambda item: abs((item.score or 0) - (item.raw or 0)))
    detail = session.scalars(
        select(Standing.detail).where(
            Standing.run_id == board.run.id, Standing.entry_id == place.entry_id
        )
    ).one()
    return WorkedPlace(place, explanation_of(detail), criteria_of(session, of=of))
