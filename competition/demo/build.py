"""Builds the demo competition through the services, as people would: every rule holds for it.

Two rounds: the preliminary one is published, the final is in the middle of judging. All of it
follows from the seed and from `now`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from competition.adapters.storage import FolderStorage
from competition.demo import content
from competition.demo.assigning import decide_conflicts
from competition.demo.entering import enter_teams, invite_judges
from competition.demo.founding import add_round, open_competition, open_registration
from competition.demo.judging import judge_final, judge_preliminary, publish
from competition.demo.simulation import Judging
from competition.demo.stage import DOMAIN, SEED, Calendar, Demo, move_competition
from competition.models import Account, Competition
from competition.queries.people import account_by_email
from competition.vocabulary import CompetitionState


def build(session: Session, *, now: datetime, data_path: Path) -> Competition:
    """Make the demo competition, in the open write transaction of `session`."""
    demo = Demo(session, Calendar(now), FolderStorage(data_path))
    demo.judging = Judging.draw(
        entries=sum(map(len, content.ENTRIES)),
        judges=len(content.SCHOOL_JUDGES) + len(content.INDUSTRY_JUDGES),
        seed=SEED,
    )
    open_competition(demo)
    first, final = (add_round(demo, number) for number in (1, 2))
    open_registration(demo, first, final)
    enter_teams(demo, first)
    invite_judges(demo, first, final)
    decide_conflicts(demo, demo.calendar.day(-24, 10))
    move_competition(demo, CompetitionState.JUDGING, now=demo.calendar.day(-23))
    judge_preliminary(demo, first)
    publication = publish(demo, first)
    judge_final(demo, final, publication)
    return demo.competition


def people_by_role(session: Session) -> Sequence[tuple[str, Account]]:
    """One person of each role, to sign in as."""
    names = {
        "operator": "operator",
        "organizer": "organizer",
        "committee": "committee",
        "judge": "judge03",
        "team": "captain.team07",
        "observer": "observer",
    }
    found = []
    for role, name in names.items():
        account = account_by_email(session, f"{name}@{DOMAIN}")
        if account is not None:
            found.append((role, account))
    return found
