"""auth.test and users.*: who is who."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sandbox.slack.errors import Json, SlackError, invalid_arguments
from sandbox.slack.paging import page
from sandbox.slack.state import Slack
from sandbox.slack.workspace import User


def auth_test(slack: Slack, _: Json) -> Json:
    """Say who the token is."""
    team, bot = slack.workspace.team, slack.workspace.bot
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": slack.workspace.users[bot.user_id].name,
        "team_id": team.id,
        "user_id": bot.user_id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


def info(slack: Slack, arguments: Json) -> Json:
    """Return one user."""
    user = slack.workspace.users.get(arguments["user"])
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _user(slack, user, locale=arguments.get("include_locale", False))}


def listing(slack: Slack, arguments: Json) -> Json:
    """Return the users of the workspace, without people of other workspaces."""
    own = [user for user in slack.workspace.users.values() if not user.is_stranger]
    rows, metadata = page(own, arguments)
    locale = arguments.get("include_locale", False)
    return {
        "members": [_user(slack, user, locale=locale) for user in rows],
        "cache_ts": int(slack.clock.now()),
        "response_metadata": metadata,
    }


def lookup_by_email(slack: Slack, arguments: Json) -> Json:
    """Return the active member with this address."""
    email = arguments["email"].strip().lower()
    if "@" not in email:
        raise invalid_arguments("must be a valid email address: email")
    for user in slack.workspace.users.values():
        if user.email.lower() == email and not (user.deleted or user.is_bot or user.is_stranger):
            return {"user": _user(slack, user, locale=False)}
    raise SlackError("users_not_found")


def _user(slack: Slack, user: User, *, locale: bool) -> Json:
    team_id = slack.workspace.team_of(user)
    found: Json = {
        "id": user.id,
        "team_id": team_id,
        "name": user.name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1700000000,
        "profile": _profile(slack, user, team_id),
    }
    if user.is_stranger:
        # Slack's word for who is of another workspace and in no channel with the app.
        bot = slack.workspace.bot.user_id
        found["is_stranger"] = not any(
            {user.id, bot} <= {*one.members} for one in slack.workspace.channels.values()
        )
    if user.deleted:
        return found
    zone = datetime.fromtimestamp(slack.clock.now(), UTC).astimezone(ZoneInfo(user.tz))
    offset = zone.utcoffset()
    found |= {
        "color": user.avatar_color.lstrip("#"),
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": zone.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }
    if locale:
        found["locale"] = user.locale
    return found


def _profile(slack: Slack, user: User, team_id: str) -> Json:
    first, _, last = user.real_name.partition(" ")
    profile: Json = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "first_name": first,
        "last_name": last,
        "title": "",
        "phone": "",
        "status_text": "",
        "status_emoji": "",
        "team": team_id,
    }
    # Slack leaves the address out without this scope, and for bots and people of other workspaces.
    if user.email and not user.is_stranger and "users:read.email" in slack.config.scopes:
        profile["email"] = user.email
    if user.is_bot:
        profile["bot_id"] = slack.workspace.bot.bot_id
        profile["api_app_id"] = slack.config.app_id
    return profile


HANDLERS = {
    "auth.test": auth_test,
    "users.info": info,
    "users.list": listing,
    "users.lookupByEmail": lookup_by_email,
}
