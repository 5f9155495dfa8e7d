"""What the site answered, kept whole."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from werkzeug import Response


@dataclass(frozen=True)
class Answer:
    """One page or file, as it came."""

    address: str
    status: int
    media_type: str
    data: bytes
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, address: str, response: Response) -> Answer:
        return cls(
            address,
            response.status_code,
            response.mimetype or "",
            response.data,
            tuple((name, value) for name, value in response.headers if name != "Set-Cookie"),
        )

    @property
    def is_page(self) -> bool:
        return self.media_type == "text/html"

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    @property
    def leads_to(self) -> list[str]:
        """Where a redirect sends the visitor."""
        return [value for name, value in self.headers if name == "Location"]

    def everything(self) -> str:
        """Head and body as one text; a spreadsheet with all its parts."""
        parts = [self.address, *(f"{name}: {value}" for name, value in self.headers), self.text]
        if self.data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                for name in archive.namelist():
                    parts += [name, archive.read(name).decode("utf-8", "replace")]
        return "\n".join(parts)
