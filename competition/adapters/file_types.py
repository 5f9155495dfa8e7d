"""Which kinds of files are taken, decided by what is in them; the ending must agree."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from competition.adapters.archives import names_in_archive
from competition.errors import DomainError

NAME_LENGTH_MAX = 150
HEAD = 4096
_OFFICE = "application/vnd.openxmlformats-officedocument."


class UnsuitableFile(DomainError):
    """The file is of no kind that is taken; the code says why."""

    code = "file_type"


@dataclass(frozen=True)
class Kind:
    """One kind of file: its media type, and what is looked for inside."""

    media_type: str
    magic: tuple[str, ...] = ()
    """Endings under which the signature library may know the content."""
    office_part: str = ""
    """The folder that makes a zip file this kind of office document."""
    is_text: bool = False
    is_shown: bool = False
    """May be shown in the browser instead of being downloaded."""


_JPEG = Kind("image/jpeg", magic=(".jpg", ".jpeg"))
KINDS = {
    ".pdf": Kind("application/pdf", magic=(".pdf",), is_shown=True),
    ".docx": Kind(f"{_OFFICE}wordprocessingml.document", (".docx",), "word/"),
    ".pptx": Kind(f"{_OFFICE}presentationml.presentation", (".pptx",), "ppt/"),
    ".xlsx": Kind(f"{_OFFICE}spreadsheetml.sheet", (".xlsx",), "xl/"),
    ".zip": Kind("application/zip", magic=(".zip",)),
    ".png": Kind("image/png", magic=(".png",)),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".mp4": Kind("video/mp4", magic=(".mp4",), is_shown=True),
    ".txt": Kind("text/plain", is_text=True),
    ".md": Kind("text/markdown", is_text=True),
}
SHOWN_TYPES = frozenset(kind.media_type for kind in KINDS.values() if kind.is_shown)
ENDINGS = tuple(KINDS)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_CODE = ("<!doctype", "<html", "<svg", "<?xml", "<script", "<?php", "#!")


def clean_name(name: str) -> str:
    """A person's file name as it is kept: no path, no invisible characters, NFC, not too long.

    >>> clean_name("C:\\\\work\\\\Report\\u202e.pdf ")
    'Report.pdf'
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    text = " ".join(seen.split()).strip(". ")
    stem, dot, ending = text.rpartition(".")
    if len(text) > NAME_LENGTH_MAX and dot and len(ending) <= 10:
        return stem[: NAME_LENGTH_MAX - len(ending) - 1].rstrip() + dot + ending
    return text[:NAME_LENGTH_MAX]


def media_type_of(path: Path, name: str) -> str:
    """The media type of the file at `path` that somebody calls `name`.

    Raises UnsuitableFile when its kind is not taken or its ending does not fit its content, and
    UnsafeArchive for a zip file, or a document made of one, that is broken or dangerous.
    """
    ending = Path(name.lower()).suffix
    kind = KINDS.get(ending)
    if kind is None:
        raise UnsuitableFile("file_type", ending=ending or name, allowed=_endings())
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise UnsuitableFile("file_empty")
    fits = _is_text(path, head) if kind.is_text else _has_magic(head, kind)
    if not fits:
        raise UnsuitableFile("file_content", ending=ending)
    if ending == ".zip" or kind.office_part:
        names = names_in_archive(path)
        if any(name.rpartition("/")[2].lower() == "vbaproject.bin" for name in names):
            raise UnsuitableFile("file_macros")
        if kind.office_part and not _is_office(names, kind.office_part):
            raise UnsuitableFile("file_content", ending=ending)
    return kind.media_type


def _endings() -> str:
    return ", ".join(ending.removeprefix(".") for ending in ENDINGS)


def _has_magic(head: bytes, kind: Kind) -> bool:
    import puremagic

    try:
        found = puremagic.magic_string(head)
    except puremagic.PureError:
        return False
    return any(item.extension in kind.magic for item in found)


def _is_office(names: tuple[str, ...], part: str) -> bool:
    return "[Content_Types].xml" in names and any(name.startswith(part) for name in names)


def _is_text(path: Path, head: bytes) -> bool:
    """Text in UTF-8, UTF-16 with a mark, or GB18030, without control characters or markup."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    return any(_reads_as(path, encoding) for encoding in encodings)


def _reads_as(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    is_first = True
    with path.open("rb") as file:
        while True:
            block = file.read(65_536)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError:
                return False
            if _CONTROL.search(text):
                return False
            if is_first and text.lstrip().lower().startswith(_CODE):
                return False
            is_first = False
            if not block:
                return True
