"""Runs every measurement in turn: `make bench`, or `python -m bench NAME` for one of them."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = ("startup", "scoring", "assigning", "leaderboard", "score_post", "olympics")


def main(chosen: list[str]) -> None:
    unknown = sorted(set(chosen) - set(NAMES))
    if unknown:
        sys.exit(f"There is no {', '.join(unknown)}; there are {', '.join(NAMES)}.")
    for name in chosen or NAMES:
        module = import_module(f"bench.{name}")
        print(f"\n── {name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
        module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
