"""The Home tab: what somebody still has to confirm, what is pinned, and what they sent themselves."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from slack_bolt import App
from slack_sdk.models.blocks import ActionsBlock, Block, DividerBlock, HeaderBlock, SectionBlock
from slack_sdk.models.views import View

from bot.announce_blocks import BEGIN, manage_button, state_of, title_of
from bot.asks import email_of
from bot.gateway import NotThere, SlackGateway
from bot.mrkdwn import escape
from bot.parts import button, label, mrkdwn, section, small
from bot.payload import Carried
from enablement import announcing
from enablement.announcing import Shown
from enablement.language import _, moment
from enablement.model import Announcement
from enablement.ports import Services, TryLater, Undeliverable

log = logging.getLogger(__name__)
GO = "home.go"
MOST_OWN = 5
_TEXT_SHOWN = 300


def opened(event: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Draw the Home tab anew for whoever opens it."""
    if event.get("tab") != "home":
        return
    slack_id = str(event["user"])
    try:
        gateway.publish_home(slack_id, _view(slack_id, services, gateway))
    except (NotThere, TryLater, Undeliverable) as error:
        # What stood there stays; the next time it is opened it is drawn anew.
        log.warning("a Home tab was not drawn: %s", error)


def home_view(
    waiting: Sequence[Shown],
    pinned: Sequence[Shown],
    own: Sequence[Announcement],
    links: Mapping[str, str],
    *,
    may_announce: bool,
) -> View:
    """Return the Home tab; `links` are the addresses of messages, by receipt."""
    blocks: list[Block] = [HeaderBlock(text=label(_("To confirm")))]
    blocks += [part for one in waiting for part in _shown(one, links)]
    if not waiting:
        blocks.append(section(_("Nothing waits for you.")))
    if pinned:
        blocks += [DividerBlock(), HeaderBlock(text=label(_("Pinned")))]
        blocks += [part for one in pinned for part in _shown(one, links)]
    if may_announce:
        begin = button(_("Announce"), BEGIN, about=_("Announcement"), carried=Carried("new"), style="primary")
        blocks += [
            DividerBlock(),
            HeaderBlock(text=label(_("What you sent"))),
            ActionsBlock(elements=[begin]),
        ]
        blocks += [_own(one) for one in own]
    return View(type="home", blocks=blocks)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.event("app_home_opened")(partial(opened, services=services, gateway=gateway))
    app.action(GO)(lambda ack: ack())


def _view(slack_id: str, services: Services, gateway: SlackGateway) -> View:
    email = email_of({"user": {"id": slack_id}}, services)
    if not email:
        text = _("Touchline answers members of this workspace only.")
        return View(type="home", blocks=[section(text)])
    waiting, pinned = announcing.on_home(slack_id, services)
    may_announce = announcing.right_of(slack_id, services).whom != "nobody"
    own = services.announcements.listed(["running"], limit=MOST_OWN, author=email) if may_announce else []
    links = {one.receipt.id: _link(one, gateway) for one in (*waiting, *pinned)}
    return home_view(waiting, pinned, own, links, may_announce=may_announce)


def _shown(one: Shown, links: Mapping[str, str]) -> list[Block]:
    text = f"*{escape(one.wording.title, most=300)}*\n{escape(one.wording.text, most=_TEXT_SHOWN)}"
    address = links.get(one.receipt.id)
    go = button(_("Open"), GO, about=one.wording.title, url=address) if address else None
    sent = one.receipt.delivered_at
    line = [small(_("Sent by {author}, {moment}", author=one.author, moment=moment(sent)))] if sent else []
    return [SectionBlock(text=mrkdwn(text), accessory=go), *line]


def _own(one: Announcement) -> SectionBlock:
    text = f"*{escape(title_of(one), most=300)}*\n{escape(state_of(one))}"
    return SectionBlock(text=mrkdwn(text), accessory=manage_button(one))


def _link(one: Shown, gateway: SlackGateway) -> str:
    try:
        return gateway.permalink(one.receipt.channel, one.receipt.ts)
    except (NotThere, TryLater, Undeliverable):
        return ""
