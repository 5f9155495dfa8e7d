"""The analysis as sheets of a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from competition.adapters.spreadsheets import Cell, Sheet
from competition.queries.results.analysing import Analysis, EntryFigures, TrackAnalysis
from competition.web.formats import local
from competition.web.labels import label
from competition.web.results.analysis_words import SOURCES


def sheets_of(analysis: Analysis, *, names: bool) -> Sequence[Sheet]:
    """Judges, then one sheet a track, then agreement and planning."""
    return [
        _judges(analysis, names=names),
        *(_track(track, names=names) for track in analysis.tracks),
        _agreement(analysis),
        *([_sources(analysis)] if analysis.sources else []),
        *([_plan(analysis)] if analysis.plan else []),
    ]


def _judges(analysis: Analysis, *, names: bool) -> Sheet:
    headers = [
        _("Judge"),
        *([_("Name")] if names else []),
        _("School or industry"),
        _("Entries"),
        _("Mean given"),
        _("Severity"),
        _("Std. error"),
        _("Scale"),
        _("Infit"),
    ]
    rows = [
        [
            judge.who.number,
            *([judge.who.name] if names else []),
            str(label(judge.who.kind)),
            judge.entries,
            judge.mean,
            judge.severity,
            judge.se,
            judge.scale,
            judge.infit,
        ]
        for judge in analysis.judges
    ]
    return Sheet(_("Judges"), headers, rows)


def _track(track: TrackAnalysis, *, names: bool) -> Sheet:
    headers = [
        _("Rank"),
        _("Entry number"),
        *([_("Title"), _("Team")] if names else []),
        _("Raw mean"),
        _("Rank by raw mean"),
        _("Score"),
        _("Score by the model"),
        _("Rank by the model"),
        _("Rank from"),
        _("Rank to"),
        _("Chance to be within rank %(line)s", line=track.line),
        _("Further scorecards"),
    ]
    return Sheet(
        local(track.track.name), headers, [_row(track, item, names=names) for item in track.entries]
    )


def _row(track: TrackAnalysis, item: EntryFigures, *, names: bool) -> list[Cell]:
    found = None if track.certainty is None else track.certainty.chances.get(item.position)
    identity: list[Cell] = [local(item.who.title), item.who.team] if names else []
    chances: list[Cell] = (
        [None] * 4 if found is None else [found.low, found.high, found.p_in, found.further]
    )
    return [
        item.rank,
        item.who.number,
        *identity,
        item.raw,
        item.raw_rank,
        item.adjusted,
        item.estimate,
        item.estimate_rank,
        *chances,
    ]


def _agreement(analysis: Analysis) -> Sheet:
    found = analysis.agreement
    return Sheet(
        _("Agreement"),
        [_("Figure"), _("One judge"), _("Panel")],
        [
            [_("Agreement in points"), found.points_one, found.points_panel],
            [_("Agreement in order"), found.order_one, found.order_panel],
            [_("Krippendorff’s alpha, interval"), found.alpha, None],
            [_("Kendall’s W"), None, found.w],
        ],
    )


def _sources(analysis: Analysis) -> Sheet:
    rows: list[list[Cell]] = [[str(SOURCES[name]), part] for name, part in analysis.sources.items()]
    return Sheet(_("Differences"), [_("Source"), _("Variance")], rows)


def _plan(analysis: Analysis) -> Sheet:
    assert analysis.plan is not None
    headers = [
        _("Judges per entry"),
        _("Reliability, raw mean"),
        _("Reliability, adjusted"),
        _("Std. error"),
        _("Of the best %(count)s found", count=analysis.plan.top),
        _("Judge hours"),
    ]
    rows = [
        [line.judges, line.raw, line.adjusted, line.se, line.hits, line.hours]
        for line in analysis.plan.lines
    ]
    return Sheet(_("Number of judges"), headers, rows)
