"""Ratings for tests of the scoring core."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from competition.scoring import Ratings


def ratings_of(rows: Iterable[Sequence[object]]) -> Ratings:
    """Ratings from rows of judge, entry[, criterion], value."""
    columns = list(zip(*rows, strict=True))
    return Ratings.from_columns(
        judge=columns[0],
        entry=columns[1],
        criterion=columns[2] if len(columns) == 4 else None,
        value=columns[-1],
    )


def crossed(table: Sequence[Sequence[float]]) -> Ratings:
    """Ratings of entries (lines) by judges (columns), all by all."""
    return ratings_of(
        (f"J{j}", f"E{i}", value) for i, line in enumerate(table) for j, value in enumerate(line)
    )


def sparse(seed: int, entries: int = 30, judges: int = 8, each: int = 3) -> Ratings:
    """Connected ratings with judges of different severity."""
    random = np.random.default_rng(seed)
    quality, severity = random.normal(0, 10, entries), random.normal(0, 5, judges)
    rows = []
    for i in range(entries):
        for j in {(i + k * (1 + i % 3)) % judges for k in range(each)}:
            noise = random.normal(0, 4)
            rows.append((f"J{j}", f"E{i}", round(70 + quality[i] - severity[j] + noise, 1)))
    return ratings_of(rows)


def read_csv(path: Path) -> list[dict[str, str]]:
    """The records of a CSV file, packed or not; cells may hold line breaks."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
