"""A PostgreSQL server for one test run: made in a temporary folder, gone at the end."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from tests.support.places import fast_folder

START_SECONDS = 30
STOP_SECONDS = 15

# Nothing here outlives the run, so nothing has to survive a power failure.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "1h",
}


class Cluster:
    """A server of its own on a free loopback port; as root it runs as an unprivileged user."""

    def __init__(self, binaries: str) -> None:
        self._binaries = Path(binaries)
        self._folder = Path(tempfile.mkdtemp(prefix="competition-pg-", dir=fast_folder()))
        user = _unprivileged_user()
        self._uid = None if user is None else user.pw_uid
        self._gid = None if user is None else user.pw_gid
        self._groups: list[str | int] | None = None if user is None else []
        self._server: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self.port}"
        self.conninfo = f"host=127.0.0.1 port={self.port} user=postgres"

    def start(self) -> None:
        """Make the data folder and wait until the server answers."""
        data = self._folder / "data"
        if self._uid is not None:
            shutil.chown(self._folder, self._uid, self._gid)
        self._run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                  "--locale=C", "--no-sync")  # fmt: skip
        options = [word for key, value in FAST.items() for word in ("-c", f"{key}={value}")]
        options += ["-c", f"unix_socket_directories={self._folder}"]
        with (self._folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                [str(self._binaries / "postgres"), "-D", str(data), "-p", str(self.port),
                 "-c", "listen_addresses=127.0.0.1", *options],
                cwd=self._folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C must not stop it before the tests let go
                user=self._uid,
                group=self._gid,
                extra_groups=self._groups,
            )  # fmt: skip
        self._wait()

    def stop(self) -> None:
        """Stop without waiting for clients, then remove every trace."""
        if self._server is not None:
            # SIGTERM would wait for pooled clients for ever; SIGINT throws them out.
            for sign in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                self._server.send_signal(sign)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._server.wait(STOP_SECONDS)
                    break
            self._server = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._binaries / program), *arguments],
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            user=self._uid,
            group=self._gid,
            extra_groups=self._groups,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._server is not None
            if self._server.poll() is not None:
                break
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.conninfo, dbname="postgres", connect_timeout=2).close()
                return
            time.sleep(0.05)
        raise RuntimeError(
            "PostgreSQL did not start:\n" + (self._folder / "log").read_text(errors="replace")
        )


def _unprivileged_user() -> pwd.struct_passwd | None:
    # PostgreSQL refuses to run as root.
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("PostgreSQL cannot run as root and there is no other user")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
