"""Bringing in a list of judges: new ones, and changes to those known by their e-mail address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from competition.models import Account, Judge, LocalText, Round
from competition.queries.panels import judges_of, seats_of
from competition.services import panels
from competition.services.organizations import local_name, organization_key
from competition.services.panels.judges import CLOSED_STATES, FORMING_STATES, JudgeDetails
from competition.services.tables.plans import Context, Effect, Step, compared
from competition.services.tables.recognition import Tracks
from competition.services.tables.sheets import Cells, Sheet, shown
from competition.vocabulary import OrganizationKind

KINDS = {
    "school": OrganizationKind.SCHOOL,
    "学校": OrganizationKind.SCHOOL,
    "高校": OrganizationKind.SCHOOL,
    "院校": OrganizationKind.SCHOOL,
    "industry": OrganizationKind.INDUSTRY,
    "company": OrganizationKind.INDUSTRY,
    "企业": OrganizationKind.INDUSTRY,
    "公司": OrganizationKind.INDUSTRY,
    "产业": OrganizationKind.INDUSTRY,
    "产业界": OrganizationKind.INDUSTRY,
}


def rounds_to_seat(context: Context) -> list[Round]:
    """The chosen round, or every round whose panel is still being put together."""
    if context.of is not None:
        return [] if context.of.state in CLOSED_STATES else [context.of]
    return [item for item in context.competition.rounds if item.state in FORMING_STATES]


def plan(context: Context, sheet: Sheet) -> list[Step]:
    session, competition = context.session, context.competition
    known = {
        judge.account.email: judge for judge in judges_of(session, competition_id=competition.id)
    }
    tracks = Tracks(competition)
    seats = seats_of(session, competition_id=competition.id)
    wanted_seats = {item.id for item in rounds_to_seat(context)}
    seen: dict[str, int] = {}
    read: list[tuple[int, JudgeDetails]] = []
    for cells in sheet:
        details = _details(cells, tracks)
        if details.email in seen:
            cells.wrong(
                "table_email_twice", "email", value=details.email, first=seen[details.email]
            )
        elif details.email:
            seen[details.email] = cells.number
        if cells.is_sound:
            read.append((cells.number, details))
    accounts = _accounts(context, [details.email for _row, details in read])
    steps = []
    for row, details in read:
        judge = known.get(details.email)
        account = accounts.get(details.email)
        if (
            account is not None
            and account.name != details.name
            and not (
                judge is not None
                and panels.may_rename(session, actor=context.actor, account=account)
            )
        ):
            sheet.note("table_name_stays", row, name=account.name, value=shown(details.name))
            details = _renamed(details, account.name)
        if judge is None:
            steps.append(Step(row, Effect.NEW, details.name, wanted=(None, details)))
            continue
        changes = _changes(judge, details, sheet)
        missing = any((of, judge.id) not in seats for of in wanted_seats)
        effect = Effect.CHANGED if changes or missing else Effect.UNCHANGED
        steps.append(Step(row, effect, details.name, changes, wanted=(judge, details)))
    return steps


def _renamed(details: JudgeDetails, name: str) -> JudgeDetails:
    return JudgeDetails(**{**vars(details), "name": name})


def _accounts(context: Context, emails: list[str]) -> dict[str, Account]:
    found: dict[str, Account] = {}
    for start in range(0, len(emails), 500):
        some = emails[start : start + 500]
        rows = context.session.scalars(select(Account).where(Account.email.in_(some)))
        found.update({account.email: account for account in rows})
    return found


def _details(cells: Cells, tracks: Tracks) -> JudgeDetails:
    kind = cells.choice("kind", KINDS)
    chosen = [tracks.find(cells, name, "tracks") for name in cells.names("tracks")]
    return JudgeDetails(
        name=cells.text("name", needed=True),
        email=cells.email("email"),
        kind=kind or OrganizationKind.SCHOOL,
        organization=cells.text("organization"),
        phone=cells.text("phone"),
        tracks=tuple(
            sorted(
                {track for track in chosen if track is not None},
                key=lambda track: track.position,
            )
        ),
        expertise=cells.text("expertise", lines=True),
        max_entries=cells.whole("max_entries"),
    )


def _changes(judge: Judge, details: JudgeDetails, sheet: Sheet) -> tuple[tuple[str, str, str], ...]:
    """What differs in the columns that the file has; a column that is not there stays."""
    own = judge.organization.name if judge.organization else LocalText()
    is_same = organization_key(details.organization) in {
        organization_key(own.en),
        organization_key(own.zh),
    }
    pairs = {
        "name": (judge.account.name, details.name),
        "phone": (judge.phone, details.phone),
        "organization": (str(own), str(own) if is_same else str(local_name(details.organization))),
        "kind": (judge.kind.value, details.kind.value),
        "tracks": (_names(judge.tracks), _names(details.tracks)),
        "expertise": (judge.expertise, details.expertise),
        "max_entries": (judge.max_entries, details.max_entries),
    }
    return compared({name: pair for name, pair in pairs.items() if sheet.has(name)})


def _names(tracks: object) -> str:
    return "; ".join(str(track.name) for track in tracks)  # type: ignore[attr-defined]


def apply(context: Context, steps: list[Step], now: datetime) -> None:
    rounds = rounds_to_seat(context)
    looked_at: set[int] = set()
    for step in steps:
        judge, details = step.wanted
        if step.effect is Effect.NEW:
            judge = panels.add_judge(
                context.session,
                actor=context.actor,
                competition=context.competition,
                details=details,
                rounds=rounds,
                now=now,
                looking=False,
            )
        elif step.effect is Effect.CHANGED:
            _change(context, judge, details, {name for name, _old, _new in step.changes}, now)
            for of in rounds:
                panels.seat(context.session, actor=context.actor, judge=judge, of=of, now=now)
        if judge is not None and step.effect is not Effect.UNCHANGED:
            looked_at.add(judge.id)
    panels.find_conflicts(
        context.session,
        actor=context.actor,
        competition_id=context.competition.id,
        judge_ids=looked_at,
        now=now,
    )


def _change(
    context: Context, judge: Judge, details: JudgeDetails, columns: set[str], now: datetime
) -> None:
    """Take over the columns that differ, and only those."""
    if not columns:
        return
    stored = JudgeDetails(
        name=judge.account.name,
        email=judge.account.email,
        kind=judge.kind,
        organization=str(judge.organization.name) if judge.organization else "",
        phone=judge.phone,
        tracks=tuple(judge.tracks),
        expertise=judge.expertise,
        max_entries=judge.max_entries,
    )
    merged = JudgeDetails(**{**vars(stored), **{name: getattr(details, name) for name in columns}})
    panels.change_judge(
        context.session,
        actor=context.actor,
        judge=judge,
        details=merged,
        now=now,
        looking=False,
    )
