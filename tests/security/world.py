"""A small but complete world: two competitions, a draft one, and every kind of visitor."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.adapters.imports import ImportStore
from competition.adapters.storage import Storage
from competition.models import (
    Account,
    AccountSession,
    Assignment,
    Competition,
    Conflict,
    Entry,
    EntryFile,
    Judge,
    LocalText,
    Membership,
    OrganizationAlias,
    Round,
    Rubric,
    Scorecard,
    Team,
    TeamMember,
)
from competition.policies import SYSTEM
from competition.services import people
from competition.services.panels import propose_plan
from competition.services.panels.judges import describe as describe_judge
from competition.services.record import audit
from competition.services.results import compute, publish
from competition.services.scorecards import save_draft, submit_scorecard
from competition.services.scorecards.filled import Filled
from competition.services.submissions.teams import describe as describe_team
from competition.services.submissions.versions import new_version
from competition.vocabulary import (
    AssignmentState,
    CompetitionState,
    ConflictSource,
    EntryState,
    MemberKind,
    PlanChanges,
    Role,
    RoundState,
)
from tests.support import builders as make
from tests.support.builders import NOW
from tests.support.files import PDF

AGO = timedelta(days=-9)
TEXT = "canary-{}-{}"
"""A text that only one place holds: the kind of secret, and a running number."""
RATINGS = {"draft": ("7.1357", "3.2468"), "colleague": ("2.3571", "8.4682")}
BRIEFLY = {"burn_in": 20, "sweeps": 60, "extensions": 0}
"""Of a simulation: what the page of the best estimate shows to whom is looked at, not how sure."""
ADDITIVE = {
    "method": "additive",
    "unit": "scorecard",
    "round": {"total": 2},
    "simulation": BRIEFLY,
}


@dataclass
class World:
    """Ids and secrets; no object, so that every test may look at it."""

    accounts: dict[str, int] = field(default_factory=dict)
    """The account of each kind of visitor; anonymous has none."""
    ids: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, list[str]] = field(default_factory=dict)
    persons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What each kind of visitor is called: name and e-mail address without its host."""
    said_to_crew: list[str] = field(default_factory=list)
    """Comments that the captain's team may read."""
    said_by_others: list[str] = field(default_factory=list)
    """What other judges than the judge wrote on their scorecards."""
    tokens: dict[str, str] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    """The number of the captain's entry in each round of the competition."""
    link: str = ""
    import_digest: str = ""

    @property
    def crew(self) -> tuple[str, ...]:
        """What the captain's team knows of itself."""
        kinds = ("captain", "member", "instructor")
        return tuple(text for kind in kinds for text in self.persons[kind])

    def secret(self, kind: str) -> str:
        """A new text that stands in one place alone."""
        known = self.secrets.setdefault(kind, [])
        known.append(TEXT.format(kind, len(known) + 1))
        return known[-1]


class Builder:
    """Makes the world step by step."""

    def __init__(self, session: Session, storage: Storage, imports: ImportStore) -> None:
        self.session, self.storage, self.imports = session, storage, imports
        self.world = World()

    def build(self) -> World:
        self.alpha = self._competition("alpha", CompetitionState.JUDGING)
        self._staff()
        self._judges()
        self.teams = [self._team(self.alpha, number) for number in range(1, 4)]
        self._crew(self.teams[0])
        self._published(self._round(self.alpha, RoundState.JUDGING))
        self._judged(self._round(self.alpha, RoundState.JUDGING))
        self._received(self._round(self.alpha, RoundState.RECEIVING))
        self._others()
        self._people()
        self._file_to_import()
        self._logged()
        return self.world

    def _logged(self) -> None:
        """What the log keeps of judges and teams that came by themselves: all about them."""
        for judge in self.judges:
            self._log("add_judge", judge, describe_judge(judge))
        for team in self.teams:
            self._log("register_team", team, describe_team(team))

    def _log(self, action: str, thing: Judge | Team, after: dict[str, Any]) -> None:
        audit(
            self.session,
            actor=SYSTEM,
            action=action,
            now=NOW,
            thing=thing,
            competition_id=self.alpha.id,
            after=after,
        )

    def _competition(self, slug: str, state: CompetitionState) -> Competition:
        return make.make_competition(
            self.session, slug, ("Learning", "Health"), state=state, contact_email="ask@alpha.test"
        )

    def _account(self, kind: str, **fields: object) -> Account:
        """Somebody whose name and address are secrets of their kind."""
        return make.make_account(
            self.session,
            self.world.secret(f"{kind}-name"),
            email=f"{self.world.secret(f'{kind}-mail')}@private.test",
            **fields,
        )

    def _staff(self) -> None:
        roles = (
            ("organizer", Role.ORGANIZER),
            ("committee", Role.COMMITTEE),
            ("observer", Role.OBSERVER),
        )
        for kind, role in roles:
            account = self._account("staff")
            make.grant(self.session, account, self.alpha, role)
            self.world.accounts[kind] = account.id
        self.organizer = self.session.get_one(Account, self.world.accounts["organizer"])
        self.world.accounts["operator"] = self._account("staff", is_operator=True).id
        self.world.accounts["outsider"] = self._account("staff").id

    def _judges(self) -> None:
        self.judges = [
            make.make_judge(
                self.session,
                self.alpha,
                account=self._account("judge"),
                phone=self.world.secret("judge-phone"),
                expertise=self.world.secret("judge-expertise"),
                organization_id=make.make_organization(
                    self.session, self.alpha, f"Institute {number}"
                ).id,
            )
            for number in range(1, 5)
        ]
        for kind, judge in zip(("judge", "colleague", "recused"), self.judges, strict=False):
            self.world.accounts[kind] = judge.account_id

    def _team(self, competition: Competition, number: int) -> Team:
        team = make.make_team(
            self.session,
            competition,
            self.world.secret("team"),
            school=self.world.secret("school"),
            captain=self._account("member"),
        )
        if number > 1:
            self.world.accounts["rival"] = team.members[0].account_id or 0
        return team

    def _crew(self, team: Team) -> None:
        self.world.accounts["captain"] = team.members[0].account_id or 0
        for kind in (MemberKind.MEMBER, MemberKind.INSTRUCTOR):
            account = self._account("member")
            team.members.append(
                TeamMember(
                    competition_id=self.alpha.id,
                    kind=kind,
                    name=account.name,
                    email=account.email,
                    account=account,
                )
            )
            self.world.accounts[kind.value] = account.id
        self.session.flush()
        self.world.ids |= {"team": team.id, "member": team.members[1].id}

    def _round(self, competition: Competition, state: RoundState) -> Round:
        is_open = state is RoundState.RECEIVING
        return make.make_round(
            self.session,
            competition,
            state=state,
            scoring=ADDITIVE,
            judges_per_entry=2,
            spread_threshold=None,
            submissions_close_at=NOW + (-AGO if is_open else AGO),
            judging_closes_at=NOW - AGO,
        )

    def _entry(self, of: Round, team: Team, state: EntryState = EntryState.ELIGIBLE) -> Entry:
        number = f"A{of.position}-{team.id:03}"
        entry = make.make_entry(
            self.session,
            of,
            team,
            EntryState.DRAFT,
            number=number,
            title=LocalText(en=f"Work {number}", zh=f"作品 {number}"),
            repository_url="https://code.test/work",
            demo_url="https://demo.test/work",
        )
        self._file(entry)
        if state is not EntryState.DRAFT:
            entry.state = state
            new_version(entry, account_id=None, submitted_at=NOW + AGO)
        self.session.flush()
        if team is self.teams[0]:
            self.world.numbers[of.position] = number
        return entry

    def _file(self, entry: Entry) -> EntryFile:
        with self.storage.receive(limit=10_000) as incoming:
            incoming.write(PDF)
            incoming.settle()
            sha256 = self.storage.adopt(incoming)
        item = EntryFile(
            entry=entry,
            name="report.pdf",
            media_type="application/pdf",
            size=len(PDF),
            sha256=sha256,
            uploaded_at=NOW + AGO,
        )
        self.session.add(item)
        self.session.flush()
        return item

    def _published(self, of: Round) -> None:
        rubric = make.make_rubric(self.session, of)
        for place, team in enumerate(self.teams):
            entry = self._entry(of, team)
            for turn, judge in enumerate(self.judges[:3]):
                given = make.assign(self.session, entry, judge)
                # Judges who differ by their severity alone would make the fits of models endless.
                ratings = f"{4 + place + turn}", f"{9 - (place + turn) % 3}"
                self._score(given, rubric, ratings, is_done=True)
        of.state = RoundState.LOCKED
        self.session.flush()
        organizer = make.actor_for(self.session, self.organizer)
        run = compute(self.session, actor=organizer, of=of, now=NOW)
        publish(self.session, actor=organizer, run=run, instead_of=None, now=NOW)

    def _judged(self, of: Round) -> None:
        """The judge has a draft, a colleague has handed in, another has stepped back."""
        rubric = self._fine(of)
        first, second, _third = [self._entry(of, team) for team in self.teams]
        judge, colleague, recused, spare = self.judges
        for member in self.judges:
            make.seat(self.session, of, member)
        drafted = make.assign(self.session, first, judge)
        self._score(drafted, rubric, self._ratings("draft"), is_done=False)
        scorecard = self._score(
            make.assign(self.session, first, colleague),
            rubric,
            self._ratings("colleague"),
            is_done=True,
        )
        reason = self.world.secret("recusal")
        make.assign(self.session, first, recused, AssignmentState.RECUSED, recusal_reason=reason)
        make.assign(self.session, second, spare, AssignmentState.PROPOSED)
        self._score(make.assign(self.session, second, judge), rubric, ("5", "6"), is_done=True)
        conflict = Conflict(
            judge=spare,
            team=self.teams[2],
            source=ConflictSource.ORGANIZER,
            reason=self.world.secret("conflict"),
            created_at=NOW,
        )
        alias = OrganizationAlias(
            competition_id=self.alpha.id,
            organization_id=self.teams[2].organization_id,
            key="short",
            name="Short",
        )
        self.session.add_all([conflict, alias])
        self.session.flush()
        propose_plan(
            self.session,
            actor=make.actor_for(self.session, self.organizer),
            of=of,
            seed=1,
            changes=PlanChanges.FEWEST,
            now=NOW,
        )
        self.world.ids |= {
            "alias": alias.id,
            "entry": first.id,
            "file": first.files[0].id,
            "assignment": drafted.id,
            "scorecard": scorecard,
            "conflict": conflict.id,
            "judge": recused.number,
        }

    def _fine(self, of: Round) -> Rubric:
        """Criteria with a step so fine that one rating is told from all other numbers."""
        rubric = make.make_rubric(self.session, of)
        for criterion in rubric.criteria:
            criterion.step = Decimal("0.0001")
        self.session.flush()
        return rubric

    def _ratings(self, kind: str) -> tuple[str, str]:
        known = self.world.secrets.setdefault(f"{kind}-rating", [])
        known += RATINGS[kind]
        return RATINGS[kind]

    def _score(
        self, given: Assignment, rubric: Rubric, values: tuple[str, str], *, is_done: bool
    ) -> int:
        kind = "done" if is_done else "draft"
        filled = Filled(
            ratings={c.id: Decimal(v) for c, v in zip(rubric.criteria, values, strict=True)},
            reasons={c.id: self.world.secret(f"{kind}-reason") for c in rubric.criteria},
            comment=self.world.secret(f"{kind}-comment-{given.round.position}"),
            note=self.world.secret(f"{kind}-note"),
        )
        if given.entry.team is self.teams[0]:
            self.world.said_to_crew.append(filled.comment)
        if given.judge is not self.judges[0]:
            self.world.said_by_others += [filled.comment, filled.note, *filled.reasons.values()]
        known = {
            "actor": make.actor_for(self.session, given.judge.account),
            "assignment_id": given.id,
            "now": NOW,
        }
        save_draft(self.session, **known, filled=filled, revision=0)  # type: ignore[arg-type]
        if is_done:
            submit_scorecard(self.session, **known, revision=1)  # type: ignore[arg-type]
        found = self.session.scalar(select(Scorecard.id).where(Scorecard.assignment_id == given.id))
        assert found is not None
        return found

    def _received(self, of: Round) -> None:
        draft = self._entry(of, self.teams[0], EntryState.DRAFT)
        rival = self._entry(of, self.teams[2], EntryState.DRAFT)
        self.world.ids |= {
            "draft": draft.id,
            "draft_file": draft.files[0].id,
            "rival_draft": rival.id,
            "rival_team": rival.team_id,
        }

    def _file_to_import(self) -> None:
        data = b"Name,E-mail,Kind\nNew Judge,new.judge@school.test,Company\n"
        for kind in ("organizer", "operator"):
            account_id = self.world.accounts[kind]
            self.world.import_digest = self.imports.put(account_id, "judges.csv", data)

    def _people(self) -> None:
        """A personal link, a live session of everybody, and a role that can be withdrawn."""
        helper = make.make_account(self.session, "New Helper")
        make.grant(self.session, helper, self.alpha, Role.OBSERVER)
        found = self.session.scalar(select(Membership.id).where(Membership.account_id == helper.id))
        self.world.ids["membership"] = found or 0
        self.world.link = people.issue_link(
            self.session, actor=SYSTEM, account=helper, now=NOW, lifetime=timedelta(days=1)
        )
        for kind, account_id in self.world.accounts.items():
            account = self.session.get_one(Account, account_id)
            self.world.persons[kind] = (account.name, account.email.partition("@")[0])
            self.world.tokens[kind] = people.open_session(
                self.session,
                actor=make.actor_for(self.session, account),
                account=account,
                user_agent="test",
                now=datetime.now(UTC),
                lifetime=timedelta(hours=1),
            )
        self.world.ids["session"] = self.session.scalars(
            select(AccountSession.id).where(
                AccountSession.account_id == self.world.accounts["captain"]
            )
        ).one()

    def _others(self) -> None:
        """Another competition with a round, a team, an entry and a judge; and a draft one."""
        beta = self._competition("beta", CompetitionState.OPEN)
        of = self._round(beta, RoundState.RECEIVING)
        self._entry(of, self._team_of_beta(beta), EntryState.SUBMITTED)
        make.make_judge(self.session, beta, account=self._account("beta"))
        stranger = self._account("staff")
        make.grant(self.session, stranger, beta, Role.ORGANIZER)
        self.world.accounts["stranger"] = stranger.id
        hidden = self._competition("hidden", CompetitionState.DRAFT)
        hidden.name = LocalText(en=self.world.secret("hidden"))
        self._round(hidden, RoundState.SETUP)
        make.grant(self.session, self.organizer, hidden, Role.ORGANIZER)

    def _team_of_beta(self, beta: Competition) -> Team:
        captain = self._account("beta")
        return make.make_team(self.session, beta, "Team Beta", "School Beta", captain)
