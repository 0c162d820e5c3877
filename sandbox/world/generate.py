"""Make a sample sales organisation out of a seed."""

from datetime import date
from random import Random

from sandbox.world.accounts import draw_accounts, draw_contacts
from sandbox.world.company import COMPANY, DOMAIN, PEOPLE, ROLES
from sandbox.world.deals import draw_opportunities, draw_past
from sandbox.world.model import World

SMALLEST_ACCOUNTS = 20


def generate(
    *, today: date, seed: int = 7, accounts: int = 80, opportunities: int = 600, past: int = 0
) -> World:
    """Draw a world: at least 20 accounts and 80 opportunities, the same for the same arguments.

    `past` is how many closed deals come on top of them, with uses of content that had known effects.
    """
    if accounts < SMALLEST_ACCOUNTS:
        raise ValueError(f"a world needs at least {SMALLEST_ACCOUNTS} accounts, not {accounts}")
    companies = draw_accounts(Random(f"{seed}:accounts"), accounts)
    contacts = draw_contacts(Random(f"{seed}:contacts"), companies)
    deals = draw_opportunities(
        Random(f"{seed}:opportunities"), companies, contacts, count=opportunities, today=today
    )
    helped, uses = draw_past(
        Random(f"{seed}:past"), companies, contacts, count=past, today=today, beside=deals
    )
    return World(COMPANY, DOMAIN, seed, today, ROLES, PEOPLE, companies, contacts, (*deals, *helped), uses)
