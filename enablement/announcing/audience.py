"""Whom an announcement reaches: members of the workspace alone, by what Slack and the CRM say of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from enablement.access import roles_below
from enablement.model import Aim, CrmUser, Profile
from enablement.ports import Services

# Slack's list of members is read this often; "announce.colleagues" is the work.
COLLEAGUES_EVERY = timedelta(minutes=5)
COLLEAGUES_READ = "slack.colleagues"


@dataclass(frozen=True)
class Reader:
    """A colleague who may be told something; `user` is who they are in the CRM, where that is known."""

    slack_id: str
    email: str
    name: str
    locale: str
    time_zone: str
    user: CrmUser | None


@dataclass(frozen=True)
class Reach:
    """Whom an aim means: readers by name, and the Slack ids it names of those who are never told anything."""

    readers: tuple[Reader, ...]
    left_out: tuple[str, ...]


def readers(aim: Aim, services: Services) -> list[Reader]:
    """Return whom an aim means, by name; raises TryLater, or Undeliverable where a group or channel is not there."""
    return list(reach(aim, services).readers)


def reach(aim: Aim, services: Services) -> Reach:
    """Return whom an aim means, and whom it names in vain: guests, strangers, the deactivated. Raises as `readers`."""
    profiles = {one.slack_id: one for one in services.mirror.profiles()}
    named = _named(aim, services)
    left_out = [
        slack_id
        for slack_id in sorted(named)
        # Bots are in channels too, and are nobody.
        if (slack_id in profiles or slack_id in aim.people) and not _is_member(profiles.get(slack_id))
    ]
    everybody = all_readers(services, profiles.values())
    places = _roles(aim, services)
    owners = services.mirror.owners_of(aim.deals) if aim.deals else None
    is_by_deals_alone = owners is not None and not (aim.everyone or _names_some(aim))

    def is_meant(one: Reader) -> bool:
        role = one.user.role_id if one.user else None
        meant = (
            aim.everyone or is_by_deals_alone or one.slack_id in named or (role in places if role else False)
        )
        return meant and (owners is None or (one.user is not None and one.user.id in owners))

    return Reach(tuple(one for one in everybody if is_meant(one)), tuple(left_out))


def all_readers(services: Services, profiles: Iterable[Profile] | None = None) -> list[Reader]:
    """Return all members of the workspace that are known, by name."""
    known = services.mirror.profiles() if profiles is None else profiles
    users = {one.id: one for one in services.mirror.users()}
    links = {one.slack_id: one.crm_user_id for one in services.people.links()}
    by_email: dict[str, list[CrmUser]] = {}
    for user in users.values():
        by_email.setdefault(user.email, []).append(user)

    def user_of(one: Profile) -> CrmUser | None:
        if one.slack_id in links:
            return users.get(links[one.slack_id])
        same = by_email.get(one.email, []) if one.email else []
        return same[0] if len(same) == 1 else None

    found = [
        Reader(one.slack_id, one.email, one.name, one.locale, one.time_zone, user_of(one))
        for one in known
        if _is_member(one)
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.slack_id))


def read_colleagues(services: Services, *, now: datetime) -> int:
    """Take over all profiles as Slack has them; return how many. Raises TryLater."""
    known = {one.slack_id for one in services.mirror.profiles()}
    # Slack lists for ever who left: whoever is not known, or was forgotten, need not be.
    listed = services.messenger.colleagues(now=now)
    found = [one for one in listed if one.standing != "deactivated" or one.slack_id in known]
    services.mirror.keep_profiles(found)
    services.mirror.set_watermark(COLLEAGUES_READ, now)
    return len(found)


def colleagues_read_at(services: Services) -> datetime | None:
    """Return when Slack's list of members was last read."""
    return services.mirror.watermark(COLLEAGUES_READ)


def _named(aim: Aim, services: Services) -> set[str]:
    named = set(aim.people)
    for group in aim.groups:
        named.update(services.messenger.group_members(group))
    for channel in aim.channels:
        named.update(services.messenger.members(channel))
    return named


def _roles(aim: Aim, services: Services) -> set[str]:
    if not aim.teams:
        return set(aim.roles)
    parents = {role.id: role.parent_id for role in services.mirror.roles()}
    below = (roles_below(team, parents) for team in aim.teams)
    return {*aim.roles, *aim.teams}.union(*below)


def _names_some(aim: Aim) -> bool:
    # A group without members names nobody, which is not the same as not naming a group.
    return bool(aim.people or aim.groups or aim.channels or aim.roles or aim.teams)


def _is_member(profile: Profile | None) -> bool:
    return profile is not None and profile.standing == "member"
