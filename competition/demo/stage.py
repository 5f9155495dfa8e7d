"""What the steps of building the demo hand on to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from competition.adapters.storage import FolderStorage
from competition.demo import content
from competition.demo.simulation import Judging
from competition.models import Account, Competition, Judge, LocalText, Round
from competition.policies import SYSTEM, Actor
from competition.services import people, rounds
from competition.vocabulary import CompetitionState, RoundState

SLUG = "aiac-2026"


SEED = 20261122


ZONE = ZoneInfo("Asia/Shanghai")


DOMAIN = "demo.example"


@dataclass
class Calendar:
    """Instants of the demo, counted in days from the one at which it is loaded."""

    now: datetime

    def day(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        local = self.now.astimezone(ZONE).date() + timedelta(days=days)
        return datetime.combine(local, time(hour, minute), ZONE)

    def end_of(self, days: int) -> datetime:
        """24:00 of that day."""
        return self.day(days + 1, 0)


@dataclass
class Demo:
    """What the steps below hand on to each other."""

    session: Session
    calendar: Calendar
    storage: FolderStorage
    organizer: Actor = SYSTEM
    competition: Competition = field(init=False)
    judges: list[Judge] = field(default_factory=list)
    judging: Judging = field(init=False)


def text(pair: content.Pair) -> LocalText:
    return LocalText(en=pair[0], zh=pair[1])


def invited(demo: Demo, name: str, full_name: str, now: datetime) -> Account:
    return people.find_or_create_account(
        demo.session, actor=SYSTEM, email=f"{name}@{DOMAIN}", name=full_name, now=now
    )


def move(demo: Demo, of: Round, target: RoundState, now: datetime) -> None:
    rounds.move_round(
        demo.session, actor=demo.organizer, round_=of, target=target, is_sure=True, now=now
    )


def move_competition(demo: Demo, target: CompetitionState, now: datetime) -> None:
    rounds.move_competition(
        demo.session,
        actor=demo.organizer,
        competition=demo.competition,
        target=target,
        is_sure=True,
        now=now,
    )
