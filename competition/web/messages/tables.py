"""Refusals of tables in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

MESSAGES: dict[str, LazyString] = {
    # the file
    "table_empty_file": _l("The file is empty."),
    "table_file_too_large": _l("The file is too large: at most %(limit)s bytes."),
    "table_too_many_rows": _l("The file has more than %(limit)s rows. Split it."),
    "table_too_many_columns": _l("The file has more than %(limit)s columns."),
    "table_cell_too_large": _l("A cell has more than %(limit)s characters."),
    "table_unknown_encoding": _l("The text cannot be read. Save the file as .xlsx or UTF-8 CSV."),
    "table_not_a_table": _l("This is no table. Save it as .xlsx or CSV."),
    "table_broken_csv": _l("A quotation mark is opened and not closed."),
    "table_broken_workbook": _l(
        "The .xlsx file is damaged or protected by a password. Open it and save it again."
    ),
    "table_unknown_sheet": _l("The workbook has no sheet %(sheet)s."),
    "table_duplicate_header": _l("Two columns are called “%(header)s”."),
    "table_cells_beside_table": _l("There is text beside the last column that has a header."),
    "table_needs_round": _l("Choose the round."),
    "table_no_file": _l("Choose a file."),
    "table_spreadsheet_error": _l("The file cannot be read as a table."),
    # columns
    "table_column_missing": _l("The column “%(column_name)s” is missing."),
    "table_column_twice": _l("Two columns mean the same. Keep one of them."),
    "table_columns_unknown": _l("Not used, because nothing is known by this name: %(columns)s."),
    "table_columns_unused": _l("Not used: %(columns)s."),
    "table_without_rows": _l("There is no row below the headers."),
    # cells
    "table_cell_empty": _l("Fill this in."),
    "table_cell_too_long": _l("%(length)s characters; at most %(limit)s are possible."),
    "table_email_invalid": _l("“%(value)s” is no e-mail address."),
    "table_email_twice": _l("%(value)s stands in row %(first)s as well."),
    "table_row_twice": _l("The same stands in row %(first)s already."),
    "table_not_whole": _l("“%(value)s” is no whole number of 1 or more."),
    "table_not_a_number": _l("“%(value)s” is no number."),
    "table_word_unknown": _l("“%(value)s” is not known here. Use one of: %(known)s."),
    "table_not_an_address": _l("“%(value)s” is no web address; it begins with https://."),
    "table_person_unreadable": _l("“%(value)s” cannot be read as a name, or as name <e-mail>."),
    # references
    "table_judge_unknown": _l(
        "No judge is known by “%(value)s”. Use e-mail address, name or number."
    ),
    "table_judge_ambiguous": _l("Several judges are called “%(value)s”. Use the e-mail address."),
    "table_entry_unknown": _l(
        "No submitted entry of this round has the number or title “%(value)s”."
    ),
    "table_entry_ambiguous": _l("Several entries fit “%(value)s”. Use a number of one round."),
    "table_team_unknown": _l("There is no team “%(value)s”."),
    "table_school_unknown": _l("No team comes from “%(value)s”."),
    "table_track_unknown": _l("There is no track “%(value)s”. There are: %(known)s."),
    "table_criterion_unknown": _l("The rubric has no criterion “%(value)s”. It has: %(known)s."),
    # people
    "table_name_stays": _l(
        "“%(value)s” is known as %(name)s already and has an account; that name stays."
    ),
    "table_team_too_large": _l("%(count)s people; a team has at most %(limit)s with its captain."),
    "table_too_many_instructors": _l("A team has at most %(limit)s instructors."),
    "table_person_twice": _l("%(value)s stands in this team twice."),
    "table_person_elsewhere": _l("%(value)s is in the team %(team)s already."),
    # entries
    "table_round_past_entries": _l(
        "This round is past taking entries in: it is being judged, or its scores are locked."
    ),
    "table_entry_is_out": _l("%(entry)s is withdrawn or disqualified."),
    "table_entry_number_stays": _l("This team’s entry has the number %(entry)s already."),
    "table_entry_number_taken": _l("Another team’s entry has the number %(value)s."),
    # conflicts and assignments
    "table_conflict_without_aim": _l("Fill in exactly one of entry, team and school."),
    "table_round_not_assigning": _l(
        "Assignments change while a round is assigning judges or judging. Move the round there "
        "first."
    ),
    "table_assignment_begun": _l("%(judge)s has begun to score %(entry)s; it stays with them."),
    "table_judge_over_limit": _l(
        "%(judge)s would have %(count)s entries and takes at most %(limit)s."
    ),
    # ratings
    "table_round_not_judging": _l(
        "Ratings come in while a round is assigning judges or judging. Move the round there first."
    ),
    "table_no_rubric": _l("This round has no rubric yet. Write it first."),
    "table_off_scale": _l("%(value)s is off the scale from %(low)s to %(high)s."),
    "table_off_step": _l(
        "%(value)s is not on the scale: from %(low)s to %(high)s in steps of %(step)s."
    ),
    "table_scorecard_incomplete": _l(
        "The scorecard of %(judge)s for %(entry)s lacks: %(missing)s."
    ),
    "table_scorecard_exists": _l(
        "%(judge)s has a scorecard of their own for %(entry)s; it is not overwritten."
    ),
    "import_changed": _l(
        "Something changed since this was checked. Look at the new check before you confirm."
    ),
}
