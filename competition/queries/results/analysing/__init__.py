"""What the scorecards of a round tell beside the ranking: judges, certainty, agreement."""

from competition.queries.results.analysing.analysis import (
    Agreement,
    Analysis,
    EntryFigures,
    FavourCheck,
    JudgeFigures,
    Plan,
    TrackAnalysis,
    analyse,
)
from competition.queries.results.analysing.certainty import (
    DRAWS,
    ESTIMATE_LARGEST,
    Certainty,
    RankChances,
)
from competition.queries.results.analysing.people import People, people_of

__all__ = [
    "DRAWS",
    "ESTIMATE_LARGEST",
    "Agreement",
    "Analysis",
    "Certainty",
    "EntryFigures",
    "FavourCheck",
    "JudgeFigures",
    "People",
    "Plan",
    "RankChances",
    "TrackAnalysis",
    "analyse",
    "people_of",
]
