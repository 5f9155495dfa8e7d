"""The scoring core: ratings and a rule book in, scores and ranks out; NumPy and SciPy only.

Names are loaded when they are first used, so that reading a rule book does not load NumPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from competition.scoring.engine import score
    from competition.scoring.errors import BadRules, RatingsBreakRules, ScoringError
    from competition.scoring.explanation import WorkedExample, worked_example
    from competition.scoring.ranking import noise_level, rank_within, ranks
    from competition.scoring.ratings import Ratings
    from competition.scoring.result import Result, ScoreWarning, TieBreak
    from competition.scoring.rounding import round_half_up
    from competition.scoring.rulebook import (
        METHODS,
        Criterion,
        Fallback,
        Line,
        Rounding,
        RuleBook,
        Simulation,
        Spread,
    )
    from competition.scoring.totals import RatingProblem, find_problems

__all__ = [
    "METHODS",
    "BadRules",
    "Criterion",
    "Fallback",
    "Line",
    "RatingProblem",
    "Ratings",
    "RatingsBreakRules",
    "Result",
    "Rounding",
    "RuleBook",
    "ScoreWarning",
    "ScoringError",
    "Simulation",
    "Spread",
    "TieBreak",
    "WorkedExample",
    "find_problems",
    "noise_level",
    "rank_within",
    "ranks",
    "round_half_up",
    "score",
    "worked_example",
]

_WHERE = {
    "engine": ("score",),
    "errors": ("BadRules", "RatingsBreakRules", "ScoringError"),
    "explanation": ("WorkedExample", "worked_example"),
    "ranking": ("noise_level", "rank_within", "ranks"),
    "ratings": ("Ratings",),
    "result": ("Result", "ScoreWarning", "TieBreak"),
    "rounding": ("round_half_up",),
    "rulebook": (
        "METHODS",
        "Criterion",
        "Fallback",
        "Line",
        "Rounding",
        "RuleBook",
        "Simulation",
        "Spread",
    ),
    "totals": ("RatingProblem", "find_problems"),
}
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
