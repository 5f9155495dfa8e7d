"""The additive fit gives what independent statistics packages give."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from competition.scoring import Ratings, Result, score
from tests.scoring.builders import read_csv

DATA = {
    "diving_m3m": "score",
    "anxiety": "score",
    "penicillin": "score",
    "shrout_fleiss": "score",
    "ordinal_wine": "response",
}


def fitted(folder: Path, name: str, *, transposed: bool = False) -> Result:
    rows = read_csv(folder / "data" / f"{name}.csv")
    judge, entry = ("item", "judge") if transposed else ("judge", "item")
    ratings = Ratings.from_columns(
        judge=[row[judge] for row in rows],
        entry=[row[entry] for row in rows],
        value=[row[DATA[name]] for row in rows],
    )
    return score(ratings, method="additive")


def column(folder: Path, file: str, label: str, name: str, labels: tuple[object, ...]) -> object:
    by_label = {row[label]: float(row[name]) for row in read_csv(folder / "results" / file)}
    return pytest.approx([by_label[str(item)] for item in labels], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", DATA)
def test_fitting_published_data_gives_the_published_entries(
    reference_folder: Path, name: str
) -> None:
    result = fitted(reference_folder, name)
    file = f"{name}_additive_item.csv"
    for published, ours in {
        "adjusted": result.adjusted,
        "se_adjusted": result.se,
        "raw_mean": result.raw,
    }.items():
        assert ours == column(reference_folder, file, "item", published, result.entries)


@pytest.mark.parametrize("name", DATA)
def test_fitting_published_data_gives_the_published_judges(
    reference_folder: Path, name: str
) -> None:
    result = fitted(reference_folder, name)
    file = f"{name}_additive_judge.csv"
    assert -result.severity == column(reference_folder, file, "judge", "bias", result.judges)
    assert result.severity_se == column(reference_folder, file, "judge", "se_bias", result.judges)


@pytest.mark.parametrize("name", DATA)
def test_fitting_published_data_gives_the_published_error_variance(
    reference_folder: Path, name: str
) -> None:
    result = fitted(reference_folder, name)
    published = json.loads((reference_folder / "results" / "additive.json").read_text())[name]
    assert result.df == published["df_resid"]
    assert result.sigma2 == pytest.approx(published["sigma2"], rel=1e-9)


@pytest.mark.parametrize("name", DATA)
def test_exchanging_judges_and_entries_gives_the_published_entry_effects(
    reference_folder: Path, name: str
) -> None:
    result = fitted(reference_folder, name, transposed=True)
    file = f"{name}_additive_item.csv"
    assert -result.severity == column(reference_folder, file, "item", "effect", result.judges)
    assert result.severity_se == column(reference_folder, file, "item", "se_effect", result.judges)


def test_averaging_published_data_gives_the_published_means(reference_folder: Path) -> None:
    rows = read_csv(reference_folder / "data" / "diving_m3m.csv")
    ratings = Ratings.from_columns(
        judge=[row["judge"] for row in rows],
        entry=[row["item"] for row in rows],
        value=[row["score"] for row in rows],
    )
    result = score(ratings, method="mean")
    file = "diving_m3m_additive_item.csv"
    assert result.adjusted == column(reference_folder, file, "item", "raw_mean", result.entries)
    assert np.isnan(result.severity).all()
