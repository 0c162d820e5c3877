"""The deals the demo is about: Norfield Foods, a food manufacturer, and its past with the seller."""

from datetime import UTC, date, datetime, time, timedelta

from sandbox.world.company import DOMAIN, PALLETARY, PROTAGONIST, WAREHOUSE, YARD
from sandbox.world.model import Account, Contact, ContactRole, Opportunity, StageChange
from sandbox.world.stages import NEEDS, NEGOTIATION, PROPOSAL, PROSPECTING, QUALIFICATION, WON

NORFIELD = Account(
    key="A0001",
    name="Norfield Foods",
    industry="Manufacturing",
    country="Ireland",
    city="Cork",
    employees=2_400,
    revenue=610_000_000,
    language="en",
    domain="norfieldfoods.example",
    owner=PROTAGONIST,
)
NORFIELD_CONTACTS = (
    Contact(
        "C00001",
        "A0001",
        "Aoife",
        "Brannigan",
        "Operations Director",
        "aoife.brannigan@norfieldfoods.example",
    ),
    Contact(
        "C00002",
        "A0001",
        "Declan",
        "Moriarty",
        "Head of Procurement",
        "declan.moriarty@norfieldfoods.example",
    ),
    Contact(
        "C00003",
        "A0001",
        "Siobhán",
        "Keane",
        "Chief Financial Officer",
        "siobhan.keane@norfieldfoods.example",
    ),
)
ROLLOUT_NAME = "Norfield Foods – Warehouse rollout"
_ROLES = (
    ContactRole("C00001", "Decision Maker", is_primary=True),
    ContactRole("C00002", "Evaluator", is_primary=False),
    ContactRole("C00003", "Economic Buyer", is_primary=False),
)
# (stage, days ago it began, amount then, days from now it was expected to close)
_ROLLOUT = (
    (PROSPECTING, 118, 320_000, 30),
    (QUALIFICATION, 101, 320_000, 30),
    (NEEDS, 79, 360_000, 30),
    (PROPOSAL, 41, 410_000, 24),
    (NEGOTIATION, 12, 384_000, 24),
)
_PILOT = (
    (QUALIFICATION, 395, 45_000, -290),
    (PROPOSAL, 340, 48_000, -290),
    (WON, 291, 48_000, -291),
)


def norfield_deals(today: date) -> tuple[Opportunity, ...]:
    """Give the open rollout, then the yard pilot that was won last year."""
    return (
        _deal("N0001", ROLLOUT_NAME, today, _ROLLOUT, products=(WAREHOUSE, YARD), competitors=(PALLETARY,)),
        _deal("N0002", "Norfield Foods – Yard pilot", today, _PILOT, products=(YARD,), competitors=()),
    )


def _deal(
    key: str,
    name: str,
    today: date,
    steps: tuple[tuple[str, int, int, int], ...],
    *,
    products: tuple[str, ...],
    competitors: tuple[str, ...],
) -> Opportunity:
    midday = datetime.combine(today, time(12), tzinfo=UTC)
    won = steps[-1][0] == WON
    return Opportunity(
        key=key,
        name=name,
        account=NORFIELD.key,
        owner=PROTAGONIST,
        kind="Existing Customer - Upgrade" if not won else "New Customer",
        competitors=competitors,
        products=products,
        lead_source="Partner Referral",
        next_step="" if won else "Price call with procurement; the CFO asks for proof of payback",
        loss_reason="",
        history=tuple(
            StageChange(midday - timedelta(days=ago), stage, amount, today + timedelta(days=closes))
            for stage, ago, amount, closes in steps
        ),
        contact_roles=_ROLES[:1] if won else _ROLES,
        team=() if won else (f"priya.raman@{DOMAIN}",),
    )
