"""The words of the field as enums, and the transitions each state allows, as data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in one competition."""

    ORGANIZER = "organizer"
    COMMITTEE = "committee"
    JUDGE = "judge"
    TEAM = "team"
    OBSERVER = "observer"


INVITED_ROLES = (Role.ORGANIZER, Role.COMMITTEE, Role.OBSERVER)
"""Roles given by invitation; judges come with the judge list, teams by registering."""


class CompetitionState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    JUDGING = "judging"
    CLOSED = "closed"
    ARCHIVED = "archived"


class RoundState(StrEnum):
    SETUP = "setup"
    RECEIVING = "receiving"
    SCREENING = "screening"
    ASSIGNING = "assigning"
    JUDGING = "judging"
    LOCKED = "locked"
    RESULTS = "results"


class Weighting(StrEnum):
    """How a criterion's weight acts: a share of 100, or a plain factor."""

    PERCENT = "percent"
    FACTOR = "factor"


class OrganizationKind(StrEnum):
    SCHOOL = "school"
    INDUSTRY = "industry"


class MemberKind(StrEnum):
    CAPTAIN = "captain"
    MEMBER = "member"
    INSTRUCTOR = "instructor"


class EntryState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ELIGIBLE = "eligible"
    RETURNED = "returned"
    DISQUALIFIED = "disqualified"
    WITHDRAWN = "withdrawn"


class AssignmentState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RECUSED = "recused"
    DONE = "done"


class ScorecardState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"


class ConflictSource(StrEnum):
    """Who says, or what shows, that a judge must not see a team's entry."""

    ORGANIZER = "organizer"
    JUDGE = "judge"
    TEAM = "team"
    IMPORT = "import"
    RELATION = "relation"
    EMPLOYER = "employer"
    """Same company; found from the organizations of judge and team."""
    SAME_SCHOOL = "same_school"
    """Found from the organizations, by any of their names."""
    INSTRUCTOR = "instructor"
    """The judge instructs the team; found by account, address or name."""
    MEMBER = "member"
    """The judge is a member of the team; found by account or address."""


FOUND_SOURCES = frozenset(
    {
        ConflictSource.EMPLOYER,
        ConflictSource.SAME_SCHOOL,
        ConflictSource.INSTRUCTOR,
        ConflictSource.MEMBER,
    }
)
"""What is found automatically, and goes again when the facts change."""


class ConflictStatus(StrEnum):
    """A found conflict blocks like a confirmed one; a dismissed one stays on record."""

    FOUND = "found"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class BidChoice(StrEnum):
    """What a judge says about judging an entry."""

    WANT = "want"
    CAN = "can"
    RATHER_NOT = "rather_not"
    MUST_NOT = "must_not"
    """Declares a conflict."""


class PlanStatus(StrEnum):
    PROPOSED = "proposed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class PlanChanges(StrEnum):
    """How a plan treats what judges have already: not at all, or as dear as possible, or a bit."""

    ANEW = "anew"
    FEWEST = "fewest"
    SMALL = "small"


class PairState(StrEnum):
    """A pair of a plan: proposed, kept by hand, or ruled out by hand."""

    PLANNED = "planned"
    LOCKED = "locked"
    EXCLUDED = "excluded"


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Method(StrEnum):
    """How the scores of an entry's judges become one score."""

    MEAN = "mean"
    TRIMMED = "trimmed"
    ZSCORE = "zscore"
    MINMAX = "minmax"
    PERCENTILE = "percentile"
    ADDITIVE = "additive"
    MIXED = "mixed"
    SCALED = "scaled"
    BAYES = "bayes"
    RASCH = "rasch"


UNCORRECTED_METHODS = frozenset({Method.MEAN, Method.TRIMMED})
"""Methods whose score is a mean of what the judges gave."""

MODEL_METHODS = frozenset({Method.MIXED, Method.SCALED, Method.BAYES, Method.RASCH})
"""Methods whose score is more than the mean of corrected scores."""

SLOW_METHODS = frozenset({Method.BAYES, Method.RASCH})
"""Methods that a page computes only when asked for."""


COMPETITION_TRANSITIONS: Mapping[CompetitionState, frozenset[CompetitionState]] = {
    CompetitionState.DRAFT: frozenset({CompetitionState.OPEN}),
    CompetitionState.OPEN: frozenset({CompetitionState.DRAFT, CompetitionState.JUDGING}),
    CompetitionState.JUDGING: frozenset({CompetitionState.OPEN, CompetitionState.CLOSED}),
    CompetitionState.CLOSED: frozenset({CompetitionState.JUDGING, CompetitionState.ARCHIVED}),
    CompetitionState.ARCHIVED: frozenset({CompetitionState.CLOSED}),
}

ROUND_TRANSITIONS: Mapping[RoundState, frozenset[RoundState]] = {
    RoundState.SETUP: frozenset({RoundState.RECEIVING}),
    RoundState.RECEIVING: frozenset({RoundState.SETUP, RoundState.SCREENING}),
    RoundState.SCREENING: frozenset({RoundState.RECEIVING, RoundState.ASSIGNING}),
    RoundState.ASSIGNING: frozenset({RoundState.SCREENING, RoundState.JUDGING}),
    RoundState.JUDGING: frozenset({RoundState.ASSIGNING, RoundState.LOCKED}),
    RoundState.LOCKED: frozenset({RoundState.JUDGING, RoundState.RESULTS}),
    RoundState.RESULTS: frozenset({RoundState.LOCKED}),
}

ENTRY_TRANSITIONS: Mapping[EntryState, frozenset[EntryState]] = {
    EntryState.DRAFT: frozenset({EntryState.SUBMITTED, EntryState.WITHDRAWN}),
    EntryState.SUBMITTED: frozenset(
        {
            EntryState.SUBMITTED,
            EntryState.ELIGIBLE,
            EntryState.RETURNED,
            EntryState.DISQUALIFIED,
            EntryState.WITHDRAWN,
        }
    ),
    EntryState.RETURNED: frozenset(
        {EntryState.SUBMITTED, EntryState.DISQUALIFIED, EntryState.WITHDRAWN}
    ),
    EntryState.ELIGIBLE: frozenset(
        {
            EntryState.SUBMITTED,
            EntryState.RETURNED,
            EntryState.DISQUALIFIED,
            EntryState.WITHDRAWN,
        }
    ),
    EntryState.DISQUALIFIED: frozenset({EntryState.SUBMITTED, EntryState.ELIGIBLE}),
    EntryState.WITHDRAWN: frozenset({EntryState.DRAFT}),
}

ASSIGNMENT_TRANSITIONS: Mapping[AssignmentState, frozenset[AssignmentState]] = {
    AssignmentState.PROPOSED: frozenset({AssignmentState.CONFIRMED, AssignmentState.RECUSED}),
    AssignmentState.CONFIRMED: frozenset(
        {AssignmentState.PROPOSED, AssignmentState.RECUSED, AssignmentState.DONE}
    ),
    AssignmentState.RECUSED: frozenset({AssignmentState.CONFIRMED}),
    AssignmentState.DONE: frozenset({AssignmentState.CONFIRMED, AssignmentState.RECUSED}),
}

SCORECARD_TRANSITIONS: Mapping[ScorecardState, frozenset[ScorecardState]] = {
    ScorecardState.DRAFT: frozenset({ScorecardState.DRAFT, ScorecardState.SUBMITTED}),
    ScorecardState.SUBMITTED: frozenset({ScorecardState.RETURNED}),
    ScorecardState.RETURNED: frozenset({ScorecardState.RETURNED, ScorecardState.SUBMITTED}),
}

JUDGEABLE_ENTRY_STATES = frozenset({EntryState.SUBMITTED, EntryState.ELIGIBLE})
"""States in which an entry is assigned to judges and takes a place in a ranking."""
