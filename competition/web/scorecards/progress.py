"""The organizer's page: who is late, what is missing, where judges are far apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil

from flask import render_template, request
from flask.typing import ResponseReturnValue

from competition.guards import actor, now, session, signed_in
from competition.models import Competition, LocalText, Round
from competition.policies import Permission, can
from competition.queries.scorecards import (
    Card,
    DeskState,
    EntryProgress,
    JudgeProgress,
    Progress,
    entries_still_to_score,
    rough,
)
from competition.queries.scorecards import progress as progress_of
from competition.web.lookup import round_at
from competition.web.scorecards.blueprint import blueprint
from competition.web.scorecards.matrix import MARKS, MATRIX_MOST, matrix_of
from competition.web.scorecards.words import STATES, strip
from competition.web.security import small_number

PAGE = 25
MOST_ENTRIES = 20
"""Entries with something missing that are listed at once."""


@dataclass(frozen=True)
class Search:
    """What the reader looks for: in names and numbers, in both languages."""

    text: str

    def finds(self, *parts: str | LocalText) -> bool:
        wanted = self.text.casefold()
        return not wanted or any(wanted in words.casefold() for words in _words(parts))


def _words(parts: Iterable[str | LocalText]) -> Iterable[str]:
    for part in parts:
        yield from (part.en, part.zh) if isinstance(part, LocalText) else (part,)


def sees_scores(competition: Competition) -> bool:
    """Whether the reader may read submitted scorecards of the competition."""
    return can(actor(), Permission.READ_SCORECARD, competition)


def hidden_entries(of: Round) -> frozenset[int]:
    """Entries that the reader judges and has not scored yet."""
    return entries_still_to_score(session(), round_id=of.id, judge_ids=actor().judge_ids)


@blueprint.get("/c/<slug>/rounds/<int:position>/scoring")
@signed_in
def progress(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.OVERSEE_COMPETITION)
    with_totals = sees_scores(competition)
    hidden = hidden_entries(of) if with_totals else frozenset()
    found = progress_of(session(), of, with_totals=with_totals, hidden=hidden)
    looking = Search(request.args.get("q", "").strip())
    state = _state(request.args.get("state", ""))
    cards = [card for card in found.cards if _fits(card, looking, state)]
    pages = ceil(len(cards) / PAGE)
    page = min(max(request.args.get("page", 1, type=small_number), 1), max(pages, 1))
    incomplete = _about(found.incomplete, looking)
    judges = _judges(found, looking)
    return render_template(
        "scorecards/progress.html",
        competition=competition,
        of=of,
        found=found,
        late=[item for item in found.by_judge if item.left],
        judges=judges,
        incomplete=incomplete[:MOST_ENTRIES],
        incomplete_count=len(incomplete),
        apart=_about(found.apart, looking),
        cards=cards[(page - 1) * PAGE : page * PAGE],
        card_count=len(cards),
        page=page,
        pages=pages,
        search=looking.text,
        state=state,
        states=STATES,
        matrix=matrix_of(found, judges) if len(found.entries) <= MATRIX_MOST else None,
        marks=MARKS,
        strip=strip(found.counts),
        strip_of=strip,
        pace=rough(found.typical_pace) if found.typical_pace else None,
        rough=rough,
        with_totals=with_totals,
        hidden_count=len(hidden),
        now=now(),
    )


def _state(text: str) -> DeskState | None:
    return DeskState(text) if text in set(DeskState) else None


def _fits(card: Card, looking: Search, state: DeskState | None) -> bool:
    names = (card.entry.number, card.entry.title, card.judge.name, card.judge.organization)
    return (state is None or card.state is state) and looking.finds(*names)


def _judges(found: Progress, looking: Search) -> list[JudgeProgress]:
    return [
        item
        for item in found.by_judge
        if looking.finds(item.judge.name, item.judge.organization, f"{item.judge.number:02}")
    ]


def _about(items: Iterable[EntryProgress], looking: Search) -> list[EntryProgress]:
    fits: Callable[[EntryProgress], bool] = lambda item: looking.finds(  # noqa: E731
        item.entry.number,
        item.entry.title,
        item.entry.track,
        *(judge.name for judge in item.waiting_for),
    )
    return [item for item in items if fits(item)]
