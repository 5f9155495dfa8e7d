"""`competition score` answers what is asked beyond the ranking, in JSON, tables and charts."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import choix
import pytest
from click.testing import CliRunner, Result

from competition.cli.score import score_command
from competition.scoring import METHODS
from tests.scoring.builders import read_csv
from tests.scoring.test_invariances_of_models import panel

SOURCES_TITLE = "Where differences between one judge's totals come from"


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
    lines = [f"{judge},{entry},{value:g},{track}" for judge, entry, value, track in panel(1)]
    file.write_text("\n".join(["judge,entry,score,track", *lines]))
    return file


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Short simulations on a scale of 1 to 10."""
    file = tmp_path / "rules.toml"
    file.write_text(
        "[scoring.simulation]\nsweeps = 60\nburn_in = 30\nextensions = 0\n"
        '[[criteria]]\nname = "Total"\nscale = [1, 10]\nstep = 1\n'
    )
    return file


@pytest.mark.parametrize("method", METHODS)
def test_scoring_by_any_method_gives_every_field_under_its_name(
    ratings: Path, rules: Path, method: str
) -> None:
    asked = ("--method", method, "--top", "3,10", "--draws", "100")
    document = scored(ratings, "--rules", rules, *asked)
    assert document["method"] == method
    assert set(document["agreement"]) == {
        "icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k",
        "kendall_w", "alpha_nominal", "alpha_ordinal", "alpha_interval",
    }  # fmt: skip
    assert set(document["connectivity"]) == {"components", "normalized"}
    assert 0 < document["connectivity"]["normalized"] <= 1
    judge = document["judges"][0]
    assert set(judge) == {
        "judge", "severity", "se", "sd", "scale", "infit", "outfit", "n_entries",
    }  # fmt: skip
    has_variance = method in {"mixed", "scaled", "bayes"}
    assert (document["variance"] is not None) is has_variance
    if has_variance:
        assert set(document["variance"]) == {"entry", "judge", "residual"}
    assert (document["criterion_value"] is not None) is (method == "mixed")
    assert (document["log_likelihood"] is not None) is (method in {"rasch", "bradley_terry"})
    assert ("measure" in document["entries"][0]) is (method in {"rasch", "bradley_terry"})
    assert (document["r_hat"] is not None) is (document["ess"] is not None) is (method == "bayes")
    draws = method in {"additive", "mixed", "scaled", "bayes", "bradley_terry"}
    for entry in document["entries"]:
        assert ("p_top" in entry) is draws
        if draws:
            assert set(entry["p_top"]) == {"3", "10"}
            assert 1 <= entry["rank_low"] <= entry["rank_high"] <= 24
    assert ("cut_lines" in document) is draws


def test_drawing_gives_chances_that_add_up_to_the_seats(ratings: Path) -> None:
    document = scored(ratings, "--top", "3", "--draws", "500")
    assert document["draws"] == 500
    assert sum(entry["p_top"]["3"] for entry in document["entries"]) == pytest.approx(3)
    assert scored(ratings, "--top", "3")["draws"] == 10_000
    (line,) = document["cut_lines"]
    assert line["top"] == 3
    assert line["uncertain"] and set(line["uncertain"]) <= {f"E{i}" for i in range(24)}
    assert [entry["is_in"] for entry in line["entries"]].count(True) >= 3


def test_comparing_methods_gives_ranks_changes_and_crossings(ratings: Path) -> None:
    document = scored(ratings, "--compare", "mean,additive,scaled", "--top", "5")
    compared = document["comparison"]
    assert compared["methods"] == ["mean", "additive", "scaled"]
    assert set(compared["entries"][0]["ranks"]) == {"mean", "additive", "scaled"}
    assert compared["moved"]["mean"] == 0 < compared["moved"]["additive"]
    assert compared["tau"]["mean"]["mean"] == 1 > compared["tau"]["mean"]["additive"] > 0
    own = {entry["entry"]: entry["rank"] for entry in document["entries"]}
    assert {item["entry"]: item["ranks"]["additive"] for item in compared["entries"]} == own
    for crossing in compared["crossings"]:
        assert crossing["top"] == 5
        assert set(crossing["only_first"]).isdisjoint(crossing["only_second"])


def test_comparing_with_a_method_that_the_ratings_do_not_allow_names_it(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    rows = [f"J{j},E{i},{50 + i + j + i * j / 1000}" for i in range(30) for j in range(5)]
    file.write_text("\n".join(["judge,entry,score", *rows]))
    compared = scored(file, "--compare", "mean,rasch")["comparison"]
    assert compared["methods"] == ["mean"]
    assert compared["refused"] == {"rasch": {"code": "too_many_categories"}}


def test_planning_says_what_more_judges_would_give(ratings: Path) -> None:
    plan = scored(ratings, "--plan", "1-4")["plan"]
    assert [item["n_judges"] for item in plan["judges"]] == [1, 2, 3, 4]
    shares = [item["reliability"] for item in plan["judges"]]
    assert shares == sorted(shares)
    assert set(plan["needed"]) == {"0.7", "0.8", "0.9"}
    assert plan["n_entries"] == 24


def test_asking_without_json_answers_every_question_in_the_terminal(
    tmp_path: Path, ratings: Path
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("judge,entry\nJ0,E1\n")
    options = ("--top", "3", "--plan", "1-2", "--compare", "additive,mean", "--predict", pairs)
    text = run(ratings, *options).stdout
    blocks = {block.splitlines()[0]: block.splitlines() for block in text.split("\n\n")}
    document = scored(ratings, *options)
    (line,) = document["cut_lines"]
    (best,) = (lines for title, lines in blocks.items() if title.startswith("Best 3: "))
    assert best[1].endswith(": " + ", ".join(line["uncertain"]))
    assert blocks["Ranks by method"][1].split() == ["entry", "additive", "mean"]
    moved = document["comparison"]["moved"]
    assert any(
        row.split() == ["hold", "another", "rank", *map(str, moved.values())]
        for row in blocks["Ranks by method"]
    )
    reliability = document["plan"]["judges"][0]["reliability"]
    assert blocks["What so many judges an entry give"][2].split()[:2] == ["1", f"{reliability:.3f}"]
    (predicted,) = document["predictions"]
    assert blocks["Predicted scores"][2].split()[2] == f"{predicted['mean']:.3f}"
    shares = [row.split()[-1] for row in blocks[SOURCES_TITLE][2:]]
    assert sum(int(share.removesuffix("%")) for share in shares) == pytest.approx(100, abs=2)


def test_planning_names_where_differences_come_from(tmp_path: Path, ratings: Path) -> None:
    single = scored(ratings, "--plan", "1-2")["g_study"]
    assert single["n_criteria"] == 1
    assert (single["entry_judge"], single["criterion"]) == (None, None)
    assert single["entry"] > 0
    file = tmp_path / "criteria.csv"
    rows = [
        f"J{j},E{i},{c},{(3 * i + j * (c == 'X') + i * j % 3 + (c == 'Y')) % 9}"
        for i in range(8)
        for j in range(3)
        for c in "XY"
        if (i + j) % 4
    ]
    file.write_text("\n".join(["judge,entry,criterion,score", *rows]))
    several = scored(file, "--plan", "1-2")["g_study"]
    assert several["n_criteria"] == 2
    assert all(isinstance(several[name], float) for name in ("entry_judge", "judge_criterion"))


@pytest.mark.parametrize("method", ["mean", "zscore", "additive", "mixed", "bayes"])
def test_predicting_pairs_gives_mean_and_deviation_in_their_order(
    tmp_path: Path, ratings: Path, rules: Path, method: str
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("entry,judge\nE3,J0\nE0,J5\nE0,stranger\n")
    options = (ratings, "--rules", rules, "--method", method, "--predict", pairs)
    found = scored(*options)["predictions"]
    assert [(item["judge"], item["entry"]) for item in found] == [
        ("J0", "E3"),
        ("J5", "E0"),
        ("stranger", "E0"),
    ]
    for item in found[:2]:
        assert -1 <= item["mean"] <= 12 and item["sd"] > 0
    assert (found[2]["mean"] is not None) is (method in {"mean", "mixed", "bayes"})


def test_refusing_pairs_lists_their_problems_with_those_of_the_ratings(
    tmp_path: Path, ratings: Path
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("judge,entry\nJ0,\n")
    done = run(ratings, "--predict", pairs)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "pairs.csv: row 2, column entry: The cell is empty.\n"


def test_writing_a_report_gives_tables_and_charts_that_can_be_read(
    tmp_path: Path, ratings: Path
) -> None:
    folder = tmp_path / "report"
    options = ("--top", "3", "--plan", "1-3", "--compare", "mean,additive", "--report", folder)
    done = run(ratings, *options)
    assert done.exit_code == 0, done.output
    assert {file.name for file in folder.iterdir()} >= {
        "entries.csv", "judges.csv", "warnings.csv", "comparison.csv", "plan.csv", "lines.csv",
        "scores.svg", "severity.svg", "given.svg", "raw_adjusted.svg", "ranks.svg", "plan.svg",
    }  # fmt: skip
    with (folder / "entries.csv").open(encoding="utf-8-sig", newline="") as file:
        entries = list(csv.DictReader(file))
    assert len(entries) == 24 and float(entries[0]["p_top_3"]) > 0.3
    for chart in folder.glob("*.svg"):
        drawing = ElementTree.parse(chart).getroot()  # noqa: S314 -- our own file
        assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
        assert drawing.get("aria-label")


def test_drawing_names_into_a_chart_escapes_them(tmp_path: Path) -> None:
    file, folder = tmp_path / "r.csv", tmp_path / "report"
    rows = [f"J{j},<b>&\u200b{i},{i + j}" for i in range(4) for j in range(3)]
    file.write_text("\n".join(["judge,entry,score", *rows]))
    assert run(file, "--report", folder).exit_code == 0
    text = (folder / "scores.svg").read_text()
    assert "&lt;b&gt;&amp; 0" in text and "<b>" not in text


def test_weighing_ratings_counts_each_by_its_weight(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("评委,作品,分数,权重\nA,X,9,2\nB,X,6,1\nA,Y,5,1\nB,Y,5,0\n")
    document = scored(file, "--method", "mean")
    assert [entry["score"] for entry in document["entries"]] == [8, 5]
    assert document["warnings"][0] == {"code": "zero_weights", "ratings": 1}


def test_refusing_weights_and_tracks_names_row_and_column(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(
        "judge,entry,score,weight,track\nA,X,9,-1,T\nB,X,6,x,T\nC,X,6,1,U\nD,X,6,1,\n"
        f"E,{'Y' * 2000},6,1,T\n"
    )
    done = run(file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "r.csv: row 2, column weight: -1 is negative.",
        "r.csv: row 3, column weight: 'x' is not a number.",
        "r.csv: row 4, column track: Row 2 puts this entry into another track.",
        "r.csv: row 5, column track: The cell is empty.",
        "r.csv: row 6, column entry: The name has 2000 characters, more than 1000.",
    ]


def test_reading_comparisons_ranks_by_pairwise_strength(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    wins = [
        ("A", "B", 3),
        ("B", "A", 1),
        ("B", "C", 2),
        ("C", "B", 1),
        ("A", "C", 2),
        ("C", "A", 1),
    ]
    file.write_text(
        "\n".join(["winner,loser,weight", *(f"{w},{loser},{n}" for w, loser, n in wins)])
    )
    document = scored(file)
    assert document["method"] == "bradley_terry"
    assert [entry["entry"] for entry in document["entries"]] == ["A", "B", "C"]
    measures = [entry["measure"] for entry in document["entries"]]
    assert sum(measures) == pytest.approx(0, abs=1e-9)
    assert document["log_likelihood"] < 0
    repeated = [f"{w},{loser}" for w, loser, n in wins for _ in range(n)]
    file.write_text("\n".join(["winner,loser", *repeated]))
    again = [entry["measure"] for entry in scored(file)["entries"]]
    assert again == pytest.approx(measures, abs=1e-8)


def test_reading_rankings_takes_each_judges_order(tmp_path: Path) -> None:
    file = tmp_path / "k.csv"
    orders = {"J": "ABCD", "K": "BACD", "L": "ABDC", "M": "DABC"}
    rows = [
        f"{judge},{entry},{k}" for judge, names in orders.items() for k, entry in enumerate(names)
    ]
    file.write_text("\n".join(["评委,作品,名次", *rows]))
    document = scored(file)
    assert [entry["entry"] for entry in document["entries"]][:2] == ["A", "B"]
    assert document["judges"][0]["n_entries"] == 4
    lists = [tuple("ABCD".index(name) for name in names) for names in orders.values()]
    theirs = choix.ilsr_rankings(4, lists)
    ours = {entry["entry"]: entry["measure"] for entry in document["entries"]}
    assert [ours[name] for name in "ABCD"] == pytest.approx(theirs - theirs.mean(), abs=1e-5)


def test_refusing_ballots_names_row_and_column(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("winner,loser\nA,A\nB,\n")
    assert run(file).stderr.splitlines() == [
        "c.csv: row 2, column loser: An entry cannot win against itself.",
        "c.csv: row 3, column loser: The cell is empty.",
    ]
    file.write_text("winner,loser\nA,B\n")
    assert run(file, "--method", "mean").stderr == (
        "c.csv: The method mean needs scores, and these are comparisons.\n"
    )
    file.write_text("judge,entry,rank\nJ,A,1\nJ,A,2\nJ,B,first\n")
    assert run(file).stderr.splitlines() == [
        "c.csv: row 3, column judge: This repeats row 2.",
        "c.csv: row 4, column rank: 'first' is not a number.",
    ]


@pytest.mark.parametrize(
    "option",
    [
        ("--top", "0"),
        ("--top", "3,x"),
        ("--plan", "5-2"),
        ("--plan", "many"),
        ("--compare", "mean,median"),
        ("--draws", "-1"),
        ("--draws", "99999999"),
        ("--seed", "-1"),
    ],
)
def test_asking_for_what_cannot_be_exits_with_2_and_says_why(
    ratings: Path, option: tuple[str, str]
) -> None:
    done = run(ratings, *option)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr and "Traceback" not in done.stderr


def test_refusing_by_the_rule_book_is_said_in_words(tmp_path: Path, ratings: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('[scoring]\nmethod = "mean"\n[scoring.fallback]\nall_equal = "refuse"\n')
    file = tmp_path / "r.csv"
    file.write_text("judge,entry,score\nA,X,5\nA,Y,5\n")
    done = run(file, "--rules", rules)
    assert (done.exit_code, done.stderr) == (
        2,
        "r.csv: The rule book refuses scores that are all equal.\n",
    )


def test_scoring_the_published_wines_gives_the_published_measures(
    tmp_path: Path, reference_folder: Path
) -> None:
    rows = read_csv(reference_folder / "data" / "ordinal_wine.csv")
    file = tmp_path / "wine.csv"
    lines = [f"{row['judge']},{row['item']},{row['score']}" for row in rows]
    file.write_text("\n".join(["judge,item,score", *lines]))
    document = scored(file, "--method", "rasch")
    assert document["log_likelihood"] == pytest.approx(-68.810197, abs=5e-7)
    measures = {entry["entry"]: entry["measure"] for entry in document["entries"]}
    published = [-2.6286, -1.6288, -0.4561, -0.7326, 0.3193, 0.8012, 2.3901, 1.9354]
    assert [measures[str(k)] for k in range(1, 9)] == pytest.approx(published, abs=5e-5)
    assert document["reliability"]["entry"] == pytest.approx(0.9079, abs=5e-5)
    assert document["reliability"]["judge"] == pytest.approx(0.8037, abs=5e-5)


def test_scoring_the_published_dives_gives_the_published_variances(
    tmp_path: Path, reference_folder: Path
) -> None:
    file = reference_folder / "data" / "diving_m3m.csv"
    document = scored(file, "--method", "mixed")
    variance = document["variance"]
    assert variance["entry"] == pytest.approx(1.797433, rel=1e-4)
    assert variance["judge"] == pytest.approx(0.007288, rel=1e-3)
    assert variance["residual"] == pytest.approx(0.184462, rel=1e-4)
    assert document["criterion_value"] == pytest.approx(5626.0505, rel=1e-6)
    assert document["connectivity"]["normalized"] == pytest.approx(0.133, abs=5e-4)
