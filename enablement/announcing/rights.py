"""Who may announce to whom, and who may see what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from enablement.access import roles_below
from enablement.announcing.audience import Reader, all_readers
from enablement.model import Announcement, Receipt
from enablement.people import known_colleague
from enablement.ports import Services
from enablement.roles import has_role


@dataclass(frozen=True)
class Right:
    """Whom somebody may announce to, and whether a librarian approves it first."""

    whom: Literal["everyone", "team", "nobody"]
    needs_approval: bool = False


def right_of(slack_id: str, services: Services) -> Right:
    """Return whom a person may announce to: librarians and announcers everyone, managers those in roles below."""
    email = email_of(slack_id, services)
    if email and (email in services.announcers or has_role("enablement", email, services)):
        return Right("everyone")
    if _roles_below(slack_id, services):
        return Right("team", needs_approval=services.announce_approval == "managers")
    return Right("nobody")


def is_librarian(slack_id: str, services: Services) -> bool:
    """Say whether a person looks after the whole library, and so after all announcements."""
    email = email_of(slack_id, services)
    return has_role("enablement", email, services)


def may_change(one: Announcement, slack_id: str, services: Services) -> bool:
    """Say whether a person may edit, stop or withdraw an announcement."""
    is_author = slack_id == one.author_slack_id and bool(email_of(slack_id, services))
    return is_author or is_librarian(slack_id, services)


def may_see_results(
    one: Announcement, viewer_slack_id: str, services: Services, receipts: Iterable[Receipt]
) -> set[str]:
    """Return the Slack ids of the readers, of those with these receipts, whose results a person may see."""
    told = {receipt.slack_id for receipt in receipts}
    if not may_change(one, viewer_slack_id, services):
        told &= {reader.slack_id for reader in team_of(viewer_slack_id, services)}
    return {slack_id for slack_id in told if not is_channel(slack_id)}


def team_of(slack_id: str, services: Services) -> list[Reader]:
    """Return the members in roles below a person's, by name."""
    below = _roles_below(slack_id, services)
    return [one for one in all_readers(services) if one.user and one.user.role_id in below] if below else []


def roles_open_to(slack_id: str, services: Services) -> dict[str, list[str]]:
    """Return the roles that a person may announce to, by id: the names of who holds each, none left empty."""
    whom = right_of(slack_id, services).whom
    mine = _roles_below(slack_id, services) if whom == "team" else None
    holders: dict[str, list[str]] = {}
    for one in all_readers(services):
        role = one.user.role_id if one.user else None
        if role and whom != "nobody" and (mine is None or role in mine):
            holders.setdefault(role, []).append(one.name)
    return holders


def email_of(slack_id: str, services: Services) -> str:
    """Return the e-mail of a member, or nothing."""
    profile = services.mirror.profile(slack_id)
    return profile.email if profile and profile.standing == "member" else ""


def is_channel(slack_id: str) -> bool:
    """Say whether a receipt's id is that of a channel that an announcement is posted to, not of a person."""
    return slack_id[:1] in "CG"


def _roles_below(slack_id: str, services: Services) -> set[str]:
    user = known_colleague(slack_id, services)
    if user is None or not user.role_id:
        return set()
    return roles_below(user.role_id, {role.id: role.parent_id for role in services.mirror.roles()})
