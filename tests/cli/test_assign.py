"""`competition assign`: files in, an assignment and its report out, or what is wrong and where."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from competition.adapters.spreadsheets import Cell, Sheet, write_xlsx
from competition.cli.assign import assign_command

ENTRIES = "entry,track,organization\nX,Art,S1\nY,Art,S2\nZ,Code,S3\nW,Code,\n"
JUDGES = """judge,organization,kind,tracks,min_entries,max_entries
A,S1,school,Art,0,3
B,S2,school,Art;Code,0,3
C,Firm,industry,Code,1,3
D,Plant,industry,,0,4
"""


class Desk:
    """Files in a folder, and the command run over them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out, self.report = folder / "out.csv", folder / "report.json"
        self.write("entries.csv", ENTRIES)
        self.write("judges.csv", JUDGES)

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.folder / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def run(self, *arguments: str | Path) -> Result:
        given = [
            "--entries", self.folder / "entries.csv", "--judges", self.folder / "judges.csv",
            "--out", self.out, "--report", self.report, "--per-entry", "2", *arguments,
        ]  # fmt: skip
        return CliRunner().invoke(assign_command, [str(item) for item in given])

    def plan(self, *arguments: str | Path) -> set[tuple[str, str]]:
        done = self.run(*arguments)
        assert done.exit_code == 0, done.output
        return self.saved()

    def saved(self) -> set[tuple[str, str]]:
        with self.out.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == ["entry", "judge"]
        return {(entry, judge) for entry, judge in rows[1:]}

    def figures(self) -> dict[str, Any]:
        document = json.loads(self.report.read_text(encoding="utf-8"))
        assert isinstance(document, dict)
        return document


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_assign_writes_two_judges_an_entry_and_the_promised_report(desk: Desk) -> None:
    pairs = desk.plan("--comparability", "off")
    assert len(pairs) == 8
    assert not pairs & {("X", "A"), ("Y", "B")}  # of the same school
    figures = desk.figures()
    assert figures["status"] == "optimal"
    assert figures["affinity"] == figures["optimum"]
    assert sum(figures["loads"].values()) == 8
    assert figures["components"] == 1
    assert figures["vif"] >= figures["vif_floor"] >= 1
    assert (figures["without_expert"], figures["changes"]) == (0, None)
    assert figures["seconds"] >= 0


def test_assign_without_affinity_prefers_judges_of_the_track(desk: Desk) -> None:
    pairs = desk.plan("--comparability", "off", "--per-entry", "1")
    fits = {"X": {"B", "D"}, "Y": {"A", "D"}, "Z": {"B", "C", "D"}, "W": {"B", "C", "D"}}
    assert all(judge in fits[entry] for entry, judge in pairs)


def test_assign_with_affinity_conflicts_and_locks_keeps_them_all(desk: Desk) -> None:
    affinity = desk.write("affinity.csv", "judge,entry,affinity\nA,Z,1\nB,Z,.9\nC,Z,0.1\nD,X,0.5\n")
    conflicts = desk.write("conflicts.csv", "judge,entry\nA,Z\n")
    locks = desk.write("locks.csv", "judge,entry,action\nC,Z,assign\nD,X,exclude\n")
    options = ("--affinity", affinity, "--conflicts", conflicts, "--locks", locks)
    pairs = desk.plan("--comparability", "off", *options)
    assert {("Z", "C"), ("Z", "B")} <= pairs
    assert not pairs & {("Z", "A"), ("X", "D")}
    assert desk.figures()["affinity"] == pytest.approx(1.0)


def test_assign_with_panel_rules_mixes_kinds_and_organizations(desk: Desk) -> None:
    pairs = desk.plan("--mixed-panels", "--one-per-organization")
    for entry in "XYZW":
        judges = {judge for other, judge in pairs if other == entry}
        assert judges & {"A", "B"}
        assert judges & {"C", "D"}


def test_assign_reads_chinese_headers_and_workbooks(desk: Desk) -> None:
    def book(headers: list[str], *rows: list[Cell]) -> bytes:
        return write_xlsx([Sheet("表", headers, rows)])

    entries = desk.write("作品.xlsx", book(["作品", "学校"], ["甲", "一中"], ["乙", "二中"]))
    judges = desk.write(
        "评委.xlsx",
        book(
            ["评委", "学校", "类别"], ["王", "一中", "高校"], ["李", "", "企业"], ["张", "", "企业"]
        ),
    )
    desk.out = desk.folder / "out.xlsx"
    done = desk.run("--entries", entries, "--judges", judges, "--comparability", "0.3")
    assert done.exit_code == 0, done.output
    assert desk.out.read_bytes().startswith(b"PK")
    loads = desk.figures()["loads"]
    assert sum(loads.values()) == 4
    assert loads["王"] <= 1  # of the school of one of the two entries


def test_assign_after_a_judge_dropped_out_changes_only_the_pairs_lost(desk: Desk) -> None:
    before = desk.plan("--comparability", "off", "--per-entry", "2")
    previous = desk.write("previous.csv", desk.out.read_bytes())
    rest = [line for line in JUDGES.splitlines() if not line.startswith("B,")]
    rest += ["E,Mill,industry,Code,0,4"]
    desk.write("judges.csv", "\n".join(rest) + "\n")
    lost = {pair for pair in before if pair[1] == "B"}
    assert lost
    after = desk.plan("--keep", previous, "--changes", "fewest")
    assert before - lost <= after
    assert desk.figures()["changes"] == len(lost) == desk.figures()["lost"]


def test_assign_that_is_impossible_explains_it_and_saves_no_assignment(desk: Desk) -> None:
    conflicts = desk.write("conflicts.csv", "judge,entry\nC,X\nD,X\n")
    done = desk.run("--conflicts", conflicts)
    assert done.exit_code == 3
    assert not desk.out.exists()
    figures = desk.figures()
    assert figures["status"] == "infeasible"
    assert figures["bottleneck"] == {"entries": ["X"], "judges": ["B"], "short": 1}
    assert figures["repair"][0]["action"] == "fewer_judges"
    assert figures["message"] in done.stderr
    assert done.stderr.startswith(
        "This entry (X) needs 2 judgings, but only this judge (B) may take them (room for 1):"
    )


BAD = {
    "empty": ("entries.csv", "", "entries.csv: The file is empty."),
    "header_only": ("entries.csv", "entry\n", "entries.csv: There is nothing below the headers."),
    "no_column": ("judges.csv", "name\nA\n", "judges.csv: row 1, column judge: This column"),
    "twice": ("judges.csv", "judge\nA\nB\nA\n", "judges.csv: row 4, column judge: 'A' is there"),
    "entry_twice": ("entries.csv", "entry\nX\nX\n", "entries.csv: row 3, column entry: 'X' is"),
    "limits": (
        "judges.csv",
        "judge,min_entries,max_entries\nA,3,2\nB,,\n",
        "judges.csv: row 2, column min_entries: 3 is above max_entries, 2.",
    ),
    "fraction": (
        "judges.csv",
        "judge,max_entries\nA,1.5\nB,\n",
        "judges.csv: row 2, column max_entries: '1.5' is no whole number from 0 on.",
    ),
    "k_of_entry": (
        "entries.csv",
        "entry,per_entry\nX,9\n",
        "entries.csv: row 2, column per_entry: 9 judges are wanted, but there are only 4.",
    ),
    "affinity_negative": (
        "affinity.csv",
        "judge,entry,affinity\nA,X,-1\n",
        "affinity.csv: row 2, column affinity: '-1' is negative.",
    ),
    "affinity_unknown": (
        "affinity.csv",
        "judge,entry,affinity\nQ,X,1\n",
        "affinity.csv: row 2, column judge: There is no judge 'Q'.",
    ),
    "affinity_text": (
        "affinity.csv",
        "judge,entry,affinity\nA,X,high\n",
        "affinity.csv: row 2, column affinity: 'high' is not a number.",
    ),
    "conflict_twice": (
        "conflicts.csv",
        "judge,entry\nA,Y\nA,Y\n",
        "conflicts.csv: row 3, column judge: This pair repeats row 2.",
    ),
    "lock_is_conflict": (
        "locks.csv",
        "judge,entry,action\nA,X,assign\n",
        "locks.csv: row 2, column judge: A has a conflict with X and cannot be locked to it.",
    ),
    "lock_action": (
        "locks.csv",
        "judge,entry,action\nA,Y,maybe\n",
        "locks.csv: row 2, column action: 'maybe' is neither assign nor exclude.",
    ),
    "locks_past_limit": (
        "locks.csv",
        "judge,entry,action\nA,Y,assign\nA,Z,assign\nA,W,assign\nB,X,assign\nC,Y,assign\nD,Y,assign\n",
        "locks.csv: row 7, column entry: Y gets 2 judges, and more are locked.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_assign_refuses_bad_input_with_row_and_column_and_saves_nothing(
    desk: Desk, case: str
) -> None:
    name, text, sentence = BAD[case]
    file = desk.write(name, text)
    kind = name.removesuffix(".csv")
    done = desk.run() if kind in ("entries", "judges") else desk.run(f"--{kind}", file)
    assert done.exit_code == 2, done.output
    assert sentence in done.stderr
    assert not desk.out.exists()
    assert not desk.report.exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--per-entry", "5"], "--per-entry 5, but there are only 4 judges."),
        (["--comparability", "2"], "neither off, default nor a number from 0 to 1"),
        (["--changes", "fewest"], "--changes needs --keep."),
    ],
)
def test_assign_refuses_options_that_cannot_be(
    desk: Desk, options: list[str], sentence: str
) -> None:
    done = desk.run(*options)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert not desk.out.exists()
