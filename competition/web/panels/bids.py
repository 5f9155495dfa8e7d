"""Judges bid on entries; organizers say until when."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from competition.errors import Invalid, NotFound, WrongState
from competition.guards import actor, now, session, signed_in, writes
from competition.models import Competition, PanelMember, Round
from competition.policies import Permission, authorize
from competition.queries.panels import Bidding, bidding_of, seat_of
from competition.services import panels as service
from competition.services.panels import Said
from competition.vocabulary import BidChoice
from competition.web.forms.base import tidy
from competition.web.forms.planning import BiddingForm
from competition.web.labels import BID_CHOICES
from competition.web.lookup import round_at
from competition.web.messages import problem_sentence, put_on_form, sentence
from competition.web.panels.assignment import ROUND, assignment_page, to_assignment
from competition.web.panels.blueprint import blueprint

BIDS = "/c/<slug>/rounds/<int:position>/bids"


@blueprint.post(f"{ROUND}/bidding")
@signed_in
@writes
def open_bidding(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.PROPOSE_PLAN)
    form = BiddingForm()
    form.bids_close_at.zone = ZoneInfo(competition.zone)
    is_closing = request.form.get("do") == "close"
    if not is_closing and not form.validate():
        return assignment_page(competition, of, bidding=form), 422
    try:
        service.open_bidding(
            session(),
            actor=actor(),
            of=of,
            closes_at=None if is_closing else form.closes_at,
            now=now(),
        )
    except Invalid as error:
        put_on_form(form, error)
        return assignment_page(competition, of, bidding=form), 422
    flash(_("Bidding is over.") if is_closing else _("Judges on the panel may bid now."), "success")
    return to_assignment(slug, of)


def seat_at(slug: str, position: int) -> tuple[Competition, Round, PanelMember]:
    """The reader's own seat on the panel; without one the page does not exist."""
    competition, of = round_at(slug, position, Permission.ENTER_COMPETITION)
    member = seat_of(session(), of=of, judge_ids=actor().judge_ids)
    if member is None:
        raise NotFound
    authorize(actor(), Permission.BID, member)
    return competition, of, member


@blueprint.get(BIDS)
@signed_in
def bids(slug: str, position: int) -> ResponseReturnValue:
    return bids_page(*seat_at(slug, position))


def bids_page(
    competition: Competition,
    of: Round,
    member: PanelMember,
    typed: Mapping[int, Said] | None = None,
    problems: Mapping[int, str] | None = None,
) -> str:
    bidding = bidding_of(session(), of=of, judge=member.judge)
    return render_template(
        "panels/bids.html",
        competition=competition,
        of=of,
        bidding=bidding,
        is_open=bidding.is_open(now()),
        typed=typed or {},
        problems=problems or {},
        choices=BID_CHOICES,
    )


@blueprint.post(BIDS)
@signed_in
@writes
def save_bids(slug: str, position: int) -> ResponseReturnValue:
    competition, of, member = seat_at(slug, position)
    bidding = bidding_of(session(), of=of, judge=member.judge)
    said = said_in_form(bidding)
    try:
        count = service.save_bids(session(), actor=actor(), member=member, said=said, now=now())
    except WrongState as error:
        session().rollback()
        flash(sentence(error.code, error.facts), "error")
        return redirect(url_for("panels.bids", slug=slug, position=position), 303)
    except Invalid as error:
        session().rollback()
        problems = {
            int((problem.field or "-0").rpartition("-")[2]): problem_sentence(problem)
            for problem in error.problems
        }
        return bids_page(competition, of, member, said, problems), 422
    flash(ngettext("%(num)s bid is saved.", "%(num)s bids are saved.", count), "success")
    return redirect(url_for("panels.bids", slug=slug, position=position), 303)


def said_in_form(bidding: Bidding) -> dict[int, Said]:
    """What the judge sent, of the entries on offer; anything else is not looked at."""
    found = {}
    for offer in bidding.offers:
        text = request.form.get(f"choice-{offer.entry_id}")
        if text is None:
            continue
        choice = BidChoice(text) if text in set(BidChoice) else None
        reason = tidy(request.form.get(f"reason-{offer.entry_id}", ""))
        found[offer.entry_id] = Said(choice, reason)
    return found
