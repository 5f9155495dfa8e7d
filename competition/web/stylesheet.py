"""Bootstrap's style sheet without the rules for what no page of ours contains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
NEGATED = re.compile(r":not\([^)]*\)")
WORD = re.compile(r"[A-Za-z][\w-]*")
AFTER_STEM = r"""(?:\$?\{|["'] ?~)"""
STEM_END = re.compile(f"-{AFTER_STEM}")
STEM = re.compile(rf"([A-Za-z][\w-]*-){AFTER_STEM}")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
VARIABLE = re.compile(r"(--bs-[\w-]+):")
USED = re.compile(r"var\((--bs-[\w-]+)")
SUFFIXES = frozenset({".html", ".svg", ".py", ".js"})


@dataclass(frozen=True)
class Words:
    """Words that may be classes, and beginnings of those put together, such as `btn-{{ tone }}`."""

    whole: frozenset[str]
    stems: tuple[str, ...]

    def has(self, name: str) -> bool:
        return name in self.whole or name.startswith(self.stems)


def words_of(*folders: Path) -> Words:
    """Every word in the templates, scripts and code below the folders."""
    whole: set[str] = set()
    stems: set[str] = set()
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in SUFFIXES:
                text = path.read_text(encoding="utf-8")
                whole.update(WORD.findall(text))
                stems.update(_stems(text))
    return Words(frozenset(whole), tuple(sorted(stems)))


def _stems(text: str) -> Iterator[str]:
    """Looked for from their ends: few, while any letter could be the beginning of one."""
    for end in STEM_END.finditer(text):
        line = text.rfind("\n", 0, end.start()) + 1
        yield from STEM.findall(text, line, end.end())


def trimmed(css: str, words: Words) -> str:
    """The rules of a minified sheet whose classes all are among the words."""
    return "".join(_kept(COMMENT.sub("", css), words))


def _kept(css: str, words: Words) -> Iterator[str]:
    for head, body in _rules(css):
        if head.startswith(("@media", "@supports")):
            inner = trimmed(body, words)
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}" if body else f"{head};"
        else:
            selectors = [part for part in _selectors(head) if _is_used(part, words)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _is_used(selector: str, words: Words) -> bool:
    return all(words.has(name) for name in CLASS.findall(NEGATED.sub("", selector)))


def _selectors(head: str) -> Iterator[str]:
    """The selectors of a list; a comma inside brackets parts nothing."""
    depth, start = 0, 0
    for place, letter in enumerate(head):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            yield head[start:place]
            start = place + 1
    yield head[start:]


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Heads and bodies of the rules at the top level; statements have no body."""
    place = 0
    while place < len(css):
        brace, end = css.find("{", place), css.find(";", place)
        if brace < 0:
            return
        if 0 <= end < brace:
            yield css[place:end].strip(), ""
            place = end + 1
            continue
        depth, close = 1, brace + 1
        while depth:
            following = re.compile(r"[{}]").search(css, close)
            if following is None:
                return
            depth += 1 if following[0] == "{" else -1
            close = following.end()
        yield css[place:brace].strip(), css[brace + 1 : close - 1]
        place = close
