"""Letters: written once, taken out by one, tried again, given up; reminders once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Forbidden, Invalid, WrongState
from competition.models import AuditEntry, OutboxMail
from competition.queries.scorecards import LateJudge, late_judges
from competition.services import outbox
from competition.services.outbox import LEASE, PAUSES, Written
from competition.services.scorecards import Reminded, remind_late_judges
from competition.vocabulary import MailState, RoundState
from tests.support.builders import make_account
from tests.support.judging import Judging, make_judging
from tests.support.races import race
from tests.support.scorecards import fill_scorecard

LETTER = Written("en", "Two left", "Please.")


def queue(session: Session, now: datetime, key: str = "a") -> OutboxMail:
    account = make_account(session, "Chen")
    mail = outbox.queue_mail(
        session, account=account, written=LETTER, dedup_key=key, competition_id=None, now=now
    )
    assert mail is not None
    return mail


def test_queueing_the_same_letter_again_writes_nothing(session: Session, now: datetime) -> None:
    mail = queue(session, now)
    account = make_account(session, "Other")
    again = outbox.queue_mail(
        session, account=account, written=LETTER, dedup_key="a", competition_id=None, now=now
    )
    assert again is None
    assert session.scalars(select(OutboxMail)).all() == [mail]


def test_taking_out_leases_each_letter_to_one(session: Session, now: datetime) -> None:
    mails = [queue(session, now, key) for key in "abc"]
    assert outbox.take_out(session, limit=2, now=now) == mails[:2]
    assert outbox.take_out(session, limit=2, now=now) == mails[2:]
    assert outbox.take_out(session, limit=9, now=now) == []
    later = now + LEASE
    assert outbox.take_out(session, limit=9, now=later) == mails
    assert [mail.attempts for mail in mails] == [2, 2, 2]


def test_taking_out_at_once_gives_each_letter_to_one_of_them(
    app: Flask, session: Session, now: datetime
) -> None:
    for number in range(6):
        queue(session, now, str(number))

    def taking(own: Session) -> list[int]:
        return [mail.id for mail in outbox.take_out(own, limit=3, now=now)]

    taken = [mail_id for batch in race(app, [taking] * 4) for mail_id in batch]
    assert len(taken) == len(set(taken)) <= 6


def test_failing_pauses_longer_each_time_and_gives_up(session: Session, now: datetime) -> None:
    mail = queue(session, now)
    moment = now
    for pause in PAUSES:
        [out] = outbox.take_out(session, limit=1, now=moment)
        outbox.note_failure(session, mail=out, error="450 later", is_final=False, now=moment)
        assert (mail.state, mail.due_at) == (MailState.QUEUED, moment + pause)
        moment = mail.due_at
    [out] = outbox.take_out(session, limit=1, now=moment)
    outbox.note_failure(session, mail=out, error="450 later", is_final=False, now=moment)
    assert (mail.state, mail.attempts, mail.error) == (
        MailState.FAILED,
        len(PAUSES) + 1,
        "450 later",
    )


def test_failing_for_good_is_not_tried_again(session: Session, now: datetime) -> None:
    mail = queue(session, now)
    outbox.take_out(session, limit=1, now=now)
    outbox.note_failure(session, mail=mail, error="550 " + "x" * 400, is_final=True, now=now)
    assert (mail.state, len(mail.error)) == (MailState.FAILED, 300)
    assert outbox.take_out(session, limit=1, now=now + timedelta(days=9)) == []


def write(late: LateJudge) -> Written:
    return Written(late.language or "both", f"{late.left} left", f"Dear {late.name}")


def remind(
    session: Session, judging: Judging, now: datetime, judges: tuple[int, ...] = (0, 1)
) -> Reminded:
    return remind_late_judges(
        session,
        actor=judging.organizer_actor(session),
        of=judging.round,
        judge_ids={judging.judges[place].id for place in judges},
        write=write,
        now=now,
    )


def test_reminding_writes_to_the_late_ones_once_a_day(session: Session, now: datetime) -> None:
    judging = make_judging(session)
    fill_scorecard(session, judging.assignment(0, 0), judging.rubric, (5, 5))
    judging.judges[0].account.language = "zh_Hans"
    for entry in range(2):
        fill_scorecard(session, judging.assignment(1, entry), judging.rubric, (5, 5))
    assert remind(session, judging, now) == Reminded(1, 0)
    [mail] = session.scalars(select(OutboxMail)).all()
    assert (mail.recipient, mail.language, mail.subject, mail.state) == (
        judging.judges[0].account.email,
        "zh_Hans",
        "1 left",
        MailState.QUEUED,
    )
    [late] = late_judges(session, of=judging.round, now=now)
    assert (late.is_reminded, late.may_be_reminded) == (True, False)
    assert remind(session, judging, now) == Reminded(0, 1)
    tomorrow = now + timedelta(days=1)
    assert remind(session, judging, tomorrow) == Reminded(1, 0)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "remind_judges")).all()
    assert [item.after for item in entries] == [{"judges": [1]}, {"judges": [1]}]


def test_the_day_of_a_reminder_is_the_competitions_own(session: Session) -> None:
    from datetime import UTC

    judging = make_judging(session)
    evening = datetime(2026, 11, 16, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert remind(session, judging, evening).written == 2
    assert remind(session, judging, evening + timedelta(minutes=2)).written == 2


def test_reminding_somebody_whose_account_is_closed_writes_nothing(
    session: Session, now: datetime
) -> None:
    judging = make_judging(session)
    judging.judges[0].account.disabled_at = now
    session.flush()
    assert remind(session, judging, now, judges=(0,)) == Reminded(0, 0)


def test_reminding_nobody_in_another_stage_or_as_a_judge_is_refused(
    session: Session, now: datetime
) -> None:
    judging = make_judging(session)
    with pytest.raises(Invalid, match="nobody_chosen"):
        remind(session, judging, now, judges=())
    with pytest.raises(Forbidden):
        remind_late_judges(
            session,
            actor=judging.actor(session),
            of=judging.round,
            judge_ids={judging.judges[0].id},
            write=write,
            now=now,
        )
    judging.round.state = RoundState.LOCKED
    session.flush()
    with pytest.raises(WrongState, match="round_not_judging"):
        remind(session, judging, now)


def test_reminding_at_once_writes_one_letter_each(
    app: Flask, session: Session, now: datetime
) -> None:
    judging = make_judging(session)
    actor = judging.organizer_actor(session)
    round_id, ids = judging.round.id, {judge.id for judge in judging.judges}

    def reminding(own: Session) -> int:
        of = own.get_one(type(judging.round), round_id)
        return remind_late_judges(
            own, actor=actor, of=of, judge_ids=ids, write=write, now=now
        ).written

    assert sum(race(app, [reminding] * 3)) == 2
    session.expire_all()
    assert len(session.scalars(select(OutboxMail)).all()) == 2
