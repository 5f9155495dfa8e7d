"""The strips of figures above a ranking and above one entry's result."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from competition.models import ScoreRun
from competition.queries.results import Board, EntryResult
from competition.queries.results.boards import HALF_WIDTH
from competition.vocabulary import Method
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


def entry_figures(run: ScoreRun, result: EntryResult) -> list[Figure]:
    standing = result.standing
    among = (
        _("rank among %(count)s, tied", count=result.ranked)
        if result.is_tied
        else _("rank among %(count)s", count=result.ranked)
    )
    found = [
        (str(standing.rank), among),
        (score(standing.score, result.places), _("points, the official score")),
    ]
    if run.method != Method.MEAN:
        found.append((score(standing.raw, result.places), _("points, raw mean")))
    if standing.se is not None:
        width = f"±{NBSP}{score(HALF_WIDTH * standing.se, 1)}"
        found.append((width, _("points, half-width of the 95 %% interval") % ()))
    else:
        count = standing.judges
        found.append(
            (number(count), ngettext("judge of this entry", "judges of this entry", count))
        )
    return found
