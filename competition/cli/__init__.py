"""The `competition` command; each subcommand is loaded when it is called."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module

import click

from competition import __version__

# Threads of OpenBLAS wait for each other by spinning: where other work wants the same cores, two
# of them factor a matrix many times slower than one. Read when NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

COMMANDS: Mapping[str, tuple[str, str]] = {
    "score": ("competition.cli.score", "Rank entries from a file of ratings."),
    "rules": ("competition.cli.rules", "Say in words what a rule book decides."),
    "assign": ("competition.cli.assign", "Give every entry its judges, from files to a file."),
    "serve": ("competition.cli.serve", "Serve the pages."),
    "migrate": ("competition.cli.database", "Bring the database to the newest shape."),
    "demo": ("competition.cli.demo", "Load the demo competitions and print sign-in links."),
    "import": ("competition.cli.tables", "Bring in a table of judges, teams, entries or ratings."),
    "export": ("competition.cli.tables", "Write results or lists to a file."),
    "send-mail": ("competition.cli.mail", "Send the letters that wait in the outbox."),
    "user": ("competition.cli.user", "Create an account, or a new sign-in link for one."),
}


class Commands(click.Group):
    """Lists commands without importing them, so that --help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[name][0]), f"{name.replace('-', '_')}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_module, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="competition")
def main() -> None:
    """Judging and scoring for competitions."""
