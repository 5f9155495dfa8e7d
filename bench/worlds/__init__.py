"""All methods over made-up worlds whose truth is known: ranking, intervals, predicted hits.

python -m bench worlds --repetitions 100 --worlds A,C,I
python -m bench worlds --repetitions 100 --methods additive,scaled,bayes,bound
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from multiprocessing import get_context

import numpy as np

from bench.worlds.making import KINDS
from bench.worlds.measuring import FIGURES, repetition
from bench.worlds.methods import ON_REQUEST, by_name
from competition.scoring.arrays import Floats

FIRST_SEED = 20_000


def main(options: Sequence[str] = ()) -> None:
    """Print one table a world."""
    chosen = _chosen(options)
    # The children read this when they load NumPy: one thread each, beside others on the machine.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with get_context("spawn").Pool(chosen.processes, os.nice, (10,)) as pool:
        for name in chosen.worlds:
            tasks = [(name, FIRST_SEED + k, chosen.methods) for k in range(chosen.repetitions)]
            table(name, pool.map(repetition, tasks, chunksize=1))


def _chosen(options: Sequence[str]) -> argparse.Namespace:
    def names(text: str) -> tuple[str, ...]:
        return tuple(text.split(","))

    parser = argparse.ArgumentParser(prog="python -m bench worlds")
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--worlds", type=names, default=("A", "C", "I"))
    usual = tuple(name for name in by_name() if name not in ON_REQUEST)
    parser.add_argument("--methods", type=names, default=usual)
    parser.add_argument("--processes", type=int, default=2, choices=(1, 2))
    chosen = parser.parse_args(list(options))
    for given, known in ((chosen.worlds, KINDS), (chosen.methods, by_name())):
        unknown = sorted(set(given) - set(known))
        if unknown:
            parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(known)}")
    return chosen


def table(name: str, repetitions: list[dict[str, dict[str, float]]]) -> None:
    """Print the means over the repetitions, as a table in Markdown."""
    kind = KINDS[name]
    print(f"\n{name}: {kind.entries} entries x {kind.judges} judges x {kind.each} each", end="")
    print(f", {len(repetitions)} repetitions\n")
    print(f"| method | tau | less `additive` | true top {kind.top} | predicted | covered | s |")
    print("|---|---|---|---|---|---|---|", flush=True)
    columns = {
        method: {
            figure: np.array([one[method][figure] for one in repetitions]) for figure in FIGURES
        }
        for method in repetitions[0]
    }
    for method, figures in columns.items():
        gain = "–"
        if "additive" in columns and method != "additive":
            gain = _mean(figures["tau"] - columns["additive"]["tau"], sign=True)
        unconverged = int(np.sum(figures["converged"] == 0))
        note = f" ({unconverged} not converged)" if unconverged else ""
        cells = [_mean(figures["tau"]), gain]
        cells += [_mean(figures[key]) for key in ("hits", "predicted", "cover")]
        seconds = float(np.median(figures["seconds"]))
        print(f"| `{method}`{note} | {' | '.join(cells)} | {seconds:.3f} |", flush=True)


def _mean(values: Floats, *, sign: bool = False) -> str:
    """Mean and its standard error over the repetitions."""
    if np.isnan(values).any():
        return "–"
    error = values.std(ddof=1) / np.sqrt(values.size) if values.size > 1 else float("nan")
    return f"{values.mean():{'+' if sign else ''}.4f} ± {error:.4f}"


if __name__ == "__main__":
    main()
