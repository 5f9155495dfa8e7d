"""What must not stand in any file of the repository."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_MODULE = 450

# Written with brackets so that this file does not find itself.
MACHINE_PATH = re.compile(
    rf"(?<![\w.~-])/(?:wor[k]|roo[t]|tm[p])/|{re.escape(str(ROOT))}/|{re.escape(str(Path.home()))}/"
)
REGISTRY = re.compile(
    r"--(?:extra-)?index-ur[l][ =]|--find-link[s]|//[^\s/\"']*(?:pyp[i]\b|pythonhoste[d]|npmj[s]"
    r"|artifactor[y]|devp[i])|//[^\s\"']*/simpl[e]/"
)


@cache
def files() -> list[Path]:
    """Every file that is committed or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def lines_matching(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in files():
        content = path.read_bytes()
        if b"\0" in content[:8000]:
            continue
        for number, line in enumerate(content.decode("utf-8").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    return found


def test_reading_every_file_finds_no_path_of_one_machine() -> None:
    assert len(files()) > 50
    assert lines_matching(MACHINE_PATH) == []


def test_reading_every_file_finds_no_address_of_a_registry() -> None:
    assert lines_matching(REGISTRY) == []


def test_measuring_every_module_finds_none_too_long_to_hold_in_mind() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in files()
        if path.suffix == ".py"
        and "migrations" not in path.parts  # a record, not a room
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert long == {}


def test_listing_every_file_finds_no_build_product_and_no_reference_data() -> None:
    ending = re.compile(r"\.(mo|pot|pyc|sqlite3|whl|npz)$|skating_owg2018|instance/")
    assert [str(path) for path in files() if ending.search(path.as_posix())] == []
