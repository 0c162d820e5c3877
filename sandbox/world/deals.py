"""Draw the deals of the sample world around its accounts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import count as count_up, cycle, islice
from random import Random
from typing import TypeVar

from sandbox.world.company import COMPETITORS, FIELD, INSIGHT, PEER, PEOPLE, PROTAGONIST, WAREHOUSE, YARD
from sandbox.world.hostile import HOSTILE, hostile_owner
from sandbox.world.model import (
    Account,
    Contact,
    ContactRole,
    ContentUse,
    Opportunity,
    Person,
    StageChange,
)
from sandbox.world.names import names
from sandbox.world.norfield import NORFIELD, norfield_deals
from sandbox.world.past import draw_helped, uses_in
from sandbox.world.progress import Circumstances, draw_closed, draw_open
from sandbox.world.stages import LOST

_OPEN_SHARE = 0.3
_OPEN_DEALS_OF_PROTAGONIST = 12
_CONTACT_ROLES = (
    "Decision Maker",
    "Economic Buyer",
    "Technical Buyer",
    "Evaluator",
    "Business User",
    "Influencer",
)
_PRODUCT_WEIGHTS = {WAREHOUSE: 46, YARD: 22, FIELD: 20, INSIGHT: 12}
_PRODUCT_PRICE = {WAREHOUSE: 1.0, YARD: 0.35, FIELD: 0.45, INSIGHT: 0.25}
_LIKELY_ADDITION = {WAREHOUSE: (YARD, INSIGHT), YARD: (WAREHOUSE,), FIELD: (INSIGHT,), INSIGHT: (WAREHOUSE,)}
SMALLEST_COUNT = 80

_Value = TypeVar("_Value")


def draw_opportunities(
    rng: Random, accounts: tuple[Account, ...], contacts: tuple[Contact, ...], *, count: int, today: date
) -> tuple[Opportunity, ...]:
    """Draw `count` deals, at least 80: Norfield's, the hostile names, then others; some 30 % stay open."""
    if count < SMALLEST_COUNT:
        raise ValueError(f"a world needs at least {SMALLEST_COUNT} opportunities, not {count}")
    drawer = _Drawer(rng, accounts, contacts, today)
    fixed = norfield_deals(today)
    for deal in fixed:
        drawer.given_names.add(deal.name)
    hostile = [drawer.draw(hostile_owner(name), draw_open, name=name) for name in HOSTILE]
    open_owners = _open_owners(round(count * _OPEN_SHARE) - len(hostile) - 1)
    still_open = [drawer.draw(owner, draw_open) for owner in open_owners]
    closed_count = count - len(fixed) - len(hostile) - len(still_open)
    reps = cycle(_rep_emails())
    closed = [drawer.draw(next(reps), draw_closed) for _ in range(closed_count)]
    return (*fixed, *hostile, *still_open, *closed)


def draw_past(
    rng: Random,
    accounts: tuple[Account, ...],
    contacts: tuple[Contact, ...],
    *,
    count: int,
    today: date,
    beside: Sequence[Opportunity],
) -> tuple[tuple[Opportunity, ...], tuple[ContentUse, ...]]:
    """Draw `count` closed deals beside those that are there, and the uses of content that bore on them."""
    drawer = _Drawer(rng, accounts, contacts, today, keys="P")
    drawer.given_names |= {deal.name for deal in beside}
    deals: list[Opportunity] = []
    uses: list[ContentUse] = []
    for owner in islice(cycle(_rep_emails()), count):
        used: dict[str, str] = {}
        deals.append(drawer.draw(owner, partial(draw_helped, used=used)))
        uses += uses_in(rng, deals[-1], used)
    return tuple(deals), tuple(uses)


def _rep_emails() -> list[str]:
    return [person.email for person in PEOPLE if person.job == "rep"]


def _open_owners(count: int) -> Iterator[str]:
    """Give the protagonist her dozen (two are Norfield's and a hostile one), the others the rest in turn."""
    of_protagonist = min(_OPEN_DEALS_OF_PROTAGONIST - 2, max(count, 0))
    yield from [PROTAGONIST] * of_protagonist
    others = cycle([email for email in _rep_emails() if email != PROTAGONIST])
    for _ in range(count - of_protagonist):
        yield next(others)


class _Drawer:
    """Draws deals one after another and remembers which names and keys it gave out."""

    def __init__(
        self,
        rng: Random,
        accounts: Sequence[Account],
        contacts: Sequence[Contact],
        today: date,
        *,
        keys: str = "O",
    ) -> None:
        self._rng = rng
        self._today = today
        self._keys = (f"{keys}{number:05}" for number in count_up(1))
        self._accounts = _group(accounts, lambda account: account.owner)
        self._contacts = _group(contacts, lambda contact: contact.account)
        self.given_names: set[str] = set()

    def draw(
        self,
        owner: str,
        draw_history: Callable[[Random, Circumstances], tuple[StageChange, ...]],
        *,
        name: str = "",
    ) -> Opportunity:
        rng = self._rng
        account = rng.choice([each for each in self._accounts[owner] if each.key != NORFIELD.key])
        products = self._draw_products()
        is_renewal = not name and rng.random() < 0.15
        competitors = () if is_renewal else self._draw_competitors()
        amount = self._draw_amount(account, products)
        history = draw_history(rng, Circumstances(account, is_renewal, competitors, amount, self._today))
        is_closed = history[-1].stage.startswith("Closed")
        lost = history[-1].stage == LOST
        return Opportunity(
            key=next(self._keys),
            name=name or self._fresh_name(account, products[0], history, is_renewal=is_renewal),
            account=account.key,
            owner=owner,
            kind="Existing Customer - Upgrade" if is_renewal or rng.random() < 0.3 else "New Customer",
            competitors=competitors,
            products=products,
            lead_source=rng.choice(names().lead_sources),
            next_step="" if is_closed else rng.choice(names().next_steps),
            loss_reason=_draw_loss_reason(rng, competitors) if lost else "",
            history=history,
            contact_roles=self._draw_contact_roles(account),
            team=self._draw_team(owner),
        )

    def _draw_products(self) -> tuple[str, ...]:
        first = self._rng.choices(list(_PRODUCT_WEIGHTS), weights=list(_PRODUCT_WEIGHTS.values()))[0]
        if self._rng.random() < 0.35:
            return first, self._rng.choice(_LIKELY_ADDITION[first])
        return (first,)

    def _draw_competitors(self) -> tuple[str, ...]:
        number = self._rng.choices((0, 1, 2), weights=(40, 48, 12))[0]
        return tuple(sorted(self._rng.sample(COMPETITORS, number)))

    def _draw_amount(self, account: Account, products: tuple[str, ...]) -> int:
        """Price by head count, less for each further head, with the spread that negotiated prices have."""
        price = 900 * account.employees**0.75 * sum(_PRODUCT_PRICE[product] for product in products)
        return max(2_000, int(price * self._rng.lognormvariate(0, 0.4) / 500) * 500)

    def _draw_contact_roles(self, account: Account) -> tuple[ContactRole, ...]:
        people = self._contacts[account.key]
        chosen = self._rng.sample(people, min(len(people), self._rng.randint(1, 4)))
        roles = self._rng.sample(_CONTACT_ROLES, len(chosen))
        return tuple(
            ContactRole(contact.key, role, is_primary=position == 0)
            for position, (contact, role) in enumerate(zip(chosen, roles, strict=True))
        )

    def _draw_team(self, owner: str) -> tuple[str, ...]:
        """Put a neighbour on every sixth deal; the protagonist and her peer see nothing of each other."""
        if self._rng.random() > 1 / 6:
            return ()
        home = _colleague(owner).role
        neighbours = [
            person.email
            for person in PEOPLE
            if person.role == home and {person.email, owner} != {PROTAGONIST, PEER}
        ]
        return (self._rng.choice([email for email in neighbours if email != owner]),)

    def _fresh_name(
        self, account: Account, product: str, history: tuple[StageChange, ...], *, is_renewal: bool
    ) -> str:
        motions = names().motions[account.language]
        company = account.name.split(" (")[0]
        closes = history[-1].close_date
        year = closes.year + (closes.month > 6)
        options = list(motions["renewal" if is_renewal else product])
        self._rng.shuffle(options)
        started = history[0].at
        quarter = f"Q{(started.month + 2) // 3} {started.year}"
        plain = [f"{company} – {option.format(year=year)}" for option in options]
        longer = [f"{name}, {place}" for place in (account.city, quarter) for name in plain]
        numbered = (f"{plain[0]}, {quarter} ({number})" for number in count_up(2))
        for name in (*plain, *longer):
            if self._take(name):
                return name
        return next(name for name in numbered if self._take(name))

    def _take(self, name: str) -> bool:
        is_new = name not in self.given_names
        self.given_names.add(name)
        return is_new


def _group(values: Sequence[_Value], key: Callable[[_Value], str]) -> Mapping[str, list[_Value]]:
    groups: dict[str, list[_Value]] = {}
    for value in values:
        groups.setdefault(key(value), []).append(value)
    return groups


def _colleague(email: str) -> Person:
    return next(person for person in PEOPLE if person.email == email)


def _draw_loss_reason(rng: Random, competitors: tuple[str, ...]) -> str:
    if competitors and rng.random() < 0.5:
        return f"Chose {rng.choice(competitors)}"
    return rng.choice([reason for reason in names().loss_reasons if reason != "Chose a competitor"])
