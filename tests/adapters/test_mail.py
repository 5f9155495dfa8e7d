"""Handing letters to a real mail server of our own."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

import pytest

from competition.adapters.mail import Letter, MailServer, NotSent, Undeliverable
from tests.support.mail_server import MailServer as Receiving

LETTER = Letter(
    "judge@school.example",
    "评委：还有 2 份评分表",
    "您好，\n\n.还有两份。\n",
    "reminder 1 2 2026-11-16",
    datetime(2026, 11, 16, 2, 30, tzinfo=UTC),
)


def server(port: int, **more: str) -> MailServer:
    known = {"sender": "Contest <contest@school.example>", "security": "none"}
    return MailServer(host="127.0.0.1", port=port, **{**known, **more})  # type: ignore[arg-type]


def test_sending_hands_over_text_and_headers_in_any_language() -> None:
    with Receiving() as receiving, server(receiving.port) as sending:
        sending.send(LETTER)
        sending.send(LETTER)
    assert receiving.connections == 1
    (recipient, first), (_recipient, second) = receiving.letters
    assert (recipient, first["Subject"], first["From"]) == (
        "judge@school.example",
        LETTER.subject,
        "Contest <contest@school.example>",
    )
    assert first.get_content().replace("\r\n", "\n") == LETTER.body
    assert first["Date"] == "Mon, 16 Nov 2026 02:30:00 +0000"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@school.example>")


@pytest.mark.parametrize(
    ("reply", "error"), [("550 no such person", Undeliverable), ("450 try later", NotSent)]
)
def test_sending_what_the_server_refuses_tells_for_good_from_for_now(
    reply: str, error: type[Exception]
) -> None:
    with (
        Receiving(answer=lambda recipient: reply) as receiving,
        server(receiving.port) as sending,
        pytest.raises(error, match=reply),
    ):
        sending.send(LETTER)
    assert receiving.letters == []


def test_sending_to_nobody_listening_is_to_be_tried_again() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with server(port) as sending, pytest.raises(NotSent):
        sending.send(LETTER)


def test_sending_over_a_connection_that_breaks_is_to_be_tried_again() -> None:
    with Receiving(is_breaking=True) as receiving, server(receiving.port) as sending:
        with pytest.raises(NotSent):
            sending.send(LETTER)
        receiving.is_breaking = False
        sending.send(LETTER)
    assert len(receiving.letters) == 1


@pytest.mark.parametrize("field", ["recipient", "subject"])
def test_sending_with_a_line_break_in_a_header_is_refused(field: str) -> None:
    bad = Letter(**{**vars(LETTER), field: "x@y.example\nBcc: z@y.example"})
    with (
        Receiving() as receiving,
        server(receiving.port) as sending,
        pytest.raises(Undeliverable),
    ):
        sending.send(bad)
    assert receiving.connections == 0


def test_sending_where_encryption_is_asked_for_but_not_offered_sends_nothing() -> None:
    with (
        Receiving() as receiving,
        server(receiving.port, security="starttls") as sending,
        pytest.raises((NotSent, Undeliverable)),
    ):
        sending.send(LETTER)
    assert receiving.letters == []


def test_showing_a_server_keeps_its_password() -> None:
    assert "hidden" not in repr(server(25, password="hidden"))
