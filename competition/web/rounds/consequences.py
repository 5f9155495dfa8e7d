"""The moves from state to state as buttons: what each is called and what it brings about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from competition.vocabulary import (
    COMPETITION_TRANSITIONS,
    ROUND_TRANSITIONS,
    CompetitionState,
    RoundState,
)


@dataclass(frozen=True)
class Move:
    """One button."""

    target: str
    text: LazyString
    consequence: LazyString
    is_forward: bool


Words = tuple[LazyString, LazyString]

ROUND_WORDS: Mapping[tuple[RoundState, RoundState], Words] = {
    (RoundState.SETUP, RoundState.RECEIVING): (
        _l("Receive entries"),
        _l("Teams can write and submit entries until the deadline, and read the rubric."),
    ),
    (RoundState.RECEIVING, RoundState.SETUP): (
        _l("Back to setup"),
        _l("Teams can no longer work on their entries. Drafts are kept."),
    ),
    (RoundState.RECEIVING, RoundState.SCREENING): (
        _l("Close entries and screen them"),
        _l("Teams can no longer submit. You check which entries are eligible."),
    ),
    (RoundState.SCREENING, RoundState.RECEIVING): (
        _l("Receive entries again"),
        _l("Teams can submit and replace entries again until the deadline."),
    ),
    (RoundState.SCREENING, RoundState.ASSIGNING): (
        _l("Go on to assign judges"),
        _l("The list of entries is settled. Judges do not see anything yet."),
    ),
    (RoundState.ASSIGNING, RoundState.SCREENING): (
        _l("Back to screening"),
        _l("Entries can be checked again. The assignments made so far are kept."),
    ),
    (RoundState.ASSIGNING, RoundState.JUDGING): (
        _l("Start judging"),
        _l("Judges see their entries and can score them. The first scorecard freezes the rubric."),
    ),
    (RoundState.JUDGING, RoundState.ASSIGNING): (
        _l("Stop judging and assign again"),
        _l("Judges cannot score meanwhile. What they have entered is kept."),
    ),
    (RoundState.JUDGING, RoundState.LOCKED): (
        _l("Lock the scores"),
        _l("Judges can no longer change or add anything. The ranking can be computed."),
    ),
    (RoundState.LOCKED, RoundState.JUDGING): (
        _l("Unlock and go on judging"),
        _l("Judges can score again. A ranking computed before stays on record."),
    ),
    (RoundState.LOCKED, RoundState.RESULTS): (
        _l("Go on to the results"),
        _l("The round is complete. Nothing is public before you publish it."),
    ),
    (RoundState.RESULTS, RoundState.LOCKED): (
        _l("Back to locked scores"),
        _l("Takes the round back a step: nothing can be published until it goes on again."),
    ),
}

COMPETITION_WORDS: Mapping[tuple[CompetitionState, CompetitionState], Words] = {
    (CompetitionState.DRAFT, CompetitionState.OPEN): (
        _l("Open the competition"),
        _l("Everybody can see it, and teams can register. Its address can no longer change."),
    ),
    (CompetitionState.OPEN, CompetitionState.DRAFT): (
        _l("Back to draft"),
        _l("Only those with a role can see it."),
    ),
    (CompetitionState.OPEN, CompetitionState.JUDGING): (
        _l("End registration and judge"),
        _l("Teams can no longer register. Those registered go on as their round allows."),
    ),
    (CompetitionState.JUDGING, CompetitionState.OPEN): (
        _l("Open registration again"),
        _l("Teams can register until the registration deadline."),
    ),
    (CompetitionState.JUDGING, CompetitionState.CLOSED): (
        _l("Close the competition"),
        _l("It counts as decided. Published results stay public."),
    ),
    (CompetitionState.CLOSED, CompetitionState.JUDGING): (
        _l("Take up judging again"),
        _l("It counts as being judged again."),
    ),
    (CompetitionState.CLOSED, CompetitionState.ARCHIVED): (
        _l("Move to the archive"),
        _l("It leaves the shortcuts of those who took part. Published results stay public."),
    ),
    (CompetitionState.ARCHIVED, CompetitionState.CLOSED): (
        _l("Take out of the archive"),
        _l("It is listed among the decided competitions again."),
    ),
}


def round_moves(state: RoundState) -> list[Move]:
    """Forward first."""
    order = list(RoundState)
    return sorted(
        (
            Move(target, *ROUND_WORDS[state, target], order.index(target) > order.index(state))
            for target in ROUND_TRANSITIONS[state]
        ),
        key=lambda move: not move.is_forward,
    )


def competition_moves(state: CompetitionState) -> list[Move]:
    """Forward first."""
    order = list(CompetitionState)
    return sorted(
        (
            Move(
                target, *COMPETITION_WORDS[state, target], order.index(target) > order.index(state)
            )
            for target in COMPETITION_TRANSITIONS[state]
        ),
        key=lambda move: not move.is_forward,
    )
