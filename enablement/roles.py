"""What somebody is to this installation: rep, manager, enablement, ops, admin."""

import logging
from collections.abc import Iterator
from datetime import datetime

from enablement.access import roles_below
from enablement.model import ROLES, Audit, CrmUser, Profile, Role as Role, RoleRule, key
from enablement.people import known_colleague
from enablement.ports import Services, TryLater, Undeliverable

log = logging.getLogger(__name__)
PROFILE, PERMISSION_SET = "profile:", "permission-set:"


def roles_of(slack_id: str, services: Services) -> frozenset[Role]:
    """Return what a member of the workspace is, by what is known of them without asking Slack or the CRM."""
    profile = services.mirror.profile(slack_id)
    if profile is None or profile.standing != "member":
        return frozenset()
    user = known_colleague(slack_id, services)
    found = _ruled(profile, user, services)
    if user:
        found.add("rep")
        if _leads(user, services):
            found.add("manager")
    return frozenset(found)


def has_role(role: Role, email: str, services: Services) -> bool:
    """Say whether a colleague has a role that comes from the settings, by their e-mail."""
    email = email.lower()
    if not email or email in _named(role, services):
        return bool(email)
    if not any(rule.role == role for rule in services.role_rules):
        return False
    profiles = [one for one in services.mirror.profiles(email=email) if one.standing == "member"]
    return any(role in _ruled(one, known_colleague(one.slack_id, services), services) for one in profiles)


def emails_with(role: Role, services: Services) -> tuple[str, ...]:
    """Return the e-mails of all who have a role that comes from the settings, those named there first."""
    found = [
        one.email
        for rule in services.role_rules
        if rule.role == role
        for person in sorted(services.people.holders(rule.source))
        for one in _profiles_of(person, services)
        if one.standing == "member" and one.email
    ]
    return tuple(dict.fromkeys([*_named(role, services), *sorted(found)]))


def role_sources(services: Services) -> list[tuple[Role, str, list[str]]]:
    """Return each role that comes from the settings, from where ("" for who is named there), and who has it by that.

    Who is not known here by name stands there with their e-mail or id.
    """
    rules = [(one.role, "" if _is_email(one) else one.source) for one in services.role_rules]
    librarians: list[tuple[Role, str]] = [("enablement", "")] if services.librarians else []
    found = dict.fromkeys([*librarians, *rules])
    return [
        (role, source, _names(role, source, services))
        for role, source in sorted(found, key=lambda one: (ROLES.index(one[0]), one[1]))
    ]


def read_role_members(services: Services, *, now: datetime) -> None:
    """Take over who is in the groups, profiles and permission sets that roles come from.

    What can't be read now stays as it was. What is gone has nobody in it.
    """
    wanted = {rule.source: rule.role for rule in services.role_rules if not _is_email(rule)}
    for source in sorted(wanted.keys() | services.people.sources()):
        try:
            people = _read(source, services) if source in wanted else []
        except TryLater as error:
            log.warning("who is in %s can't be read now: %s", source, error)
            continue
        except Undeliverable as error:
            log.error("who is in %s can't be read: %s", source, error)  # noqa: TRY400 - expected, its trace tells nothing
            if source.startswith((PROFILE, PERMISSION_SET)):
                # One that is not there has nobody in it; this is about what we may ask.
                continue
            people = []
        was, now_in = services.people.holders(source), frozenset(people)
        if was != now_in:
            notes = [
                *(_note("role.given", one, source, now) for one in sorted(now_in - was)),
                *(_note("role.taken", one, source, now) for one in sorted(was - now_in)),
            ]
            services.people.keep_holders(source, now_in, notes)


def _names(role: Role, source: str, services: Services) -> list[str]:
    mirror = services.mirror
    if not source:
        return sorted(set(_named(role, services)))
    people = services.people.holders(source)
    known = [mirror.profile(one) or mirror.user(one) for one in sorted(people)]
    return sorted(one.name if one else "–" for one in known)


def _ruled(profile: Profile, user: CrmUser | None, services: Services) -> set[Role]:
    found: set[Role] = {"enablement"} if profile.email and profile.email in services.librarians else set()
    if services.role_rules:
        people = [profile.slack_id, *([user.id] if user else [])]
        sources = {profile.email.lower(), *services.people.sources_of(*people)} - {""}
        found |= {rule.role for rule in services.role_rules if rule.source in sources}
    return found


def _named(role: Role, services: Services) -> tuple[str, ...]:
    by_rule = [rule.source for rule in services.role_rules if rule.role == role and _is_email(rule)]
    return (*(services.librarians if role == "enablement" else ()), *by_rule)


def _is_email(rule: RoleRule) -> bool:
    return "@" in rule.source[1:] and not rule.source.startswith((PROFILE, PERMISSION_SET))


def _profiles_of(person: str, services: Services) -> Iterator[Profile]:
    """Yield the profiles of a Slack id, or of a CRM user: who is linked to it, else who has its e-mail."""
    if profile := services.mirror.profile(person):
        yield profile
    elif user := services.mirror.user(person):
        linked = [one.slack_id for one in services.people.links() if one.crm_user_id == user.id]
        same = services.mirror.profiles(email=user.email) if user.email else []
        for slack_id in dict.fromkeys([*linked, *(one.slack_id for one in same)]):
            known = known_colleague(slack_id, services)
            profile = services.mirror.profile(slack_id)
            if profile and known and known.id == user.id:
                yield profile


def _read(source: str, services: Services) -> list[str]:
    if source.startswith(PROFILE):
        return services.crm.users_in(profile=source.removeprefix(PROFILE))
    if source.startswith(PERMISSION_SET):
        return services.crm.users_in(permission_set=source.removeprefix(PERMISSION_SET))
    return services.messenger.group_members(source)


def _note(action: str, person: str, source: str, now: datetime) -> Audit:
    return Audit(key("audit", action, person, source, now.isoformat()), "", action, person, source, now)


def _leads(user: CrmUser, services: Services) -> bool:
    """Say whether anybody works in a CRM role below theirs."""
    if not user.role_id:
        return False
    below = roles_below(user.role_id, {role.id: role.parent_id for role in services.mirror.roles()})
    return bool(below) and any(one.is_active for one in services.mirror.users(roles=below))
