"""Whole objects for tests; a test spells out only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from enablement.model import Asset, Deal, Facets

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def deal(name: str = "Norfield Foods – Warehouse rollout", **changes: Any) -> Deal:
    account = name.split(" – ")[0]
    made = Deal(
        id=f"006{abs(hash(name)) % 10**15:015d}",
        name=name,
        account=account,
        stage="Negotiation",
        amount=120_000.0,
        currency="EUR",
        close_date=date(2026, 12, 18),
        is_closed=False,
        is_won=False,
        owner_id="005000000000001AAA",
        team=(),
        industry="Manufacturing",
        region="Europe",
        size="enterprise",
        language="en",
        competitors=(),
        products=(),
        modified_at=NOW,
    )
    return replace(made, **changes)


def asset(title: str = "Pricing guide", **changes: Any) -> Asset:
    facets = changes.pop("facets", Facets())
    made = Asset(
        id=changes.pop("id", title),
        source=f"{title}.md",
        title=title,
        kind="guide",
        language="en",
        audience="customer",
        collection="",
        owner="",
        facets=facets,
        translation_of=None,
        released=None,
        expires=None,
        version=1,
        version_id=f"{title} v1",
        updated_at=NOW,
    )
    return replace(made, **changes)
