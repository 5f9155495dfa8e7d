"""What pages make of a plan's report."""

from __future__ import annotations

from dataclasses import replace

from competition.queries.panels import Report
from competition.web.panels.plan_views import balance_of

REPORT = Report(
    status="feasible",
    affinity=99.0,
    optimum=100.0,
    vif=1.2,
    vif_floor=1.0,
    fit_vif=1.4,
    components=1,
    loads={1: 2},
    is_fit_known=True,
    curve=((0, 100.0, 1.4), (40, 99.5, 1.3), (60, 98.0, 1.35), (95, 90.0, 1.1)),
)


def test_balance_shows_the_trade_without_plans_that_are_worse_in_both() -> None:
    found = balance_of(REPORT)
    assert found is not None
    assert [(round(x), round(y, 1)) for x, y in found.points] == [
        (0, 100.0),
        (25, 99.5),
        (50, 99.0),
        (75, 90.0),
    ]
    assert (found.marked, found.best) == (2, (0.9, 1.1))


def test_balance_is_left_out_where_there_is_nothing_to_trade() -> None:
    for changed in (
        replace(REPORT, curve=()),
        replace(REPORT, fit_vif=1.0),
        replace(REPORT, is_fit_known=False),
        replace(REPORT, vif=None),
        replace(REPORT, optimum=None),
    ):
        assert balance_of(changed) is None


def test_reading_a_stored_report_gives_the_same() -> None:
    assert Report.read(REPORT.stored()) == REPORT
