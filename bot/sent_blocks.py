"""What was shared: a line under the asset in the answer, and the modal of links, where each can be ended or undone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from slack_sdk.models.blocks import ActionsBlock, Block, ConfirmObject, DividerBlock, SectionBlock
from slack_sdk.models.views import View

from bot.mrkdwn import clean, escape, plain
from bot.parts import button, label, mrkdwn, section, small
from bot.payload import Carried
from bot.share_blocks import UnknownForm
from enablement import wording
from enablement.language import _, day, in_a_row, ngettext, speaking
from enablement.model import Asset, Share, Suggestion
from enablement.sent import Sent
from enablement.sharing import link

MANAGE, END, UNDO = "share.manage", "share.revoke", "share.undo"
# A modal takes 100 blocks, and each link four of them.
MOST_LISTED = 20
# Mail programs cut what is longer, and Slack takes 3000 characters with all that stands beside it.
LONGEST_MAIL_LINK = 2400


@dataclass(frozen=True)
class Links:
    """What a modal of links belongs to: the suggestion, the shares it lists, and where its answer can be redrawn.

    `more` is how many older ones it leaves out.
    """

    suggestion: str
    shares: tuple[str, ...]
    answer: str = ""
    more: int = 0
    # Of the e-mail that is begun; empty for none.
    language: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def read_links(view: Mapping[str, Any]) -> Links:
    """Return what a modal of links belongs to; raises UnknownForm."""
    try:
        said = json.loads(view["private_metadata"])
        shares = tuple(map(str, said["shares"]))
        language = str(said.get("language") or "")
        return Links(str(said["suggestion"]), shares, str(said["answer"]), int(said["more"]), language)
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownForm(
            _("This window is from another version of Touchline. Close it and press “Manage or undo”.")
        ) from error


def sent_line(suggestion: Suggestion, asset: Asset, shares: Sequence[Share]) -> SectionBlock:
    """Draw with whom an asset was shared, and the way to its links."""
    named_first = sorted(shares, key=lambda one: not (one.recipient_name or one.recipient))
    names = in_a_row(dict.fromkeys(_name(one) for one in named_first))
    return SectionBlock(
        text=mrkdwn(escape(_("Shared with {names}", names=names), most=600)),
        accessory=button(_("Manage or undo"), MANAGE, about=asset.title, carried=Carried(suggestion.id)),
    )


def links_modal(
    heading: str, asset: Asset, some: Sequence[Sent], *, links: Links, public_url: str, now: datetime
) -> View:
    """Draw the links of shares, each with how it stands and what can be done; `heading` is not escaped yet."""
    blocks: list[Block] = [section(f"*{escape(heading, most=600)}*")]
    for one in some:
        blocks += [DividerBlock(), *_link(one, asset, public_url, now, links.language)]
    if links.more:
        text = ngettext("One older link is not listed.", "{n} older links are not listed.", links.more)
        blocks += [DividerBlock(), small(text)]
    return View(
        type="modal",
        title=label(_("Your links")),
        close=label(_("Done")),
        private_metadata=links.to_json(),
        blocks=blocks,
    )


def _link(one: Sent, asset: Asset, public_url: str, now: datetime, language: str) -> list[Block]:
    who = escape(_name(one.share), most=200)
    if one.is_undone:
        return [section(f"*{who}*\n{_undone(one)}")]
    if not one.is_open(now):
        return [section(f"*{who}*\n{_ended(one.share)}"), ActionsBlock(elements=[_undo_button(one)])]
    address = link(one.share, public_url)
    mail = _mail_link(one.share, asset, address, language) if one.share.recipient else ""
    return [
        section(f"*{who}*   {mail}\n```{address}```"),
        small(*_facts(one.share, mail)),
        ActionsBlock(elements=[_end_button(one), _undo_button(one)]),
    ]


def _facts(share: Share, mail: str) -> list[str]:
    until = day(share.expires_at)
    facts = [
        _("Logged on the deal. The link works until {day}.", day=until)
        if share.on_record
        else _("Not logged on the deal, as you chose. The link works until {day}.", day=until)
    ]
    if share.note and quote(clean(share.note)) not in mail:
        facts.append(_("Your note is too long for the mail link: paste it into the e-mail yourself."))
    return facts


def _ended(share: Share) -> str:
    if share.revoked_at:
        return (
            _("The link ended. The share stays on the Opportunity.")
            if share.on_record
            else _("The link ended.")
        )
    return _("The link expired on {day}.", day=day(share.expires_at))


def _undone(one: Sent) -> str:
    if not one.share.on_record:
        return _("Undone. The link no longer opens.")
    if one.is_opened:
        return _("Undone. Only that it was opened before stays on the Opportunity.")
    return _("Undone. Nothing of it remains on the Opportunity.")


def _end_button(one: Sent) -> Any:
    sure = ConfirmObject(
        title=label(_("End this link?")),
        text=label(_("It stops opening at once. That you shared it stays on record.")),
        confirm=label(_("End the link")),
        deny=label(_("Keep")),
    )
    name, carried = _name(one.share), Carried(one.share.id)
    return button(_("End the link"), END, about=name, carried=carried, confirm=sure)


def _undo_button(one: Sent) -> Any:
    consequence = _(
        "The link stops opening, and the share is removed from the Opportunity, as if never shared."
    )
    opened = _("That the buyer opened it stays.") if one.is_opened and one.share.on_record else ""
    sure = ConfirmObject(
        title=label(_("Undo this share?")),
        text=label(f"{consequence} {opened}".strip()),
        confirm=label(_("Undo")),
        deny=label(_("Keep")),
        style="danger",
    )
    name, carried = _name(one.share), Carried(one.share.id)
    return button(_("Undo"), UNDO, about=name, carried=carried, style="danger", confirm=sure)


def _name(share: Share) -> str:
    return wording.recipient(share.recipient_name or share.recipient)


def _mail_link(one: Share, asset: Asset, address: str, language: str) -> str:
    """Return the link that begins an e-mail; for want of room the note is left out first, then the subject, then it."""
    to = quote(one.recipient, safe="@+")
    subject, body = (
        quote(plain(asset.title, most=100)),
        quote(clean(f"{one.note or _opening(asset, language)}\n\n{address}")),
    )
    link_alone = quote(address)
    for rest in (
        f"subject={subject}&body={body}",
        f"subject={subject}&body={link_alone}",
        f"body={link_alone}",
    ):
        if len(to) + len(rest) <= LONGEST_MAIL_LINK:
            write = _("Write the e-mail")
            return f"<mailto:{to}?{rest}|{write}>"
    return ""


def _opening(asset: Asset, language: str) -> str:
    """Return how an e-mail without a note begins, in the language of who reads it."""
    if not language:
        return ""
    with speaking(language):
        return _("I thought this might help you: {title}", title=asset.title)
