"""`competition score` ranks a file of ratings and says all that is wrong with a bad one."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from competition.adapters.spreadsheets import Cell, Sheet, write_xlsx
from competition.cli.score import score_command
from competition.scoring import RuleBook
from tests.scoring.builders import read_csv

RATINGS = """judge,entry,criterion,score
A,X,Idea,8
A,X,Use,6
B,X,Idea,9
B,X,Use,7
A,Y,Idea,7
A,Y,Use,7
B,Y,Idea,6.5
B,Y,Use,8
"""
RULES = """
[scoring]
method = "mean"
[scoring.round]
total = 2
[[criteria]]
name = "Idea"
weight = 2
scale = [1, 10]
step = 0.5
[[criteria]]
name = "Use"
weight = 1
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(score_command, [str(item) for item in arguments])


def scored(*arguments: str | Path) -> dict[str, Any]:
    done = run(*arguments, "--json", "-")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    return document


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    file = tmp_path / "ratings.csv"
    file.write_text(RATINGS)
    return file


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "rules.toml"
    file.write_text(RULES)
    return file


def test_scoring_a_file_writes_the_json_that_is_promised(ratings: Path, rules: Path) -> None:
    document = scored(ratings, "--rules", rules)
    agreement = document.pop("agreement")
    digest = document.pop("rules_digest")
    assert agreement["icc1"] == pytest.approx(8 / 17)
    assert digest == RuleBook.from_toml(RULES).digest
    nothing = dict.fromkeys(("severity", "se", "sd", "scale", "infit", "outfit"))
    assert document == {
        "method": "mean",
        "seed": 0,
        "draws": 0,
        "entries": [
            {
                "entry": "X",
                "rank": 1,
                "score": 23.5,
                "adjusted": 23.5,
                "raw": 23.5,
                "se": None,
                "n_judges": 2,
            },
            {
                "entry": "Y",
                "rank": 2,
                "score": 21.0,
                "adjusted": 21.0,
                "raw": 21.0,
                "se": None,
                "n_judges": 2,
            },
        ],
        "judges": [
            {"judge": "A", **nothing, "n_entries": 2},
            {"judge": "B", **nothing, "n_entries": 2},
        ],
        "variance": None,
        "criterion_value": None,
        "sigma2": None,
        "df": None,
        "log_likelihood": None,
        "reliability": None,
        "severity_test": None,
        "connectivity": {"components": 1, "normalized": 1.0},
        "converged": None,
        "r_hat": None,
        "ess": None,
        "ties": [],
        "lines": [],
        "warnings": [],
    }


def test_scoring_with_a_method_overrides_the_rule_book(ratings: Path, rules: Path) -> None:
    document = scored(ratings, "--rules", rules, "--method", "additive")
    assert document["method"] == "additive"
    assert [judge["severity"] for judge in document["judges"]] == pytest.approx([0.75, -0.75])
    assert document["entries"][0]["se"] > 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_scoring_chinese_headers_in_any_encoding_gives_the_same(
    tmp_path: Path, ratings: Path, encoding: str
) -> None:
    chinese = tmp_path / "评分.csv"
    text = RATINGS.replace("judge,entry,criterion,score", "评委,作品,评分项,分数")
    chinese.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert scored(chinese) == scored(ratings)


def test_scoring_a_workbook_gives_the_same(tmp_path: Path, ratings: Path) -> None:
    lines = [line.split(",") for line in RATINGS.splitlines()]
    rows: list[list[Cell]] = [[*line[:3], float(line[3])] for line in lines[1:]]
    workbook = tmp_path / "ratings.xlsx"
    workbook.write_bytes(write_xlsx([Sheet("ratings", lines[0], rows)]))
    assert scored(workbook) == scored(ratings)


def test_scoring_without_criterion_and_with_item_ignores_other_columns(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("notes,item,judge,score\nx,E1,A,８．５\n,E2,A,7\n")
    done = run(file, "--method", "mean")
    assert done.exit_code == 0
    assert "r.csv: columns not used: notes" in done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["rank", "entry", "score", "adjusted", "se", "raw", "judges"]
    assert lines[1].split() == ["1", "E1", "8.500", "8.500", "-", "8.500", "1"]


def test_scoring_into_a_folder_writes_three_tables(
    tmp_path: Path, ratings: Path, rules: Path
) -> None:
    folder = tmp_path / "out" / "tables"
    target = tmp_path / "out.json"
    done = run(ratings, "--rules", rules, "--csv", folder, "--json", target)
    assert (done.exit_code, done.stdout) == (0, "")
    assert json.loads(target.read_text(encoding="utf-8"))["entries"][0]["entry"] == "X"
    with (folder / "entries.csv").open(encoding="utf-8-sig", newline="") as file:
        entries = list(csv.DictReader(file))
    assert [(row["entry"], row["rank"], row["score"]) for row in entries] == [
        ("X", "1", "23.5"),
        ("Y", "2", "21.0"),
    ]
    assert (folder / "judges.csv").read_bytes().startswith(b"\xef\xbb\xbfjudge,severity,se")
    assert (folder / "warnings.csv").read_text(encoding="utf-8-sig") == "code,facts\n"


def test_scoring_disconnected_panels_ranks_each_group_and_notes_it(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    rows = [f"{p}{j},{p}E{i},{5 + i + j}" for p in "PQ" for i in range(3) for j in range(3)]
    file.write_text("judge,entry,score\n" + "\n".join(rows))
    document = scored(file)
    assert document["connectivity"] == {"components": 2, "normalized": 0.0}
    assert [(e["entry"], e["component"], e["rank"]) for e in document["entries"]] == [
        ("PE2", 1, 1),
        ("PE1", 1, 2),
        ("PE0", 1, 3),
        ("QE2", 2, 1),
        ("QE1", 2, 2),
        ("QE0", 2, 3),
    ]
    assert document["warnings"][0] == {
        "code": "disconnected",
        "components": 2,
        "sizes": [3, 3],
        "ranked": "within_components",
    }
    assert "2 groups of entries have no judge in common" in run(file).stderr


def test_refusing_ratings_lists_every_problem_with_its_row_and_column(
    tmp_path: Path, rules: Path
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(
        "judge,entry,criterion,score\n"
        "A,X,Idea,eight\n"
        "A,X,Use,NaN\n"
        "B,X,Idea,\n"
        "B,,Idea,8\n"
        "B,Y,Idea,8\n"
        "B,Y,Idea,9\n"
        "C,Y,Style,9\n"
        "C,Y,Idea,10.5\n"
        "D,Y,Idea,8.25\n"
        "E,Y,Use,1e400\n"
    )
    done = run(file, "--rules", rules)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "bad.csv: row 2, column score: 'eight' is not a number.",
        "bad.csv: row 3, column score: 'NaN' is not a number.",
        "bad.csv: row 4, column score: The cell is empty.",
        "bad.csv: row 5, column entry: The cell is empty.",
        "bad.csv: row 7, column judge: This rating repeats row 6.",
        "bad.csv: row 8, column criterion: 'Style' is not in the rule book, which has: Idea, Use.",
        "bad.csv: row 9, column score: 10.5 is off the scale of Idea, 1 to 10.",
        "bad.csv: row 10, column score: 8.25 is not a whole number of steps of 0.5 from 1 on Idea.",
        "bad.csv: row 11, column score: '1e400' is too large.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[scoring]\nmethod = mean\n", "rules.toml: line 2, column 10: The TOML cannot be read."),
        (
            "[scoring]\nmetod = 'mean'\n",
            "rules.toml: scoring.metod is no key of a rule book. Allowed: method, unit,",
        ),
        ("[scoring]\nmethod = 'median'\n", "rules.toml: scoring.method = 'median' is unknown."),
        ("[scoring]\nunit = 3\n", "rules.toml: scoring.unit has the wrong type."),
    ],
)
def test_refusing_a_rule_book_names_the_line_or_key(
    tmp_path: Path, ratings: Path, text: str, message: str
) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(text)
    done = run(ratings, "--rules", file)
    assert (done.exit_code, done.stderr.startswith(message)) == (2, True), done.stderr


def test_refusing_rules_and_ratings_lists_the_problems_of_both(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("x = 1")
    (tmp_path / "r.csv").write_text("judge,entry\nA,X\n")
    done = run(tmp_path / "r.csv", "--rules", tmp_path / "rules.toml")
    assert done.exit_code == 2
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == ["rules.toml", "r.csv"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("r.csv", b"", "r.csv: The file is empty."),
        ("r.csv", b"judge,entry,score\n", "r.csv: There are no ratings below the headers."),
        ("r.xlsx", b"PK\x03\x04", "r.xlsx: The .xlsx file is damaged or locked with a password."),
        ("r.csv", b"judge,entry\nA,X\n", "r.csv: row 1, column score: This column is missing."),
        (
            "r.csv",
            b"judge,item,entry,score\nA,X,X,1\n",
            "r.csv: row 1, column entry: Two columns have this meaning.",
        ),
        (
            "r.csv",
            b"judge,entry,score\nA,X,1,2\n",
            "r.csv: row 2, column 4: There is a cell beside the columns that have headers.",
        ),
        (
            "r.csv",
            b"judge,entry,score\nA,X," + b"9" * 10_000_000 + b"\n",
            "r.csv: row 2: A cell has more than 100000 characters.",
        ),
    ],
)
def test_refusing_a_file_that_holds_no_ratings_says_why(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = run(file)
    assert (done.exit_code, done.stdout, done.stderr.splitlines()) == (2, "", [message])


def test_refusing_an_unknown_method_or_file_exits_with_2(ratings: Path) -> None:
    assert run(ratings, "--method", "median").exit_code == 2
    assert run("nowhere.csv").exit_code == 2


def test_noting_every_warning_puts_a_sentence_on_standard_error(
    tmp_path: Path, rules: Path
) -> None:
    file = tmp_path / "r.csv"
    file.write_text("judge,entry,criterion,score\nA,X,Idea,8\nA,Y,Idea,8\nA,Y,Use,7\n")
    done = run(file, "--rules", rules)
    assert done.stderr.splitlines() == [
        "Note: 1 scorecards lack a criterion. They are left out: A on X (no Use).",
        "Note: Without a score: X.",
        "Note: Judges with one score only: A.",
    ]
    assert done.stdout.splitlines()[2].split() == ["-", "X", "-", "-", "-", "-", "0"]


def test_aligning_chinese_names_counts_two_columns_for_a_character(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("评委,作品,分数\n王,作品一,9\n王,b,8\n")
    first, second = run(file, "--method", "mean").stdout.splitlines()[1:]
    assert first.index("9.000") + 3 == second.index("8.000")


def test_scoring_every_olympic_segment_gives_all_250_official_totals(
    tmp_path: Path, reference_folder: Path
) -> None:
    segments = defaultdict(list)
    for row in read_csv(reference_folder / "data" / "skating_owg2018_components.csv.gz"):
        segments[row["panel"]].append(row)
    ours: dict[str, float] = {}
    for rows in segments.values():
        file, rules = tmp_path / "r.csv", tmp_path / "rules.toml"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        factors = {row["criterion"]: row["factor"] for row in rows}
        rules.write_text(
            '[scoring]\nunit = "criterion"\nmethod = "trimmed"\n'
            "[scoring.round]\ncriterion = 2\nweighted = 2\ntotal = 2\n"
            + "".join(
                f'[[criteria]]\nname = "{name}"\nweight = {factor}\n'
                for name, factor in factors.items()
            )
        )
        document = scored(file, "--rules", rules)
        ours |= {entry["entry"]: entry["score"] for entry in document["entries"]}
    performances = read_csv(reference_folder / "data" / "skating_owg2018_performances.csv.gz")
    official = {row["performance_id"]: float(row["total_component_score"]) for row in performances}
    assert len(official) == 250
    assert ours == official


def test_running_the_real_command_pipes_json_and_nothing_else(ratings: Path) -> None:
    command = [sys.executable, "-m", "competition", "score", str(ratings), "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    document = json.loads(done.stdout)
    assert document["method"] == "additive"
    assert document["entries"][0]["rank"] == 1
    assert done.stderr.splitlines() == [
        "Note: No rule book names the criteria, so all count the same: Idea, Use.",
        "Note: Judges who gave every entry the same: A.",
    ]


@pytest.mark.parametrize(("given", "expected"), [(None, "1"), ("2", "2")])
def test_starting_the_command_asks_for_one_thread_of_algebra_unless_told(
    given: str | None, expected: str
) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    if given is not None:
        environment["OPENBLAS_NUM_THREADS"] = given
    code = "import os, competition.cli; print(os.environ['OPENBLAS_NUM_THREADS'])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == expected
