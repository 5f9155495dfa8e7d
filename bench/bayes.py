"""Time of the hierarchical judge model, and what its chains say about themselves."""

from __future__ import annotations

import statistics
import time

from bench.worlds.making import SCALE, STEP, Kind, World, make
from competition.scoring.fits.bayes import BayesFit, Settings, fit_bayes

REPEATS = 3
JUST_1500 = Settings(chains=2, sweeps=1500, extensions=0)
CASES = (
    (Kind(300, 40, 3), JUST_1500, "2 chains of 1,500"),
    (Kind(1000, 150, 4), Settings(), "until converged"),
    (Kind(2000, 300, 5), Settings(), "until converged"),
)


def main() -> None:
    """Print the table."""
    print("| entries x judges x each | run | s | CPU s | sweeps | R-hat | least size | converged |")
    print("|---|---|---|---|---|---|---|---|")
    for kind, settings, name in CASES:
        world = make(kind, 1)
        wall, processor, fit = _timed(world, settings)
        found = fit.convergence
        assert found is not None
        print(
            f"| {kind.entries:,} x {kind.judges} x {kind.each} | {name} | {wall:.2f} |"
            f" {processor:.2f} | {found.sweeps:,} | {found.worst_r_hat:.3f} |"
            f" {found.least_size:.0f} | {'yes' if found.converged else 'no'} |",
            flush=True,
        )


def _timed(world: World, settings: Settings) -> tuple[float, float, BayesFit]:
    """Medians of wall and processor time; the fits are all the same."""
    wall, processor = [], []
    for _ in range(REPEATS):
        start = time.perf_counter(), time.process_time()
        fit = fit_bayes(
            world.judge,
            world.entry,
            world.value,
            world.kind.judges,
            world.kind.entries,
            scale=SCALE,
            step=STEP,
            settings=settings,
        )
        wall.append(time.perf_counter() - start[0])
        processor.append(time.process_time() - start[1])
    return statistics.median(wall), statistics.median(processor), fit


if __name__ == "__main__":
    main()
