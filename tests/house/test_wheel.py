"""The wheel works where nothing else of the project is."""

from __future__ import annotations

import contextlib
import os
import signal
import site
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.catalogues import LOCALES, compile_stale

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 60


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout as it stands."""
    compile_stale()
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("competition-*.whl")
    return built


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's command in an environment of its own.

    What it depends on is lent from this run's environment, so that no registry is asked.
    """
    venv = tmp_path_factory.mktemp("bare") / "venv"
    python = venv / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    # Installed before anything is lent: pip must not see this checkout's own installation.
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index",
         "--no-deps", "--disable-pip-version-check", wheel],
        check=True,
    )  # fmt: skip
    lent = next(folder for folder in site.getsitepackages() if Path(folder, "flask").is_dir())
    (own,) = venv.glob("lib/python*/site-packages")
    (own / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")
    return venv / "bin" / "competition"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder far from the checkout; the database and the files go there."""
    return tmp_path_factory.mktemp("elsewhere")


def environment(elsewhere: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(elsewhere),
        "PYTHONUTF8": "1",
        "COMPETITION_DATABASE_URL": f"sqlite:///{elsewhere / 'competition.sqlite3'}",
        "COMPETITION_DATA_PATH": str(elsewhere / "data"),
    }


def run(command: Path, elsewhere: Path, *words: str) -> str:
    done = subprocess.run(
        [command, *words], cwd=elsewhere, env=environment(elsewhere), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr if done.returncode else "") == (0, "")
    return done.stdout


def test_listing_the_wheel_finds_all_that_the_package_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    needed = {
        *(f"competition/{path.relative_to(ROOT).as_posix()}"
          for folder in ("templates", "migrations")
          for path in (ROOT / folder).rglob("*.*") if path.suffix != ".pyc"),
        *(path.relative_to(ROOT).as_posix()
          for path in (ROOT / "competition").rglob("*.*") if path.suffix in {".py", ".css", ".js"}),
        *(f"competition/translations/{locale}/LC_MESSAGES/messages.mo" for locale in LOCALES),
    }  # fmt: skip
    assert sorted(needed - inside) == []
    assert [name for name in inside if not name.startswith("competition")] == []


def test_installing_the_wheel_gives_a_command_of_its_own_code(command: Path) -> None:
    code = "import competition; print(competition.__file__)"
    found = subprocess.run(
        [command.parent / "python", "-c", code],
        cwd=command.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()).is_relative_to(command.parents[1])


def test_running_the_wheel_migrates_and_loads_the_demo(command: Path, elsewhere: Path) -> None:
    run(command, elsewhere, "migrate")
    run(command, elsewhere, "demo")
    assert (elsewhere / "competition.sqlite3").stat().st_size > 100_000


def test_serving_from_the_wheel_answers_and_stops_cleanly(command: Path, elsewhere: Path) -> None:
    run(command, elsewhere, "migrate")
    with serving(command, elsewhere) as (process, url):
        for path, expected in (("/healthz", "ok"), ("/?lang=zh_Hans", "</html>")):
            with urllib.request.urlopen(url + path, timeout=10) as answer:
                assert expected in answer.read().decode()
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_SECONDS) == 0


@contextlib.contextmanager
def serving(command: Path, elsewhere: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [command, "serve", "--port", str(port)],
        cwd=elsewhere,
        env=environment(elsewhere),
        # A shell's background job ignores Ctrl-C, and so would whatever it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
