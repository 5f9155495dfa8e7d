"""`competition import` and `competition export`: the organizers' tables from the command line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from competition.cli.application import application, stop

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from competition.errors import Problem
    from competition.models import Competition, Round
    from competition.services.tables import Plan

KINDS = ("judges", "teams", "entries", "conflicts", "assignments", "ratings")
ENDINGS = ("csv", "xlsx", "json")
LANGUAGES = click.Choice(["en", "zh_Hans"])


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--competition", "slug", required=True, help="Short name, as in its address.")
@click.option("--round", "position", type=int, help="Number of the round, from 1.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--language", type=LANGUAGES, default="en", show_default=True, help="Of messages.")
def import_command(
    kind: str, file: Path, slug: str, position: int | None, dry_run: bool, language: str
) -> None:
    """Bring FILE (.xlsx or CSV) in as a whole, or say by row and column what is wrong with it.

    Exit status 2 when something is wrong; nothing is written then.
    """
    with application() as app:
        from flask_babel import force_locale

        from competition.errors import DomainError, Invalid
        from competition.web.messages import sentence

        with force_locale(language):
            try:
                plan = _bring_in(
                    kind, file, slug, position, dry_run, app.config["SETTINGS"].import_limit
                )
            except Invalid as error:
                stop(_lines(file, error.problems))
            except DomainError as error:
                stop(f"{file}: {sentence(error.code, error.facts)}")
            if plan.problems:
                stop(_lines(file, plan.problems))
            _report(plan, file, dry_run)


def _bring_in(
    kind: str, file: Path, slug: str, position: int | None, dry_run: bool, limit: int
) -> Plan:
    from competition.guards import session as current_session
    from competition.guards import transaction
    from competition.policies import SYSTEM
    from competition.services import tables

    known = tables.TableKind(kind)
    with file.open("rb") as opened:
        data = opened.read(limit + 1)
    table = tables.read(data, file.name, known, max_bytes=limit)
    if dry_run:
        session = current_session()
        competition, of = _target(session, slug, position)
        return tables.plan_import(
            session, actor=SYSTEM, competition=competition, kind=known, table=table, of=of
        )
    digest = hashlib.sha256(data).hexdigest()
    with transaction() as session:
        competition, of = _target(session, slug, position)
        return tables.run_import(
            session,
            actor=SYSTEM,
            competition=competition,
            kind=known,
            table=table,
            of=of,
            source=tables.Source(file.name, digest, datetime.now(UTC)),
        )


def _target(session: Session, slug: str, position: int | None) -> tuple[Competition, Round | None]:
    """The competition and the round, if one was named."""
    from competition.queries.rounds import competition_by_slug

    competition = competition_by_slug(session, slug)
    if competition is None:
        stop(f"There is no competition {slug}.")
    of = next((item for item in competition.rounds if item.position == position), None)
    if position is not None and of is None:
        stop(f"{slug} has no round {position}.")
    return competition, of


def _lines(file: Path, problems: Sequence[Problem]) -> str:
    return "\n".join(_line(file, problem) for problem in problems)


def _line(file: Path, problem: Problem) -> str:
    """FILE:row N, column "X": sentence."""
    from competition.web.messages import problem_sentence

    place = str(file)
    if problem.row is not None:
        place += f":row {problem.row}"
    if problem.column is not None:
        place += f', column "{problem.column}"'
    return f"{place}: {problem_sentence(problem)}"


def _report(plan: Plan, file: Path, dry_run: bool) -> None:
    from competition.services.tables import Effect

    for note in plan.notes:
        click.echo(_line(file, note), err=True)
    counts = ", ".join(f"{plan.count(effect)} {effect.value}" for effect in Effect)
    click.echo(f"{'Would bring in' if dry_run else 'Brought in'} {plan.kind.value}: {counts}.")


@click.command("export")
@click.argument("kind", type=click.Choice([*KINDS, "results"]))
@click.option("--competition", "slug", required=True, help="Short name, as in its address.")
@click.option("--round", "position", type=int, help="Number of the round, from 1.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The ending decides: .csv or .xlsx (results also .json).",
)
@click.option("--language", type=LANGUAGES, default="en", show_default=True, help="Of headers.")
def export_command(kind: str, slug: str, position: int | None, out: Path, language: str) -> None:
    """Write a table as it can be imported again, or the published results of a round."""
    ending = out.suffix.removeprefix(".").lower()
    if ending not in ENDINGS or (ending == "json" and kind != "results"):
        stop(f"{out.name} ends neither in .csv nor in .xlsx.")
    with application():
        from flask_babel import force_locale

        from competition.errors import DomainError
        from competition.guards import session as current_session

        session = current_session()
        competition, of = _target(session, slug, position)
        if of is None and kind in {"entries", "assignments", "ratings", "results"}:
            stop("Name the round: --round N.")
        try:
            with force_locale(language):
                data = _exported(session, kind, competition, of, ending, language)
        except DomainError:
            stop("There is nothing to write yet.")
    out.write_bytes(data)
    click.echo(f"Wrote {out}.")


def _exported(
    session: Session,
    kind: str,
    competition: Competition,
    of: Round | None,
    ending: str,
    language: str,
) -> bytes:
    from competition.adapters.spreadsheets import write_csv, write_xlsx
    from competition.policies import SYSTEM
    from competition.services.tables import TableKind, export_table

    if kind == "results" and of is not None:
        from competition.web.results.files import export_results

        return export_results(session, competition=competition, of=of, kind=ending, locale=language)
    sheet = export_table(
        session,
        actor=SYSTEM,
        competition=competition,
        kind=TableKind(kind),
        of=of,
        locale=language,
    )
    return write_csv(sheet.headers, sheet.rows) if ending == "csv" else write_xlsx([sheet])
