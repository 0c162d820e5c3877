"""Draws the step of an announcement's form that somebody is in, with all it needs to know."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.announce_audience import who_view
from bot.announce_form import Form, main_language, what_view
from bot.announce_offers import offered
from bot.announce_review import review_view
from bot.announcement_blocks import message_blocks
from bot.gateway import NotThere, SlackGateway
from bot.parts import small
from enablement.announcing import Reach, assets_of, reach, right_of, signed
from enablement.language import _
from enablement.model import Announcement, Wording
from enablement.ports import Services, TryLater, Undeliverable

_CHANNEL = re.compile("<#([CG][A-Z0-9]+)>")
# More than these nobody mends at once.
MOST_PROBLEMS = 8


def step(
    one: Announcement,
    form: Form,
    slack_id: str,
    services: Services,
    gateway: SlackGateway,
    *,
    problems: Sequence[str] = (),
    said: str = "",
) -> View:
    """Return the step that a form is in: what, who or review."""
    problems = problems[:MOST_PROBLEMS]
    if form.step == "what":
        assets = assets_of(one, services, now=services.clock())
        shown = preview(one, form.language, services)
        return what_view(one, form, assets=assets, preview=shown, problem=" ".join(problems))
    found = reached(one, services)
    if form.step == "who":
        menus = offered(one, slack_id, services, gateway)
        return who_view(one, form, menus, found=found, problem=" ".join(problems))
    return review_view(
        one,
        form,
        found=found,
        zone=zone_of(slack_id, services),
        preview=preview(one, form.language, services),
        needs_approval=right_of(slack_id, services).needs_approval,
        problems=problems,
        said=said,
    )


def preview(one: Announcement, language: str, services: Services) -> list[Block]:
    """Return the message as it will look, in one of its languages."""
    language = language or main_language(one)
    wording = next((each for each in one.wordings if each.language == language), Wording(language, "", ""))
    assets = assets_of(one, services, now=services.clock())
    if not (wording.title.strip() or wording.text.strip() or assets):
        return [small(_("Type a title and a text to see them here."))]
    return message_blocks(signed(one, services), None, wording, assets, public_url=services.public_url)


def readable(text: str, gateway: SlackGateway) -> str:
    """Return a text with the channels in it called by their names: a field's error is plain text."""
    return _CHANNEL.sub(lambda found: _name(found[1], gateway), text)


def reached(one: Announcement, services: Services) -> Reach | None:
    """Return whom it goes to; None where Slack does not say now."""
    try:
        return reach(one.aim, services)
    except (TryLater, Undeliverable):
        return None


def zone_of(slack_id: str, services: Services) -> ZoneInfo:
    """Return the time zone that somebody's days are in."""
    profile = services.mirror.profile(slack_id)
    try:
        return ZoneInfo(profile.time_zone if profile else "UTC")
    except (OSError, ValueError, KeyError):
        return ZoneInfo("UTC")


def _name(channel: str, gateway: SlackGateway) -> str:
    try:
        return f"#{gateway.channel(channel)['name']}"
    except (NotThere, TryLater, Undeliverable, KeyError):
        return channel
