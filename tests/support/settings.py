"""The settings under which tests run."""

from __future__ import annotations

from pathlib import Path

from competition.settings import Settings


def settings_for(database_url: str, data_path: Path) -> Settings:
    """As in production where it matters, except for what would only cost time."""
    return Settings(
        env="testing",
        secret_key="a key for tests, long enough for every check",
        database_url=database_url,
        data_path=data_path,
        public_url="http://localhost",
        argon2_memory=64,  # strong hashing would be most of the time of the whole run
        argon2_time=1,
    )
