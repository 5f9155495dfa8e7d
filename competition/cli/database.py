"""`competition migrate`."""

from __future__ import annotations

import click

from competition.cli.application import application


@click.command("migrate")
@click.option("--revision", default="head", show_default=True, help="Where to go.")
def migrate_command(revision: str) -> None:
    """Bring the database to the newest shape; nothing happens if it is there already."""
    with application():
        upgrade(revision)
    click.echo("The database is up to date.")


def upgrade(revision: str = "head") -> None:
    """Run the migrations inside an application context."""
    import logging

    from flask_migrate import upgrade as run

    logging.getLogger("alembic").setLevel(logging.WARNING)
    run(revision=revision)
