"""Handing letters to a mail server."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from typing import Self

TIMEOUT_SECONDS = 30.0


class Undeliverable(Exception):
    """The server will never take this letter."""


class NotSent(Exception):
    """The server did not take the letter now; trying again may help."""


@dataclass(frozen=True)
class Letter:
    """One letter to one person; `key` is the same whenever the same letter is tried again."""

    recipient: str
    subject: str
    body: str
    key: str
    written_at: datetime


@dataclass
class MailServer:
    """A connection to a mail server, opened with the first letter and closed at the end.

    >>> with MailServer(host="mail.example", sender="contest@school.example") as server:
    ...     pass  # no letter, no connection
    """

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    _connection: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def send(self, letter: Letter) -> None:
        """Hand over one letter; returns once the server has taken it.

        Raises
        ------
        Undeliverable
            The server refused it for good (a reply of 5xx), or the address is none.
        NotSent
            It cannot be reached, or asks to try later.
        """
        try:
            message = self._message(letter)
        except ValueError as error:  # a line break in a header, or no address
            raise Undeliverable(str(error)) from error
        try:
            self._open().send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            self._close()
            raise _refusal(code, text) from error
        except smtplib.SMTPNotSupportedError as error:
            self._close()
            raise Undeliverable(str(error)) from error
        except smtplib.SMTPAuthenticationError as error:  # the settings are wrong, not the letter
            self._close()
            raise NotSent(_text(error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            self._close()
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            raise NotSent(str(error) or type(error).__name__) from error

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = letter.recipient
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(letter.written_at)
        digest = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
        message["Message-ID"] = f"<{digest}@{self.sender.rpartition('@')[2].strip('> ')}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
        return message

    def _open(self) -> smtplib.SMTP:
        if self._connection is not None:
            return self._connection
        context = ssl.create_default_context()
        made: smtplib.SMTP
        if self.security == "tls":
            made = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            made = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        self._connection = made  # closed from here on, whatever happens
        if self.security == "starttls":
            made.starttls(context=context)
        if self.user:
            made.login(self.user, self.password)
        return made

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()


def _refusal(code: int, text: bytes | str) -> Undeliverable | NotSent:
    said = f"{code} {_text(text)}".strip()
    return Undeliverable(said) if 500 <= code < 600 else NotSent(said)


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
