"""The tables; importing this package makes all of them known."""

from competition.models.base import Base, LocalText
from competition.models.panels import (
    Assignment,
    AssignmentPlan,
    Bid,
    Conflict,
    Judge,
    PanelMember,
    PanelSetup,
    PlannedPair,
    TeamDeclaration,
    judge_track,
)
from competition.models.people import Account, AccountSession, SignInAttempt, SignInLink
from competition.models.record import AuditEntry, OutboxMail
from competition.models.results import JudgeSeverity, Publication, ScoreRun, Standing
from competition.models.rounds import (
    Competition,
    Membership,
    Organization,
    OrganizationAlias,
    Round,
    Track,
)
from competition.models.rubrics import Criterion, Level, Rubric
from competition.models.scorecards import Rating, Scorecard, ScorecardVersion
from competition.models.submissions import Entry, EntryFile, EntryVersion, Team, TeamMember

__all__ = [
    "Account",
    "AccountSession",
    "Assignment",
    "AssignmentPlan",
    "AuditEntry",
    "Base",
    "Bid",
    "Competition",
    "Conflict",
    "Criterion",
    "Entry",
    "EntryFile",
    "EntryVersion",
    "Judge",
    "JudgeSeverity",
    "Level",
    "LocalText",
    "Membership",
    "Organization",
    "OrganizationAlias",
    "OutboxMail",
    "PanelMember",
    "PanelSetup",
    "PlannedPair",
    "Publication",
    "Rating",
    "Round",
    "Rubric",
    "ScoreRun",
    "Scorecard",
    "ScorecardVersion",
    "SignInAttempt",
    "SignInLink",
    "Standing",
    "Team",
    "TeamDeclaration",
    "TeamMember",
    "Track",
    "judge_track",
]
