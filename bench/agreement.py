"""Time of the diagnostics, and of Krippendorff's alpha against the package of that name."""

from __future__ import annotations

from functools import partial

import krippendorff
import numpy as np

from bench.scoring import design, median_time
from competition.scoring.diagnostics.agreement import agreement, krippendorff_alpha
from competition.scoring.diagnostics.connectivity import connectivity
from competition.scoring.diagnostics.judges import judge_figures, severity_test
from competition.scoring.fits.additive import fit_additive

CASES = ((300, 40, 3), (20_000, 300, 5), (200_000, 1_000, 5))
"""Entries, judges and judges per entry."""


def main() -> None:
    """Print the tables."""
    print(
        f"{'scores':>10}  {'agreement':>9}  {'connectivity':>12}  {'judges':>7}  {'F test':>7}  (s)"
    )
    for entries, judges, each in CASES:
        ratings = design(entries, judges, each, shuffled=False)
        scores = ratings.judge, ratings.entry, ratings.value
        fit = fit_additive(*scores, judges, entries)
        times = (
            median_time(partial(agreement, *scores)),
            median_time(partial(connectivity, *scores[:2], judges, entries)),
            median_time(partial(judge_figures, fit, *scores)),
            median_time(partial(severity_test, fit, *scores)),
        )
        cells = [f"{taken:{width}.4f}" for taken, width in zip(times, (9, 12, 7, 7), strict=True)]
        print(f"{len(ratings):>10,}  " + "  ".join(cells), flush=True)
    against_the_package()


def against_the_package() -> None:
    """Alpha on three scales of 300 entries by 40 judges, 3 each, whole marks of 1 to 10."""
    ratings = design(300, 40, 3, shuffled=False)
    value = np.clip(np.rint((ratings.value - 40) / 6), 1, 10)
    table = np.full((40, 300), np.nan)
    table[ratings.judge, ratings.entry] = value

    def theirs() -> list[float]:
        return [
            krippendorff.alpha(table, level_of_measurement="nominal"),
            krippendorff.alpha(table, level_of_measurement="ordinal"),
            krippendorff.alpha(table, level_of_measurement="interval"),
        ]

    ours = partial(krippendorff_alpha, ratings.entry, value)
    apart = max(abs(a - b) for a, b in zip(ours(), theirs(), strict=True))
    taken, peer = median_time(ours), median_time(theirs)
    print(
        f"krippendorff, three alphas of 900 scores: {peer:.5f} s against {taken:.5f} s,"
        f" ratio {peer / taken:.0f}; largest difference {apart:.0e}"
    )


if __name__ == "__main__":
    main()
