"""Run the checks and tests in a good order, and close with a line-up of what ran."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts import system_needs

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
REPORTS = ROOT / "build" / "reports"
TYPED = ("competition", "scripts", "tests", "bench", "migrations", "config.py", "wsgi.py")
WORKERS = os.environ.get("WORKERS", "2")
# A file stays on one worker with its fixtures, the longest first: tests/support/scheduling.py.
PARALLEL = ("-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder")
# Journeys have no fixtures of a file; the longest stories come first: tests/journeys/conftest.py.
APART = ("-n", WORKERS, "--dist", "loadgroup", "--no-loadscope-reorder")
RUNNING: set[subprocess.Popen[bytes]] = set()
CATALOGUES = "catalogues"  # tests/house/test_catalogues.py is the same check
NO_TESTS = 5  # pytest's exit status for an empty selection


@dataclass
class Step:
    """One command of the run, and how it ended."""

    name: str
    command: list[str]
    needs: tuple[str, ...] = ()
    report: Path | None = None
    status: int | None = None
    seconds: float = 0.0
    skipped_because: str = ""
    output: str = ""
    skips: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    closing: str = ""

    @property
    def failed(self) -> bool:
        return self.status not in (0, None)


def checks() -> list[Step]:
    """Everything that reads the code without running it; the slowest first."""
    typed = [name for name in TYPED if (ROOT / name).exists()]
    return [
        Step("types", [sys.executable, "-m", "mypy", *typed]),
        Step("format", [sys.executable, "-m", "ruff", "format", "--check", "."]),
        Step("lint", [sys.executable, "-m", "ruff", "check", "."]),
        Step("imports", [str(BIN / "lint-imports"), "--no-logo"]),
        Step("templates", [sys.executable, "-m", "djlint", "--lint", "--quiet", "templates"]),
        Step(CATALOGUES, [sys.executable, "-m", "scripts.catalogues", "check"]),
    ]


def beside_tests() -> list[Step]:
    """The checks that the tests do not make as well."""
    return [step for step in checks() if step.name != CATALOGUES]


def pytest_step(name: str, *arguments: str, needs: tuple[str, ...] = ()) -> Step:
    report = REPORTS / f"{name.replace(' ', '-')}.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-r", "fE", f"--junitxml={report}"]
    return Step(name, [*command, *arguments], needs, report)


def unit(database: str, needs: tuple[str, ...] = ()) -> Step:
    words = ("tests", "--ignore=tests/journeys", "--database", database, *PARALLEL)
    return pytest_step(f"tests on {database}", *words, needs=needs)


def journeys() -> list[Step]:
    browser = ("Chromium", "a CJK font")
    return [
        pytest_step("journeys on sqlite", "tests/journeys", *APART, needs=browser),
        pytest_step("journeys on postgresql", "tests/journeys", "--database", "postgresql",
                    "-m", "both_databases", *APART, needs=(*browser, "PostgreSQL server")),
    ]  # fmt: skip


def run(step: Step, *, live: bool) -> None:
    """Run one step; its output appears at once if `live`, otherwise when it has ended."""
    started = time.monotonic()
    if live:
        print(f"\n──── {step.name}", flush=True)
    with subprocess.Popen(
        step.command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment()
    ) as process:
        RUNNING.add(process)
        pieces = []
        while process.stdout and (piece := os.read(process.stdout.fileno(), 65536)):
            pieces.append(piece)
            if live:
                sys.stdout.buffer.write(piece)
                sys.stdout.flush()
    RUNNING.discard(process)
    step.status = process.returncode
    step.seconds = time.monotonic() - started
    step.output = b"".join(pieces).decode(errors="replace")
    if step.report is not None:
        read_report(step)


def environment() -> dict[str, str]:
    """The caller's, without settings of the application that would leak into the tests.

    Compiled code is kept whatever the caller says: a dozen processes would compile it anew each.
    """
    kept = {key: text for key, text in os.environ.items() if not key.startswith("COMPETITION_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "PYTHONUNBUFFERED": "1"}


def read_report(step: Step) -> None:
    """Take counts and reasons from pytest's own report."""
    lines = [line.strip("= ") for line in step.output.splitlines() if " in " in line]
    step.closing = lines[-1] if lines else ""
    if step.status == NO_TESTS:
        step.closing = "no tests were found"
    if step.report is None or not step.report.exists():
        return
    counts = {"passed": 0, "failed": 0, "error": 0, "skipped": 0}
    for case in ElementTree.parse(step.report).getroot().iter("testcase"):  # noqa: S314
        kinds = {child.tag for child in case}
        kind = next((k for k in ("failure", "error", "skipped") if k in kinds), "passed")
        counts[{"failure": "failed"}.get(kind, kind)] += 1
        for skipped in case.iter("skipped"):
            step.skips.append(f"{case.get('name')}: {skipped.get('message', '')}")
    step.counts = counts


def side_by_side(quiet: Sequence[Step], main: Step) -> None:
    """Run the checks one after the other while the tests of `main` run."""

    def run_quiet() -> None:
        for step in quiet:
            run(step, live=False)
            report_quiet(step)

    other = threading.Thread(target=run_quiet)
    other.start()
    run(main, live=False)
    other.join()
    print(f"\n──── {main.name}\n{main.output}", flush=True)


def report_quiet(step: Step) -> None:
    print(f"  {'FAILED' if step.failed else 'ok':6}  {step.name}  {step.seconds:.1f} s", flush=True)
    if step.failed:
        print(step.output, flush=True)


def leave_out(steps: Sequence[Step], absent: Sequence[system_needs.Need]) -> None:
    """Mark the steps that cannot run; where nothing may be skipped, as failures."""
    names = {need.name for need in absent}
    for step in steps:
        lacking = [need for need in step.needs if need in names]
        if lacking:
            step.skipped_because = f"not found: {', '.join(lacking)}"
            step.status = 1 if system_needs.is_ci() else None


def line_up(steps: Sequence[Step], seconds: float) -> None:
    """Say what ran, what was skipped and why."""
    print("\n════ What ran")
    for step in steps:
        if step.skipped_because:
            word = "FAILED" if step.failed else "SKIPPED"
            print(f"  {word:7}  {step.name}: {step.skipped_because}")
        else:
            word = "FAILED" if step.failed else "ok"
            print(f"  {word:7}  {step.name:24} {step.seconds:6.1f} s  {step.closing}")
    for step in steps:
        for skip in step.skips:
            print(f"  SKIPPED  {step.name}: {skip}")
    totals = {
        kind: sum(step.counts.get(kind, 0) for step in steps)
        for kind in ("failed", "error", "passed", "skipped")
    }
    words = ", ".join(f"{count} {kind}" for kind, count in totals.items() if count)
    print(f"════ All together: {words or 'no tests'} in {seconds:.0f} s", flush=True)


def absent_needs() -> list[system_needs.Need]:
    """What is missing from the system, after an attempt to install it where that is allowed."""
    absent = system_needs.missing()
    if absent and system_needs.is_ci():
        system_needs.install(absent)
        absent = system_needs.missing()
    if absent:
        print("Not everything that the tests need is here:")
        print(system_needs.advice(absent), flush=True)
    return absent


def stop_all(*_: object) -> None:
    """Hand SIGTERM on: a database server may hang on one of the commands."""
    for process in list(RUNNING):
        process.terminate()
    sys.exit(143)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("checks", "fast", "all"))
    part = parser.parse_args().part
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, stop_all)
    REPORTS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    reading = checks() if part == "checks" else beside_tests()
    first = unit("sqlite")
    later: list[Step] = []
    if part == "all":
        later = [unit("postgresql", ("PostgreSQL server",)), *journeys()]
        leave_out(later, absent_needs())
    # A catalogue that is being compiled must not be read half-way by two processes.
    run(Step("compile", [sys.executable, "-m", "scripts.catalogues", "compile"]), live=False)
    if part == "checks":
        for step in reading:
            run(step, live=False)
            report_quiet(step)
        steps = reading
    else:
        side_by_side(reading, first)
        for step in later:
            if not step.skipped_because:
                run(step, live=True)
        steps = [*reading, first, *later]
        line_up(steps, time.monotonic() - started)
    return 1 if any(step.failed for step in steps) else 0


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit(130) from None
