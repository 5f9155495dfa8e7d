"""Reminding judges who have scorecards left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Invalid, WrongState
from competition.models import Account, Judge, Round
from competition.policies import Actor, Permission, authorize
from competition.queries.scorecards import LateJudge, late_judges, reminder_key, today_of
from competition.services.outbox import Written, queue_mail
from competition.services.record import audit
from competition.vocabulary import RoundState


@dataclass(frozen=True)
class Reminded:
    """How many letters were written, and how many judges had one today already."""

    written: int
    already: int


def remind_late_judges(
    session: Session,
    *,
    actor: Actor,
    of: Round,
    judge_ids: Collection[int],
    write: Callable[[LateJudge], Written],
    now: datetime,
) -> Reminded:
    """Put a reminder for each of these judges into the outbox, if they still are late.

    At most one reminder goes to a judge a day, whoever asks. Nothing is sent here. WrongState
    unless the round is being judged; Invalid when no judge is chosen.
    """
    authorize(actor, Permission.REMIND_JUDGES, of)
    state = session.scalar(select(Round.state).where(Round.id == of.id).with_for_update())
    if state is not RoundState.JUDGING:
        raise WrongState("round_not_judging", state=state)
    if not judge_ids:
        raise Invalid.one("nobody_chosen", field="judge")
    late = [item for item in late_judges(session, of=of, now=now) if item.judge_id in judge_ids]
    accounts = _accounts(session, late)
    day = today_of(of, now)
    told = []
    for item in late:
        if not item.may_be_reminded:
            continue
        mail = queue_mail(
            session,
            account=accounts[item.judge_id],
            written=write(item),
            dedup_key=reminder_key(of, item.judge_id, day),
            competition_id=of.competition_id,
            now=now,
        )
        if mail is not None:
            told.append(item.number)
    if told:
        audit(
            session,
            actor=actor,
            action="remind_judges",
            now=now,
            thing=of,
            name=str(of.name),
            competition_id=of.competition_id,
            after={"judges": told},
        )
    return Reminded(len(told), sum(item.is_reminded for item in late))


def _accounts(session: Session, late: Iterable[LateJudge]) -> dict[int, Account]:
    """The judges' accounts by judge id."""
    ids = [item.judge_id for item in late]
    rows = session.execute(
        select(Judge.id, Account)
        .join(Account, Account.id == Judge.account_id)
        .where(Judge.id.in_(ids))
    )
    return {row[0]: row[1] for row in rows}
