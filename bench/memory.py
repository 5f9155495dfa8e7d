"""Peak memory of the running process."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def peak_memory_here() -> float:
    """Peak resident memory of this process in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # a child's ru_maxrss starts at its parent's on Linux
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
