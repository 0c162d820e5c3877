"""Who may see what, written down from the rules alone: what the product decides is compared with this."""

from dataclasses import dataclass
from datetime import date

from enablement.model import Asset, CrmUser, Deal, Profile


@dataclass(frozen=True)
class Org:
    """What there is. `deals` as last read, `now_owned` and `now_team` as Salesforce has them at this moment."""

    users: tuple[CrmUser, ...]
    parents: dict[str, str | None]
    links: dict[str, str]
    deals: tuple[Deal, ...]
    now_owned: dict[str, str]
    now_team: dict[str, tuple[str, ...]]
    rules: frozenset[tuple[str, str]]

    def user(self, user_id: str | None) -> CrmUser | None:
        return next((one for one in self.users if one.id == user_id), None)


def served(person: Profile, org: Org) -> CrmUser | None:
    """A member of the workspace; linked by an administrator, or the only active user of their e-mail."""
    if person.standing != "member":
        return None
    if person.slack_id in org.links:
        linked = org.user(org.links[person.slack_id])
        return linked if linked and linked.is_active else None
    same = [one for one in org.users if one.is_active and one.email.lower() == person.email.lower() != ""]
    return same[0] if len(same) == 1 else None


def stands_above(user: CrmUser, owner: CrmUser | None, org: Org) -> bool:
    """The role hierarchy: whose role is an ancestor of the owner's role sees what the owner owns."""
    role, steps = owner.role_id if owner else None, 0
    while role and steps <= len(org.parents):
        role, steps = org.parents.get(role), steps + 1
        if role and role == user.role_id:
            return owner is not None and owner.role_id != user.role_id
    return False


def may_read(user: CrmUser, deal: Deal, org: Org) -> bool:
    """UserRecordAccess: owner, team, above the owner, or a sharing rule; as of now."""
    owner = org.now_owned[deal.id]
    shared = user.id in org.now_team[deal.id] or (user.id, deal.id) in org.rules
    return user.id == owner or shared or stands_above(user, org.user(owner), org)


def may_see(
    person: Profile, deal: Deal, asset: Asset, org: Org, *, outside: bool, place_deal: str, on: date
) -> bool:
    """The deal: open, plausible by what was last read or the place's own, readable now. The asset: as its facts say."""
    user = served(person, org)
    if user is None or deal.is_closed or not may_read(user, deal, org):
        return False
    owned = user.id == deal.owner_id or stands_above(user, org.user(deal.owner_id), org)
    if not (owned or user.id in deal.team or deal.id == place_deal):
        return False
    if asset.status != "published" or (outside and asset.audience != "customer"):
        return False
    return (asset.released or on) <= on <= (asset.expires or on)
