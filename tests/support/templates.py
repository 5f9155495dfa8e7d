"""Compiled templates that outlive the application of one test, and the process of one worker."""

from __future__ import annotations

import os
from types import CodeType

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket

FOLDER = "COMPILED_TEMPLATES"
"""Names a folder that all processes of one run share; `scripts.run_tests` makes and removes it."""


class TemplateMemory(BytecodeCache):
    """Keeps each template's code: compiling was half the time of all tests of pages."""

    def __init__(self, folder: str | None) -> None:
        self._kept: dict[str, tuple[str, CodeType | None]] = {}
        self._files = FileSystemBytecodeCache(folder) if folder else None

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code
        elif self._files is not None:
            self._files.load_bytecode(bucket)
            if bucket.code is not None:
                self._kept[bucket.key] = bucket.checksum, bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.checksum, bucket.code
        if self._files is not None:
            self._files.dump_bytecode(bucket)


MEMORY = TemplateMemory(os.environ.get(FOLDER))
