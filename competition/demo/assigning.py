"""Conflicts are decided, judges bid, and the organizer works out changes in the final."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from competition.demo.stage import SEED, Demo
from competition.models import PanelMember, Round
from competition.queries.panels import bidding_of, conflicts_of
from competition.queries.people import actor_of
from competition.services import panels
from competition.services.panels import Said
from competition.vocabulary import BidChoice, PlanChanges

UNDECIDED = 2
"""Judges whose conflicts the organizer has not looked at yet."""
MUST_NOT = "参赛队员是我的外甥。"
WANTED, POSSIBLE, UNWANTED = BidChoice.WANT, BidChoice.CAN, BidChoice.RATHER_NOT


def decide_conflicts(demo: Demo, now: datetime) -> None:
    """The organizer confirms that judges are from the schools of the teams, for most of them."""
    known = conflicts_of(demo.session, competition_id=demo.competition.id)
    open_still = {judge.id for judge in demo.judges[:UNDECIDED]}
    panels.confirm_found(
        demo.session,
        actor=demo.organizer,
        conflicts=[item for item in known if item.judge_id not in open_still],
        now=now,
    )


def collect_bids(demo: Demo, of: Round, now: datetime) -> None:
    """Every judge but one bids: for the own field, for its neighbour, against another."""
    panels.open_bidding(
        demo.session,
        actor=demo.organizer,
        of=of,
        closes_at=now + timedelta(hours=6),
        now=now,
    )
    members = demo.session.scalars(
        select(PanelMember).where(PanelMember.round_id == of.id).order_by(PanelMember.judge_id)
    ).all()
    for number, member in enumerate(members[:-1]):
        said = _said(demo, of, member, number)
        panels.save_bids(
            demo.session,
            actor=actor_of(demo.session, member.judge.account),
            member=member,
            said=said,
            now=now + timedelta(minutes=10 * (number + 1)),
        )


def _said(demo: Demo, of: Round, member: PanelMember, number: int) -> dict[int, Said]:
    """By track: the judge's field is that of their place in the list of judges."""
    offers = bidding_of(demo.session, of=of, judge=member.judge).offers
    tracks = list(dict.fromkeys(str(offer.track) for offer in offers))
    choices = dict(zip((0, 1, 2), (WANTED, POSSIBLE, UNWANTED), strict=True))
    said = {}
    for offer in offers:
        distance = (tracks.index(str(offer.track)) - number) % len(tracks)
        if distance in choices:
            said[offer.entry_id] = Said(choices[distance])
    if number == len(tracks):
        said[offers[-1].entry_id] = Said(BidChoice.MUST_NOT, MUST_NOT)
    return said


def work_out_changes(demo: Demo, of: Round, now: datetime) -> None:
    """Somebody stepped back: the organizer has two ways to go on, and has not chosen yet."""
    drafts = panels.draft_plans(
        demo.session,
        actor=demo.organizer,
        of=of,
        seed=SEED,
        changes=(PlanChanges.FEWEST, PlanChanges.SMALL),
        now=now,
    )
    solved = [panels.solve_draft(draft) for draft in drafts]
    panels.store_plans(demo.session, actor=demo.organizer, of=of, solved=solved, now=now)
