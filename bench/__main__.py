"""Runs every measurement in turn: `make bench`, or `python -m bench NAME` for one of them."""

from __future__ import annotations

import os
import sys
from importlib import import_module

# As the commands do: see competition/cli/__init__.py.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

NAMES = (
    "startup",
    "scoring",
    "mixed",
    "agreement",
    "rasch",
    "comparisons",
    "bayes",
    "uncertainty",
    "worlds",
    "prediction",
    "assigning",
    "leaderboard",
    "score_post",
    "olympics",
)


def main(arguments: list[str]) -> None:
    """Run the named ones; what follows the first `--` are options of the one named."""
    first = next((k for k, word in enumerate(arguments) if word.startswith("--")), None)
    chosen, options = arguments[:first], [] if first is None else arguments[first:]
    if options and len(chosen) != 1:
        sys.exit("Options belong to one measurement; name that one first.")
    unknown = sorted(set(chosen) - set(NAMES))
    if unknown:
        sys.exit(f"There is no {', '.join(unknown)}; there are {', '.join(NAMES)}.")
    for name in chosen or NAMES:
        module = import_module(f"bench.{name}")
        print(f"\n── {name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
        module.main(options) if options else module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
