"""Time of variance components by REML, against statsmodels on a size that it can do."""

from __future__ import annotations

import time
import warnings
from functools import partial

import numpy as np

from bench.scoring import design, median_time
from competition.scoring.arrays import Floats, Integers
from competition.scoring.fits.mixed import fit_mixed

SMALL = (60, 12, 3)
"""Entries, judges and judges per entry that statsmodels does in some seconds."""


def main() -> None:
    """Print the table."""
    print("targets: 1.5 s at 1e6 scores; .5 s for 73,421 scores of 2,972 judges, 1,128 entries")
    print(f"{'scores':>10}  {'entries':>8}  {'judges':>6}  {'REML s':>7}  {'evaluations':>11}")
    for entries, judges, each in (SMALL, (300, 40, 3), (20_000, 300, 5), (200_000, 1_000, 5)):
        ratings = design(entries, judges, each, shuffled=False)
        row(ratings.judge, ratings.entry, ratings.value, judges, entries)
    row(*lectures())
    against_statsmodels()


def row(judge: Integers, entry: Integers, value: Floats, judges: int, entries: int) -> None:
    """Measure one design and print its line."""
    work = partial(fit_mixed, judge, entry, value, judges, entries)
    taken, fit = median_time(work), work()
    print(
        f"{value.size:>10,}  {entries:>8,}  {judges:>6,}  {taken:7.3f}  {fit.evaluations:>11}",
        flush=True,
    )


def lectures() -> tuple[Integers, Integers, Floats, int, int]:
    """The shape of a well-known set: 73,421 marks of 1,128 lecturers by 2,972 students.

    The marks are drawn; panels of all sizes, some lecturers with many students.
    """
    random = np.random.default_rng(3)
    judges, entries, scores = 2_972, 1_128, 73_421
    popular = random.gamma(1.0, 1.0, entries) + 0.02
    popular /= popular.sum()
    eager = random.gamma(4.0, 1.0, judges)
    size = np.maximum(1, np.rint(eager / eager.sum() * scores).astype(int))
    size[np.argsort(size)[-500:]] += (scores - size.sum()) // 500
    size[np.argmax(size)] += scores - size.sum()
    judge = np.repeat(np.arange(judges), size)
    chosen = [random.choice(entries, k, replace=False, p=popular) for k in size.tolist()]
    entry = np.concatenate(chosen)
    value = 3.2 + random.normal(0, 0.33, judges)[judge] + random.normal(0, 0.51, entries)[entry]
    value = np.clip(np.rint(value + random.normal(0, 1.17, entry.size)), 1, 5)
    return judge, entry, value, judges, entries


def against_statsmodels() -> None:
    """The same model in statsmodels: one group that holds both facets as components."""
    entries, judges, each = SMALL
    ratings = design(entries, judges, each, shuffled=False)
    ours = partial(fit_mixed, ratings.judge, ratings.entry, ratings.value, judges, entries)
    taken, fit = median_time(ours), ours()
    start = time.perf_counter()
    theirs = statsmodels_fit(ratings.judge, ratings.entry, ratings.value)
    peer = time.perf_counter() - start
    print(
        f"statsmodels MixedLM, {len(ratings)} scores: {peer:.2f} s against {taken:.4f} s,"
        f" ratio {peer / taken:,.0f}; -2 log REML {theirs:.6f} against {fit.criterion:.6f}"
    )


def statsmodels_fit(judge: Integers, entry: Integers, value: Floats) -> float:
    """-2 log restricted likelihood by statsmodels."""
    import pandas as pd  # type: ignore[import-untyped]
    from statsmodels.regression.mixed_linear_model import MixedLM

    data = pd.DataFrame({"judge": judge, "entry": entry, "value": value})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MixedLM.from_formula(
            "value ~ 1",
            groups=np.ones(value.size),
            vc_formula={"entry": "0 + C(entry)", "judge": "0 + C(judge)"},
            data=data,
        )
        return float(-2 * model.fit(reml=True).llf)


if __name__ == "__main__":
    main()
