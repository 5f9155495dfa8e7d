"""Bytes that are sent again and again: compressed once, answered with 304 where possible."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

import brotli  # type: ignore[import-untyped]
from flask import Response, request

BEST = 11
"""Brotli's best quality: slow, for what is compressed once in the life of a process."""
COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg")
QUICK = 6
"""A few milliseconds for a page, and within a tenth of the best size."""


@dataclass(frozen=True, eq=False)
class Encoded:
    """One body in every encoding that browsers ask for; each is made when it is first wanted."""

    plain: bytes
    mimetype: str
    quality: int = QUICK

    @cached_property
    def digest(self) -> str:
        return digest_of(self.plain)

    @property
    def etag(self) -> str:
        """Weak: the same page in another encoding is the same page."""
        return f'W/"{self.digest}"'

    @cached_property
    def br(self) -> bytes:
        return brotli_of(self.plain, self.quality)

    @cached_property
    def gzip(self) -> bytes:
        return gzip.compress(self.plain, 9 if self.quality == BEST else 6, mtime=0)

    def encoding_for(self, accept_encoding: str) -> str:
        """The best encoding that a reader allows; none for what is compressed by its nature."""
        return preferred(accept_encoding) if self.mimetype.startswith(COMPRESSIBLE) else ""

    def body(self, encoding: str) -> bytes:
        if encoding == "br":
            return self.br
        return self.gzip if encoding == "gzip" else self.plain

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        return len(self.plain)


class Packed(Encoded):
    """A body of which only compressed forms are kept: an eighth of the memory.

    Nearly every reader takes one of them as it is; opening it for the others takes less time than
    anything else in a request.
    """

    def __init__(self, plain: bytes, mimetype: str) -> None:
        kept = {"mimetype": mimetype, "digest": digest_of(plain), "br": brotli_of(plain, QUICK)}
        vars(self).update(kept)

    @property
    def plain(self) -> bytes:
        return bytes(brotli.decompress(self.br))

    @property
    def size(self) -> int:
        """Bytes in memory, about: both compressed forms."""
        return 2 * len(self.br)


def packed(plain: bytes, mimetype: str) -> Encoded:
    """The body as it is best kept."""
    return (Packed if mimetype.startswith(COMPRESSIBLE) else Encoded)(plain, mimetype)


def digest_of(plain: bytes) -> str:
    return hashlib.sha256(plain).hexdigest()[:20]


def brotli_of(plain: bytes, quality: int) -> bytes:
    """Compressed with a window no wider than the body, and for a page no wider than 64 kB.

    The usual window would take megabytes for nothing; above 64 kB the quick qualities choose a
    method that takes four times the memory to win 1 or 2 %.
    """
    widest = 22 if quality == BEST else 16
    window = min(widest, max(10, len(plain).bit_length()))
    return bytes(brotli.compress(plain, quality=quality, lgwin=window))


@lru_cache(maxsize=256)
def preferred(accept_encoding: str) -> str:
    """The best encoding that an Accept-Encoding header allows: `br`, `gzip` or none.

    >>> preferred("gzip, deflate, br;q=0.9"), preferred("gzip;q=0, identity"), preferred("")
    ('br', '', '')
    """
    allowed = set()
    for part in accept_encoding.lower().split(","):
        name, _semicolon, parameter = part.strip().partition(";")
        if parameter.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            allowed.add(name.strip())
    return next((name for name in ("br", "gzip") if name in allowed or "*" in allowed), "")


def respond(encoded: Encoded, *, cache_control: str, vary: str) -> Response:
    """The body in the encoding that this request allows, or 304 when the reader has it."""
    encoding = encoded.encoding_for(request.headers.get("Accept-Encoding", ""))
    headers = {"ETag": encoded.etag, "Cache-Control": cache_control, "Vary": vary}
    if is_known(request.headers.get("If-None-Match", ""), encoded):
        return Response(status=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(
        encoded.body(encoding), headers=headers, content_type=content_type(encoded.mimetype)
    )


def is_known(if_none_match: str, encoded: Encoded) -> bool:
    """Whether the reader has this body already, as an If-None-Match header tells."""
    return encoded.digest in if_none_match or if_none_match.strip() == "*"


def content_type(mimetype: str) -> str:
    return f"{mimetype}; charset=utf-8" if mimetype.startswith("text/") else mimetype
