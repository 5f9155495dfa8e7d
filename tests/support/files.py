"""Small files of every kind that teams send, and of kinds that they must not."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

PDF = (
    b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 40
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 100
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def zip_of(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def office(part: str, **more: bytes) -> bytes:
    """An office document: `word`, `ppt` or `xl`."""
    return zip_of({"[Content_Types].xml": b"<Types/>", f"{part}/document.xml": b"<d/>", **more})


def zip_with_link() -> bytes:
    link = zipfile.ZipInfo("evil")
    link.create_system = 3
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def zip_encrypted() -> bytes:
    """The flag is what tells; the content does not matter."""
    data = bytearray(zip_of({"a.txt": b"secret"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def zip_overlapping(copies: int = 50) -> bytes:
    """Many directory entries that all point at the same bytes."""
    kernel = zip_of({"a": b"\x00" * 100_000})
    start = kernel.index(b"PK\x01\x02")
    end = kernel.index(b"PK\x05\x06")
    directory = b"".join(
        kernel[start:end].replace(b"a", bytes([ord("b") + at % 20]), 1) for at in range(copies)
    )
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, copies, copies, len(directory), start, 0)
    return kernel[:start] + directory + tail


def zip_bomb() -> bytes:
    return zip_of({"zeros": b"\x00" * (80 * 1024 * 1024)})
