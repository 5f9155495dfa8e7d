"""The public ranking as files: what the page holds, for all tracks at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask import Response, make_response
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from competition.adapters.spreadsheets import Sheet, write_csv, write_xlsx
from competition.errors import NotFound
from competition.guards import public, session
from competition.models import Competition, LocalText, Publication, Round
from competition.queries.results import (
    Board,
    Place,
    TrackBoard,
    board_of_run,
    live_publication,
    version_of,
)
from competition.web.compression import Encoded, packed, respond
from competition.web.downloads import TYPES
from competition.web.formats import local
from competition.web.page_cache import pages
from competition.web.results.blueprint import blueprint
from competition.web.results.public import published_at
from competition.web.results.serving import ASK_AGAIN, VARY
from competition.web.results.words import PUBLIC

KINDS = ("csv", "xlsx", "json")
FIELDS = {
    "rank": "Place within the track, and within the group where there are several; null = no score",
    "tied": "Whether other entries of the track hold the same rank; the next ranks are skipped",
    "group": "Entries of different groups have no judge in common and are ranked apart",
    "raw": "Mean of the judges' weighted totals",
    "adjusted": "The method's score before rounding",
    "score": "The official score, rounded as the rules say; ranks follow it",
    "se": "Standard error of `adjusted`; null where the method has none",
    "low": "Lower end of the 95 % interval of `adjusted`, 1.96 standard errors below it",
    "high": "Upper end of that interval",
    "judges": "Judges whose scorecards went in",
}


@blueprint.get("/c/<slug>/results/<int:position>/results.<any(csv, xlsx, json):kind>")
@public
def download(slug: str, position: int, kind: str) -> ResponseReturnValue:
    version = version_of(session(), slug=slug, position=position)
    if version is None or version.publication_id is None:
        raise NotFound
    page = pages().page(
        ("file", slug, position, kind, str(get_locale())),
        version,
        lambda: _encoded(slug, position, kind),
    )
    response: Response = make_response(respond(page, cache_control=ASK_AGAIN, vary=VARY))
    name = f"{slug}-{position}-results.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _encoded(slug: str, position: int, kind: str) -> Encoded:
    competition, of, publication = published_at(slug, position)
    if publication is None:
        raise NotFound
    board = board_of_run(session(), publication.run)
    content = content_of(kind, competition, of, publication, board)
    return packed(content, TYPES.get(kind, "application/json").partition(";")[0])


def export_results(
    session: Session, *, competition: Competition, of: Round, kind: str, locale: str = "en"
) -> bytes:
    """The live publication of a round as a file, for the command line.

    Raises NotFound when nothing is public.
    """
    publication = live_publication(session, round_id=of.id)
    if publication is None:
        raise NotFound("results_not_public")
    board = board_of_run(session, publication.run)
    with force_locale(locale):
        return content_of(kind, competition, of, publication, board)


def content_of(
    kind: str, competition: Competition, of: Round, publication: Publication, board: Board
) -> bytes:
    """The bytes of a file of the given kind: csv, xlsx or json."""
    if kind == "json":
        document = as_document(competition, of, publication, board)
        return _as_json(document)
    if kind == "csv":
        rows = [_row(track, place, board) for track in board.tracks for place in track.places]
        return write_csv(_headers(), rows)
    return write_xlsx(
        Sheet(local(track.name), _headers(), [_row(track, place, board) for place in track.places])
        for track in board.tracks
    )


def _as_json(document: object) -> bytes:
    """Piece by piece: a whole text of it, and its encoding, would take the memory twice more."""
    out = BytesIO()
    for piece in json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(document):
        out.write(piece.encode())
    out.write(b"\n")
    return out.getvalue()


def _headers() -> Sequence[str]:
    return [
        _("Track"),
        _("Rank"),
        _("Tied"),
        _("Entry number"),
        _("Title"),
        _("Team"),
        _("School"),
        _("Judges"),
        _("Raw mean"),
        _("Score before rounding"),
        _("Score"),
        _("Standard error"),
        _("95 %% interval from") % (),
        _("95 %% interval to") % (),
        _("Group"),
    ]


def _row(track: TrackBoard, place: Place, board: Board) -> list[Any]:
    return [
        local(track.name),
        place.rank,
        (_("yes") if place.is_tied else ""),
        place.number,
        local(place.title),
        place.team,
        local(place.school),
        place.judges,
        place.raw,
        place.adjusted,
        place.score,
        place.se,
        place.low,
        place.high,
        _group(track, place),
    ]


def _group(track: TrackBoard, place: Place) -> int | None:
    if place.rank is None or len(track.components) == 1:
        return None
    return track.components.index(place.component) + 1


def as_document(
    competition: Competition, of: Round, publication: Publication, board: Board
) -> dict[str, Any]:
    """The ranking for programs: stable keys, both languages, full precision."""
    run = board.run
    fewest, most = board.judges_per_entry
    return {
        "about": {
            "competition": _both(competition.name),
            "round": _both(of.name),
            "address": f"{competition.slug}/{of.position}",
            "published_at": publication.published_at.isoformat(),
            "published_by": "organizers",
            "run": run.number,
            "computed_at": run.created_at.isoformat(),
            "method": run.method,
            "seed": run.seed,
            "software": f"competition {run.code_version}",
            "rules_sha256": run.rules_digest,
            "inputs_sha256": run.input_digest,
            "fields": FIELDS,
        },
        "rules": run.rules,
        "figures": {
            "entries_scored": board.scored,
            "judges": board.judges,
            "judges_per_entry": [fewest, most],
            "scorecards": run.scorecards,
            "scorecards_missing": run.scorecards_missing,
        },
        "warnings": [item["code"] for item in run.warnings if item["code"] in PUBLIC],
        "tracks": [
            {
                "position": track.position,
                "name": _both(track.name),
                "entries": [_entry(track, place) for place in track.places],
            }
            for track in board.tracks
        ],
    }


def _entry(track: TrackBoard, place: Place) -> dict[str, Any]:
    return {
        "rank": place.rank,
        "tied": place.is_tied,
        "group": _group(track, place),
        "entry": place.number,
        "title": _both(place.title),
        "team": place.team,
        "school": _both(place.school),
        "judges": place.judges,
        "raw": place.raw,
        "adjusted": place.adjusted,
        "score": place.score,
        "se": place.se,
        "low": place.low,
        "high": place.high,
    }


def _both(text: LocalText) -> dict[str, str]:
    return {language: words for language, words in (("en", text.en), ("zh", text.zh)) if words}
