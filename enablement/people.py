"""Who is asking: one colleague in Slack and in the CRM, joined by verified e-mail, or by an administrator's word."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from enablement.language import _, speaking
from enablement.model import Ask, CrmUser, Profile
from enablement.ports import Messenger, Mirror, Services, TryLater

PROFILE_IS_FRESH = timedelta(minutes=10)


class NotServed(Exception):
    """This person gets no content; the message tells them why and whom to ask."""


def colleague(ask: Ask, services: Services, *, now: datetime) -> CrmUser:
    """Return the CRM user who asks; raises NotServed for guests, strangers, the deactivated and the unknown."""
    if ask.email:
        return _user_of(ask.email, services.mirror)
    # Whatever is linked: first they must be a member of the workspace.
    member = _member(ask.slack_id, mirror=services.mirror, messenger=services.messenger, now=now)
    return crm_user(member, services)


def known_colleague(slack_id: str, services: Services) -> CrmUser | None:
    """Return the CRM user that this Slack user is, by what is known of them without asking Slack."""
    profile = services.mirror.profile(slack_id)
    if profile is None or profile.standing != "member":
        return None
    try:
        return crm_user(profile, services)
    except NotServed:
        return None


def called(email: str, mirror: Mirror) -> str:
    """Return the name of the colleague with an e-mail as Slack knows it; the e-mail itself where it knows none."""
    known = sorted(mirror.profiles(email=email), key=lambda one: one.standing != "member") if email else []
    return next((one.name for one in known if one.name), email)


def member_email(slack_id: str, *, mirror: Mirror, messenger: Messenger, now: datetime) -> str:
    """Return the confirmed e-mail of a member of the workspace; raises NotServed for everybody else."""
    return _email(_member(slack_id, mirror=mirror, messenger=messenger, now=now))


@contextmanager
def speaking_to(slack_id: str, services: Services, *, now: datetime) -> Iterator[None]:
    """Word everything meanwhile for this person. Slack is asked for who is new; if it is silent, English is spoken."""
    profile = services.mirror.profile(slack_id)
    if profile is None:
        try:
            profile = _asked(slack_id, services.mirror, services.messenger, now)
        except TryLater:
            profile = None
    with in_words_of(profile):
        yield


@contextmanager
def in_words_of(profile: Profile | None) -> Iterator[None]:
    """Word everything meanwhile in the language, and by the clock, of a colleague; in English for who is not known."""
    with speaking(profile.locale, time_zone=profile.time_zone) if profile else speaking():
        yield


def _asked(slack_id: str, mirror: Mirror, messenger: Messenger, now: datetime) -> Profile:
    profile = messenger.profile(slack_id, now=now)
    mirror.keep_profile(profile)
    # With the language that they chose, which Slack does not know.
    return mirror.profile(slack_id) or profile


def _member(slack_id: str, *, mirror: Mirror, messenger: Messenger, now: datetime) -> Profile:
    profile = mirror.profile(slack_id)
    if profile is None or now - profile.seen_at > PROFILE_IS_FRESH:
        profile = _asked(slack_id, mirror, messenger, now)
    if profile.standing != "member":
        raise NotServed(_("Touchline answers members of this workspace only."))
    return profile


def crm_user(member: Profile, services: Services) -> CrmUser:
    """Return the CRM user that a member is; raises NotServed."""
    link = services.people.link(member.slack_id)
    if link is None:
        return _user_of(_email(member), services.mirror)
    linked = services.mirror.user(link.crm_user_id)
    if linked is None or not linked.is_active:
        raise NotServed(
            _(
                "The Salesforce user that you are linked to is not active. "
                "Ask your Touchline administrator to link you to your present one."
            )
        )
    return linked


def _email(member: Profile) -> str:
    if not member.email:
        raise NotServed(
            _("Your Slack profile has no confirmed e-mail address, so I can't find you in Salesforce.")
        )
    return member.email


def _user_of(email: str, mirror: Mirror) -> CrmUser:
    known = [user for user in mirror.users_by_email(email) if user.is_active]
    if not known:
        raise NotServed(
            _(
                "I can't find {email} among the active Salesforce users. "
                "Ask your Salesforce administrator to check the e-mail address of your user.",
                email=email,
            )
        )
    if len(known) > 1:
        raise NotServed(
            _(
                "{count} Salesforce users have the e-mail {email}, so I can't tell which is you. Ask your Salesforce "
                "administrator to leave it on one of them, or your Touchline administrator to link you.",
                count=len(known),
                email=email,
            )
        )
    return known[0]
