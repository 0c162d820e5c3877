"""Make a sample sales organisation out of a seed."""

from datetime import date
from random import Random

from sandbox.world.accounts import draw_accounts, draw_contacts
from sandbox.world.company import COMPANY, DOMAIN, PEOPLE, ROLES
from sandbox.world.deals import draw_opportunities
from sandbox.world.model import World

SMALLEST_ACCOUNTS = 20


def generate(*, today: date, seed: int = 7, accounts: int = 80, opportunities: int = 600) -> World:
    """Draw a world: at least 20 accounts and 80 opportunities, the same for the same arguments."""
    if accounts < SMALLEST_ACCOUNTS:
        raise ValueError(f"a world needs at least {SMALLEST_ACCOUNTS} accounts, not {accounts}")
    companies = draw_accounts(Random(f"{seed}:accounts"), accounts)
    contacts = draw_contacts(Random(f"{seed}:contacts"), companies)
    deals = draw_opportunities(
        Random(f"{seed}:opportunities"), companies, contacts, count=opportunities, today=today
    )
    return World(COMPANY, DOMAIN, seed, today, ROLES, PEOPLE, companies, contacts, deals)
