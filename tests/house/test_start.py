"""What a web worker loads before it has anything to do with it."""

from __future__ import annotations

import json
import subprocess
import sys

from competition import paths

FOREIGN = (
    "alembic",
    "numpy",
    "ortools",
    "pandas",
    "psycopg",
    "scipy",
    "sqlalchemy.dialects.postgresql",  # indexes over some rows: models.base.unique_among
    "xlsxwriter",
)
"""Megabytes and tenths of a second each, for the few requests that need them."""
ASK = """
import json, sys
from pathlib import Path
from competition.app import create_app
from competition.settings import Settings

app = create_app(Settings(database_url="sqlite:///:memory:", data_path=Path("unused")))
answer = app.test_client().get("/sign-in")
print(json.dumps([answer.status_code, sorted(sys.modules)]))
"""


def test_starting_and_drawing_a_page_loads_nothing_that_only_some_requests_need() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=paths.PACKAGE.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    status, loaded = json.loads(done.stdout.splitlines()[-1])
    assert status == 200
    assert "competition.web.results.public" in loaded
    assert [name for name in FOREIGN if name in loaded] == []
