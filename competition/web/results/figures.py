"""The strips of figures above a ranking and above one entry's result."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from competition.queries.results import Board, EntryResult
from competition.web.formats import NBSP, number, ranks, score

Figure = tuple[str, str]
"""A value, and what it counts."""


def board_figures(board: Board) -> list[Figure]:
    run = board.run
    fewest, most = board.judges_per_entry
    each = ranks(fewest, most)
    found = [
        (number(board.scored), ngettext("entry scored", "entries scored", board.scored)),
        (
            number(board.judges),
            ngettext(
                "judge, %(each)s to an entry",
                "judges, %(each)s to an entry",
                board.judges,
                each=each,
            ),
        ),
        (number(run.scorecards), _scorecards(run.scorecards, run.scorecards_missing)),
    ]
    if board.half_width is not None:
        text = _("points, typical half-width of a 95 %% interval") % ()
        found.append((f"±{NBSP}{score(board.half_width, 1)}", text))
    return found


def _scorecards(submitted: int, missing: int) -> str:
    if not missing:
        return str(ngettext("scorecard, all submitted", "scorecards, all submitted", submitted))
    return str(
        ngettext(
            "scorecard, %(missing)s missing", "scorecards, %(missing)s missing", submitted,
            missing=missing,
        )
    )  # fmt: skip


def entry_figures(board: Board, result: EntryResult) -> list[Figure]:
    standing = result.standing
    track = board.track(result.track.position)
    scored = [
        place for place in (track.scored if track else ()) if place.component == standing.component
    ]
    is_tied = any(
        place.rank == standing.rank and place.entry_id != result.entry_id for place in scored
    )
    place = (
        _("rank among %(count)s, tied", count=len(scored))
        if is_tied
        else _("rank among %(count)s", count=len(scored))
    )
    found = [
        (str(standing.rank), place),
        (score(standing.score, board.places), _("points, the official score")),
    ]
    if board.run.method != "mean":
        found.append((score(standing.raw, board.places), _("points, raw mean")))
    if standing.se is not None:
        width = f"±{NBSP}{score(1.96 * standing.se, 1)}"
        found.append((width, _("points, half-width of the 95 %% interval") % ()))
    else:
        count = standing.judges
        found.append((number(count), ngettext("judge", "judges", count)))
    return found
