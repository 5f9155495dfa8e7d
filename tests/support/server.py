"""A real server for browser tests: waitress in a thread, on a loopback port of its own."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Any, Self

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

STOP_SECONDS = 10


def listen() -> socket.socket:
    """Take a free loopback port at once, so that the application can be told its address."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    return listening


def address(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


class LiveServer:
    """Serves `app` on `listening` while the `with` block lasts."""

    def __init__(self, app: Flask, listening: socket.socket) -> None:
        self.url = address(listening)
        self._channels: dict[int, Any] = {}
        self._server = create_server(app, map=self._channels, sockets=[listening], threads=4)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="live server")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            raise RuntimeError("the live server did not stop")

    def _serve(self) -> None:
        # waitress's own loop ends only with the process; this one asks whether to go on.
        while not self._stopping.is_set():
            wasyncore.loop(timeout=0.05, map=self._channels, count=1)
        self._server.task_dispatcher.shutdown(timeout=STOP_SECONDS)
        wasyncore.close_all(self._channels, ignore_all=True)
