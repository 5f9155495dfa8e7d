"""How fast things start, and what a web worker weighs after work."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.leaderboard import prepared

REPEATS = 7
LIMITS = {"competition --help": 0.5, "from competition.scoring import score": 0.3}
MEMORY_LIMIT_MB = 95
COMMANDS = {
    "python alone": ("-c", ""),
    "import numpy": ("-c", "import numpy"),
    "import competition.scoring": ("-c", "import competition.scoring"),
    "from competition.scoring import score": ("-c", "from competition.scoring import score"),
    "competition --help": ("-m", "competition", "--help"),
}
NO_FLASK = "import competition.scoring, sys; assert 'flask' not in sys.modules"


def main() -> None:
    """Print times and memory beside their limits."""
    subprocess.run([sys.executable, "-c", NO_FLASK], check=True)
    print("import competition.scoring loads no Flask")
    for name, arguments in COMMANDS.items():
        limit = f" (limit {LIMITS[name]} s)" if name in LIMITS else ""
        print(f"{name}: {seconds(arguments):.3f} s{limit}")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        prepared(url, Path(folder))
        done = subprocess.run(
            [sys.executable, "-m", "bench.worker", url, folder],
            check=True,
            capture_output=True,
            text=True,
        )
        fresh, loaded, shared, own = map(float, done.stdout.split())
        print(
            f"worker: {fresh:.0f} MB when it has started,"
            f" {loaded:.0f} MB after load (limit {MEMORY_LIMIT_MB} MB),"
            f" of them {own:.0f} its own alone, {shared:.0f} with its share of libraries"
        )


def seconds(arguments: tuple[str, ...]) -> float:
    """Wall time of a fresh interpreter, the median of several."""
    times = []
    for _repeat in range(REPEATS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    main()
