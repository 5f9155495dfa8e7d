"""Where tests keep what they throw away."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

ROOM_IN_MEMORY = 4 * 1024**3


def fast_folder() -> str | None:
    """Memory, if there is plenty: every test copies a database, and every commit waits for it."""
    memory = Path("/dev/shm")  # noqa: S108 (a folder of its own is made inside)
    if memory.is_dir() and os.access(memory, os.W_OK):
        return str(memory) if shutil.disk_usage(memory).free > ROOM_IN_MEMORY else None
    return None
