"""What a sample sales organisation is made of: plain values, joined by keys until an org gives ids."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Role:
    """A place in the role hierarchy; `parent` is the name of the role above, empty at the top."""

    name: str
    parent: str


@dataclass(frozen=True)
class Person:
    """Somebody who works for the selling company; `job` is rep, manager, vp, enablement or ops."""

    email: str
    first_name: str
    last_name: str
    job: str
    role: str
    title: str
    locale: str
    time_zone: str
    countries: tuple[str, ...]
    avatar_color: str

    @property
    def name(self) -> str:
        """Say the name as colleagues write it."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Account:
    """A customer company; revenue in euros a year, `owner` an e-mail."""

    key: str
    name: str
    industry: str
    country: str
    city: str
    employees: int
    revenue: int
    language: str
    domain: str
    owner: str


@dataclass(frozen=True)
class Contact:
    """Somebody at a customer."""

    key: str
    account: str
    first_name: str
    last_name: str
    title: str
    email: str


@dataclass(frozen=True)
class ContactRole:
    """What a contact is to one deal."""

    contact: str
    role: str
    is_primary: bool


@dataclass(frozen=True)
class StageChange:
    """A deal entering a stage; the first one is its creation. `amount` in euros as of then."""

    at: datetime
    stage: str
    amount: int
    close_date: date


@dataclass(frozen=True)
class Opportunity:
    """A deal with its whole history, oldest change first, never two changes in one calendar week.

    An empty team means that nobody but the owner and those above in the hierarchy sees the deal.
    """

    key: str
    name: str
    account: str
    owner: str
    kind: str
    competitors: tuple[str, ...]
    products: tuple[str, ...]
    lead_source: str
    next_step: str
    loss_reason: str
    history: tuple[StageChange, ...]
    contact_roles: tuple[ContactRole, ...]
    team: tuple[str, ...]

    @property
    def stage(self) -> str:
        """Name the stage the deal is in now."""
        return self.history[-1].stage

    @property
    def is_closed(self) -> bool:
        """Tell whether the deal is won or lost."""
        return self.stage.startswith("Closed")

    @property
    def amount(self) -> int:
        """Give the amount as it stands now."""
        return self.history[-1].amount


@dataclass(frozen=True)
class ContentUse:
    """A rep presenting a file of the sample library in a deal."""

    deal: str
    file: str
    email: str
    at: datetime


@dataclass(frozen=True)
class World:
    """A sales organisation on one day, the same for the same seed, sizes and day."""

    company: str
    domain: str
    seed: int
    today: date
    roles: tuple[Role, ...]
    people: tuple[Person, ...]
    accounts: tuple[Account, ...]
    contacts: tuple[Contact, ...]
    opportunities: tuple[Opportunity, ...]
    uses: tuple[ContentUse, ...] = ()

    def person(self, email: str) -> Person:
        """Find a colleague by e-mail; a KeyError names the missing one."""
        for person in self.people:
            if person.email == email:
                return person
        raise KeyError(email)

    def open_deals(self, owner: str) -> tuple[Opportunity, ...]:
        """List the deals which this person owns and which are still open."""
        return tuple(deal for deal in self.opportunities if deal.owner == owner and not deal.is_closed)
