"""Bids: what a judge may say, until when, and that "must not" is a conflict."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Forbidden, Invalid, WrongState
from competition.models import AuditEntry, Bid, Conflict, LocalText, PanelMember, Track
from competition.policies import Actor
from competition.queries.panels import bidding_of, bids_of_round, fit_of
from competition.queries.panels.fit import BID_WORTH, ONE_TERM, TWO_TERMS
from competition.queries.panels.wishes import Weights
from competition.services import panels
from competition.services.panels import Said
from competition.vocabulary import BidChoice, ConflictSource, ConflictStatus, RoundState
from tests.support.builders import actor_for
from tests.support.panels import Scene


class Desk:
    """The first judge of a scene, while bids are open for a day."""

    def __init__(self, session: Session, now: datetime, **more: int) -> None:
        self.scene = Scene(session, **more)
        self.session, self.now = session, now
        self.judge = self.scene.judges[0]
        self.actor: Actor = actor_for(session, self.judge.account)
        self.member = session.scalars(
            select(PanelMember).where(PanelMember.judge_id == self.judge.id)
        ).one()
        self.open(now + timedelta(days=1))

    def open(self, closes_at: datetime | None) -> None:
        panels.open_bidding(
            self.session,
            actor=self.scene.actor,
            of=self.scene.of,
            closes_at=closes_at,
            now=self.now,
        )

    def say(self, choices: dict[int, Said]) -> int:
        return panels.save_bids(
            self.session,
            actor=self.actor,
            member=self.member,
            said={self.scene.entries[place].id: said for place, said in choices.items()},
            now=self.now,
        )

    def offered(self) -> list[str]:
        bidding = bidding_of(self.session, of=self.scene.of, judge=self.judge)
        return [offer.number for offer in bidding.offers]


def test_saving_bids_keeps_them_changes_them_and_takes_them_back(
    session: Session, now: datetime
) -> None:
    desk = Desk(session, now)
    assert desk.say({0: Said(BidChoice.WANT), 1: Said(BidChoice.CAN), 2: Said(None)}) == 2
    assert desk.say({0: Said(BidChoice.RATHER_NOT), 1: Said(BidChoice.CAN)}) == 1
    assert desk.say({1: Said(None)}) == 1
    assert bids_of_round(session, round_id=desk.scene.of.id) == {
        desk.scene.pair(0, 0): BidChoice.RATHER_NOT
    }
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "save_bids")).all()
    assert [item.after for item in entries] == [
        {"want": ["E-001"], "can": ["E-002"]},
        {"rather_not": ["E-001"]},
        {"no_opinion": ["E-002"]},
    ]


def test_must_not_declares_a_conflict_to_be_decided_and_hides_the_entry(
    session: Session, now: datetime
) -> None:
    desk = Desk(session, now)
    with pytest.raises(Invalid) as refusal:
        desk.say({0: Said(BidChoice.MUST_NOT, " "), 1: Said(BidChoice.WANT)})
    entry_id = desk.scene.entries[0].id
    assert [(p.code, p.field) for p in refusal.value.problems] == [
        ("reason_needed", f"reason-{entry_id}")
    ]
    assert session.scalars(select(Bid)).all() == []
    desk.say({0: Said(BidChoice.MUST_NOT, "my niece is in it")})
    made = session.scalars(select(Conflict)).one()
    assert (made.source, made.status, made.reason) == (
        ConflictSource.JUDGE,
        ConflictStatus.FOUND,
        "my niece is in it",
    )
    assert "E-001" not in desk.offered()
    assert list(bidding_of(session, of=desk.scene.of, judge=desk.judge).refused) == ["E-001"]
    assert desk.say({0: Said(BidChoice.WANT)}) == 0
    assert desk.scene.pair(0, 0) not in desk.scene.planned(desk.scene.propose(now))


def test_bidding_offers_only_the_judges_tracks_without_conflicts(
    session: Session, now: datetime
) -> None:
    desk = Desk(session, now, entries=4)
    other = Track(position=2, name=LocalText(en="Health"))
    desk.scene.competition.tracks.append(other)
    session.flush()
    desk.scene.entries[0].track = other
    desk.judge.tracks = [desk.scene.competition.tracks[0]]
    desk.judge.organization = desk.scene.teams[1].organization
    session.flush()
    assert desk.offered() == ["E-003", "E-004"]


@pytest.mark.parametrize("why", ["closed", "late", "judging"])
def test_bidding_when_it_is_not_open_is_refused(session: Session, now: datetime, why: str) -> None:
    desk = Desk(session, now)
    if why == "closed":
        desk.open(None)
    elif why == "late":
        desk.now = now + timedelta(days=2)
    else:
        desk.scene.of.state = RoundState.JUDGING
        session.flush()
    with pytest.raises(WrongState, match="bidding_closed"):
        desk.say({0: Said(BidChoice.WANT)})


def test_opening_bids_in_the_past_or_after_judging_began_is_refused(
    session: Session, now: datetime
) -> None:
    desk = Desk(session, now)
    with pytest.raises(Invalid, match="deadline_passed"):
        desk.open(now)
    desk.scene.of.state = RoundState.JUDGING
    with pytest.raises(WrongState, match="not_bidding"):
        desk.open(now + timedelta(days=1))


def test_bidding_for_another_judge_is_refused(session: Session, now: datetime) -> None:
    desk = Desk(session, now)
    desk.actor = actor_for(session, desk.scene.judges[1].account)
    with pytest.raises(Forbidden):
        desk.say({0: Said(BidChoice.WANT)})


def test_fit_weighs_tracks_expertise_and_bids(session: Session, now: datetime) -> None:
    desk = Desk(session, now, entries=2, judges=3)
    entries, judges = desk.scene.entries, desk.scene.judges
    entries[0].title = LocalText(en="Medicine box reader", zh="老人药盒识别")
    entries[0].summary = LocalText(en="Reads a box aloud.", zh="朗读药盒说明。")
    judges[0].expertise = "medicine; imagery"
    judges[1].expertise = "药盒、识别"
    judges[2].tracks = [desk.scene.competition.tracks[0]]
    session.flush()
    nobody = fit_of(entries, judges[:1], {}, Weights(track=1, expertise=0, bids=2))
    assert (nobody.is_known, nobody.affinity.tolist()) == (False, [[1.0], [1.0]])
    terms = fit_of(entries, judges, {}, Weights(track=0, expertise=1, bids=0))
    assert terms.affinity.tolist() == [[ONE_TERM, TWO_TERMS, 0], [0, 0, 0]]
    tracks = fit_of(entries, judges, {}, Weights(track=1, expertise=0, bids=0))
    assert tracks.affinity.tolist() == [[0.5, 0.5, 1], [0.5, 0.5, 1]]
    bids = {(entries[0].id, judges[0].id): BidChoice.WANT}
    both = fit_of(entries, judges, bids, Weights(track=1, expertise=0, bids=3))
    assert both.affinity[0].tolist() == pytest.approx(
        [(0.5 + 3 * 1) / 4, (0.5 + 3 * BID_WORTH[None]) / 4, (1 + 3 * BID_WORTH[None]) / 4]
    )
