"""Judges who have something left, as a reminder needs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Account, Judge, Round
from competition.queries.outbox import known_keys
from competition.queries.scorecards.progress import progress


@dataclass(frozen=True)
class LateJudge:
    """A judge with scorecards left; whether a reminder was written today already."""

    judge_id: int
    number: int
    name: str
    email: str
    language: str | None
    """What the person chose to read; None: nobody knows."""
    left: int
    expected: int
    last_at: datetime | None
    is_reminded: bool
    is_disabled: bool

    @property
    def may_be_reminded(self) -> bool:
        return not (self.is_reminded or self.is_disabled)


def reminder_key(of: Round, judge_id: int, day: date) -> str:
    """The same for every reminder to a judge on one day of the competition's zone."""
    return f"reminder {of.id} {judge_id} {day.isoformat()}"


def today_of(of: Round, now: datetime) -> date:
    return now.astimezone(ZoneInfo(of.competition.zone)).date()


def late_judges(session: Session, *, of: Round, now: datetime) -> Sequence[LateJudge]:
    """Who has something left, most first; the number of statements does not grow."""
    late = [item for item in progress(session, of, with_totals=False).by_judge if item.left]
    people = {
        row[0]: row[1]
        for row in session.execute(
            select(Judge.id, Account)
            .join(Account, Account.id == Judge.account_id)
            .where(Judge.id.in_([item.judge.id for item in late]))
        )
    }
    day = today_of(of, now)
    keys = {item.judge.id: reminder_key(of, item.judge.id, day) for item in late}
    written = known_keys(session, list(keys.values()))
    return [
        LateJudge(
            item.judge.id,
            item.judge.number,
            people[item.judge.id].name,
            people[item.judge.id].email,
            people[item.judge.id].language,
            item.left,
            item.expected,
            item.last_at,
            keys[item.judge.id] in written,
            people[item.judge.id].disabled_at is not None,
        )
        for item in late
    ]
