"""The judge's desk: what is left, and the one button to go on."""

from __future__ import annotations

from collections import Counter

from flask import render_template, request
from flask.typing import ResponseReturnValue

from competition.errors import NotFound
from competition.guards import actor, now, session, signed_in
from competition.models import Competition, Judge, Round
from competition.policies import Permission
from competition.queries.panels import biddings_open
from competition.queries.scorecards import Desk, DeskRow, criteria_counts, desk_rows, rough
from competition.vocabulary import Role, RoundState
from competition.web.lookup import competition_at
from competition.web.scorecards.blueprint import blueprint
from competition.web.scorecards.words import GROUPS, STATES, strip
from competition.web.security import small_number


@blueprint.get("/c/<slug>/judging")
@signed_in
def desk(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug, Permission.ENTER_COMPETITION)
    if not actor().has(competition.id, Role.JUDGE):
        raise NotFound
    own = [one for one in actor().judge_ids if _judges_here(one, competition)]
    rows = desk_rows(session(), judge_ids=own)
    rounds = [item for item in competition.rounds if any(r.round_id == item.id for r in rows)]
    of = _chosen(rounds, rows, request.args.get("round", type=small_number))
    lying = Desk([row for row in rows if of is not None and row.round_id == of.id])
    time_left = lying.time_left
    return render_template(
        "scorecards/desk.html",
        competition=competition,
        of=of,
        rounds=[(item, Desk([r for r in rows if r.round_id == item.id]).left) for item in rounds],
        desk=lying,
        strip=strip(Counter(row.state for row in lying.rows)),
        pace=rough(lying.pace) if lying.pace else None,
        time_left=rough(time_left) if time_left else None,
        count=criteria_counts(session(), [of.id])[of.id] if of else 0,
        is_open=of is not None and of.state is RoundState.JUDGING,
        now=now(),
        biddings=biddings_open(
            session(),
            judge_ids=actor().judge_ids,
            competition_id=competition.id,
            now=now(),
        ),
        groups=GROUPS,
        states=STATES,
    )


def _judges_here(judge_id: int, competition: Competition) -> bool:
    judge = session().get(Judge, judge_id)
    return judge is not None and judge.competition_id == competition.id


def _chosen(rounds: list[Round], rows: list[DeskRow], asked: int | None) -> Round | None:
    """The round asked for, else the first in judging with something left, else the last."""
    for item in rounds:
        if item.position == asked:
            return item
    for item in rounds:
        left = Desk([row for row in rows if row.round_id == item.id]).left
        if item.state is RoundState.JUDGING and left:
            return item
    return rounds[-1] if rounds else None
