"""Texts that stand in one place alone, searched for in everything that others can come to see."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.security.crawling import Visit
from tests.security.visiting import Site

PRIVATE = ("staff-name", "staff-mail", "beta-name", "beta-mail", "hidden")
JUDGES = ("judge-mail", "judge-phone", "judge-expertise")
SCORING = ("draft-reason", "draft-comment-2", "draft-note", "draft-rating", "done-note")
AFFAIRS = ("recusal", "conflict")
PEOPLE = ("member-name", "member-mail")


def texts(site: Site, *kinds: str, but: tuple[str, ...] = ()) -> list[str]:
    found = [text for kind in kinds for text in site.world.secrets[kind] if text not in but]
    assert found
    return found


def test_searching_for_what_must_be_there_finds_it(site: Site, visits: Mapping[str, Visit]) -> None:
    """Else the searches below would find nothing for a wrong reason."""
    for visitor, kinds in {
        "organizer": ("judge-phone", "member-mail", "team", "conflict", "done-note", "recusal"),
        "judge": ("draft-comment-2", "draft-note", "draft-rating"),
        "captain": ("done-comment-1",),
        "anonymous": ("team", "school"),
    }.items():
        for kind in kinds:
            assert (kind, visits[visitor].holding(*texts(site, kind))) != (kind, [])


def test_reading_everything_public_finds_no_person_and_no_secret(
    site: Site, visits: Mapping[str, Visit]
) -> None:
    kinds = (*PRIVATE, *JUDGES, *SCORING, *AFFAIRS, *PEOPLE, "judge-name", "colleague-rating")
    secret = texts(site, *kinds, "done-reason", "done-comment-1", "done-comment-2")
    assert visits["anonymous"].holding(*secret) == []


def test_reading_as_a_team_finds_nobody_else_and_no_open_score(
    site: Site, visits: Mapping[str, Visit]
) -> None:
    kinds = (*PRIVATE, *JUDGES, *SCORING, *AFFAIRS, "judge-name", "colleague-rating")
    crew = site.world.crew
    secret = texts(site, *kinds, "done-comment-2") + texts(site, *PEOPLE, but=crew)
    assert visits["captain"].holding(*secret) == []
    others = [text for text in texts(site, "done-comment-1") if text not in site.world.said_to_crew]
    assert visits["captain"].holding(*others) == []


def test_reading_as_a_judge_of_a_blind_round_finds_no_team_and_no_colleague(
    site: Site, visits: Mapping[str, Visit]
) -> None:
    visit = Visit([item for item in visits["judge"].answers if "/results/1" not in item.address])
    assert any(item.address.startswith("/assignments/") for item in visit.answers)
    kinds = (*PRIVATE, *AFFAIRS, *PEOPLE, "team", "school", "judge-phone", "colleague-rating")
    names = texts(site, "judge-name", "judge-mail", but=site.world.persons["judge"])
    assert visit.holding(*texts(site, *kinds), *names) == []
    assert visit.holding(*site.world.said_by_others) == []


@pytest.mark.parametrize("visitor", ["organizer", "committee", "observer"])
def test_reading_as_an_overseer_finds_nothing_of_a_draft(
    site: Site, visits: Mapping[str, Visit], visitor: str
) -> None:
    kinds = ("draft-reason", "draft-comment-2", "draft-note", "draft-rating", "beta-mail")
    assert visits[visitor].holding(*texts(site, *kinds)) == []


@pytest.mark.parametrize("visitor", ["committee", "observer"])
def test_reading_without_organizing_finds_nobodys_address_or_telephone(
    site: Site, visits: Mapping[str, Visit], visitor: str
) -> None:
    assert visits[visitor].holding(*texts(site, "judge-mail", "judge-phone", "member-mail")) == []


def test_reading_as_an_observer_finds_no_score_and_no_note(
    site: Site, visits: Mapping[str, Visit]
) -> None:
    kinds = ("colleague-rating", "done-note", "done-reason", "done-comment-2")
    assert visits["observer"].holding(*texts(site, *kinds)) == []


def test_reading_the_log_page_keeps_the_ratings_of_drafts_in_the_database_alone(
    site: Site, visits: Mapping[str, Visit]
) -> None:
    log = next(item for item in visits["organizer"].answers if item.address.endswith("/log"))
    assert "Scorecard saved as a draft" in log.text
    assert "rating of criterion 1: changed" in " ".join(log.text.split())
    kept = str(site.contents()["audit_entry"])
    assert all(rating in kept for rating in texts(site, "draft-rating"))
