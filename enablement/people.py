"""Who is asking: one colleague in Slack and in the CRM, joined by verified e-mail."""

from datetime import datetime, timedelta

from enablement.model import Ask, CrmUser
from enablement.ports import Messenger, Mirror

PROFILE_IS_FRESH = timedelta(minutes=10)


class NotServed(Exception):
    """This person gets no content; the message tells them why and whom to ask."""


def colleague(ask: Ask, *, mirror: Mirror, messenger: Messenger, now: datetime) -> CrmUser:
    """Return the CRM user who asks; raises NotServed for guests, strangers, the deactivated and the unknown."""
    email = ask.email or member_email(ask.slack_id, mirror=mirror, messenger=messenger, now=now)
    known = [user for user in mirror.users_by_email(email) if user.is_active]
    if not known:
        raise NotServed(
            f"I can't find {email} among the active Salesforce users. "
            "Ask your Salesforce administrator to check the e-mail address of your user."
        )
    if len(known) > 1:
        raise NotServed(
            f"{len(known)} Salesforce users have the e-mail {email}, so I can't tell which is you. "
            "Ask your Salesforce administrator to leave it on one of them."
        )
    return known[0]


def member_email(slack_id: str, *, mirror: Mirror, messenger: Messenger, now: datetime) -> str:
    """Return the confirmed e-mail of a member of the workspace; raises NotServed for everybody else."""
    profile = mirror.profile(slack_id)
    if profile is None or now - profile.seen_at > PROFILE_IS_FRESH:
        profile = messenger.profile(slack_id, now=now)
        mirror.keep_profile(profile)
    if profile.standing != "member":
        raise NotServed("Touchline answers members of this workspace only.")
    if not profile.email:
        raise NotServed(
            "Your Slack profile has no confirmed e-mail address, so I can't find you in Salesforce."
        )
    return profile.email
