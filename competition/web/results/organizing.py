"""Where organizers compute, compare, publish and withdraw, and the committee looks on."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.errors import Invalid, NotFound
from competition.guards import actor, now, outside_transaction, session, signed_in, writes
from competition.models import Competition, Round, ScoreRun
from competition.policies import Permission, can
from competition.queries.results import (
    Board,
    ComparedEntry,
    MethodComparison,
    board_of_run,
    compare_methods,
    run_of_round,
)
from competition.scoring.errors import ScoringError
from competition.services import results as service
from competition.vocabulary import Method
from competition.web.formats import local, sentences
from competition.web.labels import label
from competition.web.lookup import round_at
from competition.web.messages import problem_sentence
from competition.web.results.blueprint import blueprint
from competition.web.results.outlook import (
    Outlook,
    findings_of,
    next_act,
    outlook_of,
    state_line,
)
from competition.web.results.sheets import sheet_of
from competition.web.security import small_number

MOST_MOVERS = 40
"""Entries that the comparison of methods lists."""


@blueprint.get("/c/<slug>/rounds/<int:position>/results")
@signed_in
def preview(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.OVERSEE_COMPETITION)
    if not can(actor(), Permission.PREVIEW_RESULTS, of):
        return redirect(url_for("results.index", slug=slug))  # observers read what is public
    outlook = outlook_of(of)
    run = _chosen_run(of, outlook)
    board = board_of_run(session(), run) if run else None
    names = request.args.get("names") == "shown"
    return render_template(
        "results/preview.html",
        competition=competition,
        of=of,
        outlook=outlook,
        run=run,
        board=board,
        names=names,
        state_line=state_line(of, outlook),
        next_act=next_act(of, outlook, run),
        findings=findings_of(run) if run else [],
        methods=tuple(Method),
        method_labels={method.value: label(method) for method in Method},
        method_name=label(Method(run.method)) if run else "",
        **(_preview_parts(board, of, slug, names=names) if board else {}),
    )


def _preview_parts(board: Board, of: Round, slug: str, *, names: bool) -> dict[str, object]:
    """The sheet of the chosen track with its tabs and the links between its pages."""
    sheet = sheet_of(board, request.args.get("track", type=small_number), _page(), "")
    kept: dict[str, str | int] = {
        "slug": slug,
        "position": of.position,
        "run": board.run.number,
    }
    if names:
        kept["names"] = "shown"
    tabs = [
        (
            local(track.name),
            url_for("results.preview", track=track.position, **kept),  # type: ignore[arg-type]
            track is sheet.track,
            len(track.places),
        )
        for track in board.tracks
    ]
    track = sheet.track or board.tracks[0]
    return {
        "sheet": sheet,
        "track": track,
        "tabs": tabs,
        "paging": {**kept, "track": track.position},
    }


def _page() -> int:
    return max(1, request.args.get("page", 1, type=small_number))


def _chosen_run(of: Round, outlook: Outlook) -> ScoreRun | None:
    """The run that the address names, else the newest under the rule book's own method."""
    number = request.args.get("run", type=small_number)
    if number is not None:
        return run_at(of, number)
    if outlook.rules is not None:
        declared = outlook.run_by(Method(outlook.rules.method))
        if declared is not None:
            return declared
    return outlook.runs[0] if outlook.runs else None


def run_at(of: Round, number: int) -> ScoreRun:
    run = run_of_round(session(), round_id=of.id, number=number)
    if run is None:
        raise NotFound
    return run


@blueprint.get("/c/<slug>/rounds/<int:position>/results/compare")
@signed_in
def compare(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.PREVIEW_RESULTS)
    try:
        comparison = compare_methods(session(), of=of)
    except ScoringError:
        comparison = None
    methods = comparison.methods if comparison else ()
    movers, hidden = _movers(competition, comparison) if comparison else ([], 0)
    return render_template(
        "results/compare.html",
        competition=competition,
        of=of,
        comparison=comparison,
        methods=methods,
        columns=[_("Entry"), *((label(method), "num") for method in methods)],
        movers=movers,
        hidden=hidden,
    )


def _movers(
    competition: Competition, comparison: MethodComparison
) -> tuple[list[tuple[str, list[ComparedEntry]]], int]:
    """The entries that move farthest, track by track, and how many more there are."""
    farthest = sorted(comparison.movers, key=lambda item: -item.farthest)
    shown = {item.entry_id for item in farthest[:MOST_MOVERS]}
    by_track = [
        (
            local(track.name),
            [
                item
                for item in comparison.movers
                if item.track_id == track.id and item.entry_id in shown
            ],
        )
        for track in competition.tracks
    ]
    return [pair for pair in by_track if pair[1]], len(farthest) - len(shown)


@blueprint.post("/c/<slug>/rounds/<int:position>/results/compute")
@signed_in
@writes
def compute(slug: str, position: int) -> ResponseReturnValue:
    _competition, of = round_at(slug, position, Permission.COMPUTE_RESULTS)
    try:
        method = Method(request.form.get("method", ""))
    except ValueError:
        abort(400)
    try:
        calculate = service.draft_run(session(), actor=actor(), of=of, method=method)
        with outside_transaction():
            draft = calculate()
        run = service.compute(
            session(), actor=actor(), of=of, now=now(), method=method, draft=draft
        )
    except Invalid as error:
        flash(sentences(problem_sentence(item) for item in error.problems), "error")
        return to_preview(slug, position)
    flash(_("Run %(number)s is computed. Nothing is public by that.", number=run.number), "success")
    return to_preview(slug, position, run=run.number)


def to_preview(slug: str, position: int, run: int | None = None) -> ResponseReturnValue:
    return redirect(url_for("results.preview", slug=slug, position=position, run=run), 303)
