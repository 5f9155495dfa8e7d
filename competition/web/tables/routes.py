"""What the file looks like, upload, dry run, one click to confirm; and the tables out again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from competition.adapters.imports import ImportStore
from competition.adapters.spreadsheets import Sheet, Table
from competition.errors import Conflict, Invalid, NotFound, Problem
from competition.guards import (
    actor,
    now,
    outside_transaction,
    session,
    setting,
    signed_in,
    writes,
)
from competition.models import Competition, Round
from competition.policies import Permission
from competition.services.tables import (
    FORMATS,
    IGNORED,
    IMPORTERS,
    Effect,
    Plan,
    Source,
    TableKind,
    export_table,
    plan_import,
    read,
    run_import,
)
from competition.web.downloads import ENDINGS, table_response
from competition.web.lookup import competition_at
from competition.web.messages import sentence
from competition.web.security import small_number
from competition.web.tables.blueprint import blueprint
from competition.web.tables.words import COLUMNS, EFFECTS, KINDS
from competition.web.uploads import receives_files

AT = "/c/<slug>/manage/import/<kind>"
SHOWN_MOST = 200
"""Problems and rows on the page; the rest is counted."""


@dataclass(frozen=True)
class Target:
    """Where a table goes: the competition, the kind, and the round if one was chosen."""

    competition: Competition
    kind: TableKind
    of: Round | None

    @property
    def address(self) -> dict[str, object]:
        found: dict[str, object] = {"slug": self.competition.slug, "kind": self.kind.value}
        return found if self.of is None else {**found, "round": self.of.position}


def kind_of(kind: str) -> TableKind:
    if kind not in set(TableKind):
        raise NotFound
    return TableKind(kind)


def target_at(slug: str, kind: str) -> Target:
    known = kind_of(kind)
    competition = competition_at(slug, IMPORTERS[known].permission)
    position = request.values.get("round", type=small_number)
    of = next((item for item in competition.rounds if item.position == position), None)
    if position is not None and of is None:
        raise NotFound
    return Target(competition, known, of)


def store() -> ImportStore:
    return ImportStore(setting("data_path") / "imports")


def account_id() -> int:
    known = actor().account_id
    if known is None:  # pragma: no cover  the routes ask for a signed-in reader
        raise NotFound
    return known


@blueprint.get("/c/<slug>/manage/import")
@signed_in
def index(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    return render_template(
        "tables/index.html",
        competition=competition,
        kinds=KINDS,
        of_a_round={kind for kind, importer in IMPORTERS.items() if importer.needs_round},
    )


@blueprint.get(AT)
@signed_in
def show(slug: str, kind: str) -> ResponseReturnValue:
    return upload_page(target_at(slug, kind))


def upload_page(target: Target, problems: tuple[Problem, ...] = ()) -> str:
    kind = target.kind
    return render_template(
        "tables/show.html",
        competition=target.competition,
        of=target.of,
        kind=kind,
        words=KINDS[kind],
        columns=[column for column in FORMATS[kind] if is_used(kind, column.name)],
        # A lazy text would be taken for markup, and its <e-mail> for an element.
        notes={name: (str(meaning), example) for name, (meaning, example) in COLUMNS[kind].items()},
        needs_round=IMPORTERS[kind].needs_round,
        takes_round=IMPORTERS[kind].needs_round or kind in (TableKind.JUDGES, TableKind.CONFLICTS),
        limit=setting("import_limit"),
        problems=problems,
    )


def is_used(kind: TableKind, column: str) -> bool:
    return column not in IGNORED.get(kind, frozenset())


@blueprint.post(AT)
@signed_in
@writes
@receives_files("import_limit")
def upload(slug: str, kind: str) -> ResponseReturnValue:
    target = target_at(slug, kind)
    file = request.files.get("file")
    if file is None or not file.filename:
        return upload_page(target, (Problem.of("table_no_file"),)), 422
    if IMPORTERS[target.kind].needs_round and target.of is None:
        return upload_page(target, (Problem.of("table_needs_round"),)), 422
    address: dict[str, Any] = target.address
    filename = file.filename
    try:
        with outside_transaction():
            data = file.read(setting("import_limit") + 1)
            read(data, filename, kind_of(kind), max_bytes=setting("import_limit"))
            digest = store().put(account_id(), filename, data)
    except Invalid as error:
        return upload_page(target_at(slug, kind), error.problems), 422
    return redirect(url_for("tables.check", digest=digest, **address), 303)


def waiting_table(kind: str, digest: str) -> Table:
    """The uploaded table; 404 when it is not this account's, or was forgotten."""
    found = store().get(account_id(), digest)
    if found is None:
        raise NotFound
    filename, data = found
    return read(data, filename, kind_of(kind), max_bytes=setting("import_limit"))


@blueprint.get(f"{AT}/<digest>")
@signed_in
def check(slug: str, kind: str, digest: str) -> ResponseReturnValue:
    table = waiting_table(kind, digest)
    return check_page(target_at(slug, kind), table, digest)


def check_page(target: Target, table: Table, digest: str, error: str = "") -> str:
    plan = plan_import(
        session(),
        actor=actor(),
        competition=target.competition,
        kind=target.kind,
        table=table,
        of=target.of,
    )
    doing = [step for step in plan.steps if step.effect is not Effect.UNCHANGED]
    return render_template(
        "tables/check.html",
        competition=target.competition,
        of=target.of,
        target=target,
        words=KINDS[target.kind],
        plan=plan,
        counts={effect: plan.count(effect) for effect in Effect},
        effects=EFFECTS,
        problems=plan.problems[:SHOWN_MOST],
        more_problems=max(0, len(plan.problems) - SHOWN_MOST),
        steps=doing[:SHOWN_MOST],
        more_steps=max(0, len(doing) - SHOWN_MOST),
        digest=digest,
        shows_changes=target.kind in (TableKind.JUDGES, TableKind.TEAMS, TableKind.ENTRIES),
        error=error,
    )


@blueprint.post(f"{AT}/<digest>")
@signed_in
@writes
def confirm(slug: str, kind: str, digest: str) -> ResponseReturnValue:
    table = waiting_table(kind, digest)  # before the transaction begins
    target = target_at(slug, kind)
    try:
        plan = run_import(
            session(),
            actor=actor(),
            competition=target.competition,
            kind=target.kind,
            table=table,
            of=target.of,
            source=Source(table.filename, digest, now()),
            expected=request.form.get("plan", ""),
        )
    except (Conflict, Invalid) as error:
        session().rollback()
        code = error.code if isinstance(error, Conflict) else "import_changed"
        again = check_page(target_at(slug, kind), table, digest, sentence(code))
        return again, 409 if isinstance(error, Conflict) else 422
    flash(done_words(plan), "success")
    return redirect(done_address(target), 303)


def done_words(plan: Plan) -> str:
    return str(
        _(
            "%(file)s is in: %(new)s new, %(changed)s changed, %(unchanged)s unchanged.",
            file=plan.filename,
            new=plan.count(Effect.NEW),
            changed=plan.count(Effect.CHANGED),
            unchanged=plan.count(Effect.UNCHANGED),
        )
    )


def done_address(target: Target) -> str:
    """The page that shows what came in."""
    slug = target.competition.slug
    position = target.of.position if target.of else 1
    return {
        TableKind.JUDGES: lambda: url_for("panels.judges", slug=slug),
        TableKind.TEAMS: lambda: url_for("submissions.teams", slug=slug),
        TableKind.ENTRIES: lambda: url_for("submissions.entries", slug=slug, position=position),
        TableKind.CONFLICTS: lambda: url_for("panels.conflicts", slug=slug),
        TableKind.ASSIGNMENTS: lambda: url_for("panels.assignment", slug=slug, position=position),
        TableKind.RATINGS: lambda: url_for("scorecards.progress", slug=slug, position=position),
    }[target.kind]()


@blueprint.get(f"{AT}/template.<ending>")
@signed_in
def template(slug: str, kind: str, ending: str) -> Response:
    target = target_at(slug, kind)
    if ending not in ENDINGS:
        raise NotFound
    locale = str(get_locale())
    columns = [item for item in FORMATS[target.kind] if is_used(target.kind, item.name)]
    notes = [
        (
            column.header(locale),
            _("yes") if column.needs_header else _("no"),
            str(COLUMNS[target.kind][column.name][0]),
            COLUMNS[target.kind][column.name][1],
        )
        for column in columns
    ]
    headers = (_("Column"), _("Needed"), _("What stands in it"), _("Example"))
    return table_response(
        f"{target.kind}-template",
        [
            Sheet(str(KINDS[target.kind].name), [item.header(locale) for item in columns], []),
            Sheet(_("Notes"), headers, notes),
        ],
        ending,
    )


@blueprint.get("/c/<slug>/manage/export/<kind>.<ending>")
@signed_in
def export(slug: str, kind: str, ending: str) -> ResponseReturnValue:
    target = target_at(slug, kind)
    if ending not in ENDINGS:
        raise NotFound
    if IMPORTERS[target.kind].needs_round and target.of is None:
        abort(400)
    if target.kind is TableKind.RATINGS and target.of is not None:
        # That file leaves out what the reader has to score first.
        at = {"slug": slug, "position": target.of.position}
        return redirect(url_for(f"scorecards.ratings_{ending}", **at), 303)  # type: ignore[arg-type]
    sheet = export_table(
        session(),
        actor=actor(),
        competition=target.competition,
        kind=target.kind,
        of=target.of,
        locale=str(get_locale()),
    )
    name = "-".join(str(part) for part in target.address.values())
    return table_response(name, [sheet], ending)
