"""What everybody reads: the list of published rounds, the leaderboard, one entry's result."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from competition.errors import NotFound
from competition.guards import actor, public, session
from competition.models import Competition, Publication, Round
from competition.policies import Permission, authorize
from competition.queries.results import (
    Board,
    board_of_run,
    comments_for_team,
    entry_result,
    latest_publication,
    live_publication,
    published_rounds,
    worked_place,
)
from competition.vocabulary import Method
from competition.web.formats import local
from competition.web.labels import label
from competition.web.lookup import competition_at, round_at
from competition.web.results.blueprint import blueprint
from competition.web.results.figures import board_figures, entry_figures
from competition.web.results.serving import served
from competition.web.results.sheets import Sheet, sheet_of
from competition.web.results.steps import method_steps
from competition.web.results.words import public_warnings

LONGEST_SEARCH = 100


@blueprint.get("/c/<slug>/results")
@public
def index(slug: str) -> ResponseReturnValue:
    competition = competition_at(slug)
    publications = published_rounds(session(), competition_id=competition.id)
    if len(publications) == 1:
        position = publications[0].round.position
        return redirect(url_for("results.show", slug=slug, position=position))
    return render_template("results/index.html", competition=competition, publications=publications)


@blueprint.get("/c/<slug>/results/<int:position>")
@public
def show(slug: str, position: int) -> ResponseReturnValue:
    return served(slug, position, lambda shared: _board_page(slug, position, shared=shared))


@blueprint.get("/c/<slug>/results/<int:position>/entries/<number>")
@public
def entry(slug: str, position: int, number: str) -> ResponseReturnValue:
    return served(slug, position, lambda shared: _entry_page(slug, position, number, shared=shared))


def published_at(slug: str, position: int) -> tuple[Competition, Round, Publication | None]:
    """What is public of a round; NotFound when nothing ever was."""
    competition, of = round_at(slug, position)
    publication = live_publication(session(), round_id=of.id)
    if publication is not None:
        authorize(actor(), Permission.READ_RESULTS, publication)
    elif latest_publication(session(), round_id=of.id) is None:
        raise NotFound
    return competition, of, publication


def _board_page(slug: str, position: int, *, shared: bool) -> ResponseReturnValue:
    competition, of, publication = published_at(slug, position)
    if publication is None:
        return _withdrawn(competition, of)
    board = board_of_run(session(), publication.run)
    search = " ".join(request.args.get("q", "").split())[:LONGEST_SEARCH]
    sheet = sheet_of(board, _number("track"), _number("page") or 1, search)
    return render_template(
        "results/show.html",
        competition=competition,
        of=of,
        publication=publication,
        run=publication.run,
        board=replace(board, tracks=()),
        sheet=sheet.alone(),
        search=search,
        figures=board_figures(board),
        tabs=_tabs(board, sheet, slug, position),
        paging=_paging(sheet, slug, position, search),
        steps=method_steps(publication.run),
        method_name=label(Method(publication.run.method)),
        example=worked_place(session(), board=board, track=sheet.track, of=of),
        warnings=public_warnings(publication.run.warnings),
        **({"cacheable": True} if shared else {}),
    )


def _entry_page(slug: str, position: int, number: str, *, shared: bool) -> ResponseReturnValue:
    competition, of, publication = published_at(slug, position)
    if publication is None:
        return _withdrawn(competition, of)
    result = entry_result(session(), of=of, run=publication.run, number=number)
    if result is None:
        raise NotFound
    is_own = result.team_id in actor().team_ids
    return render_template(
        "results/entry.html",
        competition=competition,
        of=of,
        publication=publication,
        run=publication.run,
        figures=entry_figures(publication.run, result),
        steps=method_steps(publication.run),
        method_name=label(Method(publication.run.method)),
        criterion_names={item.position: local(item.name) for item in result.criteria},
        result=result,
        comments=comments_for_team(session(), standing=result.standing) if is_own else [],
        is_own=is_own,
        **({"cacheable": True} if shared else {}),
    )


def _tabs(board: Board, sheet: Sheet, slug: str, position: int) -> list[tuple[str, str, bool, int]]:
    return [
        (
            local(track.name),
            url_for("results.show", slug=slug, position=position, track=track.position),
            track is sheet.track,
            len(track.places),
        )
        for track in board.tracks
    ]


def _paging(sheet: Sheet, slug: str, position: int, search: str) -> dict[str, str | int]:
    """What the links between pages keep of the address."""
    kept: dict[str, str | int] = {"slug": slug, "position": position}
    if sheet.track is not None:
        kept["track"] = sheet.track.position
    if search:
        kept["q"] = search
    return kept


def _withdrawn(competition: Competition, of: Round) -> ResponseReturnValue:
    publication = latest_publication(session(), round_id=of.id)
    page = render_template(
        "results/withdrawn.html", competition=competition, of=of, publication=publication
    )
    return page, 404


def _number(name: str) -> int | None:
    """A positive number of the address; anything else that stands there is nobody's page."""
    text = request.args.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 7) or int(text) < 1:
        raise NotFound
    return int(text)
