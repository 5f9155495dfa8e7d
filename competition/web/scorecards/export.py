"""All submitted ratings of a round as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competition.adapters.spreadsheets import Sheet, write_csv, write_xlsx
from competition.adapters.spreadsheets.writing import Cell
from competition.errors import Forbidden
from competition.guards import session, signed_in
from competition.models import Competition, Round
from competition.policies import Permission
from competition.queries.scorecards import (
    Card,
    RatingRow,
    progress,
    rating_rows,
    remark_rows,
)
from competition.services.tables.formats import FORMATS, TableKind
from competition.web.formats import current_locale, local
from competition.web.lookup import round_at
from competition.web.scorecards.blueprint import blueprint
from competition.web.scorecards.progress import hidden_entries, sees_scores

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/c/<slug>/rounds/<int:position>/scoring/ratings.csv")
@signed_in
def ratings_csv(slug: str, position: int) -> ResponseReturnValue:
    competition, of = _readable(slug, position)
    rows = rating_rows(session(), round_id=of.id, hidden=hidden_entries(of))
    return _file(write_csv(_headers(), map(_cells, rows)), "text/csv", competition, of, "csv")


@blueprint.get("/c/<slug>/rounds/<int:position>/scoring/ratings.xlsx")
@signed_in
def ratings_xlsx(slug: str, position: int) -> ResponseReturnValue:
    competition, of = _readable(slug, position)
    return _file(write_xlsx(_sheets(competition, of)), XLSX, competition, of, "xlsx")


def _readable(slug: str, position: int) -> tuple[Competition, Round]:
    competition, of = round_at(slug, position, Permission.OVERSEE_COMPETITION)
    if not sees_scores(competition):
        raise Forbidden
    return competition, of


def _file(
    data: bytes, media_type: str, competition: Competition, of: Round, ending: str
) -> Response:
    name = f"{competition.slug}-{of.position}-ratings.{ending}"
    return Response(
        data,
        mimetype=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _headers() -> list[str]:
    """The column names that the import of ratings understands."""
    language = str(current_locale())
    return [column.header(language) for column in FORMATS[TableKind.RATINGS]]


def _cells(row: RatingRow) -> list[Cell]:
    return [row.judge, row.entry, local(row.criterion), row.score, row.reason]


def _sheets(competition: Competition, of: Round) -> Iterator[Sheet]:
    """A sheet per track, the judge x entry matrix of totals, and the texts."""
    hidden = hidden_entries(of)
    rows = rating_rows(session(), round_id=of.id, hidden=hidden)
    for track in competition.tracks:
        ratings = [_cells(row) for row in rows if row.track == track.name]
        yield Sheet(local(track.name), _headers(), ratings)
    yield _matrix(progress(session(), of, hidden=hidden).cards)
    zone = ZoneInfo(competition.zone)
    yield Sheet(
        _("Comments"),
        [_("Judge"), _("Entry"), _("Comment for the team"), _("Note for the committee"),
         _("Submitted")],
        [
            [item.judge, item.entry, item.comment, item.note,
             item.submitted_at.astimezone(zone) if item.submitted_at else None]
            for item in remark_rows(session(), round_id=of.id, hidden=hidden)
        ],
    )  # fmt: skip


def _matrix(cards: Sequence[Card]) -> Sheet:
    """Totals: a row for each judge, a column for each entry."""
    entries = sorted({card.entry.number for card in cards})
    judges = sorted({(card.judge.number, card.judge.name) for card in cards})
    totals: dict[tuple[int, str], Decimal | None] = {
        (card.judge.number, card.entry.number): card.total for card in cards
    }
    rows: list[list[Cell]] = [
        [f"{number:02}", name, *(totals.get((number, entry)) for entry in entries)]
        for number, name in judges
    ]
    return Sheet(_("Judges x entries"), [_("No."), _("Judge"), *entries], rows)
