"""A file as the Web API, messages and events show it."""

from sandbox.slack.addresses import base_url
from sandbox.slack.errors import Json
from sandbox.slack.files import File
from sandbox.slack.state import Slack


def file_payload(slack: Slack, file: File) -> Json:
    """Return the file object."""
    channels, groups, ims = _places(slack, file)
    address = f"{base_url(slack)}/files-pri/{slack.workspace.team.id}-{file.id}"
    return {
        "id": file.id,
        "created": int(file.created),
        "timestamp": int(file.created),
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "pretty_type": file.filetype.upper(),
        "user": file.user,
        "user_team": slack.workspace.team.id,
        "editable": False,
        "size": file.length,
        "mode": "tombstone" if file.is_deleted else "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": bool(channels),
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "alt_txt": file.alt_text,
        "url_private": f"{address}/{file.name}",
        "url_private_download": f"{address}/download/{file.name}",
        "permalink": f"https://{slack.workspace.team.domain}.slack.com/files/{file.user}/{file.id}/{file.name}",
        "channels": channels,
        "groups": groups,
        "ims": ims,
        "file_access": "visible",
    }


def is_seen_by_bot(slack: Slack, file: File) -> bool:
    """Say whether the app can have this file: its own, or one that was put where its bot is."""
    bot, channels = slack.workspace.bot.user_id, slack.workspace.channels
    places = [channels[channel] for channel, _ in file.shares if channel in channels]
    return file.user == bot or any(bot in place.members for place in places)


def _places(slack: Slack, file: File) -> tuple[list[str], list[str], list[str]]:
    kinds: dict[str, list[str]] = {"channel": [], "group": [], "im": [], "mpim": []}
    for channel_id, _ in file.shares:
        channel = slack.workspace.channels.get(channel_id)
        if channel is not None and channel_id not in kinds[channel.kind()]:
            kinds[channel.kind()].append(channel_id)
    return kinds["channel"], [*kinds["group"], *kinds["mpim"]], kinds["im"]
