"""The package's own source files, read and parsed once for all tests that look at them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path


@cache
def _nodes(file: Path) -> tuple[tuple[ast.Call, ...], tuple[str, ...]]:
    calls: list[ast.Call] = []
    texts: list[str] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            calls.append(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.append(node.value)
    return tuple(calls), tuple(texts)


def calls_in(file: Path) -> tuple[ast.Call, ...]:
    """Every call in the file."""
    return _nodes(file)[0]


def texts_in(file: Path) -> tuple[str, ...]:
    """Every string constant in the file."""
    return _nodes(file)[1]
