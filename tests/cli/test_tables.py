"""`competition import` and `competition export`: the same services, errors by row and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.cli import main
from competition.models import AuditEntry, Judge
from competition.settings import Settings
from tests.support.builders import make_competition, make_judge, make_round

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, session: Session, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COMPETITION_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("COMPETITION_DATA_PATH", str(settings.data_path))

    def running(*arguments: str | Path) -> Result:
        session.commit()
        return CliRunner().invoke(main, [str(item) for item in arguments])

    return running


@pytest.fixture
def judges(tmp_path: Path) -> Path:
    file = tmp_path / "judges.csv"
    file.write_text("姓名,邮箱,类别\n陈立,chen@x.example,学校\n", encoding="gb18030")
    return file


def test_import_brings_the_file_in_and_counts(session: Session, run: Run, judges: Path) -> None:
    make_competition(session)
    done = run("import", "judges", judges, "--competition", "aiac-2026")
    assert (done.exit_code, done.stdout) == (
        0,
        "Brought in judges: 1 new, 0 changed, 0 unchanged.\n",
    )
    assert session.scalars(select(Judge)).one().account.name == "陈立"
    assert session.scalars(select(AuditEntry.actor_name)).all()[-1] == "system"


def test_import_as_a_dry_run_writes_nothing(session: Session, run: Run, judges: Path) -> None:
    make_competition(session)
    done = run("import", "judges", judges, "--competition", "aiac-2026", "--dry-run")
    assert done.stdout == "Would bring in judges: 1 new, 0 changed, 0 unchanged.\n"
    assert session.scalars(select(Judge)).all() == []


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_import_with_errors_names_file_row_and_column_and_ends_with_2(
    session: Session,
    run: Run,
    judges: Path,
    dry: list[str],
) -> None:
    make_competition(session)
    judges.write_text("姓名,邮箱,类别\n陈立,chen,学校\n,li@x.example,学校\n")
    done = run("import", "judges", judges, "--competition", "aiac-2026", *dry)
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        f'{judges}:row 2, column "邮箱": “chen” is no e-mail address.',
        f'{judges}:row 3, column "姓名": Fill this in.',
    ]
    assert session.scalars(select(Judge)).all() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("judges", "--competition", "other"), "There is no competition other."),
        (("judges", "--competition", "aiac-2026", "--round", "7"), "has no round 7"),
        (("ratings", "--competition", "aiac-2026"), "Choose the round."),
    ],
)
def test_import_into_nowhere_says_so(
    session: Session,
    run: Run,
    judges: Path,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    make_competition(session)
    kind, *rest = arguments
    done = run("import", kind, judges, *rest)
    assert done.exit_code == 2
    assert words in done.stderr


def test_import_of_a_broken_workbook_says_so(session: Session, run: Run, tmp_path: Path) -> None:
    make_competition(session)
    file = tmp_path / "judges.xlsx"
    file.write_bytes(b"PK\x03\x04 not a workbook")
    done = run("import", "judges", file, "--competition", "aiac-2026")
    assert done.exit_code == 2
    assert done.stderr == (
        f"{file}: The .xlsx file is damaged or protected by a password. "
        "Open it and save it again.\n"
    )


def test_export_writes_what_import_reads(session: Session, run: Run, tmp_path: Path) -> None:
    make_judge(session, make_competition(session), "陈立")
    out = tmp_path / "judges.xlsx"
    options = ("--competition", "aiac-2026")
    assert run("export", "judges", *options, "--out", out, "--language", "zh_Hans").exit_code == 0
    done = run("import", "judges", out, *options)
    assert done.stdout == "Brought in judges: 0 new, 0 changed, 1 unchanged.\n"


def test_export_of_what_is_not_there_ends_with_2(
    session: Session, run: Run, tmp_path: Path
) -> None:
    make_round(session, make_competition(session))
    options = ("--competition", "aiac-2026", "--out", tmp_path / "a.csv")
    assert run("export", "entries", *options).exit_code == 2
    assert run("export", "results", *options, "--round", "1").exit_code == 2
    assert run("export", "judges", "--competition", "x", "--out", "a.pdf").exit_code == 2
    assert not (tmp_path / "a.csv").exists()
