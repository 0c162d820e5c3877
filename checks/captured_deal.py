"""A deal as the product knows it, whose panel is captured: what is suggested, and what touched it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from crm import assets, suggestions, touches
from crm.touches import Row
from enablement.model import Asset, Audience, CrmUser, Facets, Reason, Recommended, Share, Touch, TouchKind

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_MODEL = "stated-weights-2, fit alone"


@dataclass(frozen=True)
class Person:
    """A contact of the deal."""

    first: str
    last: str
    email: str
    role: str


CONTACTS = (
    Person("Aoife", "Brannigan", "aoife.brannigan@norfield.example", "Decision Maker"),
    Person("Siobhán", "Keane", "siobhan.keane@norfield.example", "Economic Buyer"),
    Person("Somchai", "Wongsuwan", "somchai@norfield.example", "Evaluator"),
    Person("Declan", "Moriarty", "", "Influencer"),  # Nobody can share with who has no address.
)


def _asset(ref: str, title: str, kind: str, *, audience: Audience = "customer", **changes: object) -> Asset:
    facts: dict[str, object] = {"language": "en", "version": 1, "released": None, "expires": None, **changes}
    updated = datetime(2026, 10, 28, 8, tzinfo=UTC)
    return Asset(
        id=ref * 40,
        source=f"{title}.pdf",
        title=title,
        kind=kind,
        audience=audience,
        collection="",
        owner="priya@stowmark.example",
        facets=Facets(),
        translation_of=None,
        version_id=f"{ref}-version",
        updated_at=updated,
        **facts,  # type: ignore[arg-type]  # each is of its field's type
    )


PAYBACK = _asset(
    "a", "Payback in the tenth month: Stowmark Warehouse at Harrowmoor Foods", "case study", version=3
)
BATTLECARD = _asset("b", "Battlecard: Palletary", "battlecard", audience="internal", version=2)
OVERVIEW = _asset(
    "c", "Stowmark Warehouse: product overview", "deck", review_every_days=180, reviewed_on=date(2026, 3, 2)
)
CALCULATOR = _asset("d", "ROI calculator", "calculator", url="https://tools.stowmark.example/roi")
THAI = _asset("e", "ผลตอบแทนการลงทุนของคลังสินค้าอัตโนมัติ", "guide", language="th")
OLD = _asset("f", "Stowmark Warehouse price list 2025", "price list", expires=date(2026, 1, 31))
ASSETS = (PAYBACK, BATTLECARD, OVERVIEW, CALCULATOR, THAI, OLD)

_COMPETITOR, _STAGE = Reason("competitors", ("Palletary",)), Reason("stages", ("Negotiation/Review",))
_PRODUCT, _LANGUAGE = Reason("products", ("Stowmark Warehouse",)), Reason("language")
_INDUSTRY = "industry:Manufacturing"
_HELPS = Reason("evidence", ("helps", "0.08", "0.03", "0.13", "142", _INDUSTRY, ""))
_UNCLEAR = Reason("evidence", ("no_clear_effect", "0.004", "-0.02", "0.03", "211", "", ""))
_HURTS = Reason("evidence", ("hurts", "-0.05", "-0.08", "-0.02", "64", "", ""))
_UNKNOWN = Reason("evidence", ("not_enough", "", "", "", "4", "", ""))
# One with each verdict, and one from before anything was learned.
_SUGGESTED = (
    (PAYBACK, (_COMPETITOR, _STAGE, _PRODUCT, Reason("industries", ("Manufacturing",)), _LANGUAGE, _HELPS)),
    (BATTLECARD, (_COMPETITOR, _STAGE, _PRODUCT, _UNKNOWN)),
    (OVERVIEW, (_PRODUCT, _LANGUAGE, _UNCLEAR)),
    (CALCULATOR, (_STAGE, Reason("sizes", ("enterprise",)), _HURTS)),
    (THAI, (Reason("regions", ("Asia",)),)),
)

# When, in minutes before now; what; of which asset; by or to whom; under which share.
_TOUCHED: tuple[tuple[int, TouchKind, Asset, Person, str], ...] = (
    (40, "opened_by_buyer", PAYBACK, CONTACTS[1], "s1"),
    (95, "opened_by_buyer", PAYBACK, CONTACTS[0], "s0"),
    (130, "shared", PAYBACK, CONTACTS[1], "s1"),
    (130, "shared", PAYBACK, CONTACTS[0], "s0"),
    (1_500, "presented", OVERVIEW, CONTACTS[0], ""),
    (2_900, "opened_by_buyer", PAYBACK, CONTACTS[0], "s0"),
    (4_400, "shared", CALCULATOR, CONTACTS[2], "s2"),
    (
        7_300,
        "opened_by_buyer",
        OVERVIEW,
        CONTACTS[1],
        "s9",
    ),  # Its share was made before the panel's rows begin.
    (60_500, "shared", OLD, CONTACTS[0], "s3"),
    (60_400, "opened_by_buyer", OLD, CONTACTS[0], "s3"),
    (61_000, "presented", BATTLECARD, CONTACTS[2], ""),
)


def asset_rows() -> list[Row]:
    """Return the rows of all assets."""
    return [assets.to_row(one, on=NOW.date()) for one in ASSETS]


def suggestion_rows(deal_id: str) -> list[Row]:
    """Return the rows of what is suggested for the deal."""
    return suggestions.to_rows(
        [
            Recommended(deal_id, rank, one.id, one.version_id, 1 - rank / 10, reasons, _MODEL, "facts", NOW)
            for rank, (one, reasons) in enumerate(_SUGGESTED, 1)
        ]
    )


def touch_rows(deal_id: str, seller: CrmUser) -> list[Row]:
    """Return the rows of what touched the deal."""
    return [_touch_row(number, deal_id, seller) for number in range(len(_TOUCHED))]


def _touch_row(number: int, deal_id: str, seller: CrmUser) -> Row:
    minutes, kind, asset, person, share_ref = _TOUCHED[number]
    share_id = f"{share_ref:x<40}" if share_ref else ""
    opened = kind == "opened_by_buyer"
    touch = Touch(
        id=f"{deal_id}-touch-{number}",
        kind=kind,
        asset_id=asset.id,
        version_id=asset.version_id,
        deal_id=deal_id,
        email=seller.email,
        recipient=person.email,
        channel="Link" if opened else "Slack",
        share_id=share_id,
        occurred_at=NOW - timedelta(minutes=minutes),
    )
    share = _share(share_id, touch, person) if share_id else None
    return touches.to_row(
        touch, asset=asset, version=asset.version, actor=seller, share=share, is_linked=asset is not THAI
    )


def _share(share_id: str, touch: Touch, person: Person) -> Share:
    return Share(
        id=share_id,
        token="",
        suggestion_id="",
        asset_id=touch.asset_id,
        version_id=touch.version_id,
        deal_id=touch.deal_id,
        email=touch.email,
        recipient=person.email,
        recipient_name=f"{person.first} {person.last}",
        note="",
        on_record=True,
        made_at=NOW,
        expires_at=NOW,
    )
