"""Content that comes in through a conversation: who may put it into the library, and what they are told at once."""

from dataclasses import dataclass
from datetime import datetime

from enablement.answering import Refusal
from enablement.governance import may_publish
from enablement.language import _, in_a_row
from enablement.model import Ask, Asset
from enablement.people import NotServed, called, member_email
from enablement.ports import Services
from enablement.roles import emails_with

# As on the command line: what is larger can't be read in the time that reading may take.
LARGEST_BYTES = 100_000_000
MOST_NAMED = 5


@dataclass(frozen=True)
class Offer:
    """A file that this person may put into the library: they are asked whether they want to."""

    ask: Ask
    file_id: str
    file_name: str


def came_through_slack(asset: Asset) -> bool:
    """Say whether an asset's file came through a conversation, and lies nowhere else."""
    return asset.source.startswith(source_of(""))


def said_last(asset_id: str, services: Services) -> Asset | None:
    """Return an asset as it was last said to be: as it waits for approval, or else as it stands."""
    return services.catalog.proposal(asset_id) or services.catalog.asset(asset_id)


class CannotAdd(Exception):
    """This can't be added to the library, or not by this person; the message says why and what to do."""


def source_of(file_id: str) -> str:
    """Return the source of an asset that came as a file in Slack."""
    return f"slack:{file_id}"


def check_publisher(email: str, services: Services) -> None:
    """Raise CannotAdd for all but librarians and approvers; who they are is for colleagues (with an e-mail) to hear."""
    if email and may_publish(email, services):
        return
    approvers = [one for shelf in services.catalog.collections() for one in shelf.approvers]
    named = list(dict.fromkeys([*emails_with("enablement", services), *approvers]))[:MOST_NAMED]
    if email and named:
        raise CannotAdd(
            _(
                "Thank you! Only the people who look after the library can add to it: {names}.",
                names=in_a_row(called(one, services.mirror) for one in named),
            )
        )
    raise CannotAdd(_("Thank you! Only the people who look after the library can add to it."))


def offer(ask: Ask, services: Services, *, now: datetime) -> Offer | Refusal:
    """Return what to say to a file that somebody sent; the ask's words are the file's id and name."""
    file_id, _, name = ask.question.partition(" ")
    try:
        email = member_email(ask.slack_id, mirror=services.mirror, messenger=services.messenger, now=now)
        check_publisher(email, services)
    except (NotServed, CannotAdd) as refusal:
        return Refusal(ask, str(refusal))
    return Offer(ask, file_id, name)
