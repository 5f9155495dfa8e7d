"""What everybody reads: the front page, a competition's page, and the organizer's overview."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from competition.guards import actor, now, public, session, signed_in
from competition.models import Competition
from competition.policies import Permission, can
from competition.policies.deadlines import is_in_time
from competition.queries.rounds import (
    competitions_for,
    published_rounds,
    round_figures,
    rounds_with_rubric,
    team_count,
)
from competition.vocabulary import CompetitionState, RoundState
from competition.web.formats import use_zone
from competition.web.lookup import competition_at
from competition.web.rounds.blueprint import blueprint
from competition.web.rounds.consequences import competition_moves, round_moves
from competition.web.rounds.findings import findings_of
from competition.web.rounds.front import groups_of, notes, shortcuts_of


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    competitions = competitions_for(session(), actor())
    if len({competition.zone for competition in competitions}) == 1:
        use_zone(competitions[0].zone)
    rounds = [item.id for competition in competitions for item in competition.rounds]
    return render_template(
        "rounds/home.html",
        groups=groups_of(competitions, published_rounds(session(), rounds), now()),
        shortcuts=shortcuts_of(competitions, actor()),
    )


@blueprint.get("/c/<slug>")
@public
def show(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug)
    use_zone(competition.zone)
    ids = [item.id for item in competition.rounds]
    published = published_rounds(session(), ids)
    is_overseer = can(actor(), Permission.OVERSEE_COMPETITION, competition)
    readable = {
        item.id for item in competition.rounds if item.state is not RoundState.SETUP or is_overseer
    }
    return render_template(
        "rounds/show.html",
        competition=competition,
        published=published,
        rubrics=rounds_with_rubric(session(), ids) & readable,
        can_register=competition.state is CompetitionState.OPEN
        and is_in_time(now(), competition.registration_closes_at),
        next_steps=list(notes(competition, published, now())),
        now=now(),
    )


@blueprint.get("/c/<slug>/manage")
@signed_in
def manage(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.OVERSEE_COMPETITION)
    use_zone(competition.zone)
    figures = round_figures(session(), [item.id for item in competition.rounds])
    teams = team_count(session(), competition_id=competition.id)
    return render_template(
        "rounds/manage.html",
        competition=competition,
        figures=figures,
        teams=teams,
        findings=findings_of(competition, figures, teams, now()),
        moves={item.id: round_moves(item.state) for item in competition.rounds},
        competition_moves=competition_moves(competition.state),
        next_round_id=_next_round_id(competition),
        may_manage=can(actor(), Permission.MANAGE_COMPETITION, competition),
        now=now(),
    )


def _next_round_id(competition: Competition) -> int | None:
    """The round whose next step is the next one of all; None: the competition's own is."""
    if competition.state is CompetitionState.DRAFT:
        return None
    waiting = (item.id for item in competition.rounds if item.state is not RoundState.RESULTS)
    return next(waiting, None)
