"""Who judges what in a round: proposing, looking, changing by hand, confirming."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from competition.adapters.spreadsheets import Sheet
from competition.errors import Conflict, Invalid, NotFound
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Assignment, Competition, Entry, Round
from competition.policies import Permission
from competition.queries.panels import (
    Board,
    assignment_board,
    last_seed,
    shortfall,
)
from competition.services import panels as service
from competition.services.panels.assignments import OPEN_STATES
from competition.vocabulary import AssignmentState
from competition.web.downloads import ENDINGS, table_response
from competition.web.lookup import round_at
from competition.web.messages import problem_sentence, sentence
from competition.web.panels.blueprint import blueprint
from competition.web.panels.views import assignment_sheets, candidates, matrix_of
from competition.web.security import small_number

ROUND = "/c/<slug>/rounds/<int:position>/assignment"
MATRIX_MOST = 120
"""Entries in one matrix; with more, one track at a time is shown."""
VIEWS = ("matrix", "entries", "judges")


@blueprint.get(ROUND)
@signed_in
def assignment(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.OVERSEE_COMPETITION)
    board = assignment_board(session(), of=of)
    seed = last_seed(session(), round_id=of.id)
    track = request.args.get("track", type=small_number)
    if track is None and len(board.entries) > MATRIX_MOST:
        track = board.entries[0].track_id
    view = request.args.get("view", "matrix")
    return render_template(
        "panels/assignment.html",
        competition=competition,
        of=of,
        board=board,
        is_open=of.state in OPEN_STATES,
        proposed=sum(row.state is AssignmentState.PROPOSED for row in board.rows),
        explanation=shortfall(board, seed=seed or 0) if board.live else None,
        seed=seed,
        view=view if view in VIEWS else "matrix",
        track=track,
        matrix=matrix_of(board, track),
        shown=[entry for entry in board.entries if track in (None, entry.track_id)],
    )


def to_assignment(slug: str, of: Round) -> ResponseReturnValue:
    return redirect(url_for("panels.assignment", slug=slug, position=of.position), 303)


@blueprint.post(f"{ROUND}/propose")
@signed_in
@writes
def propose(slug: str, position: int) -> ResponseReturnValue:
    _competition, of = round_at(slug, position, Permission.MANAGE_PANEL)
    try:
        made = service.propose_assignments(
            session(), actor=actor(), of=of, seed=int(now().strftime("%Y%m%d")), now=now()
        )
    except Invalid as error:
        for problem in error.problems:
            flash(problem_sentence(problem), "error")
    else:
        flash(
            _(
                "Proposed: %(added)s places filled anew, %(removed)s given up, %(kept)s as before. "
                "Judges see nothing of it until you confirm.",
                added=made.added,
                removed=made.removed,
                kept=made.kept,
            ),
            "warning" if made.explanation else "success",
        )
    return to_assignment(slug, of)


@blueprint.post(f"{ROUND}/confirm")
@signed_in
@writes
def confirm(slug: str, position: int) -> ResponseReturnValue:
    _competition, of = round_at(slug, position, Permission.MANAGE_PANEL)
    count = service.confirm_assignments(session(), actor=actor(), of=of, now=now())
    flash(
        ngettext(
            "%(num)s assignment is confirmed; the judge may see it.",
            "%(num)s assignments are confirmed; the judges may see them.",
            count,
        ),
        "success",
    )
    return to_assignment(slug, of)


def entry_on(board: Board, number: str) -> Entry:
    for entry in board.entries:
        if entry.number == number:
            return entry
    raise NotFound


@blueprint.get(f"{ROUND}/entries/<number>")
@signed_in
def entry_judges(slug: str, position: int, number: str) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.OVERSEE_COMPETITION)
    return entry_page(competition, of, number)


def entry_page(competition: Competition, of: Round, number: str, error: str = "") -> str:
    board = assignment_board(session(), of=of)
    entry = entry_on(board, number)
    judges = {judge.id: judge for judge in board.judges}
    return render_template(
        "panels/entry_judges.html",
        competition=competition,
        of=of,
        board=board,
        entry=entry,
        rows=[(row, judges[row.judge_id]) for row in board.rows if row.entry_id == entry.id],
        candidates=candidates(board, entry),
        is_open=of.state in OPEN_STATES,
        error=error,
    )


@blueprint.post(f"{ROUND}/entries/<number>/assign")
@signed_in
@writes
def assign(slug: str, position: int, number: str) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.MANAGE_PANEL)
    board = assignment_board(session(), of=of)
    entry = entry_on(board, number)
    wanted = request.form.get("judge", type=small_number)
    judge = next((item for item in board.judges if item.number == wanted), None)
    if judge is None:
        raise NotFound
    try:
        service.assign(session(), actor=actor(), entry=entry, judge=judge, now=now())
    except Conflict as error:
        return entry_page(competition, of, number, sentence(error.code, error.facts)), 422
    flash(_("%(name)s gets %(entry)s.", name=judge.account.name, entry=entry.number), "success")
    return redirect(
        url_for("panels.entry_judges", slug=slug, position=position, number=number), 303
    )


@blueprint.post(f"{ROUND}/<int:assignment_id>")
@signed_in
@writes
def change_assignment(slug: str, position: int, assignment_id: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.MANAGE_PANEL)
    found = session().get(Assignment, assignment_id)
    if found is None or found.round_id != of.id:
        raise NotFound
    change = {
        "remove": service.unassign,
        "lock": service.lock,
        "unlock": service.unlock,
    }.get(request.form.get("do", ""))
    if change is None:
        abort(400)
    number = found.entry.number
    try:
        change(session(), actor=actor(), assignment=found, now=now())
    except Conflict as error:
        return entry_page(competition, of, number, sentence(error.code, error.facts)), 422
    return redirect(
        url_for("panels.entry_judges", slug=slug, position=position, number=number), 303
    )


@blueprint.get(f"{ROUND}.<ending>")
@signed_in
def export_assignment(slug: str, position: int, ending: str) -> ResponseReturnValue:
    _competition, of = round_at(slug, position, Permission.OVERSEE_COMPETITION)
    if ending not in ENDINGS:
        raise NotFound
    sheets: list[Sheet] = assignment_sheets(assignment_board(session(), of=of))
    return table_response(f"{slug}-{position}-assignment", sheets, ending)
