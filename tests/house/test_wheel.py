"""What the wheel contains; `tests/journeys/test_wheel.py` installs it and opens it in a browser."""

from __future__ import annotations

import configparser
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.catalogues import LOCALES
from tests.support.wheels import ROOT, build_wheel

COMMANDS = {"assign", "demo", "migrate", "rules", "score", "send-mail", "serve"}
CALL = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from importlib import import_module
module, name = sys.argv.pop(1).split(":")
command = getattr(import_module(module), name)
print(sys.modules["competition"].__file__, flush=True)
command()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("dist"))


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


def test_calling_the_command_of_the_wheel_runs_its_own_code(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        given = configparser.ConfigParser()
        given.read_string(archive.read(name).decode())
    assert given.sections() == ["console_scripts"]
    scripts = dict(given["console_scripts"])
    assert scripts.keys() == {"competition"}
    called = subprocess.run(
        [sys.executable, "-c", CALL, wheel, scripts["competition"], "--help"],
        cwd=wheel.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    place, *lines = called.stdout.splitlines()
    assert Path(place).is_relative_to(wheel)
    assert {line.split()[0] for line in lines if line.split()} >= COMMANDS
