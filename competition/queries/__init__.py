"""Reads for pages, command line and scoring: rows or frozen dataclasses, never a change."""
