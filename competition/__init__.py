"""Judging and scoring for competitions: fair, explainable, verifiable rankings."""

__version__ = "0.1.0"
