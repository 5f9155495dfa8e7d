"""Tables of judges, teams, entries, conflicts, assignments and ratings, in and out."""

from competition.services.tables.exporting import export_table
from competition.services.tables.formats import FORMATS, IGNORED, TableKind
from competition.services.tables.importing import IMPORTERS, plan_import, run_import
from competition.services.tables.plans import Effect, Plan, Source, Step
from competition.services.tables.sheets import read

__all__ = [
    "FORMATS",
    "IGNORED",
    "IMPORTERS",
    "Effect",
    "Plan",
    "Source",
    "Step",
    "TableKind",
    "export_table",
    "plan_import",
    "read",
    "run_import",
]
