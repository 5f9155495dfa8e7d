"""The page where organizers send the best entries on to the next round."""

from __future__ import annotations

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from competition.errors import Conflict, Invalid, WrongState
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, Publication, Round
from competition.policies import Permission
from competition.queries.results import (
    Line,
    TrackAdvance,
    advance_of,
    board_of_run,
    live_publication,
    teams_in_round,
)
from competition.services import results as service
from competition.web.formats import local, percent
from competition.web.forms.results import PERCENT, AdvanceForm, LineForm
from competition.web.lookup import round_at
from competition.web.messages import problem_sentence, sentence
from competition.web.results.blueprint import blueprint


@blueprint.get("/c/<slug>/rounds/<int:position>/results/advance")
@signed_in
def plan_advance(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.MANAGE_COMPETITION)
    asked = "amount" in request.args
    form = LineForm(request.args if asked else None)
    line = _line(form) if asked and form.validate() else None
    return _page(competition, of, form, line, AdvanceForm())


@blueprint.post("/c/<slug>/rounds/<int:position>/results/advance")
@signed_in
@writes
def advance(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.MANAGE_COMPETITION)
    asked, confirmed = LineForm(request.form), AdvanceForm()
    publication = live_publication(session(), round_id=of.id)
    target = next_round(competition, of)
    line = _line(asked) if asked.validate() else None
    already = confirmed.already.data
    if (
        not confirmed.validate()
        or line is None
        or already is None
        or publication is None
        or target is None
    ):
        return _page(competition, of, asked, line, confirmed), 422
    try:
        entries = service.advance(
            session(),
            actor=actor(),
            publication=publication,
            to_round=target,
            line=line,
            already=already,
            now=now(),
        )
    except Invalid as error:
        asked.form_errors.extend(problem_sentence(item) for item in error.problems)
        return _page(competition, of, asked, None, confirmed), 422
    except (Conflict, WrongState) as error:
        flash(sentence(error.code, error.facts), "warning")
        return redirect(url_for("results.plan_advance", slug=slug, position=position), 303)
    flash(ngettext("%(num)s entry goes on.", "%(num)s entries go on.", len(entries)), "success")
    return redirect(url_for("submissions.entries", slug=slug, position=target.position), 303)


def next_round(competition: Competition, of: Round) -> Round | None:
    return next((item for item in competition.rounds if item.position > of.position), None)


def _line(form: LineForm) -> Line:
    amount = form.amount.data or Decimal(0)
    if form.by.data == PERCENT:
        return Line(percent=amount)
    return Line(top=int(amount) if amount == int(amount) else 0)


def _page(
    competition: Competition, of: Round, form: LineForm, line: Line | None, confirm: AdvanceForm
) -> str:
    publication: Publication | None = live_publication(session(), round_id=of.id)
    target = next_round(competition, of)
    there = teams_in_round(session(), round_id=target.id) if target else frozenset()
    plan, plan_places = None, 2
    if publication is not None and line is not None:
        board = board_of_run(session(), publication.run)
        plan, plan_places = advance_of(board, line), board.places
    if plan is not None:
        confirm.already.data = len(there)
    return render_template(
        "results/advance.html",
        competition=competition,
        of=of,
        publication=publication,
        target=target,
        form=form,
        confirm=confirm,
        plan=plan,
        line=line,
        there=there,
        places=plan_places,
        news=sum(place.team_id not in there for place in plan.through) if plan else 0,
        divided=any(track.is_divided for track in plan.tracks) if plan else False,
        line_text=lambda track: line_text(target, line, track),
    )


def line_text(target: Round | None, line: Line | None, track: TrackAdvance) -> str:
    """The line of one track in words: how it was drawn, and how many seats that is."""
    if target is None or line is None:
        return ""
    scored = len(track.track.scored)
    seats = ngettext("%(num)s seat", "%(num)s seats", track.seats)
    if line.percent is not None:
        text = _(
            "Line for the round “%(round)s”: top %(percent)s of %(count)s scored entries, "
            "%(seats)s.",
            round=local(target.name),
            percent=percent(line.percent, of=100, places=0 if line.percent % 1 == 0 else 1),
            count=scored,
            seats=seats,
        )
    else:
        text = _(
            "Line for the round “%(round)s”: %(seats)s, of %(count)s scored entries.",
            round=local(target.name),
            count=scored,
            seats=seats,
        )
    if track.tied > 0:
        more = ngettext(
            "%(num)s more goes on: tied at the line.",
            "%(num)s more go on: tied at the line.",
            track.tied,
        )
        return f"{text} {more}"
    return str(text)
