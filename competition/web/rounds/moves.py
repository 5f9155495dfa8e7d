"""Moving a round or a competition on: done at once, or asked about, or refused with the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Invalid, NotFound, Problem
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Round
from competition.policies import Permission
from competition.services import rounds as service
from competition.services.rounds.states import SURE
from competition.vocabulary import CompetitionState, RoundState
from competition.web.formats import local, use_zone
from competition.web.labels import label
from competition.web.lookup import competition_at, round_at
from competition.web.messages import problem_sentence
from competition.web.rounds.blueprint import blueprint
from competition.web.rounds.consequences import Move, competition_moves, round_moves

State = TypeVar("State", RoundState, CompetitionState)

COMPETITION_REMEDIES = {
    "tracks_missing": "rounds.tracks",
    "rounds_missing": "rounds.new_round",
    "competition_not_open": "rounds.manage",
    "registration_closes_early": "rounds.settings",
}
ROUND_REMEDIES = {
    "rubric_empty": "rubrics.edit",
    "rubric_not_100": "rubrics.edit",
    "submission_deadline_missing": "rounds.round_settings",
    "submission_deadline_over": "rounds.round_settings",
    "closes_early": "rounds.round_settings",
    "no_entry_to_judge": "submissions.entries",
    "entries_still_returned": "submissions.entries",
    "no_assignment_confirmed": "panels.assignment",
    "assignments_proposed": "panels.assignment",
    "entries_short_of_judges": "panels.assignment",
    "no_scorecard_submitted": "scorecards.progress",
    "scorecards_missing": "scorecards.progress",
    "no_ranking_computed": "results.preview",
    "results_are_public": "results.preview",
}
"""Where a condition that does not hold can be mended."""


@blueprint.post("/c/<slug>/rounds/<int:position>/state")
@signed_in
@writes
def move_round(slug: str, position: int) -> ResponseReturnValue:
    competition, found = round_at(slug, position, Permission.MANAGE_COMPETITION)
    target = _target(RoundState)
    try:
        service.move_round(
            session(),
            actor=actor(),
            round_=found,
            target=target,
            is_sure=bool(request.form.get(SURE)),
            now=now(),
        )
    except Invalid as refusal:
        moves = [move for move in round_moves(found.state) if move.target == target]
        return _refused(competition, found, moves[0], refusal.problems), 422
    values = {"name": local(found.name), "state": label(found.state)}
    flash(_("%(name)s is now in this state: %(state)s.", **values), "success")
    return redirect(url_for("rounds.manage", slug=slug), 303)


@blueprint.post("/c/<slug>/manage/state")
@signed_in
@writes
def move_competition(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.MANAGE_COMPETITION)
    target = _target(CompetitionState)
    try:
        service.move_competition(
            session(),
            actor=actor(),
            competition=competition,
            target=target,
            is_sure=bool(request.form.get(SURE)),
            now=now(),
        )
    except Invalid as refusal:
        moves = [move for move in competition_moves(competition.state) if move.target == target]
        return _refused(competition, None, moves[0], refusal.problems), 422
    state = label(competition.state)
    flash(_("The competition is now in this state: %(state)s.", state=state), "success")
    return redirect(url_for("rounds.manage", slug=slug), 303)


def _target(kind: type[State]) -> State:
    try:
        return kind(request.form.get("target", ""))
    except ValueError:
        raise NotFound from None


def _refused(
    competition: Competition, of: Round | None, move: Move, problems: Sequence[Problem]
) -> str:
    """What does not hold, where to mend it, and the question whether to go on all the same."""
    use_zone(competition.zone)
    return render_template(
        "rounds/move.html",
        competition=competition,
        of=of,
        move=move,
        reasons=[(problem_sentence(item), _remedy(competition, of, item)) for item in problems],
        may_go_on=all(item.field == SURE for item in problems),
    )


def _remedy(competition: Competition, of: Round | None, problem: Problem) -> str | None:
    endpoint = COMPETITION_REMEDIES.get(problem.code)
    if endpoint:
        return url_for(endpoint, slug=competition.slug)
    endpoint = ROUND_REMEDIES.get(problem.code)
    if endpoint is None or of is None:
        return None
    return url_for(endpoint, slug=competition.slug, position=of.position)
