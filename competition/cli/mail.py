"""`competition send-mail`: hands the letters that wait to the mail server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from competition.cli.application import application, stop
from competition.vocabulary import MailState

if TYPE_CHECKING:
    from competition.adapters.mail import Letter, MailServer
    from competition.settings import Settings

FAILED = 1
AT_ONCE = 20
"""Letters taken out together; if this process dies, they wait for the end of their lease."""


@dataclass
class Done:
    """What became of the letters that were due."""

    sent: int = 0
    later: int = 0
    failed: int = 0


@click.command("send-mail")
def send_mail_command() -> None:
    """Send what waits in the outbox, each letter at least once. Run it every few minutes."""
    with application() as app:
        server = mail_server(app.config["SETTINGS"])
        if server is None:
            stop("No mail server is set (COMPETITION_SMTP_HOST). Letters stay in the outbox.")
        with server:
            done = send_waiting(server)
    click.echo(f"{done.sent} sent, {done.later} to try again, {done.failed} failed.")
    if done.failed:
        raise SystemExit(FAILED)


def mail_server(settings: Settings) -> MailServer | None:
    """The server that the settings name, or None."""
    from competition.adapters.mail import MailServer

    if not settings.smtp_host:
        return None
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
        sender=settings.mail_from,
    )


def send_waiting(server: MailServer) -> Done:
    """Send everything that is due, in small batches; each outcome is on record at once."""
    from competition.adapters.mail import Letter
    from competition.guards import transaction
    from competition.services import outbox

    done = Done()
    while True:
        with transaction() as session:
            batch = [
                (
                    mail.id,
                    Letter(
                        mail.recipient, mail.subject, mail.body, mail.dedup_key, mail.created_at
                    ),
                )
                for mail in outbox.take_out(session, limit=AT_ONCE, now=datetime.now(UTC))
            ]
        if not batch:
            return done
        for mail_id, letter in batch:
            _send(server, mail_id, letter, done)


def _send(server: MailServer, mail_id: int, letter: Letter, done: Done) -> None:
    from competition.adapters.mail import NotSent, Undeliverable
    from competition.guards import transaction
    from competition.models import OutboxMail
    from competition.services import outbox

    error: NotSent | Undeliverable | None = None
    try:
        server.send(letter)
    except (NotSent, Undeliverable) as refusal:
        error = refusal
    with transaction() as session:
        mail = session.get_one(OutboxMail, mail_id)
        if error is None:
            outbox.note_sent(session, mail=mail, now=datetime.now(UTC))
            done.sent += 1
            return
        outbox.note_failure(
            session,
            mail=mail,
            error=str(error),
            is_final=isinstance(error, Undeliverable),
            now=datetime.now(UTC),
        )
        if mail.state is MailState.FAILED:
            done.failed += 1
        else:
            done.later += 1
