"""Who and what is in the workspace: team, people, channels, the bot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.errors import Json

PALETTE = ("#2f6f9f", "#9b4d96", "#2d8a61", "#b5622b", "#5b5fc7", "#a8434f", "#6b7a2f", "#3f7f86")


# The workspace of people who are only met in shared channels.
OTHER_TEAM = "T0ELSEWHERE"


@dataclass(frozen=True)
class Team:
    """The workspace itself."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True)
class User:
    """A person or a bot, as the workspace file gives it."""

    id: str
    name: str
    real_name: str
    email: str = ""
    locale: str = "en-US"
    tz: str = "Europe/London"
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    is_bot: bool = False
    avatar_color: str = PALETTE[0]


@dataclass
class Channel:
    """A channel, or a direct conversation (`is_im`, `is_mpim`)."""

    id: str
    name: str
    members: list[str]
    is_private: bool = False
    is_ext_shared: bool = False
    is_im: bool = False
    is_mpim: bool = False

    def kind(self) -> str:
        """Return Slack's `channel_type`."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "group" if self.is_private else "channel"


@dataclass(frozen=True)
class UserGroup:
    """A group of people that can be called together."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()
    disabled: bool = False


@dataclass(frozen=True)
class Bot:
    """The app's bot user."""

    user_id: str
    bot_id: str
    name: str


@dataclass
class Workspace:
    """Team, people and channels, looked up by id."""

    team: Team
    bot: Bot
    users: dict[str, User]
    channels: dict[str, Channel]
    usergroups: dict[str, UserGroup] = field(default_factory=dict)
    source: Json = field(default_factory=dict)

    def team_of(self, user: User) -> str:
        """Return the id of the workspace this person belongs to."""
        return OTHER_TEAM if user.is_stranger else self.team.id

    def direct(self, user_id: str) -> Channel:
        """Return the direct conversation of this person and the bot, made when it is not there yet."""
        return self._conversation(f"D{user_id[1:]}", [user_id, self.bot.user_id], is_im=True)

    def group(self, user_ids: list[str]) -> Channel:
        """Return the group conversation of these people and the bot."""
        members = sorted({*user_ids, self.bot.user_id})
        return self._conversation("G" + "".join(member[1:] for member in members), members, is_im=False)

    def _conversation(self, conversation_id: str, members: list[str], *, is_im: bool) -> Channel:
        known = self.channels.get(conversation_id)
        if known is not None:
            return known
        name = "" if is_im else "mpdm-" + "--".join(self.users[member].name for member in members) + "-1"
        made = Channel(conversation_id, name, members, is_private=True, is_im=is_im, is_mpim=not is_im)
        self.channels[made.id] = made
        return made


def parse_workspace(source: Mapping[str, Any], *, team_id: str) -> Workspace:
    """Read the workspace JSON; raises ValueError naming what is wrong."""
    try:
        team = Team(**{"id": team_id, **source["team"]})
        bot = Bot(**source["bot"])
        users = {row["id"]: _user(row, place) for place, row in enumerate(source["users"])}
        channels = {
            row["id"]: Channel(**{**row, "members": list(row["members"])}) for row in source["channels"]
        }
        groups = {
            row["id"]: UserGroup(**{**row, "users": tuple(row.get("users", ()))})
            for row in source.get("usergroups", [])
        }
    except (KeyError, TypeError) as problem:
        raise ValueError(f"workspace: {problem}") from problem
    users.setdefault(
        bot.user_id, User(bot.user_id, bot.name.lower(), bot.name, is_bot=True, avatar_color="#0b6b50")
    )
    for channel in channels.values():
        strangers = set(channel.members) - users.keys()
        if strangers:
            raise ValueError(f"workspace: {channel.id} has members who are not users: {sorted(strangers)}")
    for group in groups.values():
        unknown = set(group.users) - users.keys()
        if unknown:
            raise ValueError(f"workspace: {group.id} has members who are not users: {sorted(unknown)}")
    return Workspace(team, bot, users, channels, groups, dict(source))


def _user(row: Mapping[str, Any], place: int) -> User:
    return User(**{"avatar_color": PALETTE[place % len(PALETTE)], **row})
