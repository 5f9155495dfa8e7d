"""How fast things start, and what a web worker weighs after work."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.leaderboard import ADDRESS, call, prepared
from competition.app import create_app
from competition.settings import Settings

REPEATS = 7
LIMITS = {"competition --help": 0.5, "import competition.scoring": 0.3}
MEMORY_LIMIT_MB = 95
COMMANDS = {
    "python alone": ("-c", ""),
    "import numpy": ("-c", "import numpy"),
    "import competition.scoring": ("-c", "import competition.scoring"),
    "competition --help": ("-m", "competition", "--help"),
}
NO_FLASK = "import competition.scoring, sys; assert 'flask' not in sys.modules"
PAGES = ("/", "/sign-in", "/c/aiac-2026", "/c/aiac-2026/results", ADDRESS)


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
            [sys.executable, "-m", "bench.startup", url, folder],
            check=True,
            capture_output=True,
            text=True,
        )
        print(done.stdout, end="")


def seconds(arguments: tuple[str, ...]) -> float:
    """Wall time of a fresh interpreter, the median of several."""
    times = []
    for _repeat in range(REPEATS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def work(url: str, folder: str) -> None:
    """Be a web worker for a while, and print what it weighs."""
    app = create_app(Settings(database_url=url, data_path=Path(folder)))
    fresh = memory_mb()
    for language in ("en", "zh"):
        for encoding in ("br", "gzip", ""):
            extra = {"HTTP_ACCEPT_LANGUAGE": language, "HTTP_ACCEPT_ENCODING": encoding}
            for address in (*PAGES, *(f"{ADDRESS}?page={page}" for page in range(1, 11))):
                call(app, address, extra)
        for kind in ("csv", "xlsx", "json"):
            call(app, f"{ADDRESS}/results.{kind}", {"HTTP_ACCEPT_LANGUAGE": language})
        for number in range(1, 201):
            call(app, f"{ADDRESS}/entries/E-{number:03}", {"HTTP_ACCEPT_LANGUAGE": language})
    print(
        f"worker: {fresh:.0f} MB when it has started,"
        f" {memory_mb():.0f} MB after load (limit {MEMORY_LIMIT_MB} MB)"
    )


def memory_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    if len(sys.argv) == 3:
        work(*sys.argv[1:])
    else:
        main()
