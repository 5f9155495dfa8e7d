"""Every route, asked by every kind of visitor: who gets in, and how the others are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest

from tests.security.doors import FORMS, Door, doors, outcome
from tests.security.visiting import VISITORS, Site

LETTERS: Mapping[str, str] = dict(zip("-oPOSCVjkrcmix", VISITORS, strict=True))
"""Small: anonymous, outsider, judge, kolleague, recused, captain, member, instructor, rival.

Capital: Operator (P), Organizer, Stranger, Committee, obserVer.
"""
EVERYBODY = "-oPOSCVjkrcmix"


class Rule(NamedTuple):
    """Who gets in, and who is told that it is not for them.

    Nobody else learns that it exists; who is not signed in is sent to do so.
    """

    allowed: str
    forbidden: str = ""

    def expected(self, letter: str) -> str:
        if letter in self.allowed:
            return "in"
        if letter == "-":
            return "sign-in"
        return "403" if letter in self.forbidden else "404"


RULES: Mapping[Rule, str] = {
    Rule(EVERYBODY): """
        health.healthz health.readyz people.link people.sign_in people.sign_in_with_password
        people.use_link preferences.choose_language preferences.choose_theme preferences.show
        results.download results.entry results.index results.show rounds.home rounds.show
        rubrics.show submissions.register submissions.register_team""",
    Rule("oPOSCVjkrcmix"): """
        people.account people.change_password people.sign_out submissions.my_team""",
    Rule("P", "oOSCVjkrcmix"): "rounds.create_competition rounds.new_competition",
    Rule("PO", "CVjkrcmix"): """
        panels.add_alias panels.add_conflict panels.add_judge panels.ask_further_judge
        panels.assign panels.change_assignment panels.change_judge panels.change_plan
        panels.confirm panels.confirm_conflict panels.confirm_found panels.discard_plan
        panels.dismiss_conflict panels.dismissing_conflict panels.drop_out panels.dropping_out
        panels.edit_judge panels.issue_link panels.issue_links panels.new_judge
        panels.open_bidding panels.propose panels.propose_changes panels.publish_plan
        panels.remove_alias panels.remove_judge panels.removing_judge panels.repair_plan
        panels.search_conflicts panels.seat record.outbox scorecards.remind scorecards.reminders
        people.confirm_withdrawal people.invite people.renew_link people.withdraw_role
        results.advance results.compute results.confirm_publish results.confirm_withdraw
        results.plan_advance results.publish results.withdraw
        rounds.add_round rounds.move_competition rounds.move_round rounds.new_round
        rounds.remove_round rounds.round_settings rounds.save_round rounds.save_settings
        rounds.save_tracks rounds.settings rounds.tracks
        rubrics.edit rubrics.save
        submissions.ask_for_all submissions.ask_for_reason submissions.decide
        submissions.mark_all_eligible submissions.mark_eligible submissions.undo_screening
        tables.export tables.index tables.show tables.template tables.upload""",
    Rule("", "CVjkrcmix"): "rubrics.copy",  # organizers have no rubric to copy here
    Rule("PO"): "tables.check tables.confirm",  # a file is found by its sender alone
    Rule("POCV", "jkrcmix"): """
        panels.assignment panels.conflicts panels.entry_judges panels.export_assignment
        panels.judge panels.judges panels.organizations panels.plan panels.plan_entry
        people.members results.preview rounds.manage
        scorecards.progress submissions.entries submissions.entries_table submissions.screening
        submissions.teams submissions.teams_table""",
    Rule("POC", "Vjkrcmix"): """
        record.log results.analysis results.analysis_file results.compare
        scorecards.ratings_csv scorecards.ratings_xlsx""",
    Rule("POCk", "V"): "scorecards.show",
    Rule("PO", "V"): "scorecards.give_back",
    Rule("jkr"): "panels.bids panels.save_bids scorecards.desk",
    Rule("j", "POCV"): """
        scorecards.autosave scorecards.check scorecards.save scorecards.score
        scorecards.submit""",
    Rule("j"): "scorecards.recuse scorecards.step_back",
    Rule("cm", "POCVi"): """
        submissions.add_files submissions.ask_to_withdraw submissions.check
        submissions.discard_changes submissions.edit_part submissions.files
        submissions.put_file_back submissions.remove_file submissions.save_part
        submissions.start submissions.start_entry submissions.submit submissions.take_back
        submissions.withdraw""",
    Rule("POcm", "CVi"): """
        panels.declarations panels.declare submissions.edit submissions.edit_team""",
    Rule("POc", "CVmi"): "submissions.member_link",
    Rule("POCVcmi"): """
        submissions.entry submissions.receipt submissions.team submissions.version_content""",
    Rule("POCVjkcmi"): "submissions.file",
    Rule("c"): "people.end_session",  # the session is the captain's
}
TABLE: Mapping[str, Rule] = {
    endpoint: rule for rule, endpoints in RULES.items() for endpoint in endpoints.split()
}


def test_listing_the_routes_finds_a_rule_for_each(site: Site) -> None:
    assert {door.endpoint for door in doors(site.app)} == TABLE.keys()
    assert len(TABLE) == sum(len(endpoints.split()) for endpoints in RULES.values())


@pytest.mark.parametrize("letter", LETTERS)
def test_opening_any_door_lets_in_only_who_may(site: Site, letter: str) -> None:
    wrong = [
        f"{door.method} {door.endpoint}: {found}, not {expected}"
        for door in doors(site.app)
        for expected in [TABLE[door.endpoint].expected(letter)]
        for found in [_outcome(site, LETTERS[letter], door)]
        if found != expected
    ]
    assert wrong == []


def _outcome(site: Site, visitor: str, door: Door, **other: object) -> str:
    address = door.address(site.app, site.world, **other)
    if not door.is_unsafe:
        return outcome(site.seen(visitor, address))
    return outcome(site.settled(visitor, address, door.method, FORMS.get(door.endpoint, {})))


@pytest.mark.parametrize("visitor", ["stranger", "operator"])
def test_opening_a_door_with_what_belongs_elsewhere_is_not_found(site: Site, visitor: str) -> None:
    """The visitor may do everything in the other competition, but it has none of these things."""
    found = {
        f"{door.method} {door.endpoint}": _outcome(site, visitor, door, slug="beta", **_place(door))
        for door in doors(site.app)
        if "slug" in door.parts and door.objects
    }
    assert len(found) > 60
    assert {name: result for name, result in found.items() if result != "404"} == {}


def _place(door: Door) -> dict[str, object]:
    """A round that is there, so that the other thing is the foreign one; else one that is not."""
    if "position" not in door.objects:
        return {}
    return {"position": 1 if len(door.objects) > 1 else 2}


@pytest.mark.parametrize("visitor", ["anonymous", "stranger"])
def test_opening_a_door_of_a_draft_competition_tells_nothing(site: Site, visitor: str) -> None:
    refusals = {"404", "sign-in"} if visitor == "anonymous" else {"404"}
    seen = {
        f"{door.method} {door.endpoint}": _outcome(site, visitor, door, slug="hidden")
        for door in doors(site.app)
        if "slug" in door.parts
    }
    assert {name: result for name, result in seen.items() if result not in refusals} == {}


def _mixed(site: Site) -> Iterator[tuple[str, str, str]]:
    """Somebody's own thing outside, and inside it what belongs to another."""
    ids = site.world.ids
    own, foreign = ids["rival_draft"], ids["draft_file"]
    yield "rival", "GET", f"/entries/{own}/files/{foreign}"
    for act in ("remove", "put-back"):
        yield "rival", "POST", f"/c/alpha/entries/{own}/files/{foreign}/{act}"
    yield "rival", "POST", f"/c/alpha/teams/{ids['rival_team']}/members/{ids['member']}/link"
    yield "organizer", "POST", f"/c/alpha/rounds/1/assignment/{ids['assignment']}"


def test_naming_a_foreign_thing_inside_an_own_one_is_not_found(site: Site) -> None:
    for visitor, method, address in _mixed(site):
        answer = (
            site.settled(visitor, address, method, {"do": "lock"})
            if method == "POST"
            else site.seen(visitor, address)
        )
        assert (address, outcome(answer)) == (address, "404")
