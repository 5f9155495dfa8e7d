"""What the scorecards of a round tell beside the ranking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.extensions import db
from competition.models import Entry, Judge, Organization, Team
from competition.queries.results import ratings_of_round, rulebook_of_round
from competition.queries.results.analysing import Analysis, analyse, people_of
from competition.queries.results.analysing.certainty import default_line
from competition.scoring import Result, RuleBook, score
from competition.scoring.diagnostics.planning import GOALS
from competition.scoring.fits.mixed import fit_mixed
from tests.support.judged import Judged, make_judged_round
from tests.support.statements import counted


@pytest.fixture
def made(session: Session) -> Judged:
    return make_judged_round(session, entries=8, judges=6)


def analysis_of(session: Session, made: Judged, **options: object) -> Analysis:
    inputs = ratings_of_round(session, round_id=made.round.id)
    rules = rulebook_of_round(session, of=made.round)
    return analyse(inputs, rules, people_of(session, inputs), **options)  # type: ignore[arg-type]


def direct(session: Session, made: Judged, **changed: object) -> tuple[RuleBook, Result]:
    inputs = ratings_of_round(session, round_id=made.round.id)
    rules = replace(rulebook_of_round(session, of=made.round), **changed)  # type: ignore[arg-type]
    assert inputs.ratings is not None
    return rules, score(inputs.ratings, rules=rules)


def test_analysing_gives_each_judge_the_severity_of_the_scoring_core(
    session: Session, made: Judged
) -> None:
    _rules, result = direct(session, made)
    found = analysis_of(session, made)
    severity = {judge.who.number: judge.severity for judge in found.judges}
    assert severity == dict(zip(result.judges, result.severity.tolist(), strict=True))
    assert [judge.severity for judge in found.judges] == sorted(severity.values(), reverse=True)  # type: ignore[type-var]


def test_analysing_a_ranking_by_the_mean_takes_severities_from_least_squares(
    session: Session, made: Judged
) -> None:
    made.round.scoring = {**made.round.scoring, "method": "mean"}
    session.flush()
    found = analysis_of(session, made)
    _rules, fit = direct(session, made, method="additive")
    assert (found.method.value, found.model) == ("mean", "additive")
    assert sorted(judge.severity for judge in found.judges) == sorted(fit.severity.tolist())  # type: ignore[type-var]
    assert all(not item.movers for item in found.tracks)


def test_analysing_ranks_entries_within_their_track_as_the_run_does(
    session: Session, made: Judged
) -> None:
    for track in analysis_of(session, made).tracks:
        assert [item.rank for item in track.scored] == sorted(item.rank for item in track.scored)  # type: ignore[type-var]
        assert min(item.rank or 0 for item in track.scored) == 1
        assert len(track.scored) == 8


def test_drawing_ranks_gives_chances_that_sum_to_the_seats_of_the_line(
    session: Session, made: Judged
) -> None:
    for track in analysis_of(session, made, lines={1: 3, 2: 5}).tracks:
        assert track.certainty is not None
        chances = track.certainty.chances.values()
        assert track.line == {1: 3, 2: 5}[track.track.position]
        assert sum(item.p_in for item in chances) == pytest.approx(track.line, abs=1e-9)
        assert all(1 <= item.low <= item.high <= 8 for item in chances)


def test_giving_further_scorecards_never_raises_the_expected_number_on_the_wrong_side(
    session: Session, made: Judged
) -> None:
    for track in analysis_of(session, made).tracks:
        assert track.certainty is not None
        assert track.certainty.expected_wrong_then <= track.certainty.expected_wrong + 1e-9
        uncertain = {item.position for item in track.uncertain}
        assert uncertain or not track.to_judge_again


def test_asking_for_the_best_estimate_twice_gives_the_same_figures(
    session: Session, made: Judged
) -> None:
    first, second = (analysis_of(session, made, estimate=True) for _ in range(2))
    assert first == second
    assert first.converged is not None
    _rules, model = direct(session, made, method="bayes", unit="scorecard")
    estimates = {item.who.number: item.estimate for track in first.tracks for item in track.entries}
    by_model = dict(zip(model.entries, model.adjusted.tolist(), strict=True))
    assert (estimates == by_model) == first.is_estimate
    assert first.is_estimate == first.converged


def test_planning_takes_the_variances_of_restricted_likelihood(
    session: Session, made: Judged
) -> None:
    found = analysis_of(session, made)
    _rules, result = direct(session, made)
    totals, ratings = result.working.totals, result.working.cards.ratings
    assert ratings.track is not None
    columns = (totals.judge, totals.entry, totals.value, totals.n_judges, totals.n_entries)
    fit = fit_mixed(*columns, track=ratings.track, n_tracks=len(ratings.tracks))
    true, error = fit.variance.entry, fit.variance.residual
    assert found.plan is not None
    assert [line.adjusted for line in found.plan.lines] == pytest.approx(
        [true / (true + error / n) for n in range(1, 11)]
    )
    assert tuple(found.plan.needed) == GOALS


def test_favouring_the_own_school_is_found(session: Session, made: Judged) -> None:
    judge = session.scalars(select(Judge).order_by(Judge.number)).first()
    inputs = ratings_of_round(session, round_id=made.round.id)
    assert judge is not None and inputs.ratings is not None
    ratings = inputs.ratings
    place = inputs.judge_ids.index(judge.id)
    seen = np.unique(ratings.entry[ratings.judge == place])
    school = Organization(
        competition_id=made.competition.id, key="own", name=judge.competition.name, kind=judge.kind
    )
    session.add(school)
    session.flush()
    judge.organization_id = school.id
    own = [inputs.entry_ids[position] for position in seen[:3].tolist()]
    teams = select(Team).join(Entry, Entry.team_id == Team.id).where(Entry.id.in_(own))
    for team in session.scalars(teams):
        team.organization_id = school.id
    session.flush()
    session.expire_all()
    value = ratings.value.copy()
    given = (ratings.judge == place) & np.isin(ratings.entry, seen[:3])
    value[given] = 10.0
    value[(ratings.judge == place) & ~given] = 3.0
    biased = replace(inputs, ratings=replace(ratings, value=value))
    rules = rulebook_of_round(session, of=made.round)
    found = analyse(biased, rules, people_of(session, inputs)).favour
    assert found.tested == 1
    [(who, points, count, p)] = found.lines
    assert (who.number, count) == (judge.number, 3)
    assert points > 2 and 0 < p <= 1


def test_reading_the_people_takes_the_same_statements_for_one_entry_and_for_thirty(
    session: Session,
) -> None:
    counts = []
    for slug, entries in (("one", 1), ("thirty", 15)):
        made = make_judged_round(session, entries=entries, slug=slug)
        inputs = ratings_of_round(session, round_id=made.round.id)
        with counted(db.engine) as statements:
            people_of(session, inputs)
        counts.append(len(statements))
    assert counts == [3, 3]


@pytest.mark.parametrize(
    ("scored", "declared", "line"),
    [(0, (), 0), (1, (), 1), (3, (), 1), (16, (), 3), (40, (8,), 8), (5, (8,), 5)],
)
def test_choosing_a_line_takes_the_declared_one_or_the_best_fifth(
    scored: int, declared: tuple[int, ...], line: int
) -> None:
    assert default_line(scored, declared) == line
