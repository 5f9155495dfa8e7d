"""Message catalogues: extract, update, compile, and check that they are complete."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
MAPPING = ROOT / "babel.cfg"
TRANSLATIONS = ROOT / "competition" / "translations"
LOCALES = ("zh_Hans",)
COMMENT_TAG = "Translators:"

HEADER: dict[str, str] = {
    "project": "competition",
    "version": "1",
    "header_comment": "# The competition's words. New ones appear with: make messages",
    "copyright_holder": "The competition founders",
    "msgid_bugs_address": "none",
    "last_translator": "The competition founders",
    "language_team": "Chinese",
}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "N_": None,
}


def po_path(locale: str) -> Path:
    return TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"


@cache
def extract() -> Catalog:
    """Collect every message of the Python files and the templates; nobody changes what it gives."""
    with MAPPING.open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog(project="competition", charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        ROOT, methods, options, KEYWORDS, (COMMENT_TAG,), directory_filter=_holds_messages
    )
    for name, line, message, comments, context in found:
        place = (Path(name).as_posix(), line)
        catalog.add(message, None, [place], auto_comments=comments, context=context)
    return catalog


def _holds_messages(folder: str) -> bool:
    parts = Path(folder).relative_to(ROOT).parts
    return parts[0] in {"competition", "templates"} and "__pycache__" not in parts


def read(locale: str) -> Catalog:
    """A language's catalogue; an empty one for a language that has none yet."""
    if not po_path(locale).exists():
        return Catalog(locale=locale, domain="messages", fuzzy=False, **HEADER)
    with po_path(locale).open("rb") as file:
        return read_po(file, locale=locale, domain="messages")


def update(locale: str) -> None:
    """Bring a catalogue to the messages that the code has now; what is new stays empty."""
    path, catalog = po_path(locale), read(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A guess from a similar sentence is a wrong translation waiting to be overlooked.
    catalog.update(extract(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, sort_by_file=True, include_lineno=False,
             omit_header=False)  # fmt: skip
    _replace(path, buffer.getvalue())


def compile_stale() -> list[str]:
    """Compile each catalogue that is newer than its compiled form; return those locales."""
    compiled = []
    for locale in LOCALES:
        source = po_path(locale)
        target = source.with_suffix(".mo")
        if not source.exists():
            continue
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        buffer = io.BytesIO()
        write_mo(buffer, read(locale))
        _replace(target, buffer.getvalue())
        compiled.append(locale)
    return compiled


def complaints(locale: str) -> list[str]:
    """Name every message that is not translated, not sure, malformed or no longer used."""
    wanted, have = extract(), read(locale)
    return [
        *(f"{_place(message)}: {problem}: {message.id!r}"
          for message, problem in _unfinished(wanted, have)),
        *(f"no longer used: {message.id!r}"
          for message in have if message.id and wanted.get(message.id, message.context) is None),
        *(f"no longer used: {message.id!r}" for message in have.obsolete.values()),
        *(f"{_place(message)}: {error}: {message.id!r}"
          for message, errors in have.check() for error in errors),
    ]  # fmt: skip


def _unfinished(wanted: Catalog, have: Catalog) -> Iterator[tuple[Message, str]]:
    for message in wanted:
        if not message.id:
            continue
        mine = have.get(message.id, message.context)
        if mine is None:
            yield message, "not in the catalogue"
        elif not all((mine.string,) if isinstance(mine.string, str) else mine.string or ("",)):
            yield message, "not translated"
        elif mine.fuzzy:
            yield message, "fuzzy"


def _place(message: Message) -> str:
    return ":".join(str(part) for part in message.locations[0]) if message.locations else "?"


def _replace(path: Path, content: bytes) -> None:
    """Write in one step: another process may read at the same moment."""
    if path.exists() and path.read_bytes() == content:
        os.utime(path)
        return
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()


def main(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if command == "update":
        for locale in LOCALES:
            update(locale)
        compile_stale()
    elif command == "compile":
        for locale in compile_stale():
            print(f"Compiled the catalogue {locale}")
        return 0
    elif command != "check":
        print("usage: scripts/catalogues.py update|compile|check")
        return 2
    found = [f"{locale}: {line}" for locale in LOCALES for line in complaints(locale)]
    print("\n".join(found) or "Catalogues are complete")
    return 1 if found and command == "check" else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
