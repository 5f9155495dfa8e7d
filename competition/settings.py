"""Every setting of the application: name, type, default and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from competition.errors import InvalidSettings

PREFIX = "COMPETITION_"
DEVELOPMENT_SECRET = "development only, never in production"  # noqa: S105
MEBIBYTE = 1024 * 1024
OF_COMMANDS = frozenset({f"{PREFIX}PORT"})
"""Variables that commands read themselves."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator may choose; the environment variable is the name in capitals, prefixed."""

    env: str = "development"
    """`development`, `testing` or `production`; production refuses unsafe values."""
    debug: bool = False
    """Show tracebacks in the browser. Never in production."""
    secret_key: str = field(default=DEVELOPMENT_SECRET, repr=False)
    """Signs cookies and form tokens; at least 32 characters in production."""
    database_url: str = "sqlite:///instance/competition.sqlite3"
    """SQLAlchemy address of the database; PostgreSQL as `postgresql+psycopg://...`."""
    data_path: Path = Path("instance/data")
    """Folder that holds uploaded files."""
    public_url: str = "http://127.0.0.1:8000"
    """Address that people use; personal links and receipts are built from it."""
    trusted_hosts: tuple[str, ...] = ()
    """Host names the application answers to; required in production."""
    proxies: int = 0
    """Number of trusted reverse proxies in front (they set X-Forwarded-For and -Proto)."""
    default_locale: str = "en"
    """Language for browsers that ask for neither English nor Chinese: `en` or `zh_Hans`."""
    upload_limit: int = 200 * MEBIBYTE
    """Bytes of one uploaded file at most."""
    team_quota: int = 500 * MEBIBYTE
    """Bytes that the files of one entry may take together."""
    request_limit: int = 1 * MEBIBYTE
    """Bytes of any request that uploads no file."""
    import_limit: int = 20 * MEBIBYTE
    """Bytes of a table brought in by an organizer."""
    disk_reserve: int = 200 * MEBIBYTE
    """Bytes that stay free on the disk: uploads are refused before they would be used."""
    session_idle: timedelta = timedelta(hours=12)
    """A signed-in session ends after this time without a request."""
    session_absolute: timedelta = timedelta(days=14)
    """A signed-in session ends after this time in any case."""
    link_lifetime: timedelta = timedelta(days=14)
    """A personal sign-in link can be used for this long, once."""
    argon2_memory: int = 65536
    """KiB of memory for one password hash."""
    argon2_time: int = 3
    """Passes over that memory."""
    smtp_host: str = ""
    """Mail server; without one letters wait in the outbox, and nothing is ever sent."""
    smtp_port: int = 587
    """Port of the mail server."""
    smtp_security: str = "starttls"
    """`starttls`, `tls` (from the first byte) or `none` (a server on this machine)."""
    smtp_user: str = ""
    """Name at the mail server; empty where it asks for none."""
    smtp_password: str = field(default="", repr=False)
    """Password at the mail server."""
    mail_from: str = ""
    """Address that letters come from; needed with a mail server."""
    log_format: str = "text"
    """`text` for people, `json` for machines."""

    def __post_init__(self) -> None:
        if self.env not in {"development", "testing", "production"}:
            raise InvalidSettings(key="env", value=self.env)
        if self.default_locale not in {"en", "zh_Hans"}:
            raise InvalidSettings(key="default_locale", value=self.default_locale)
        self._check_mail()
        if self.env == "production":
            self._refuse_unsafe()

    def _check_mail(self) -> None:
        if self.smtp_security not in {"starttls", "tls", "none"}:
            raise InvalidSettings(key="smtp_security", value=self.smtp_security)
        if self.smtp_user and self.smtp_security == "none":  # the password would go in the open
            raise InvalidSettings(key="smtp_security", value=self.smtp_security)
        if self.smtp_host and "@" not in self.mail_from:
            raise InvalidSettings(key="mail_from", value=self.mail_from)

    def _refuse_unsafe(self) -> None:
        if self.secret_key == DEVELOPMENT_SECRET or len(self.secret_key) < 32:
            raise InvalidSettings(key="secret_key", value="(too short or the default)")
        if self.debug:
            raise InvalidSettings(key="debug", value="true")
        if not self.trusted_hosts:
            raise InvalidSettings(key="trusted_hosts", value="(empty)")
        if not self.public_url.startswith("https://"):
            raise InvalidSettings(key="public_url", value=self.public_url)

    @property
    def is_production(self) -> bool:
        return self.env == "production"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **overrides: Any) -> Settings:
        """Read `COMPETITION_*` variables; an unknown or malformed one raises InvalidSettings."""
        hints = get_type_hints(cls)
        names = {PREFIX + item.name.upper(): item.name for item in fields(cls)}
        values: dict[str, Any] = {}
        for variable, text in environment.items():
            if not variable.startswith(PREFIX) or variable in OF_COMMANDS:
                continue
            if variable not in names:
                raise InvalidSettings(key=variable, value=text)
            name = names[variable]
            values[name] = _parse(hints[name], text, variable)
        return cls(**{**values, **overrides})


def _parse(kind: Any, text: str, variable: str) -> Any:
    try:
        if kind is bool:
            return {"1": True, "true": True, "0": False, "false": False}[text.lower()]
        if kind is timedelta:
            return timedelta(hours=float(text))
        if get_origin(kind) is tuple and get_args(kind)[0] is str:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        return kind(text)
    except (KeyError, ValueError) as error:
        raise InvalidSettings(key=variable, value=text) from error
