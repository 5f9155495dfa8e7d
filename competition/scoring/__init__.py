"""The scoring core: ratings and a rule book in, scores and ranks out; NumPy only."""

from competition.scoring.engine import score
from competition.scoring.errors import BadRules, RatingsBreakRules, ScoringError
from competition.scoring.explanation import WorkedExample, worked_example
from competition.scoring.ranking import noise_level, rank_within, ranks
from competition.scoring.ratings import Ratings
from competition.scoring.result import Result, ScoreWarning
from competition.scoring.rounding import round_half_up
from competition.scoring.rulebook import METHODS, Criterion, Rounding, RuleBook
from competition.scoring.totals import RatingProblem, find_problems

__all__ = [
    "METHODS",
    "BadRules",
    "Criterion",
    "RatingProblem",
    "Ratings",
    "RatingsBreakRules",
    "Result",
    "Rounding",
    "RuleBook",
    "ScoreWarning",
    "ScoringError",
    "WorkedExample",
    "find_problems",
    "noise_level",
    "rank_within",
    "ranks",
    "round_half_up",
    "score",
    "worked_example",
]
