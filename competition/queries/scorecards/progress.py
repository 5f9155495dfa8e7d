"""How far the judging of a round is: by judge, by entry, by scorecard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import Any

from sqlalchemy import Result, select
from sqlalchemy.orm import Session

from competition.models import (
    Account,
    Assignment,
    Entry,
    Judge,
    LocalText,
    Organization,
    Round,
    Scorecard,
    Track,
)
from competition.queries.panels.wishes import wish_of
from competition.queries.scorecards.desk import DeskState, state_of
from competition.queries.scorecards.pace import pace
from competition.queries.scorecards.sums import sums
from competition.vocabulary import JUDGEABLE_ENTRY_STATES, AssignmentState


@dataclass(frozen=True)
class PanelJudge:
    """A judge as the progress page names them."""

    id: int
    number: int
    name: str
    organization: LocalText


@dataclass(frozen=True)
class JudgedEntry:
    """An entry that is to be judged."""

    id: int
    number: str
    title: LocalText
    track: LocalText


@dataclass(frozen=True)
class Card:
    """One assignment that its judge was told of, and how far its scorecard is."""

    assignment_id: int
    scorecard_id: int | None
    judge: PanelJudge
    entry: JudgedEntry
    state: DeskState
    saved_at: datetime | None
    submitted_at: datetime | None
    total: Decimal | None
    """Only of a submitted scorecard, and only where the reader may see it."""


@dataclass(frozen=True)
class JudgeProgress:
    """One judge's cards in counts."""

    judge: PanelJudge
    counts: Counter[DeskState]
    last_at: datetime | None
    pace: timedelta | None

    @property
    def expected(self) -> int:
        return self.counts.total() - self.counts[DeskState.RECUSED]

    @property
    def left(self) -> int:
        return self.expected - self.counts[DeskState.SUBMITTED]


@dataclass(frozen=True)
class EntryProgress:
    """One entry's scorecards."""

    entry: JudgedEntry
    wanted: int
    submitted: int
    waiting_for: tuple[PanelJudge, ...]
    lowest: Decimal | None
    highest: Decimal | None

    @property
    def unassigned(self) -> int:
        """Places of the panel that no judge holds."""
        return max(0, self.wanted - self.submitted - len(self.waiting_for))

    @property
    def spread(self) -> Decimal | None:
        """Points between the highest and the lowest total; None below two."""
        if self.lowest is None or self.highest is None or self.submitted < 2:
            return None
        return self.highest - self.lowest


@dataclass(frozen=True)
class Progress:
    """A whole round."""

    cards: Sequence[Card]
    entries: Sequence[JudgedEntry]
    wanted: Mapping[int, int]
    """Judges that each entry shall have, by entry id."""
    spread_threshold: Decimal | None

    @cached_property
    def counts(self) -> Counter[DeskState]:
        return Counter(card.state for card in self.cards)

    @property
    def expected(self) -> int:
        return len(self.cards) - self.counts[DeskState.RECUSED]

    @cached_property
    def by_judge(self) -> list[JudgeProgress]:
        """Who has most left comes first."""
        found = []
        for judge in {card.judge for card in self.cards}:
            cards = [card for card in self.cards if card.judge == judge]
            submitted = [card.submitted_at for card in cards if card.submitted_at]
            saved = [card.saved_at for card in cards if card.saved_at]
            counts = Counter(card.state for card in cards)
            found.append(JudgeProgress(judge, counts, max(saved, default=None), pace(submitted)))
        return sorted(found, key=lambda item: (-item.left, item.judge.number))

    @cached_property
    def by_entry(self) -> list[EntryProgress]:
        """In the order of the entries' numbers."""
        cards: dict[int, list[Card]] = {entry.id: [] for entry in self.entries}
        for card in self.cards:
            if card.entry.id in cards and card.state is not DeskState.RECUSED:
                cards[card.entry.id].append(card)
        return [self._entry(entry, cards[entry.id]) for entry in self.entries]

    def _entry(self, entry: JudgedEntry, cards: Sequence[Card]) -> EntryProgress:
        totals = [card.total for card in cards if card.total is not None]
        waiting = [card.judge for card in cards if card.state is not DeskState.SUBMITTED]
        return EntryProgress(
            entry,
            self.wanted[entry.id],
            len(cards) - len(waiting),
            tuple(waiting),
            min(totals, default=None),
            max(totals, default=None),
        )

    @property
    def incomplete(self) -> list[EntryProgress]:
        """Entries that lack a scorecard, those that lack most first."""
        lacking = [item for item in self.by_entry if item.waiting_for or item.unassigned]
        return sorted(lacking, key=lambda item: -(len(item.waiting_for) + item.unassigned))

    @property
    def apart(self) -> list[EntryProgress]:
        """Entries on which the judges are as far apart as the round's threshold, or more."""
        if self.spread_threshold is None:
            return []
        far = [(item.spread, item) for item in self.by_entry if item.spread is not None]
        chosen = [pair for pair in far if pair[0] >= self.spread_threshold]
        return [item for _, item in sorted(chosen, key=lambda pair: -pair[0])]

    @property
    def typical_pace(self) -> timedelta | None:
        """The median of the judges' paces."""
        known = [item.pace.total_seconds() for item in self.by_judge if item.pace]
        return timedelta(seconds=median(known)) if known else None


def progress(
    session: Session, of: Round, *, with_totals: bool = True, hidden: Collection[int] = ()
) -> Progress:
    """How far the round is; four statements. Totals of `hidden` entries are left out."""
    wish, wanted, entries = wish_of(session, round_id=of.id), {}, []
    for entry_id, number, title, track, track_id in session.execute(
        select(Entry.id, Entry.number, Entry.title, Track.name, Entry.track_id)
        .join(Track, Track.id == Entry.track_id)
        .where(Entry.round_id == of.id, Entry.state.in_(JUDGEABLE_ENTRY_STATES))
        .order_by(Entry.number)
    ):
        entries.append(JudgedEntry(entry_id, number, title, track))
        wanted[entry_id] = wish.places_of(entry_id, track_id, of.judges_per_entry)
    totals = sums(session, Assignment.round_id == of.id) if with_totals else {}
    cards = []
    for row in _card_rows(session, of.id):
        judge = PanelJudge(
            row.judge_id, row.judge_number, row.judge_name, row.school or LocalText()
        )
        entry = JudgedEntry(row.entry_id, row.entry_number, row.title, row.track)
        state = state_of(row.assigned, row.filled)
        is_shown = state is DeskState.SUBMITTED and entry.id not in hidden
        total = totals.get(row.scorecard_id, (0, None))[1] if is_shown else None
        cards.append(
            Card(
                row.assignment_id,
                row.scorecard_id,
                judge,
                entry,
                state,
                row.saved_at,
                row.submitted_at,
                total,
            )
        )
    return Progress(cards, entries, wanted, of.spread_threshold)


def _card_rows(session: Session, round_id: int) -> Result[Any]:
    return session.execute(
        select(
            Assignment.id.label("assignment_id"),
            Assignment.state.label("assigned"),
            Scorecard.id.label("scorecard_id"),
            Scorecard.state.label("filled"),
            Scorecard.saved_at,
            Scorecard.submitted_at,
            Judge.id.label("judge_id"),
            Judge.number.label("judge_number"),
            Account.name.label("judge_name"),
            Organization.name.label("school"),
            Entry.id.label("entry_id"),
            Entry.number.label("entry_number"),
            Entry.title,
            Track.name.label("track"),
        )
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Account, Account.id == Judge.account_id)
        .outerjoin(Organization, Organization.id == Judge.organization_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .join(Track, Track.id == Entry.track_id)
        .outerjoin(Scorecard, Scorecard.assignment_id == Assignment.id)
        .where(
            Assignment.round_id == round_id,
            Assignment.state != AssignmentState.PROPOSED,
        )
        .order_by(Entry.number, Judge.number)
    )
