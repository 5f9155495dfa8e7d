"""Bringing in a table: first what it would do, then exactly that, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from competition.adapters.spreadsheets import Table
from competition.errors import Conflict, Invalid
from competition.models import Competition, Round
from competition.policies import Actor, Permission, authorize
from competition.services.record import audit
from competition.services.submissions.locking import hold
from competition.services.tables import assignments, conflicts, entries, judges, ratings, teams
from competition.services.tables.formats import TableKind
from competition.services.tables.plans import Context, Effect, Plan, Source, Step
from competition.services.tables.sheets import Sheet


@dataclass(frozen=True)
class Importer:
    """How one kind of table is checked and written."""

    permission: Permission
    needs_round: bool
    plan: Callable[[Context, Sheet], list[Step]]
    apply: Callable[[Context, list[Step], datetime], None]


IMPORTERS: Mapping[TableKind, Importer] = {
    TableKind.JUDGES: Importer(Permission.MANAGE_PANEL, False, judges.plan, judges.apply),
    TableKind.TEAMS: Importer(Permission.MANAGE_COMPETITION, False, teams.plan, teams.apply),
    TableKind.ENTRIES: Importer(Permission.MANAGE_COMPETITION, True, entries.plan, entries.apply),
    TableKind.CONFLICTS: Importer(Permission.MANAGE_PANEL, False, conflicts.plan, conflicts.apply),
    TableKind.ASSIGNMENTS: Importer(
        Permission.MANAGE_PANEL, True, assignments.plan, assignments.apply
    ),
    TableKind.RATINGS: Importer(Permission.IMPORT_RATINGS, True, ratings.plan, ratings.apply),
}


def plan_import(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    kind: TableKind,
    table: Table,
    of: Round | None = None,
) -> Plan:
    """What bringing in the table would do, and everything that is wrong with it.

    Changes nothing. Kinds that belong to a round need `of`; judges are seated on it, or on all
    panels still being put together when it is None.
    """
    importer = IMPORTERS[kind]
    authorize(actor, importer.permission, competition)
    if importer.needs_round and of is None:
        raise Invalid.one("table_needs_round", field="round")
    sheet = Sheet(kind, table)
    with session.no_autoflush:
        steps = importer.plan(Context(session, actor, competition, of), sheet)
    order = {header: place for place, header in enumerate(table.headers)}
    problems = sorted(
        sheet.problems,
        key=lambda problem: (problem.row or 0, order.get(problem.column or "", -1)),
    )
    return Plan(kind, table.filename, tuple(steps), tuple(problems), tuple(sheet.notes))


def run_import(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    kind: TableKind,
    table: Table,
    of: Round | None = None,
    source: Source,
    expected: str | None = None,
) -> Plan:
    """Bring in the table as a whole; `expected` is the digest of the plan that was agreed to.

    Raises
    ------
    Invalid
        Something in the table is wrong; nothing is written.
    Conflict
        `import_changed`: the competition changed since the plan was shown.
    """
    authorize(actor, IMPORTERS[kind].permission, competition)
    hold(session, competition)  # one import at a time
    plan = plan_import(session, actor=actor, competition=competition, kind=kind, table=table, of=of)
    if plan.problems:
        raise Invalid(plan.problems)
    if expected is not None and plan.digest != expected:
        raise Conflict("import_changed")
    if plan.changes_nothing:
        return plan
    context = Context(session, actor, competition, of)
    IMPORTERS[kind].apply(context, list(plan.steps), source.at)
    audit(
        session,
        actor=actor,
        action=f"import_{kind.value}_file",
        now=source.at,
        thing=competition,
        name=source.filename,
        competition_id=competition.id,
        after={
            "file": source.filename,
            "sha256": source.sha256,
            "round": of.position if of else None,
            **{effect.value: plan.count(effect) for effect in Effect},
        },
    )
    return plan
