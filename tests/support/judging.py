"""A round that is being judged, for tests of scorecards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from competition.models import (
    Account,
    Assignment,
    Competition,
    Entry,
    Judge,
    LocalText,
    Round,
    Rubric,
)
from competition.policies import Actor
from competition.vocabulary import CompetitionState, RoundState
from tests.support.builders import (
    NOW,
    actor_for,
    assign_all,
    make_competition,
    make_entries,
    make_judges,
    make_organizer,
    make_round,
    make_rubric,
    make_teams,
    seat_all,
)


@dataclass
class Judging:
    """Two judges, each with every entry; two criteria of 1 to 10."""

    competition: Competition
    round: Round
    rubric: Rubric
    entries: list[Entry]
    judges: list[Judge]
    assignments: list[Assignment]
    organizer: Account

    def actor(self, session: Session, judge: int = 0) -> Actor:
        return actor_for(session, self.judges[judge].account)

    def organizer_actor(self, session: Session) -> Actor:
        return actor_for(session, self.organizer)

    def assignment(self, judge: int = 0, entry: int = 0) -> Assignment:
        wanted = (self.judges[judge].id, self.entries[entry].id)
        return next(a for a in self.assignments if (a.judge_id, a.entry_id) == wanted)

    def ratings(self, *values: str | int | None) -> dict[int, Decimal]:
        """Ratings by criterion id, in the order of the criteria; None leaves one open."""
        return {
            criterion.id: Decimal(value)
            for criterion, value in zip(self.rubric.criteria, values, strict=False)
            if value is not None
        }

    def form(self, *values: str | int | None, **more: Any) -> dict[str, Any]:
        """The fields of the score form."""
        fields = {
            f"rating-{criterion.id}": str(value)
            for criterion, value in zip(self.rubric.criteria, values, strict=False)
            if value is not None
        }
        return {"comment": "", "note": "", "revision": 0, **fields, **more}


def make_judging(
    session: Session, *, entries: int = 2, judges: int = 2, slug: str = "aiac-2026", **fields: Any
) -> Judging:
    """A round in judging for two more days."""
    competition = make_competition(session, slug, state=CompetitionState.JUDGING)
    values = {
        "state": RoundState.JUDGING,
        "submissions_close_at": NOW - timedelta(days=2),
        "judging_closes_at": NOW + timedelta(days=2),
        "judges_per_entry": judges,
    }
    of = make_round(session, competition, **{**values, **fields})
    rubric = make_rubric(session, of)
    numbers = range(1, entries + 1)
    teams = make_teams(session, competition, {f"Team {n:02}": f"School {n:02}" for n in numbers})
    titles = [LocalText(en=f"Work {n}", zh=f"作品 {n}") for n in numbers]
    made = make_entries(session, of, teams, [{"title": title} for title in titles])
    panel = make_judges(session, competition, [f"Judge {n}" for n in range(1, judges + 1)])
    seat_all(session, of, panel)
    pairs = assign_all(session, [(entry, judge) for judge in panel for entry in made])
    return Judging(
        competition, of, rubric, made, panel, pairs, make_organizer(session, competition)
    )
