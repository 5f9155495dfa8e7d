"""Plans: looked at, changed by hand, repaired, published, given up."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Conflict, Invalid, NotFound
from competition.guards import actor, keep, now, outside_transaction, session, signed_in, writes
from competition.models import AssignmentPlan, Competition, Round
from competition.policies import Permission, authorize
from competition.queries.panels import (
    assignment_board,
    difference,
    plan_by_number,
    plan_views,
    planning_ground,
    plans_of,
)
from competition.services import panels as service
from competition.services.panels import Edit
from competition.services.panels.assignments import OPEN_STATES
from competition.vocabulary import PlanStatus
from competition.web.lookup import round_at
from competition.web.messages import problem_sentence, sentence
from competition.web.panels.assignment import ROUND, entry_on, to_assignment
from competition.web.panels.blueprint import blueprint
from competition.web.panels.plan_views import options_of, side_of
from competition.web.panels.views import matrix_of
from competition.web.security import small_number

PLAN = f"{ROUND}/plans/<int:plan>"


def plan_at(
    slug: str, position: int, number: int, permission: Permission
) -> tuple[Competition, Round, AssignmentPlan]:
    competition, of = round_at(slug, position, Permission.OVERSEE_COMPETITION)
    authorize(actor(), permission, of)
    found = plan_by_number(session(), of=of, number=number)
    if found is None:
        raise NotFound
    return competition, of, found


@blueprint.get(PLAN)
@signed_in
def plan(slug: str, position: int, plan: int) -> ResponseReturnValue:
    competition, of, found = plan_at(slug, position, plan, Permission.VIEW_PLAN)
    listed = plans_of(session(), round_id=of.id)
    earlier = next((item for item in listed if item.number < found.number), None)
    views = plan_views(session(), [found, *([earlier] if earlier else [])])
    board = assignment_board(session(), of=of, wish=views[0].wish)
    before = views[1].assigned if earlier else frozenset()
    return render_template(
        "panels/plan.html",
        competition=competition,
        of=of,
        board=board,
        side=side_of(board, views[0]),
        earlier=earlier,
        change=difference(board, before, views[0].assigned),
        matrix=matrix_of(board, views[0].pairs, None),
        is_open=of.state in OPEN_STATES and found.status is PlanStatus.PROPOSED,
    )


@blueprint.post(f"{PLAN}/publish")
@signed_in
@writes
def publish_plan(slug: str, position: int, plan: int) -> ResponseReturnValue:
    _competition, of, found = plan_at(slug, position, plan, Permission.PUBLISH_PLAN)
    revision = request.form.get("revision", type=small_number)
    try:
        done = service.publish_plan(
            session(), actor=actor(), plan=found, revision=revision, now=now()
        )
    except Conflict as error:
        session().rollback()
        flash(sentence(error.code, error.facts), "error")
        return to_assignment(slug, of)
    flash(
        _(
            "Plan %(number)s is published: %(added)s entries given, %(removed)s taken back, "
            "%(kept)s as before.",
            number=plan,
            added=done.added,
            removed=done.removed,
            kept=done.kept,
        ),
        "success",
    )
    return to_assignment(slug, of)


@blueprint.post(f"{PLAN}/discard")
@signed_in
@writes
def discard_plan(slug: str, position: int, plan: int) -> ResponseReturnValue:
    _competition, of, found = plan_at(slug, position, plan, Permission.PROPOSE_PLAN)
    try:
        service.discard_plan(session(), actor=actor(), plan=found, now=now())
    except Conflict as error:
        flash(sentence(error.code, error.facts), "error")
    else:
        flash(_("Plan %(number)s is given up; it stays in the history.", number=plan), "success")
    return to_assignment(slug, of)


@blueprint.post(f"{PLAN}/repair")
@signed_in
@writes
def repair_plan(slug: str, position: int, plan: int) -> ResponseReturnValue:
    """Do what one way out says, and propose again with the same seed and kind of changes."""
    _competition, of, found = plan_at(slug, position, plan, Permission.PROPOSE_PLAN)
    number = request.form.get("repair", -1, type=small_number)
    changes, seed = found.changes, found.seed
    try:
        service.apply_repair(session(), actor=actor(), plan=found, number=number, now=now())
        drafts = service.draft_plans(
            session(), actor=actor(), of=of, seed=seed, changes=(changes,), now=now()
        )
        keep()
        with outside_transaction():
            solved = [service.solve_draft(draft) for draft in drafts]
        [made] = service.store_plans(session(), actor=actor(), of=of, solved=solved, now=now())
    except Conflict as error:
        session().rollback()
        flash(sentence(error.code, error.facts), "error")
    except Invalid as error:
        session().rollback()
        for problem in error.problems:
            flash(problem_sentence(problem), "error")
    else:
        flash(_("Done. Plan %(number)s is proposed.", number=made.number), "success")
    return to_assignment(slug, of)


@blueprint.get(f"{PLAN}/entries/<number>")
@signed_in
def plan_entry(slug: str, position: int, plan: int, number: str) -> ResponseReturnValue:
    competition, of, found = plan_at(slug, position, plan, Permission.VIEW_PLAN)
    return plan_entry_page(competition, of, found, number)


def plan_entry_page(
    competition: Competition, of: Round, found: AssignmentPlan, number: str, error: str = ""
) -> str:
    [view] = plan_views(session(), [found])
    ground = planning_ground(session(), of=of, wish=view.wish)
    entry = entry_on(ground.board, number)
    taken, free, excluded = options_of(ground, view, entry)
    return render_template(
        "panels/plan_entry.html",
        competition=competition,
        of=of,
        board=ground.board,
        plan=found,
        entry=entry,
        taken=taken,
        free=free,
        excluded=excluded,
        places=ground.board.places[entry.id],
        is_open=of.state in OPEN_STATES and found.status is PlanStatus.PROPOSED,
        error=error,
    )


@blueprint.post(f"{PLAN}/entries/<number>")
@signed_in
@writes
def change_plan(slug: str, position: int, plan: int, number: str) -> ResponseReturnValue:
    competition, of, found = plan_at(slug, position, plan, Permission.PROPOSE_PLAN)
    board = assignment_board(session(), of=of)
    entry = entry_on(board, number)
    wanted = request.form.get("judge", type=small_number)
    judge = next((item for item in board.judges if item.number == wanted), None)
    edit = request.form.get("do", "")
    if judge is None or edit not in set(Edit):
        abort(400)
    problem = ""
    try:
        service.change_plan(
            session(),
            actor=actor(),
            plan=found,
            entry=entry,
            judge=judge,
            edit=Edit(edit),
            revision=request.form.get("revision", type=small_number),
            now=now(),
        )
    except Conflict as error:
        problem = sentence(error.code, error.facts)
    except Invalid as error:
        problem = problem_sentence(error.problems[0])
    if problem:
        session().rollback()
        return plan_entry_page(competition, of, found, number, problem), 422
    flash(_("The plan is changed."), "success")
    return redirect(
        url_for("panels.plan_entry", slug=slug, position=position, plan=plan, number=number), 303
    )
