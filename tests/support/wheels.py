"""The wheel: building it from the checkout, and installing it where nothing else of that is."""

from __future__ import annotations

import contextlib
import os
import signal
import site
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.catalogues import compile_stale

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


def build_wheel(folder: Path) -> Path:
    """The wheel, built from the checkout as it stands."""
    compile_stale()
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("competition-*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """The command of the wheel, in an environment and a working folder of its own."""

    venv: Path
    home: Path
    url: str

    @classmethod
    def from_wheel(cls, wheel: Path, folder: Path) -> Installed:
        """Install the wheel below the folder.

        What it depends on is lent from this run's environment, so that no registry is asked.
        """
        venv, home = folder / "venv", folder / "home"
        python = venv / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        # Installed before anything is lent: pip must not see this checkout's own installation.
        subprocess.run(
            [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index",
             "--no-deps", "--disable-pip-version-check", wheel],
            check=True,
        )  # fmt: skip
        lent = next(path for path in site.getsitepackages() if Path(path, "flask").is_dir())
        (own,) = venv.glob("lib/python*/site-packages")
        (own / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
        home.mkdir()
        return cls(venv, home, f"http://127.0.0.1:{_free_port()}")

    @property
    def package(self) -> Path:
        """The folder of the installed package."""
        (found,) = self.venv.glob("lib/python*/site-packages/competition")
        return found

    @property
    def environment(self) -> dict[str, str]:
        """No setting of this run reaches the command."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PYTHONUTF8": "1",
            "COMPETITION_DATABASE_URL": f"sqlite:///{self.home / 'competition.sqlite3'}",
            "COMPETITION_DATA_PATH": str(self.home / "data"),
            "COMPETITION_PUBLIC_URL": self.url,
        }

    def run(self, program: str, *words: str) -> str:
        """What a program of the environment prints; it must end well."""
        done = subprocess.run(
            [self.venv / "bin" / program, *words],
            cwd=self.home,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr if done.returncode else "") == (0, "")
        return done.stdout

    @contextlib.contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        """`competition serve` at `url`, as soon as it can be asked; ended in any case."""
        port = int(self.url.rpartition(":")[2])
        process = subprocess.Popen(
            [self.venv / "bin" / "competition", "serve", "--port", str(port)],
            cwd=self.home,
            env=self.environment,
            # A shell's background job ignores Ctrl-C, and so would whatever it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            deadline = time.monotonic() + START_SECONDS
            while time.monotonic() < deadline and process.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
