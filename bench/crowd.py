"""People who ask: sellers with deals of their own, in the local Salesforce and in the local Slack alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import requests

from demo import Demo
from enablement.model import Profile
from sandbox.world import OPEN_STAGES, PRODUCTS, Account, Person, World, generate
from sandbox.world.org_client import OrgClient
from sandbox.world.rows import account_row, user_row

ROLES = ("Account Executive EMEA", "Account Executive Americas", "Account Executive APAC")
MOTIONS = ("Warehouse rollout", "Yard pilot", "Renewal", "Field expansion", "Insight add-on")
ACCOUNTS = 240
TIMEOUT_S = 60


@dataclass(frozen=True)
class Seller:
    """A colleague in both systems; `accounts` are the customers of their open deals."""

    slack_id: str
    email: str
    accounts: tuple[str, ...]


def bring(demo: Demo, count: int, *, deals_each: int, seed: int) -> tuple[list[Seller], str]:
    """Bring so many sellers with so many open deals each; return them and a channel that all of them are in."""
    chance = Random(f"{seed}:crowd")
    world = generate(today=demo.services.clock().date(), seed=seed, accounts=ACCOUNTS, opportunities=80)
    people = [_person(number, world.domain) for number in range(count)]
    portfolios = [_portfolio(world.accounts, deals_each, chance) for _ in people]
    _into_salesforce(demo, world, people, portfolios, chance)
    slack_ids, channel = _into_slack(demo, people)
    demo.services.crm.sync(full=True)
    sellers = [
        Seller(slack_id, person.email, tuple(account.name for account in accounts))
        for slack_id, person, accounts in zip(slack_ids, people, portfolios, strict=True)
    ]
    return sellers, channel


def be_seen(demo: Demo, sellers: Sequence[Seller]) -> None:
    """Let Touchline know the Slack profiles of these people, as of people who asked within the last minutes.

    Slack tells of a hundred people a minute: so many who ask for the first time at once would measure Slack.
    """
    now = demo.services.clock()
    for one in sellers:
        profile = Profile(one.slack_id, one.email, one.email, "en-GB", "Europe/London", "member", now)
        demo.services.mirror.keep_profile(profile)


def _person(number: int, domain: str) -> Person:
    return Person(
        email=f"seller{number:04}@{domain}",
        first_name="Seller",
        last_name=f"Number {number:04}",
        job="rep",
        role=ROLES[number % len(ROLES)],
        title="Account Executive",
        locale="en-GB",
        time_zone="Europe/London",
        countries=(),
        avatar_color="#2f6f8f",
    )


def _portfolio(accounts: Sequence[Account], count: int, chance: Random) -> list[Account]:
    """Draw customers whose names begin differently, so that a question that names one means one."""
    chosen: dict[str, Account] = {}
    for account in chance.sample(accounts, len(accounts)):
        chosen.setdefault(account.name.split()[0].lower(), account)
    return list(chosen.values())[:count]


def _into_salesforce(
    demo: Demo,
    world: World,
    people: Sequence[Person],
    portfolios: Sequence[Sequence[Account]],
    chance: Random,
) -> None:
    settings = demo.settings
    with OrgClient(
        demo.salesforce_url, settings.salesforce_client_id, settings.salesforce_client_secret
    ) as org:
        # Older than the newest deal of the sample world: Touchline reads the ten minutes before that one each time.
        org.set_clock(demo.services.clock() - timedelta(days=60))
        profile = org.query("SELECT Id FROM Profile WHERE Name = 'Standard User'")[0]["Id"]
        roles = {row["Name"]: row["Id"] for row in org.query("SELECT Id, Name FROM UserRole")}
        known = {row["Email"]: row["Id"] for row in org.query("SELECT Id, Email FROM User")}
        rows = [
            user_row(one, profile_id=profile, role_id=roles[one.role], manager_id=None)
            | {"Alias": f"s{number:04}"}
            for number, one in enumerate(people)
        ]
        users = org.insert("User", rows)
        accounts = org.insert("Account", [account_row(one, known) for one in world.accounts])
        ids = dict(zip([one.key for one in world.accounts], accounts, strict=True))
        org.insert(
            "Opportunity",
            [
                {
                    "Name": f"{account.name} – {chance.choice(MOTIONS)}",
                    "AccountId": ids[account.key],
                    "OwnerId": user,
                    "StageName": chance.choice(OPEN_STAGES),
                    "Amount": chance.randint(10, 400) * 1000,
                    "CloseDate": (world.today + timedelta(days=chance.randint(10, 200))).isoformat(),
                    "Product_Interest__c": chance.choice(PRODUCTS),
                }
                for user, portfolio in zip(users, portfolios, strict=True)
                for account in portfolio
            ],
        )
        org.set_clock(None)


def _into_slack(demo: Demo, people: Sequence[Person]) -> tuple[list[str], str]:
    address = f"{demo.slack_url}/_sandbox/workspace"
    workspace = requests.get(address, timeout=TIMEOUT_S).json()
    slack_ids = [f"U0SELLER{number:04}" for number in range(len(people))]
    workspace["users"] += [
        {
            "id": slack_id,
            "name": person.email.partition("@")[0],
            "real_name": person.name,
            "email": person.email,
            "locale": person.locale,
            "tz": person.time_zone,
        }
        for slack_id, person in zip(slack_ids, people, strict=True)
    ]
    channel = "C0BENCH"
    members = [*slack_ids, workspace["bot"]["user_id"]]
    workspace["channels"].append({"id": channel, "name": "sellers", "members": members})
    requests.post(address, json=workspace, timeout=TIMEOUT_S).raise_for_status()
    return slack_ids, channel
