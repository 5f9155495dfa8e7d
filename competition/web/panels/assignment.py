"""Who judges what in a round: looking, wishing, proposing, confirming what was set by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from competition.errors import Conflict, Invalid, NotFound
from competition.guards import actor, keep, now, outside_transaction, session, signed_in, writes
from competition.models import Assignment, AssignmentPlan, Competition, Entry, Round
from competition.policies import Permission, can
from competition.queries.panels import (
    BIDDING_STATES,
    Board,
    assignment_board,
    bidders_of_round,
    bids_open,
    conflicts_of,
    open_plans,
    panel_setup_of,
    plan_views,
    planning_ground,
    plans_of,
)
from competition.services import panels as service
from competition.services.panels.assignments import OPEN_STATES
from competition.vocabulary import AssignmentState, ConflictStatus, PlanChanges, RoundState
from competition.web.downloads import ENDINGS, table_response
from competition.web.forms.planning import BiddingForm, WishForm, wish_form
from competition.web.lookup import round_at
from competition.web.messages import put_on_form, sentence
from competition.web.panels.blueprint import blueprint
from competition.web.panels.plan_views import live_pairs, live_report, sides_of
from competition.web.panels.planning_words import findings
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
    return assignment_page(competition, of)


def assignment_page(
    competition: Competition,
    of: Round,
    form: WishForm | None = None,
    bidding: BiddingForm | None = None,
) -> str:
    ground = planning_ground(session(), of=of)
    board = ground.board
    plans = plans_of(session(), round_id=of.id)
    sides = sides_of(board, plan_views(session(), open_plans(plans)))
    chosen = request.args.get("plan", type=small_number)
    side = next((item for item in sides if item.plan.number == chosen), sides[0] if sides else None)
    pairs = side.view.pairs if side else live_pairs(board)
    track = request.args.get("track", type=small_number)
    if track is None and len(board.entries) > MATRIX_MOST:
        track = board.entries[0].track_id
    view = request.args.get("view", "matrix")
    setup = panel_setup_of(session(), round_id=of.id)
    return render_template(
        "panels/assignment.html",
        competition=competition,
        of=of,
        board=board,
        is_open=of.state in OPEN_STATES,
        is_judging=of.state is RoundState.JUDGING,
        proposed=sum(row.state is AssignmentState.PROPOSED for row in board.rows),
        plans=plans,
        sides=sides,
        side=side,
        pairs=pairs,
        undecided=_undecided(competition),
        form=form or shown_wish(competition, board, plans),
        bidding=bidding or shown_bidding(competition, setup.bids_close_at if setup else None),
        bids_close_at=setup.bids_close_at if setup else None,
        bids_are_open=bids_open(setup.bids_close_at if setup else None, of.state, now()),
        bidders=bidders_of_round(session(), round_id=of.id),
        bidding_states=BIDDING_STATES,
        now_findings=findings(board, live_report(ground)) if board.live and not side else [],
        view=view if view in VIEWS else "matrix",
        track=track,
        matrix=matrix_of(board, pairs, track),
        shown=[entry for entry in board.entries if track in (None, entry.track_id)],
    )


def _undecided(competition: Competition) -> int:
    listed = conflicts_of(session(), competition_id=competition.id)
    return sum(item.status is ConflictStatus.FOUND for item in listed)


def shown_wish(competition: Competition, board: Board, plans: Sequence[AssignmentPlan]) -> WishForm:
    form = wish_form(competition)
    seed = plans[0].seed if plans else int(now().strftime("%Y%m%d"))
    form.show(board.wish, usual=board.of.judges_per_entry, seed=seed)
    return form


def shown_bidding(competition: Competition, closes_at: datetime | None) -> BiddingForm:
    form = BiddingForm(formdata=None)
    form.bids_close_at.zone = ZoneInfo(competition.zone)
    form.bids_close_at.show(closes_at)
    return form


def to_assignment(slug: str, of: Round) -> ResponseReturnValue:
    return redirect(url_for("panels.assignment", slug=slug, position=of.position), 303)


@blueprint.post(f"{ROUND}/propose")
@signed_in
@writes
def propose(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.PROPOSE_PLAN)
    form = wish_form(competition)
    if not form.validate():
        return assignment_page(competition, of, form), 422
    board = assignment_board(session(), of=of)
    try:
        service.save_wish(session(), actor=actor(), of=of, wish=form.wish(board.wish), now=now())
        made = _made(of, int(form.seed.data or 0), (PlanChanges.ANEW,))
    except Invalid as error:
        session().rollback()
        put_on_form(form, error)
        return assignment_page(competition, of, form), 422
    flash(
        _(
            "Plan %(number)s is proposed. Judges see nothing of it until you publish it.",
            number=made[0].number,
        ),
        "success",
    )
    return to_assignment(slug, of)


def _made(of: Round, seed: int, changes: tuple[PlanChanges, ...]) -> list[AssignmentPlan]:
    """Draft, solve in no transaction, store."""
    drafts = service.draft_plans(
        session(), actor=actor(), of=of, seed=seed, changes=changes, now=now()
    )
    keep()  # the wish, and conflicts found on the way
    with outside_transaction():
        solved = [service.solve_draft(draft) for draft in drafts]
    return service.store_plans(session(), actor=actor(), of=of, solved=solved, now=now())


@blueprint.post(f"{ROUND}/changes")
@signed_in
@writes
def propose_changes(slug: str, position: int) -> ResponseReturnValue:
    """Two plans that start from what judges have: with the fewest changes, and a bit freer."""
    _competition, of = round_at(slug, position, Permission.PROPOSE_PLAN)
    plans = plans_of(session(), round_id=of.id)
    seed = plans[0].seed if plans else int(now().strftime("%Y%m%d"))
    try:
        _made(of, seed, (PlanChanges.FEWEST, PlanChanges.SMALL))
    except Invalid as error:
        for problem in error.problems:
            flash(sentence(problem.code, dict(problem.facts)), "error")
        return to_assignment(slug, of)
    flash(_("Two ways to go on are worked out. Judges see nothing before you publish one."))
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
        is_judging=of.state is RoundState.JUDGING,
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
    return to_entry(slug, position, number)


def to_entry(slug: str, position: int, number: str) -> ResponseReturnValue:
    return redirect(
        url_for("panels.entry_judges", slug=slug, position=position, number=number), 303
    )


@blueprint.post(f"{ROUND}/entries/<number>/further")
@signed_in
@writes
def ask_further_judge(slug: str, position: int, number: str) -> ResponseReturnValue:
    _competition, of = round_at(slug, position, Permission.PROPOSE_PLAN)
    entry = entry_on(assignment_board(session(), of=of), number)
    service.ask_further_judge(session(), actor=actor(), entry=entry, now=now())
    flash(
        _(
            "%(entry)s wants one judge more. Work out the changes to find the judge.",
            entry=entry.number,
        ),
        "success",
    )
    return to_assignment(slug, of)


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
    return to_entry(slug, position, number)


@blueprint.get(f"{ROUND}.<ending>")
@signed_in
def export_assignment(slug: str, position: int, ending: str) -> ResponseReturnValue:
    _competition, of = round_at(slug, position, Permission.OVERSEE_COMPETITION)
    if ending not in ENDINGS:
        raise NotFound
    with_contacts = can(actor(), Permission.READ_CONTACTS, of)
    sheets = assignment_sheets(assignment_board(session(), of=of), with_contacts=with_contacts)
    return table_response(f"{slug}-{position}-assignment", sheets, ending)
