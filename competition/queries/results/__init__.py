"""Reads of results: what goes into a ranking, what came out, and what is public of it."""

from competition.queries.results.advancing import Advance, Line, TrackAdvance, advance_of
from competition.queries.results.boards import (
    Board,
    Place,
    TrackBoard,
    board_of_run,
    display_places,
)
from competition.queries.results.calculating import (
    Calculation,
    ComparedEntry,
    MethodComparison,
    calculate,
    compare_methods,
)
from competition.queries.results.explaining import (
    EntryResult,
    Explanation,
    JudgeComment,
    comments_for_team,
    entry_result,
    explanation_of,
    worked_place,
)
from competition.queries.results.inputs import (
    MissingScorecards,
    RoundRatings,
    criterion_names,
    missing_scorecards,
    ratings_of_round,
    rulebook_of_round,
)
from competition.queries.results.publications import (
    Version,
    latest_publication,
    live_publication,
    publications_of_round,
    published_rounds,
    run_of_round,
    runs_of_round,
    teams_in_round,
    version_of,
)

__all__ = [
    "Advance",
    "Board",
    "Calculation",
    "ComparedEntry",
    "EntryResult",
    "Explanation",
    "JudgeComment",
    "Line",
    "MethodComparison",
    "MissingScorecards",
    "Place",
    "RoundRatings",
    "TrackAdvance",
    "TrackBoard",
    "Version",
    "advance_of",
    "board_of_run",
    "calculate",
    "comments_for_team",
    "compare_methods",
    "criterion_names",
    "display_places",
    "entry_result",
    "explanation_of",
    "latest_publication",
    "live_publication",
    "missing_scorecards",
    "publications_of_round",
    "published_rounds",
    "ratings_of_round",
    "rulebook_of_round",
    "run_of_round",
    "runs_of_round",
    "teams_in_round",
    "version_of",
    "worked_place",
]
