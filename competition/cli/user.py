"""`competition user`: accounts for the operator."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from competition.cli.application import application, stop


@click.command("user")
@click.argument("email")
@click.option("--name", default="", help="Name of a new account.")
@click.option("--operator", is_flag=True, help="May create competitions and see all of them.")
@click.option("--password", "asks_password", is_flag=True, help="Ask for a password to set.")
def user_command(email: str, name: str, operator: bool, asks_password: bool) -> None:
    """Create the account of EMAIL if there is none, and print a sign-in link for it."""
    password = (
        click.prompt("Password", hide_input=True, confirmation_prompt=True)
        if asks_password
        else None
    )
    if "@" not in email:
        stop(f"{email} is no e-mail address.")
    with application() as app:
        from competition.guards import transaction
        from competition.policies import SYSTEM
        from competition.services import people

        settings = app.config["SETTINGS"]
        now = datetime.now(UTC)
        hashed = app.extensions["passwords"].hash(password) if password else None
        with transaction() as session:
            account = people.find_or_create_account(
                session, actor=SYSTEM, email=email, name=name, now=now
            )
            if operator:
                people.make_operator(session, actor=SYSTEM, account=account, now=now)
            if hashed:
                people.set_password(
                    session, actor=SYSTEM, account=account, password_hash=hashed, now=now
                )
            token = people.issue_link(
                session, actor=SYSTEM, account=account, now=now, lifetime=settings.link_lifetime
            )
        click.echo(f"{settings.public_url.rstrip('/')}/link/{token}")
