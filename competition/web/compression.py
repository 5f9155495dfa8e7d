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
        return hashlib.sha256(self.plain).hexdigest()[:20]

    @property
    def etag(self) -> str:
        """Weak: the same page in another encoding is the same page."""
        return f'W/"{self.digest}"'

    @cached_property
    def br(self) -> bytes:
        # A window no wider than the body: the usual one would take megabytes for nothing.
        window = min(22, max(10, len(self.plain).bit_length()))
        return bytes(brotli.compress(self.plain, quality=self.quality, lgwin=window))

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
        """Bytes in memory, about: the body, and an eighth of it for each encoding."""
        return len(self.plain) * 5 // 4


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
