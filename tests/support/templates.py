"""Compiled templates that outlive the application of one test, and the run of all tests."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from types import CodeType

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from competition import paths

FOLDER = Path(__file__).resolve().parents[2] / "build" / "templates"


class TemplateMemory(FileSystemBytecodeCache):
    """Keeps each template's code: compiling was half the time of all tests of pages.

    In memory for the applications of this process, in a folder for its neighbours and for the
    next run. As with Python's own compiled files, code is taken only for what it was made from:
    the template, and the product's code, whose filters the compiler may already call.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(str(folder), "%s.jinja")
        self._kept: dict[str, tuple[str, CodeType | None]] = {}
        self._maker = maker()

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(f"{self._maker}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code
            return
        super().load_bytecode(bucket)
        self._kept[bucket.key] = bucket.checksum, bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.checksum, bucket.code
        super().dump_bytecode(bucket)


def maker() -> str:
    """What a template is compiled with, in one word."""
    found = hashlib.sha256(version("jinja2").encode())
    for file in sorted(paths.PACKAGE.rglob("*.py")):
        found.update(file.read_bytes())
    return found.hexdigest()


MEMORY = TemplateMemory(FOLDER)
