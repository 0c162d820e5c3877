"""Draw the customers of the sample world: companies in the reps' countries and the people who work there."""

from collections.abc import Iterator
from random import Random

from sandbox.world.company import PEOPLE
from sandbox.world.model import Account, Contact, Person
from sandbox.world.names import Names, Spelling, names, slug, spelling
from sandbox.world.norfield import NORFIELD, NORFIELD_CONTACTS

_INDUSTRY_WEIGHTS = {
    "Manufacturing": 24,
    "Food & Beverage": 18,
    "Retail": 20,
    "Transportation": 16,
    "Healthcare": 8,
    "Utilities": 7,
    "Electronics": 7,
}
_DESKS = ("operations", "finance", "procurement", "warehouse", "it", "supplychain")
# (smallest, largest number of employees, share of accounts): small, mid, enterprise
_SIZES = ((25, 99, 25), (100, 999, 45), (1_000, 14_000, 30))


def draw_accounts(rng: Random, count: int) -> tuple[Account, ...]:
    """Draw `count` companies, Norfield Foods first, the others spread evenly over the reps."""
    reps = [person for person in PEOPLE if person.job == "rep"]
    fresh_names = _FreshNames(rng, names())
    drawn = [NORFIELD]
    while len(drawn) < count:
        rep = reps[len(drawn) % len(reps)]
        drawn.append(_draw_account(rng, f"A{len(drawn) + 1:04}", rep, fresh_names))
    return tuple(drawn)


def draw_contacts(rng: Random, accounts: tuple[Account, ...]) -> tuple[Contact, ...]:
    """Draw two to five people for every company; Norfield Foods keeps its three."""
    drawn = list(NORFIELD_CONTACTS)
    for account in accounts[1:]:
        for desk in rng.sample(range(len(_DESKS)), rng.randint(2, 5)):
            drawn.append(_draw_contact(rng, f"C{len(drawn) + 1:05}", account, desk))
    return tuple(drawn)


class _FreshNames:
    """Company names that were not given out before."""

    def __init__(self, rng: Random, tables: Names) -> None:
        self._rng = rng
        self._tables = tables
        self._given = {NORFIELD.name}

    def give(self, language: str, industry: str, city: str) -> Spelling:
        for name in self._candidates(language, industry, city):
            if name.latin not in self._given:
                self._given.add(name.latin)
                return name
        raise AssertionError("the candidates never end")

    def _candidates(self, language: str, industry: str, city: str) -> Iterator[Spelling]:
        stems = list(map(spelling, self._tables.stems[language]))
        nouns = list(map(spelling, self._tables.nouns[language][industry]))
        gap = "" if language in ("th", "zh-TW", "ko") else " "
        pairs = [(stem, noun) for stem in stems for noun in nouns]
        self._rng.shuffle(pairs)
        for stem, noun in pairs:
            yield Spelling(f"{stem.local}{gap}{noun.local}", f"{stem.latin} {noun.latin}")
        number = 1
        while True:
            stem, noun = pairs[number % len(pairs)]
            number += 1
            yield Spelling(
                f"{stem.local}{gap}{noun.local} {city} {number}", f"{stem.latin} {noun.latin} {number}"
            )


def _draw_account(rng: Random, key: str, rep: Person, fresh_names: _FreshNames) -> Account:
    tables = names()
    country = rng.choices(rep.countries, weights=range(len(rep.countries) + 1, 1, -1))[0]
    language = tables.languages[country]
    industry = rng.choices(list(_INDUSTRY_WEIGHTS), weights=list(_INDUSTRY_WEIGHTS.values()))[0]
    city = rng.choice(tables.cities[country])
    name = fresh_names.give(language, industry, city)
    employees = _draw_employees(rng)
    return Account(
        key=key,
        name=name.local if name.local == name.latin else f"{name.local} ({name.latin})",
        industry=industry,
        country=country,
        city=city,
        employees=employees,
        revenue=employees * rng.randint(140, 420) * 1_000,
        language=language,
        domain=f"{slug(name.latin)}.example",
        owner=rep.email,
    )


def _draw_employees(rng: Random) -> int:
    smallest, largest, _ = rng.choices(_SIZES, weights=[size[2] for size in _SIZES])[0]
    exact = smallest * (largest / smallest) ** rng.random()
    return int(exact) if exact < 1_000 else int(exact / 50) * 50


def _draw_contact(rng: Random, key: str, account: Account, desk: int) -> Contact:
    tables = names()
    first = rng.choice(tables.first_names[account.language])
    last = rng.choice(tables.last_names[account.language])
    # Names outside Latin letters have no one spelling, so such a mailbox is named after the desk.
    mailbox = f"{slug(first)}.{slug(last)}" if slug(first) and slug(last) else _DESKS[desk]
    return Contact(
        key=key,
        account=account.key,
        first_name=first,
        last_name=last,
        title=tables.titles[account.language][desk],
        email=f"{mailbox}@{account.domain}",
    )
