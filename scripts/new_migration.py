"""Write the next numbered migration from the difference between models and migrations."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import flask_migrate

from competition import paths
from competition.app import create_app
from competition.settings import Settings

VERSIONS = paths.MIGRATIONS / "versions"


def next_revision(message: str) -> str:
    """`0008_recusal_reason` for "Recusal reason" after 0007: the id, and the file's name."""
    slug = "_".join(re.findall(r"[a-z0-9]+", message.lower()))[:40]
    numbers = [int(path.name[:4]) for path in VERSIONS.glob("[0-9][0-9][0-9][0-9]_*.py")]
    return f"{max(numbers, default=0) + 1:04}_{slug}"


def main(message: str) -> int:
    if not re.search(r"[A-Za-z0-9]", message):
        print('Say what changes: make migration m="recusals have a reason"')
        return 2
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'empty.sqlite3'}"
        app = create_app(Settings(env="testing", database_url=url, data_path=Path(folder)))
        with app.app_context():
            flask_migrate.upgrade()
            revision = next_revision(message)
            flask_migrate.revision(message=message, autogenerate=True, rev_id=revision)
    print(f"Read it before you commit it: migrations/versions/{revision}.py")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(" ".join(sys.argv[1:])))
