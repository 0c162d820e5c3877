"""The form of an announcement, second step: the channels that it is posted to as well, and whom it mentions there."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    ChannelMultiSelectElement,
    InputBlock,
    StaticSelectElement,
    UserMultiSelectElement,
)

from bot.announce_form import menu, options_of, texts
from bot.parts import label, option
from enablement.announcing import BROADCASTS
from enablement.language import _
from enablement.model import Announcement

CHANNELS, NOTIFY, CALLED, CALLED_GROUPS = "channels", "notify", "called", "called_groups"
_NOBODY = "nobody"


def channel_fields(one: Announcement, groups: Mapping[str, str]) -> list[Block]:
    """Return the fields of the channels; `groups` are the names of Slack's groups by id."""
    channels = ChannelMultiSelectElement(
        action_id=f"compose.{CHANNELS}", initial_channels=list(one.channels) or None
    )
    people = UserMultiSelectElement(action_id=f"compose.{CALLED}", initial_users=list(_people(one)) or None)
    chosen = [option(group, groups.get(group, group)) for group in groups_called(one)]
    called = menu(CALLED_GROUPS, chosen, _("Type to find"))
    return [
        _field(CHANNELS, _("Post it in these channels too"), channels),
        _field(
            NOTIFY,
            _("Notify in these channels"),
            _everybody(one),
            hint=_("Only in the posts in channels: direct messages notify their readers anyway."),
        ),
        _field(CALLED, _("Mention people in these channels"), people),
        _field(CALLED_GROUPS, _("Mention Slack groups in these channels"), called),
    ]


def read_channels(one: Announcement, fields: Mapping[str, Any]) -> Announcement:
    """Return the announcement with the channels and mentions that stand in the form; fields not there hold none."""
    everybody = tuple(word for word in BROADCASTS if word == fields.get(NOTIFY))
    mentions = (*everybody, *texts(fields.get(CALLED)), *texts(fields.get(CALLED_GROUPS)))
    return replace(one, channels=texts(fields.get(CHANNELS)), mentions=mentions)


def groups_called(one: Announcement) -> tuple[str, ...]:
    """Return the ids of Slack's groups that are mentioned."""
    return tuple(each for each in one.mentions if each.startswith("S"))


def _people(one: Announcement) -> tuple[str, ...]:
    return tuple(each for each in one.mentions if each.startswith(("U", "W")))


def _everybody(one: Announcement) -> StaticSelectElement:
    names = {
        _NOBODY: _("Nobody"),
        "here": _("@here: members who are active"),
        "channel": _("@channel: all members"),
    }
    options = options_of(names)
    return StaticSelectElement(
        action_id=f"compose.{NOTIFY}",
        options=options,
        initial_option=next((each for each in options if each.value in one.mentions), options[0]),
    )


def _field(name: str, text: str, element: Any, *, hint: str = "") -> InputBlock:
    return InputBlock(
        block_id=name,
        label=label(text),
        element=element,
        optional=True,
        hint=label(hint) if hint else None,
    )
