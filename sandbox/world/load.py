"""Load a world into an org through its REST API, deal histories in the order in which they happened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from sandbox.world.model import Opportunity, Person, Role, StageChange, World
from sandbox.world.org_client import LoadError, OrgClient, Row
from sandbox.world.progress import HISTORY_DAYS
from sandbox.world.rows import (
    account_row,
    contact_role_rows,
    contact_row,
    new_opportunity_row,
    stage_change_row,
    team_rows,
    user_row,
)

_Step = tuple[Opportunity, StageChange]


@dataclass(frozen=True)
class Loaded:
    """The ids the org gave: people by e-mail, roles by name, everything else by the key in the world."""

    roles: Mapping[str, str]
    users: Mapping[str, str]
    accounts: Mapping[str, str]
    contacts: Mapping[str, str]
    opportunities: Mapping[str, str]
    rows: int
    calls: int


def load(
    world: World,
    base_url: str,
    client_id: str,
    client_secret: str,
    progress: Callable[[int, int], object] | None = None,
) -> Loaded:
    """Write the world into a local org; `progress` hears rows done and all rows, LoadError says what failed.

    The org's clock stands still in the past meanwhile and goes on in real time afterwards.
    """
    with OrgClient(base_url, client_id, client_secret) as org:
        loader = _Loader(world, org, progress)
        try:
            org.set_clock(_beginning(world))
            loader.load_people()
            loader.load_customers()
            for week in _weeks(world):
                org.set_clock(max(change.at for _, change in week))
                loader.load_week(week)
        finally:
            org.set_clock(None)
        return loader.loaded()


def _beginning(world: World) -> datetime:
    first_day = world.today - timedelta(days=HISTORY_DAYS + 30)
    return datetime.combine(first_day, time(8), tzinfo=UTC)


def _weeks(world: World) -> Iterator[list[_Step]]:
    """Sort all steps of all deals into calendar weeks, oldest first; no deal is twice in one week."""
    steps = [(deal, change) for deal in world.opportunities for change in deal.history]
    steps.sort(key=lambda step: (step[1].at, step[0].key))
    for _, week in groupby(steps, key=lambda step: step[1].at.isocalendar()[:2]):
        yield list(week)


class _Loader:
    """Writes part after part and keeps the ids that later parts need."""

    def __init__(self, world: World, org: OrgClient, progress: Callable[[int, int], object] | None) -> None:
        self._world = world
        self._org = org
        self._progress = progress
        self._done = 0
        self._total = _row_count(world)
        self._roles: dict[str, str] = {}
        self._users: dict[str, str] = {}
        self._accounts: dict[str, str] = {}
        self._contacts: dict[str, str] = {}
        self._opportunities: dict[str, str] = {}

    def loaded(self) -> Loaded:
        return Loaded(
            self._roles,
            self._users,
            self._accounts,
            self._contacts,
            self._opportunities,
            rows=self._done,
            calls=self._org.calls,
        )

    def load_people(self) -> None:
        """Write roles and users level by level, since each names the one above."""
        profile_id = self._standard_profile()
        for level in _levels(self._world.roles):
            rows = [
                {"Name": role.name, "ParentRoleId": self._roles.get(role.parent)}
                if role.parent
                else {"Name": role.name}
                for role in level
            ]
            self._roles |= zip([role.name for role in level], self._insert("UserRole", rows), strict=True)
            people = [person for role in level for person in self._world.people if person.role == role.name]
            users = [self._user_row(person, profile_id) for person in people]
            self._users |= zip([person.email for person in people], self._insert("User", users), strict=True)

    def load_customers(self) -> None:
        accounts = self._world.accounts
        rows = [account_row(account, self._users) for account in accounts]
        self._accounts |= zip([each.key for each in accounts], self._insert("Account", rows), strict=True)
        contacts = self._world.contacts
        rows = [contact_row(contact, self._accounts) for contact in contacts]
        self._contacts |= zip([each.key for each in contacts], self._insert("Contact", rows), strict=True)

    def load_week(self, week: Sequence[_Step]) -> None:
        """Write the deals that began in a week, then the stages that others reached in it."""
        begun = [deal for deal, change in week if change == deal.history[0]]
        moved = [(deal, change) for deal, change in week if change != deal.history[0]]
        self._load_new_deals(begun)
        rows = [stage_change_row(deal, change, self._opportunities[deal.key]) for deal, change in moved]
        self._org.update("Opportunity", rows)
        self._count(len(rows))

    def _load_new_deals(self, deals: Sequence[Opportunity]) -> None:
        rows = [new_opportunity_row(deal, self._users, self._accounts) for deal in deals]
        ids = self._insert("Opportunity", rows)
        self._opportunities |= zip([deal.key for deal in deals], ids, strict=True)
        for object_name, details in (
            (
                "OpportunityContactRole",
                [contact_role_rows(d, i, self._contacts) for d, i in zip(deals, ids, strict=True)],
            ),
            (
                "OpportunityTeamMember",
                [team_rows(d, i, self._users) for d, i in zip(deals, ids, strict=True)],
            ),
        ):
            self._insert(object_name, [row for rows in details for row in rows])

    def _insert(self, object_name: str, rows: Sequence[Row]) -> list[str]:
        ids = self._org.insert(object_name, rows)
        self._count(len(rows))
        return ids

    def _count(self, rows: int) -> None:
        self._done += rows
        if self._progress:
            self._progress(self._done, self._total)

    def _standard_profile(self) -> str:
        found = self._org.query("SELECT Id FROM Profile WHERE Name = 'Standard User'")
        if not found:
            raise LoadError("the org has no profile named Standard User")
        profile_id: str = found[0]["Id"]
        return profile_id

    def _user_row(self, person: Person, profile_id: str) -> Row:
        above = next(role.parent for role in self._world.roles if role.name == person.role)
        managers = [self._users[each.email] for each in self._world.people if above and each.role == above]
        return user_row(
            person,
            profile_id=profile_id,
            role_id=self._roles[person.role],
            manager_id=managers[0] if managers else None,
        )


def _levels(roles: Sequence[Role]) -> Iterator[list[Role]]:
    """Give the roles at the top, then those below them, and so on."""
    above = {""}
    while level := [role for role in roles if role.parent in above]:
        yield level
        above = {role.name for role in level}


def _row_count(world: World) -> int:
    deals = world.opportunities
    steps = sum(len(deal.history) + len(deal.contact_roles) + len(deal.team) for deal in deals)
    return steps + len(world.roles) + len(world.people) + len(world.accounts) + len(world.contacts)
