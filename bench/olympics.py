"""The Olympic scores through import, scoring and publishing, against a bare insert of them."""

from __future__ import annotations

import csv
import gzip
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.orm import Session

from competition import paths
from competition.app import create_app
from competition.cli.demo import REFERENCE
from competition.demo import olympics
from competition.extensions import db
from competition.guards import transaction
from competition.models import Entry, Publication, Round, Standing, Team
from competition.settings import Settings

FLOOR = Table(
    "floor",
    MetaData(),
    Column("id", Integer, primary_key=True),
    *(Column(name, String) for name in ("judge", "entry", "criterion", "score")),
)


def main() -> None:
    """Print time, ratio and how many official totals come out."""
    if not olympics.is_there(REFERENCE):
        print("the scores are not in ../shared/reference/data: left out (docs/olympics.md)")
        return
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        app = create_app(Settings(env="testing", database_url=url, data_path=Path(folder)))
        with app.app_context():
            flask_migrate.upgrade(directory=str(paths.MIGRATIONS))
            started = time.process_time()
            with transaction() as session:
                olympics.build(session, folder=REFERENCE, now=datetime.now(UTC))
            whole = time.process_time() - started
            ratings, bare = bare_insert()
            right, official = totals(db.session())
    print(f"{ratings} ratings: {whole:.2f} s CPU, {whole / bare:.0f}x a bare insert ({bare:.3f} s)")
    print(f"official component totals that come out: {right} of {official}")


def bare_insert() -> tuple[int, float]:
    """Rows and CPU seconds of reading the same file and inserting it row by row in one go."""
    started = time.process_time()
    rows = [
        {"judge": judge, "entry": entry, "criterion": criterion, "score": score}
        for segment in olympics.read_segments(REFERENCE)
        for judge, entry, criterion, score in segment.ratings
    ]
    with transaction() as session:
        FLOOR.create(session.connection())
        session.execute(insert(FLOOR), rows)
    return len(rows), time.process_time() - started


def totals(session: Session) -> tuple[int, int]:
    """How many published totals equal the official ones, and how many there are."""
    computed = {
        (row.segment.en, row.skaters): row.score
        for row in session.execute(
            select(Round.name.label("segment"), Team.name.label("skaters"), Standing.score)
            .join(Entry, Entry.round_id == Round.id)
            .join(Team, Entry.team_id == Team.id)
            .join(Standing, Standing.entry_id == Entry.id)
            .join(Publication, Publication.run_id == Standing.run_id)
        )
    }
    path = REFERENCE / "skating_owg2018_performances.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        official = {
            (row["program"].replace(" - ", ": "), " ".join(row["name"].split())): float(
                row["total_component_score"]
            )
            for row in csv.DictReader(file)
        }
    return sum(computed.get(key) == total for key, total in official.items()), len(official)


if __name__ == "__main__":
    main()
