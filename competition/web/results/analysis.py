"""The organizer's analysis: how judges scored, what the correction changes, how sure ranks are."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from competition.errors import NotFound
from competition.guards import session, signed_in
from competition.models import Competition, Round
from competition.policies import Permission
from competition.queries.results import ratings_of_round, rulebook_of_round
from competition.queries.results.analysing import (
    ESTIMATE_LARGEST,
    Analysis,
    TrackAnalysis,
    analyse,
    people_of,
)
from competition.scoring.errors import ScoringError
from competition.web.downloads import table_response
from competition.web.formats import local
from competition.web.labels import label
from competition.web.lookup import round_at
from competition.web.results.analysis_charts import charts_of
from competition.web.results.analysis_sheets import sheets_of
from competition.web.results.analysis_words import SOURCES, findings_of
from competition.web.results.blueprint import blueprint
from competition.web.security import small_number

KEPT = 8
"""Analyses that a process keeps: a page of another track needs no new calculation."""

_kept: OrderedDict[object, Analysis] = OrderedDict()
_lock = Lock()
_analysing = Lock()
"""One analysis at a time: a simulation takes a core for seconds, and whoever asks twice, such as
by a double click, gets what the first made."""


@blueprint.get("/c/<slug>/rounds/<int:position>/results/analysis")
@signed_in
def analysis(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.PREVIEW_RESULTS)
    found, problem = _analysis(of)
    if found is None:
        return render_template(
            "results/analysis_empty.html", competition=competition, of=of, problem=problem
        )
    track = _track(found)
    names = request.args.get("names") == "shown"
    return render_template(
        "results/analysis.html",
        competition=competition,
        of=of,
        analysis=found,
        track=track,
        names=names,
        method_name=label(found.method),
        findings=findings_of(found, track),
        sources=SOURCES,
        charts=charts_of(found, track),
        **_links(competition, of, found, track),
    )


@blueprint.get("/c/<slug>/rounds/<int:position>/results/analysis.xlsx")
@signed_in
def analysis_file(slug: str, position: int) -> ResponseReturnValue:
    _competition, of = round_at(slug, position, Permission.PREVIEW_RESULTS)
    found, _problem = _analysis(of)
    if found is None:
        raise NotFound
    names = request.args.get("names") == "shown"
    name = f"{slug}-{position}-analysis"
    return table_response(name, sheets_of(found, names=names), "xlsx")


def _analysis(of: Round) -> tuple[Analysis | None, str]:
    """The analysis that the address asks for, or why there is none: "empty" or "rules"."""
    inputs = ratings_of_round(session(), round_id=of.id)
    if inputs.ratings is None:
        return None, "empty"
    estimate = _wants_estimate() and inputs.scorecards <= ESTIMATE_LARGEST
    lines = _lines()
    try:
        rules = rulebook_of_round(session(), of=of)
        people = people_of(session(), inputs)
        key = (inputs.digest, rules.digest, people.key, tuple(sorted(lines.items())), estimate)
        found = _known(key)
        if found is None:
            with _analysing:
                found = _known(key)
                if found is None:
                    found = analyse(inputs, rules, people, lines=lines, estimate=estimate)
                    _keep(key, found)
    except ScoringError:
        return None, "rules"
    return found, ""


def _known(key: object) -> Analysis | None:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _keep(key: object, found: Analysis) -> None:
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def _wants_estimate() -> bool:
    return request.args.get("estimate") == "best"


def _lines() -> dict[int, int]:
    """The line that the reader asks about, in the track that is shown."""
    line = request.args.get("line", type=small_number)
    track = request.args.get("track", type=small_number)
    return {track: line} if line and track and line > 0 else {}


def _track(found: Analysis) -> TrackAnalysis:
    position = request.args.get("track", type=small_number)
    if position is None:
        return found.tracks[0]
    for item in found.tracks:
        if item.track.position == position:
            return item
    raise NotFound


def _links(
    competition: Competition, of: Round, found: Analysis, track: TrackAnalysis
) -> dict[str, Any]:
    """The addresses that the page leads to, each with what the reader has chosen so far."""
    chosen: dict[str, Any] = {"slug": competition.slug, "position": of.position}
    file = url_for("results.analysis_file", **chosen, **_modes(found))
    tabs = [
        (
            local(item.track.name),
            _url(chosen, _modes(found), track=item.track.position),
            item is track,
            len(item.scored),
        )
        for item in found.tracks
    ]
    chosen["track"] = track.track.position
    if _lines():
        chosen["line"] = track.line
    modes = _modes(found)
    return {
        "tabs": tabs,
        "kept": {"track": track.track.position, **modes},
        "names_url": _url(chosen, modes, names=None if "names" in modes else "shown"),
        "other_url": _url(chosen, modes, estimate=None if found.is_estimate else "best"),
        "file_url": file,
    }


def _modes(found: Analysis) -> dict[str, Any]:
    """What the reader has switched on."""
    names = {"names": "shown"} if request.args.get("names") == "shown" else {}
    return names | ({"estimate": "best"} if found.is_estimate else {})


def _url(chosen: dict[str, Any], modes: dict[str, Any], **changed: Any) -> str:
    return url_for("results.analysis", **{**chosen, **modes, **changed})
