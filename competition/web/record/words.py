"""Acts, things and fields of the audit log in words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from competition.vocabulary import (
    AssignmentState,
    CompetitionState,
    ConflictSource,
    EntryState,
    MemberKind,
    Method,
    OrganizationKind,
    Role,
    RoundState,
    ScorecardState,
    Weighting,
)

ACTS: Mapping[str, LazyString] = {
    # competitions, tracks, rounds, rubrics
    "create_competition": _l("Competition created"),
    "update_competition": _l("Settings changed"),
    "move_competition": _l("Competition moved on"),
    "set_tracks": _l("Tracks changed"),
    "add_round": _l("Round added"),
    "update_round": _l("Round changed"),
    "remove_round": _l("Round removed"),
    "move_round": _l("Round moved on"),
    "write_rubric": _l("Rubric written"),
    "freeze_rubric": _l("Rubric frozen"),
    # people
    "create_account": _l("Account created"),
    "set_password": _l("Password changed"),
    "issue_link": _l("Personal link issued"),
    "sign_in": _l("Signed in"),
    "sign_in_failed": _l("Failed sign-in"),
    "sign_out": _l("Signed out"),
    "grant_role": _l("Role given"),
    "withdraw_role": _l("Role withdrawn"),
    "make_operator": _l("Made an operator"),
    "create_organization": _l("School or company added"),
    # teams and entries
    "register_team": _l("Team registered"),
    "edit_team": _l("Team changed"),
    "start_entry": _l("Entry begun"),
    "edit_entry": _l("Entry changed"),
    "submit_entry": _l("Entry submitted"),
    "advance_entry": _l("Entry admitted to the next round"),
    # panel
    "add_judge": _l("Judge added"),
    "change_judge": _l("Judge changed"),
    "remove_judge": _l("Judge removed"),
    "add_conflict": _l("Conflict noted"),
    "remove_conflict": _l("Conflict removed"),
    "propose_assignments": _l("Assignment proposed"),
    "confirm_assignments": _l("Assignment confirmed"),
    "withdraw_assignment": _l("Assignment withdrawn"),
    # scoring and results
    "save_draft": _l("Scorecard saved as a draft"),
    "submit_scorecard": _l("Scorecard handed in"),
    "return_scorecard": _l("Scorecard returned"),
    "compute_results": _l("Ranking computed"),
    "publish_results": _l("Results published"),
    "withdraw_results": _l("Results withdrawn"),
}
"""What was done, as the services name it."""

THINGS: Mapping[str, LazyString] = {
    "account": _l("account"),
    "account_session": _l("session"),
    "assignment": _l("assignment"),
    "competition": _l("competition"),
    "conflict": _l("conflict"),
    "entry": _l("entry"),
    "entry_file": _l("file"),
    "entry_version": _l("entry"),
    "judge": _l("judge"),
    "membership": _l("role"),
    "organization": _l("school or company"),
    "panel_member": _l("panel"),
    "publication": _l("publication"),
    "round": _l("round"),
    "rubric": _l("rubric"),
    "score_run": _l("ranking"),
    "scorecard": _l("scorecard"),
    "team": _l("team"),
    "track": _l("track"),
}
"""What it was done to, by table."""

FIELDS: Mapping[str, LazyString] = {
    "account": _l("account"),
    "comment": _l("comment"),
    "comment_length": _l("characters of the comment"),
    "contact_email": _l("contact address"),
    "criteria": _l("criterion"),
    "demo_url": _l("demo address"),
    "description": _l("description"),
    "digest": _l("digest"),
    "drop_high": _l("highest scores dropped"),
    "drop_low": _l("lowest scores dropped"),
    "drop_minimum": _l("judges needed to drop any"),
    "email": _l("e-mail address"),
    "expertise": _l("expertise"),
    "from": _l("from"),
    "frozen_at": _l("frozen"),
    "instructors_max": _l("instructors at most"),
    "is_blind": _l("judges see numbers only"),
    "is_locked": _l("kept by hand"),
    "is_reason_required": _l("reason at the extremes"),
    "judges_per_entry": _l("judges per entry"),
    "judging_closes_at": _l("judging closes"),
    "kind": _l("kind"),
    "levels": _l("level"),
    "max_entries": _l("entries at most"),
    "members": _l("member"),
    "method": _l("method"),
    "name": _l("name"),
    "note_length": _l("characters of the note"),
    "number": _l("number"),
    "opens_at": _l("entries open"),
    "phone": _l("telephone"),
    "position": _l("position"),
    "ratings": _l("rating of criterion"),
    "reason": _l("reason"),
    "reason_lengths": _l("characters of the reason for criterion"),
    "recusal_reason": _l("reason of the recusal"),
    "registration_closes_at": _l("registration closes"),
    "repository_url": _l("repository"),
    "return_reason": _l("reason of the return"),
    "role": _l("role"),
    "round": _l("rounding"),
    "scale": _l("scale"),
    "scoring": _l("scoring"),
    "slug": _l("address"),
    "source": _l("source"),
    "spread_threshold": _l("spread pointed out"),
    "state": _l("state"),
    "state_reason": _l("reason"),
    "submissions_close_at": _l("entries close"),
    "submitted_at": _l("submitted at"),
    "summary": _l("summary"),
    "team_size_max": _l("people in a team at most"),
    "text": _l("meaning"),
    "title": _l("title"),
    "to": _l("to"),
    "total": _l("total"),
    "tracks": _l("track"),
    "unit": _l("judges combined by"),
    "weight": _l("weight"),
    "weighted": _l("after the weight"),
    "weighting": _l("weights"),
    "zone": _l("time zone"),
}
"""What changed."""

HIDDEN_FIELDS = frozenset({"id", "revision", "created_at", "competition_id", "account_id"})
"""Fields that say nothing to a reader."""

ENUMS: Mapping[str, type[StrEnum]] = {
    "assignment.state": AssignmentState,
    "competition.state": CompetitionState,
    "entry.state": EntryState,
    "round.state": RoundState,
    "scorecard.state": ScorecardState,
    "judge.kind": OrganizationKind,
    "organization.kind": OrganizationKind,
    "team_member.kind": MemberKind,
    "source": ConflictSource,
    "method": Method,
    "role": Role,
    "weighting": Weighting,
}
"""Fields that hold an enum's value, alone or by table."""
