"""A submitted scorecard as organizers and committee read it, and its return."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Invalid, NotFound, WrongState
from competition.guards import actor, now, session, signed_in, writes
from competition.models import LocalText, Round, Scorecard
from competition.policies import Permission, authorize, can
from competition.queries.scorecards import entries_still_to_score, scorecard_with_versions
from competition.services import scorecards as service
from competition.vocabulary import RoundState, ScorecardState
from competition.web.formats import use_zone
from competition.web.forms.scorecards import ReasonForm
from competition.web.messages import put_on_form, sentence
from competition.web.scorecards.blueprint import blueprint
from competition.web.security import small_number


@blueprint.get("/scorecards/<int:scorecard_id>")
@signed_in
def show(scorecard_id: int) -> ResponseReturnValue:
    return _page(_readable(scorecard_id), ReasonForm())


@blueprint.post("/scorecards/<int:scorecard_id>/return")
@signed_in
@writes
def give_back(scorecard_id: int) -> ResponseReturnValue:
    found, form = _readable(scorecard_id), ReasonForm()
    if not form.validate():
        return _page(found, form), 422
    try:
        service.return_scorecard(
            session(),
            actor=actor(),
            assignment_id=found.assignment_id,
            reason=form.reason.data or "",
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return _page(found, form), 422
    except WrongState as error:
        form.form_errors.append(sentence(error.code, error.facts))
        return _page(found, form), 409
    assignment = found.assignment
    flash(
        _("The scorecard of %(judge)s for entry %(entry)s is returned.",
          judge=assignment.judge.account.name, entry=assignment.entry.number), "good",
    )  # fmt: skip
    return redirect(_progress(assignment.round), 303)


def _progress(of: Round) -> str:
    return url_for(".progress", slug=of.competition.slug, position=of.position)


def _readable(scorecard_id: int) -> Scorecard:
    """The scorecard, once it was submitted, for somebody who may read it."""
    found = scorecard_with_versions(session(), scorecard_id)
    if found is None:
        raise NotFound
    assignment = found.assignment
    authorize(actor(), Permission.READ_SCORECARD, assignment)
    if not found.versions:
        raise NotFound  # a draft is its judge's own
    of = assignment.round
    if assignment.judge_id not in actor().judge_ids:
        own = entries_still_to_score(session(), round_id=of.id, judge_ids=actor().judge_ids)
        if assignment.entry_id in own:
            raise WrongState("own_scorecard_first", entry=assignment.entry.number)
    use_zone(of.competition.zone)
    return found


def _page(found: Scorecard, form: ReasonForm) -> str:
    assignment = found.assignment
    of = assignment.round
    wanted = request.args.get("version", type=small_number)
    version = next((v for v in found.versions if v.version == wanted), found.versions[-1])
    may_return = (
        can(actor(), Permission.RETURN_SCORECARD, assignment)
        and found.state is ScorecardState.SUBMITTED
        and of.state is RoundState.JUDGING
    )
    return render_template(
        "scorecards/show.html",
        competition=of.competition,
        of=of,
        scorecard=found,
        assignment=assignment,
        version=version,
        ratings=_ratings(version.content),
        total=Decimal(version.content["total"]) if version.content["total"] else None,
        may_return=may_return,
        is_late=of.judging_closes_at is not None and of.judging_closes_at < now(),
        form=form,
    )


def _ratings(content: dict[str, Any]) -> list[tuple[int, LocalText, Decimal, Decimal, str]]:
    """Position, name, rating, points and reason."""
    return [
        (
            item["position"],
            LocalText(**item["name"]),
            Decimal(item["value"]),
            Decimal(item["points"]),
            item["reason"],
        )
        for item in content["ratings"]
    ]
