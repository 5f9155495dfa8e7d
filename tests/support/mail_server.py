"""A small SMTP server that keeps what it is given, or refuses it as the test wants."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self


@dataclass
class MailServer:
    """Listens on a port of its own while the context lasts.

    `answer(recipient)` is the reply to RCPT TO; by default every recipient is taken. With
    `is_breaking` the connection breaks off after the letter has come, before it is accepted.
    """

    answer: Callable[[str], str] = lambda recipient: "250 OK"
    is_breaking: bool = False
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def __enter__(self) -> Self:
        keeper = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                keeper.connections += 1
                keeper._converse(self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _converse(self, with_: socketserver.StreamRequestHandler) -> None:
        def say(line: str) -> None:
            with_.wfile.write(line.encode() + b"\r\n")

        say("220 mail.test")
        recipient = ""
        while line := with_.rfile.readline():
            command = line.decode().strip()
            verb = command.split(":")[0].split(" ")[0].upper()
            if verb == "EHLO":
                say("250 mail.test")
            elif verb == "RCPT":
                recipient = command.partition("<")[2].partition(">")[0]
                say(self.answer(recipient))
            elif verb == "DATA":
                say("354 go on")
                body = self._body(with_)
                if self.is_breaking:
                    return
                message = message_from_bytes(body, policy=policy.default)
                self.letters.append((recipient, message))
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 OK")

    @staticmethod
    def _body(with_: socketserver.StreamRequestHandler) -> bytes:
        lines = []
        while (line := with_.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)
