"""Writing the rubric of a round, and freezing it once scores depend on it."""

from competition.services.rubrics.freezing import freeze
from competition.services.rubrics.rows import CriterionRow, LevelRow, divided
from competition.services.rubrics.writing import copy_rubric, write_rubric

__all__ = ["CriterionRow", "LevelRow", "copy_rubric", "divided", "freeze", "write_rubric"]
