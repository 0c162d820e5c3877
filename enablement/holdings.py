"""What a person looks after in the library: what waits for their approval, then their own, by what is due first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from enablement import governance
from enablement.answering import Refusal
from enablement.governance import State
from enablement.model import Ask, Asset
from enablement.people import NotServed, member_email
from enablement.ports import Services

ON_A_PAGE = 10


@dataclass(frozen=True)
class Held:
    """One asset as it stands, or (`waits`) as it would be: `due` is the day on which somebody must act, if any.

    `successor` is the title of what took the place of what is archived.
    """

    asset: Asset
    state: State
    due: date | None
    waits: bool
    link: str
    successor: str = ""


@dataclass(frozen=True)
class Holdings:
    """One page of what a person looks after, as of a day; pages start at 1."""

    ask: Ask
    held: tuple[Held, ...]
    page: int
    pages: int
    count: int
    on: date
    # Whether the reader may say anew what an asset is for.
    may_change: bool = False


def holdings(ask: Ask, services: Services, *, now: datetime) -> Holdings | Refusal:
    """Return what the asker looks after; the ask's words are the number of the page."""
    try:
        email = member_email(ask.slack_id, mirror=services.mirror, messenger=services.messenger, now=now)
    except NotServed as refusal:
        return Refusal(ask, str(refusal))
    found = [
        *((one, True) for one in to_approve(email, services)),
        *((one, False) for one in _own(email, services.catalog.assets(), on=now.date())),
    ]
    pages = max(1, -(-len(found) // ON_A_PAGE))
    page = min(int(ask.question) if ask.question.isdecimal() else 1, pages) or 1
    shown = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    held = tuple(_held(one, email, services, waits=waits, now=now) for one, waits in shown)
    may_change = governance.may_publish(email, services)
    return Holdings(ask, held, page, pages, len(found), now.date(), may_change)


def due_on(asset: Asset) -> date | None:
    """Return the first day on which somebody must look at a published asset again: it expires, or its review is due."""
    days = [day for day in (asset.expires, governance.review_due_on(asset)) if day]
    return min(days) if days and asset.status == "published" else None


def to_approve(email: str, services: Services) -> list[Asset]:
    """Return what somebody else submitted and this person may approve, the longest waiting first."""
    return [
        one
        for one in governance.all_awaiting(services.catalog)
        if governance.may_approve(one, email, services)
        and email not in (one.owner, governance.submitter(one, services.ledger))
    ]


def _own(email: str, assets: Iterable[Asset], *, on: date) -> list[Asset]:
    def place(one: Asset) -> tuple[bool, date, str, str]:
        # What nobody has to look at again comes last, and behind it what can only be brought back.
        return (one.status == "archived", due_on(one) or date.max, governance.state(one, on=on), one.title)

    return sorted((one for one in assets if one.owner == email), key=place)


def _held(asset: Asset, email: str, services: Services, *, waits: bool, now: datetime) -> Held:
    link = asset.url or governance.preview(asset, email=email, services=services, now=now)
    newer = services.catalog.asset(asset.replaced_by) if asset.replaced_by else None
    state = governance.state(asset, on=now.date())
    return Held(asset, state, due_on(asset), waits, link, newer.title if newer else "")
