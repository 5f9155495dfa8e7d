"""Pages of competitions, tracks and rounds."""

from competition.web.rounds import competitions, moves, pages, rounds, tracks
from competition.web.rounds.blueprint import blueprint

__all__ = ["blueprint", "competitions", "moves", "pages", "rounds", "tracks"]
