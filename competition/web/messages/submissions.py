"""Refusals of submissions in words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

TEAMS: dict[str, LazyString] = {
    "registration_not_open_yet": _l("Registration has not begun yet."),
    "registration_closed": _l("Registration is closed. Ask the organizers if something is wrong."),
    "registration_late": _l(
        "The deadline for registration has passed. Ask the organizers if something is wrong."
    ),
    "team_name_taken": _l("There is a team with this name already. Take a different one."),
    "team_too_large": _l("A team has at most %(limit)s members, the captain included."),
    "instructors_too_many": _l("A team has at most %(limit)s instructors. Take one out."),
    "person_without_name": _l("Enter this person’s name."),
    "person_without_email": _l("Enter an e-mail address for %(name)s."),
    "person_twice": _l("%(name)s is in this list twice. Empty one of the two rows."),
    "person_in_other_team": _l(
        "%(name)s (%(email)s) is in another team of this competition already."
        " One person can be in one team only."
    ),
    "captain_has_account": _l(
        "There is an account with the address %(email)s already. Sign in with it first, and then"
        " register the team."
    ),
    "only_captain": _l("Only the captain makes personal links."),
    "link_is_their_own": _l(
        "%(name)s has an account that is used beyond this team. They sign in themselves, or the"
        " organizers help them."
    ),
}

ENTRIES: dict[str, LazyString] = {
    "round_not_open_yet": _l("This round does not receive entries yet."),
    "round_not_receiving": _l("This round receives no entries any more."),
    "submission_late": _l("The deadline has passed. What was submitted before it counts."),
    "team_not_in_round": _l("Your team did not advance to this round."),
    "track_unknown": _l("Choose one of the tracks offered."),
    "entry_is_eligible": _l("The organizers have accepted the entry; it cannot change any more."),
    "entry_is_disqualified": _l("The entry is disqualified; it cannot change any more."),
    "entry_is_withdrawn": _l("The entry is withdrawn. Take that back to change it."),
    "entry_cannot_move": _l("The entry has moved on meanwhile. Look at its present state."),
    "entry_without_title": _l("Give your entry a title, in English or Chinese."),
    "entry_without_summary": _l("Write a summary, in English or Chinese."),
    "entry_without_work": _l("Add a file, a repository address or a live demo address."),
    "not_a_web_address": _l(
        "Enter an address that begins with https:// or http:// and contains no blank."
    ),
    "withdrawal_over": _l(
        "Judging is being prepared: the entry can only be withdrawn by the organizers now."
    ),
}

SCREENING: dict[str, LazyString] = {
    "still_receiving": _l(
        "The team can still change this entry. Entries are accepted after the deadline."
    ),
    "screening_over": _l("The scores are locked: entries are not screened any more."),
    "return_over": _l(
        "Judges are being assigned: the team could not correct the entry any more."
        " Move the round back to screening first."
    ),
    "nothing_to_undo": _l("There is nothing to undo."),
    "screening_without_reason": _l("Give a reason. The team reads it."),
}

FILES: dict[str, LazyString] = {
    "disk_short": _l(
        "There is too little room on the server for this file; nothing of it was kept."
        " Tell the organizers."
    ),
    "file_missing": _l("Choose a file."),
    "file_without_name": _l("A file has no usable name. Rename it and send it again."),
    "file_too_large": _l("%(name)s is too large. A file has at most %(limit)s MB."),
    "file_empty": _l("%(name)s is empty."),
    "file_type": _l("%(name)s cannot be taken. Allowed are: %(allowed)s."),
    "file_content": _l(
        "%(name)s is not what its name says: its content is no %(ending)s file."
        " Save it again in that format."
    ),
    "file_macros": _l("%(name)s contains macros. Save it without them."),
    "file_has_successor": _l("A file of that name or content is there now: %(name)s."),
    "files_too_many": _l("An entry has at most %(limit)s files. Remove one first."),
    "files_over_quota": _l(
        "Together the files would take %(total)s MB. An entry has at most %(limit)s MB."
    ),
    "zip_broken": _l("%(name)s cannot be opened. Make the file again and send it once more."),
    "zip_empty": _l("%(name)s contains no files."),
    "zip_too_many": _l("%(name)s contains too many files. At most %(limit)s are allowed."),
    "zip_bomb": _l("%(name)s would unpack to far more than it says. It is not kept."),
    "zip_path": _l("%(name)s contains “%(inside)s”, a name that leads out of its folder."),
    "zip_encrypted": _l("%(name)s is protected by a password. Judges could not open it."),
    "zip_link": _l("%(name)s contains “%(inside)s”, a link to another file. Pack the file itself."),
}

MESSAGES: dict[str, LazyString] = {**TEAMS, **ENTRIES, **SCREENING, **FILES}
