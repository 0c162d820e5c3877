"""Where the bot may look and speak."""

from sandbox.slack.errors import SlackError
from sandbox.slack.state import Slack
from sandbox.slack.workspace import Channel, User


def visible_channel(slack: Slack, channel_id: str) -> Channel:
    """Return a channel the bot can see: public, or one it is in."""
    channel = slack.workspace.channels.get(channel_id)
    if channel is None or (channel.is_private and not bot_is_in(slack, channel)):
        raise SlackError("channel_not_found")
    return channel


def joined_channel(slack: Slack, channel_id: str) -> Channel:
    """Return a channel the bot is in."""
    channel = visible_channel(slack, channel_id)
    if not bot_is_in(slack, channel):
        raise SlackError("not_in_channel")
    return channel


def channel_to_post(slack: Slack, channel_id: str) -> Channel:
    """Return where chat.postMessage writes; a user id means the direct conversation."""
    if channel_id in slack.workspace.users:
        return slack.workspace.direct(reachable_user(slack, channel_id).id)
    if "chat:write.public" in slack.config.scopes:
        return visible_channel(slack, channel_id)
    return joined_channel(slack, channel_id)


def reachable_user(slack: Slack, user_id: str) -> User:
    """Return a person the bot can write to directly."""
    user = slack.workspace.users.get(user_id)
    # People of other workspaces are met in shared channels, never directly.
    if user is None or user.is_stranger:
        raise SlackError("user_not_found")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    if user.deleted:
        raise SlackError("user_disabled")
    return user


def bot_is_in(slack: Slack, channel: Channel) -> bool:
    """Say whether the bot is a member."""
    return slack.workspace.bot.user_id in channel.members
