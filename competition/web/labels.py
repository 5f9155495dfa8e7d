"""The words for every enum member."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from competition.vocabulary import (
    AssignmentState,
    BidChoice,
    CompetitionState,
    ConflictSource,
    ConflictStatus,
    EntryState,
    MailState,
    MemberKind,
    Method,
    OrganizationKind,
    PairState,
    PlanChanges,
    PlanStatus,
    Role,
    RoundState,
    ScorecardState,
    Weighting,
)

ROLES: Mapping[Role, LazyString] = {
    Role.ORGANIZER: _l("Organizer"),
    Role.COMMITTEE: _l("Committee member"),
    Role.JUDGE: _l("Judge"),
    Role.TEAM: _l("Team member"),
    Role.OBSERVER: _l("Observer"),
}
COMPETITION_STATES: Mapping[CompetitionState, LazyString] = {
    CompetitionState.DRAFT: _l("Draft"),
    CompetitionState.OPEN: _l("Open"),
    CompetitionState.JUDGING: _l("In judging"),
    CompetitionState.CLOSED: _l("Closed"),
    CompetitionState.ARCHIVED: _l("Archived"),
}
ROUND_STATES: Mapping[RoundState, LazyString] = {
    RoundState.SETUP: _l("Being set up"),
    RoundState.RECEIVING: _l("Receiving entries"),
    RoundState.SCREENING: _l("Screening"),
    RoundState.ASSIGNING: _l("Assigning judges"),
    RoundState.JUDGING: _l("Judging"),
    RoundState.LOCKED: _l("Scores locked"),
    RoundState.RESULTS: _l("Results"),
}
WEIGHTINGS: Mapping[Weighting, LazyString] = {
    Weighting.PERCENT: _l("Percent of 100 points"),
    Weighting.FACTOR: _l("Factor"),
}
ORGANIZATION_KINDS: Mapping[OrganizationKind, LazyString] = {
    OrganizationKind.SCHOOL: _l("School"),
    OrganizationKind.INDUSTRY: _l("Industry"),
}
MEMBER_KINDS: Mapping[MemberKind, LazyString] = {
    MemberKind.CAPTAIN: _l("Captain"),
    MemberKind.MEMBER: _l("Member"),
    MemberKind.INSTRUCTOR: _l("Instructor"),
}
ENTRY_STATES: Mapping[EntryState, LazyString] = {
    EntryState.DRAFT: _l("Draft entry"),
    EntryState.SUBMITTED: _l("Submitted"),
    EntryState.ELIGIBLE: _l("Eligible"),
    EntryState.RETURNED: _l("Returned for correction"),
    EntryState.DISQUALIFIED: _l("Disqualified"),
    EntryState.WITHDRAWN: _l("Withdrawn"),
}
ASSIGNMENT_STATES: Mapping[AssignmentState, LazyString] = {
    AssignmentState.PROPOSED: _l("Proposed"),
    AssignmentState.CONFIRMED: _l("Confirmed"),
    AssignmentState.RECUSED: _l("Recused"),
    AssignmentState.DONE: _l("Done"),
}
SCORECARD_STATES: Mapping[ScorecardState, LazyString] = {
    ScorecardState.DRAFT: _l("Draft scorecard"),
    ScorecardState.SUBMITTED: _l("Scorecard submitted"),
    ScorecardState.RETURNED: _l("Returned to the judge"),
}
CONFLICT_SOURCES: Mapping[ConflictSource, LazyString] = {
    ConflictSource.ORGANIZER: _l("Entered by an organizer"),
    ConflictSource.JUDGE: _l("Declared by the judge"),
    ConflictSource.TEAM: _l("Declared by the team"),
    ConflictSource.IMPORT: _l("From a file"),
    ConflictSource.RELATION: _l("Relation"),
    ConflictSource.EMPLOYER: _l("Same company"),
    ConflictSource.SAME_SCHOOL: _l("Same school"),
    ConflictSource.INSTRUCTOR: _l("Instructor of the team"),
    ConflictSource.MEMBER: _l("Member of the team"),
}
CONFLICT_STATUSES: Mapping[ConflictStatus, LazyString] = {
    ConflictStatus.FOUND: _l("To be decided"),
    ConflictStatus.CONFIRMED: _l("Conflict confirmed"),
    ConflictStatus.DISMISSED: _l("Dismissed"),
}
BID_CHOICES: Mapping[BidChoice, LazyString] = {
    BidChoice.WANT: _l("Want to"),
    BidChoice.CAN: _l("Can"),
    BidChoice.RATHER_NOT: _l("Rather not"),
    BidChoice.MUST_NOT: _l("Must not"),
}
PLAN_STATUSES: Mapping[PlanStatus, LazyString] = {
    PlanStatus.PROPOSED: _l("Plan proposed"),
    PlanStatus.PUBLISHED: _l("Plan published"),
    PlanStatus.SUPERSEDED: _l("Plan superseded"),
}
PLAN_CHANGES: Mapping[PlanChanges, LazyString] = {
    PlanChanges.ANEW: _l("All anew"),
    PlanChanges.FEWEST: _l("Fewest changes"),
    PlanChanges.SMALL: _l("Small bonus for what is known"),
}
PAIR_STATES: Mapping[PairState, LazyString] = {
    PairState.PLANNED: _l("Planned"),
    PairState.LOCKED: _l("Kept by hand"),
    PairState.EXCLUDED: _l("Ruled out"),
}
MAIL_STATES: Mapping[MailState, LazyString] = {
    MailState.QUEUED: _l("Waiting"),
    MailState.SENT: _l("Sent"),
    MailState.FAILED: _l("Not delivered"),
}
METHODS: Mapping[Method, LazyString] = {
    Method.MEAN: _l("Mean of the judges"),
    Method.TRIMMED: _l("Mean without the highest and lowest"),
    Method.ZSCORE: _l("Standard scores per judge"),
    Method.MINMAX: _l("Range of each judge (min–max)"),
    Method.PERCENTILE: _l("Percentile ranks per judge"),
    Method.ADDITIVE: _l("Corrected for severity (least squares)"),
    Method.MIXED: _l("Random effects (REML)"),
    Method.SCALED: _l("Corrected for severity and spread"),
    Method.BAYES: _l("Best estimate (hierarchical judge model)"),
    Method.RASCH: _l("Rating scale model (many-facet Rasch)"),
}

_LABELS: dict[tuple[type[StrEnum], StrEnum], LazyString] = {}
for _table in (
    ROLES,
    COMPETITION_STATES,
    ROUND_STATES,
    WEIGHTINGS,
    ORGANIZATION_KINDS,
    MEMBER_KINDS,
    ENTRY_STATES,
    ASSIGNMENT_STATES,
    SCORECARD_STATES,
    CONFLICT_SOURCES,
    CONFLICT_STATUSES,
    BID_CHOICES,
    PLAN_STATUSES,
    PLAN_CHANGES,
    PAIR_STATES,
    MAIL_STATES,
    METHODS,
):
    for _member, _label in _table.items():
        _LABELS[(type(_member), _member)] = _label


def label(member: StrEnum) -> str:
    """The words for an enum member; one without words is a mistake of ours: KeyError."""
    return str(_LABELS[(type(member), member)])
