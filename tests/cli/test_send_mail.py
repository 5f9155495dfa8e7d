"""`competition send-mail`: from the outbox to a real server, each letter at least once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.cli import main
from competition.models import OutboxMail
from competition.services import outbox
from competition.services.outbox import Written
from competition.vocabulary import MailState
from tests.support.builders import make_account
from tests.support.mail_server import MailServer


def run(url: str, folder: Path, port: int | None) -> Result:
    environment = {
        "COMPETITION_ENV": "testing",
        "COMPETITION_DATABASE_URL": url,
        "COMPETITION_DATA_PATH": str(folder),
    }
    if port is not None:
        environment |= {
            "COMPETITION_SMTP_HOST": "127.0.0.1",
            "COMPETITION_SMTP_PORT": str(port),
            "COMPETITION_SMTP_SECURITY": "none",
            "COMPETITION_MAIL_FROM": "contest@school.example",
        }
    return CliRunner().invoke(main, ["send-mail"], env=environment)


@pytest.fixture
def letters(session: Session) -> list[int]:
    """25 letters that are due: more than are taken out at once."""
    now, made = datetime.now(UTC), []
    for number in range(25):
        mail = outbox.queue_mail(
            session,
            account=make_account(session, f"Judge {number}"),
            written=Written("en", f"Letter {number}", "Please."),
            dedup_key=str(number),
            competition_id=None,
            now=now,
        )
        assert mail is not None
        made.append(mail.id)
    session.commit()
    return made


def test_without_a_server_nothing_is_sent_and_the_command_says_so(
    session: Session, letters: list[int], database_url: str, tmp_path: Path
) -> None:
    result = run(database_url, tmp_path, None)
    assert (result.exit_code, "COMPETITION_SMTP_HOST" in result.output) == (2, True)
    assert set(session.scalars(select(OutboxMail.state))) == {MailState.QUEUED}


def test_sending_goes_through_the_outbox_and_sends_nothing_twice(
    session: Session, letters: list[int], database_url: str, tmp_path: Path
) -> None:
    with MailServer() as server:
        first = run(database_url, tmp_path, server.port)
        again = run(database_url, tmp_path, server.port)
    assert (first.exit_code, first.output) == (0, "25 sent, 0 to try again, 0 failed.\n")
    assert again.output == "0 sent, 0 to try again, 0 failed.\n"
    assert [message["Subject"] for _to, message in server.letters] == [
        f"Letter {number}" for number in range(25)
    ]
    session.expire_all()
    rows = session.execute(select(OutboxMail.state, OutboxMail.sent_at, OutboxMail.attempts))
    assert {(state, sent is not None, count) for state, sent, count in rows} == {
        (MailState.SENT, True, 1)
    }


def test_a_recipient_refused_for_good_fails_and_the_others_go_on(
    session: Session, letters: list[int], database_url: str, tmp_path: Path
) -> None:
    refused = session.get_one(OutboxMail, letters[3]).recipient
    session.rollback()  # the command needs the database

    def answer(recipient: str) -> str:
        return "550 unknown" if recipient == refused else "250 OK"

    with MailServer(answer=answer) as server:
        result = run(database_url, tmp_path, server.port)
    assert (result.exit_code, result.output) == (1, "24 sent, 0 to try again, 1 failed.\n")
    session.expire_all()
    failed = session.get_one(OutboxMail, letters[3])
    assert (failed.state, failed.error) == (MailState.FAILED, "550 unknown")


def test_a_server_that_breaks_off_leaves_letters_to_be_sent_later(
    session: Session, letters: list[int], database_url: str, tmp_path: Path
) -> None:
    with MailServer(is_breaking=True) as server:
        result = run(database_url, tmp_path, server.port)
    assert (result.exit_code, result.output) == (0, "0 sent, 25 to try again, 0 failed.\n")
    session.expire_all()
    assert set(session.scalars(select(OutboxMail.state))) == {MailState.QUEUED}
