"""A web worker at work, for `bench.startup`: serves the public pages, then tells its size.

Imports only what a worker imports.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

PAGES = ("/", "/sign-in", "/c/aiac-2026", "/c/aiac-2026/results")
BOARD = "/c/aiac-2026/results/1"
NOT_THERE = ("rich", "pygments", "greenlet")
"""What only development tools require and libraries load when they find it; servers have none."""


def main(url: str, folder: str) -> None:
    """Print resident megabytes when started and after load, then the parts of the latter."""
    sys.modules.update(dict.fromkeys(NOT_THERE))  # type: ignore[arg-type]
    from competition.app import create_app
    from competition.settings import Settings

    app = create_app(Settings(database_url=url, data_path=Path(folder)))
    fresh = memory_mb()
    for language in ("en", "zh"):
        for encoding in ("br", "gzip", ""):
            for address in (*PAGES, *(f"{BOARD}?page={page}" for page in range(1, 11))):
                get(app, address, language, encoding)
        for kind in ("csv", "xlsx", "json"):
            get(app, f"{BOARD}/results.{kind}", language, "")
        for number in range(1, 201):
            get(app, f"{BOARD}/entries/E-{number:03}", language, "br")
    print(fresh, memory_mb(), *shares_mb())


def get(app: Any, address: str, language: str, encoding: str) -> None:
    """Ask for a page as a server would hand the request on."""
    path, _mark, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "localhost",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_ACCEPT_LANGUAGE": language,
        "HTTP_ACCEPT_ENCODING": encoding,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
    }
    b"".join(app(environ, lambda _status, _headers, _error=None: None))


def memory_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def shares_mb() -> tuple[float, float]:
    """What this process costs beside others like it: its proportional share, and its own alone."""
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in rollup}
    own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return kilobytes["Pss"] * 1024 / 1e6, own * 1024 / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
