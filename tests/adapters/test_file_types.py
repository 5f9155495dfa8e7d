"""Which files are taken: the content decides, and the name must agree."""

from __future__ import annotations

import unicodedata
import zipfile
from pathlib import Path

import pytest

from competition.adapters import archives
from competition.adapters.archives import UnsafeArchive
from competition.adapters.file_types import UnsuitableFile, clean_name, media_type_of
from tests.support import files

OFFICE = "application/vnd.openxmlformats-officedocument."


def judged(folder: Path, name: str, content: bytes) -> str:
    path = folder / "upload"
    path.write_bytes(content)
    return media_type_of(path, name)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("Report.pdf", files.PDF, "application/pdf"),
        ("REPORT.PDF", files.PDF, "application/pdf"),
        ("截图.png", files.PNG, "image/png"),
        ("a.jpg", files.JPEG, "image/jpeg"),
        ("a.jpeg", files.JPEG, "image/jpeg"),
        ("a.mp4", files.MP4, "video/mp4"),
        ("a.docx", files.office("word"), f"{OFFICE}wordprocessingml.document"),
        ("a.pptx", files.office("ppt"), f"{OFFICE}presentationml.presentation"),
        ("a.xlsx", files.office("xl"), f"{OFFICE}spreadsheetml.sheet"),
        ("a.zip", files.zip_of({"app/main.py": b"print()"}), "application/zip"),
        ("a.txt", "你好\n".encode(), "text/plain"),
        ("a.txt", "你好\n".encode("gb18030"), "text/plain"),
        ("a.txt", "你好\n".encode("utf-16"), "text/plain"),
        ("README.md", b"\xef\xbb\xbf# App\n\n<div align=center>", "text/markdown"),
    ],
)
def test_looking_at_an_allowed_file_gives_its_media_type(
    tmp_path: Path, name: str, content: bytes, media_type: str
) -> None:
    assert judged(tmp_path, name, content) == media_type


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.html", files.HTML, "file_type"),
        ("a.svg", files.SVG, "file_type"),
        ("a.exe", files.EXE, "file_type"),
        ("a", files.PDF, "file_type"),
        ("a.pdf.exe", files.PDF, "file_type"),
        ("a.pdf", files.EXE, "file_content"),
        ("a.pdf", files.HTML, "file_content"),
        ("a.png", files.JPEG, "file_content"),
        ("a.mp4", b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "file_content"),
        ("a.txt", files.EXE, "file_content"),
        ("a.txt", files.HTML, "file_content"),
        ("a.md", b"\n  " + files.SVG, "file_content"),
        ("a.txt", b"#!/bin/sh\nrm -rf /", "file_content"),
        ("a.txt", b"\xff\x00\xff", "file_content"),
        ("a.docx", files.zip_of({"a.txt": b"a"}), "file_content"),
        ("a.docx", files.office("xl"), "file_content"),
        ("a.xlsx", files.PDF, "file_content"),
        ("a.docx", files.office("word", **{"word/vbaProject.bin": b"x"}), "file_macros"),
        ("a.pdf", b"", "file_empty"),
        ("a.txt", b"", "file_empty"),
    ],
)
def test_looking_at_a_file_that_is_not_what_it_says_is_refused(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    with pytest.raises(UnsuitableFile) as caught:
        judged(tmp_path, name, content)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (files.zip_of({"../x": b"a"}), "zip_path"),
        (files.zip_of({"/etc/x": b"a"}), "zip_path"),
        (files.zip_of({"a\\..\\..\\x": b"a"}), "zip_path"),
        (files.zip_of({"C:/x": b"a"}), "zip_path"),
        (files.zip_with_link(), "zip_link"),
        (files.zip_encrypted(), "zip_encrypted"),
        (files.zip_overlapping(), "zip_bomb"),
        (files.zip_bomb(), "zip_bomb"),
        (files.zip_of({"a": b"a"})[:-8], "zip_broken"),
        (b"PK\x03\x04" + b"\x00" * 200, "zip_broken"),
    ],
    ids=["up", "root", "windows", "drive", "link", "password", "overlap", "bomb", "cut", "junk"],
)
def test_looking_at_a_dangerous_archive_is_refused(
    tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(UnsafeArchive) as caught:
        judged(tmp_path, "a.zip", content)
    assert caught.value.code == code


def test_looking_at_an_empty_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w"):
        pass
    with pytest.raises(UnsafeArchive) as caught:
        archives.names_in_archive(path)
    assert caught.value.code == "zip_empty"


def test_looking_at_an_archive_with_too_many_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "ENTRIES_MAX", 3)
    content = files.zip_of({f"{n}.txt": b"x" for n in range(4)})
    with pytest.raises(UnsafeArchive) as caught:
        judged(tmp_path, "a.zip", content)
    assert caught.value.code == "zip_too_many"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Report.pdf", "Report.pdf"),
        ("/home/li/Report.pdf", "Report.pdf"),
        ("C:\\Users\\李\\报告.pdf", "报告.pdf"),
        ("../../x.pdf", "x.pdf"),
        ("gpj\u202efdp.exe", "gpjfdp.exe"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("  two   words .pdf ", "two words .pdf"),
        (unicodedata.normalize("NFD", "é.pdf"), "é.pdf"),
        ("...", ""),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_cleaning_a_name_keeps_what_people_can_see(given: str, kept: str) -> None:
    assert clean_name(given) == kept
