"""`competition demo`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from competition import paths
from competition.cli.application import application, stop
from competition.cli.database import upgrade
from competition.cli.serve import run, served_at

if TYPE_CHECKING:
    from competition.settings import Settings

REFERENCE = paths.PACKAGE.parent.parent / "shared" / "reference" / "data"
"""Where the published figure skating scores lie, if they do."""


@click.command("demo")
@click.option("--serve", is_flag=True, help="Serve the pages afterwards, until Ctrl-C.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="COMPETITION_PORT", type=int)
@click.option(
    "--olympics",
    type=click.Path(file_okay=False, path_type=Path),
    default=REFERENCE,
    help="Folder of the 2018 figure skating scores; they are shown as a second competition.",
)
def demo_command(serve: bool, host: str, port: int, olympics: Path) -> None:
    """Load the demo competitions unless they are there, and print a sign-in link per role."""
    with application(**served_at(os.environ, host, port)) as app:
        settings: Settings = app.config["SETTINGS"]
        if settings.is_production:
            stop("The demo is not loaded in production: its links are for everybody to see.")
        upgrade()
        load(settings, olympics)
        print_links(settings)
        if serve:
            click.echo(f"\nServing on {settings.public_url} (Ctrl-C stops)")
            run(app, host, port, threads=8)


def load(settings: Settings, olympics: Path) -> None:
    """Build what is not there yet; each competition in one transaction, so never half of it."""
    from competition.demo import build, stage
    from competition.demo import olympics as skating
    from competition.guards import transaction
    from competition.queries.rounds import competition_by_slug

    now = datetime.now(UTC)
    with transaction() as session:
        if competition_by_slug(session, stage.SLUG) is None:
            click.echo("Loading the demo competition (60 teams, 24 judges) ...")
            build.build(session, now=now, data_path=settings.data_path)
    if not skating.is_there(olympics):
        click.echo("The Olympic figure skating scores are not there; docs/ says where they are.")
        return
    with transaction() as session:
        if competition_by_slug(session, skating.SLUG) is None:
            click.echo("Loading the 2018 Olympic figure skating scores ...")
            skating.build(session, folder=olympics, now=now)


def print_links(settings: Settings) -> None:
    """A fresh personal link for one person of each role."""
    from competition.demo.build import people_by_role
    from competition.guards import transaction
    from competition.policies import SYSTEM
    from competition.services import people

    click.echo("\nSign-in links; each works once, the next start prints new ones:")
    now = datetime.now(UTC)
    with transaction() as session:
        for role, account in people_by_role(session):
            token = people.issue_link(
                session, actor=SYSTEM, account=account, now=now, lifetime=settings.link_lifetime
            )
            click.echo(f"  {role:10} {settings.public_url.rstrip('/')}/link/{token}")
