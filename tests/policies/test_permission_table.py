"""Who may do what: every role and every permission, written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from competition.errors import Forbidden, NotFound
from competition.models import Account, Publication, ScoreRun, TeamMember
from competition.policies import ANONYMOUS, Actor, Permission, authorize, can
from competition.policies.authorization import VISIBLE_WITH
from competition.policies.permission_map import PERMISSION_MAP
from competition.policies.subjects import Thing, subject_of
from competition.vocabulary import AssignmentState, CompetitionState, MemberKind, Role
from tests.support.builders import (
    NOW,
    actor_for,
    assign,
    grant,
    make_account,
    make_competition,
    make_entry,
    make_judge,
    make_organizer,
    make_round,
    make_rubric,
    make_team,
    seat,
)
from tests.support.scorecards import fill_scorecard

P = Permission
"""The letters of the table:
A anonymous · X outsider (an organizer of another competition) · P operator · O organizer
C committee · V observer · J assigned judge · K another judge · R recused judge
U judge whose assignment is only proposed
T captain · M member · I instructor · F member of another team
"""
EVERYBODY = "AXPOCVJKRUTMIF"

ALLOWED: dict[Permission, str] = {
    P.CREATE_COMPETITION: "P",
    P.VIEW_COMPETITION: EVERYBODY,
    P.ENTER_COMPETITION: "POCVJKRUTMIF",
    P.OVERSEE_COMPETITION: "POCV",
    P.MANAGE_COMPETITION: "PO",
    P.READ_AUDIT_LOG: "POC",
    P.READ_CONTACTS: "POTMI",
    P.REGISTER_TEAM: EVERYBODY,
    P.VIEW_TEAM: "POCVTMI",
    P.EDIT_TEAM: "POTM",
    P.VIEW_ENTRY: "POCVTMI",
    P.EDIT_ENTRY: "TM",
    P.DOWNLOAD_FILE: "POCVTMIJ",
    P.SCREEN_ENTRY: "PO",
    P.MANAGE_PANEL: "PO",
    P.DECIDE_CONFLICT: "PO",
    P.DECLARE_CONFLICT: "POTM",
    P.BID: "J",
    P.VIEW_PLAN: "POCV",
    P.PROPOSE_PLAN: "PO",
    P.PUBLISH_PLAN: "PO",
    P.REMIND_JUDGES: "PO",
    P.VIEW_ASSIGNMENT: "POCVJ",
    P.RECUSE: "J",
    P.JUDGE_ENTRY: "J",
    P.READ_SCORECARD: "POCJ",
    P.RETURN_SCORECARD: "PO",
    P.IMPORT_RATINGS: "PO",
    P.COMPUTE_RESULTS: "PO",
    P.PREVIEW_RESULTS: "POC",
    P.PUBLISH_RESULTS: "PO",
    P.READ_RESULTS: EVERYBODY,
}
"""For a listed competition, the team's entry, the first judge's assignment, live results."""

ALLOWED_IN_DRAFT: dict[Permission, str] = {
    P.VIEW_COMPETITION: "POCVJKRUTMIF",
    P.REGISTER_TEAM: "PO",
}
"""What a competition that is still a draft leaves of it."""


@pytest.fixture
def stage(session: Session) -> SimpleNamespace:
    """One competition with everybody in it, and an organizer of another one."""
    competition = make_competition(session)
    item = make_round(session, competition)
    rubric = make_rubric(session, item)
    team = make_team(session, competition, captain=make_account(session, "Captain"))
    people = {}
    for kind in (MemberKind.MEMBER, MemberKind.INSTRUCTOR):
        account = people[kind] = make_account(session, kind)
        team.members.append(
            TeamMember(
                competition_id=competition.id,
                kind=kind,
                name=account.name,
                email=account.email,
                account=account,
            )
        )
    other_team = make_team(session, competition, "Team 02")
    entry = make_entry(session, item, team)
    judges = [make_judge(session, competition, f"Judge {letter}") for letter in "JKRU"]
    assignment = assign(session, entry, judges[0])
    recused = assign(
        session, entry, judges[2], state=AssignmentState.RECUSED, recusal_reason="a colleague"
    )
    proposed = assign(session, entry, judges[3], state=AssignmentState.PROPOSED)
    run = ScoreRun(
        round=item,
        number=1,
        method="mean",
        rules={},
        rules_digest="0" * 64,
        input_digest="0" * 64,
        code_version="0",
        seed=0,
        scorecards=1,
        scorecards_missing=0,
        components=1,
        warnings=[],
        created_at=NOW,
    )
    publication = Publication(round=item, run=run, published_at=NOW)
    session.add(publication)
    committee, observer = make_account(session, "Committee"), make_account(session, "Observer")
    grant(session, committee, competition, Role.COMMITTEE)
    grant(session, observer, competition, Role.OBSERVER)
    accounts: dict[str, Account | None] = {
        "X": make_organizer(session, make_competition(session, slug="other")),
        "P": make_account(session, "Operator", is_operator=True),
        "O": make_organizer(session, competition),
        "C": committee,
        "V": observer,
        "J": judges[0].account,
        "K": judges[1].account,
        "R": judges[2].account,
        "U": judges[3].account,
        "T": team.members[0].account,
        "M": people[MemberKind.MEMBER],
        "I": people[MemberKind.INSTRUCTOR],
        "F": other_team.members[0].account,
    }
    session.flush()
    actors = {"A": ANONYMOUS}
    for letter, found in accounts.items():
        assert found is not None
        actors[letter] = actor_for(session, found)
    return SimpleNamespace(
        competition=competition,
        round=item,
        team=team,
        entry=entry,
        judge=judges[0],
        member=seat(session, item, judges[0]),
        assignments={"J": assignment, "R": recused, "U": proposed},
        scorecard=fill_scorecard(session, assignment, rubric, (7, 8)),
        publication=publication,
        actors=actors,
    )


def things(stage: SimpleNamespace, permission: Permission, letter: str) -> Iterator[Thing | None]:
    """What the permission is asked about; judges are asked about the assignment of their own."""
    own = stage.assignments.get(letter, stage.assignments["J"])
    match permission:
        case P.CREATE_COMPETITION:
            yield None
        case P.BID:
            yield stage.member
        case P.VIEW_TEAM | P.EDIT_TEAM | P.DECLARE_CONFLICT | P.READ_CONTACTS:
            yield stage.team
        case P.VIEW_ENTRY | P.EDIT_ENTRY | P.SCREEN_ENTRY:
            yield stage.entry
        case P.DOWNLOAD_FILE:
            yield replace(subject_of(stage.entry), judge_ids=frozenset({stage.judge.id}))
        case P.VIEW_ASSIGNMENT | P.RECUSE | P.JUDGE_ENTRY:
            yield own
        case P.READ_SCORECARD | P.RETURN_SCORECARD:
            yield stage.scorecard
        case P.READ_RESULTS:
            yield stage.publication
        case P.VIEW_COMPETITION | P.REGISTER_TEAM:
            yield stage.competition
        case _:
            yield from (stage.competition, stage.round)


def held(stage: SimpleNamespace, permission: Permission, letter: str) -> set[bool]:
    actor: Actor = stage.actors[letter]
    return {can(actor, permission, thing) for thing in things(stage, permission, letter)}


def test_asking_any_permission_finds_a_row_here_and_in_the_table() -> None:
    assert set(ALLOWED) == set(P) == set(PERMISSION_MAP)


def test_asking_every_role_for_every_permission_answers_as_written(
    stage: SimpleNamespace,
) -> None:
    """R sees their own assignment still, though they may neither judge nor recuse again."""
    expected = {**ALLOWED, P.VIEW_ASSIGNMENT: ALLOWED[P.VIEW_ASSIGNMENT] + "R"}
    found = {
        permission: "".join(
            letter for letter in EVERYBODY if held(stage, permission, letter) == {True}
        )
        for permission in P
    }
    assert {key: set(letters) for key, letters in found.items()} == {
        key: set(letters) for key, letters in expected.items()
    }


def test_asking_about_a_draft_hides_it_from_those_without_a_role(
    stage: SimpleNamespace,
) -> None:
    stage.competition.state = CompetitionState.DRAFT
    found = {
        permission: {letter for letter in EVERYBODY if held(stage, permission, letter) == {True}}
        for permission in ALLOWED_IN_DRAFT
    }
    assert found == {key: set(letters) for key, letters in ALLOWED_IN_DRAFT.items()}


def test_asking_about_withdrawn_results_lets_nobody_read_them_as_published(
    stage: SimpleNamespace,
) -> None:
    stage.publication.withdrawn_at = NOW
    assert not any(True in held(stage, P.READ_RESULTS, letter) for letter in EVERYBODY)


def test_authorizing_refuses_exactly_what_cannot_be_done(stage: SimpleNamespace) -> None:
    """Not found for those who must not know of it, forbidden for those who may."""
    for letter, permission in product(EVERYBODY, P):
        actor: Actor = stage.actors[letter]
        for thing in things(stage, permission, letter):
            if can(actor, permission, thing):
                authorize(actor, permission, thing)
                continue
            seen_by = VISIBLE_WITH.get(type(thing), P.ENTER_COMPETITION)
            knows = thing is None or (permission is not seen_by and can(actor, seen_by, thing))
            with pytest.raises(Forbidden if knows else NotFound):
                authorize(actor, permission, thing)


def test_authorizing_a_stranger_for_anything_inside_never_says_forbidden(
    stage: SimpleNamespace,
) -> None:
    inside = {key for key in P if "A" not in ALLOWED[key]} - {P.CREATE_COMPETITION}
    assert len(inside) > 15
    for letter, permission in product("AX", inside):
        for thing in things(stage, permission, letter):
            with pytest.raises(NotFound):
                authorize(stage.actors[letter], permission, thing)
