"""What links of ours lead to, as Block Kit: below a message for everybody, and in a modal for one person."""

from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, Block, SectionBlock
from slack_sdk.models.views import View

from bot.mrkdwn import escape
from bot.parts import button, label, mrkdwn, section, small
from bot.payload import Carried
from enablement import wording
from enablement.language import _, day
from enablement.previews import AssetDetails, DealDetails, Details, Glance
from enablement.sent import Sent

DETAILS, ASK = "unfurl.details", "unfurl.ask"
# The button of answers: the same listener hears it.
SHARE = "find.share"
FOR_DEAL, ABOUT_ASSET = "deal", "asset"


def glance_blocks(said: Glance, *, has_details: bool) -> list[Block]:
    """Return what everybody who reads the message sees, outsiders too."""
    text = _seen_by_all(said)
    carried = Carried(said.target.id, says=said.target.kind)
    more = button(_("Show details"), DETAILS, about=_("this link"), carried=carried)
    head = SectionBlock(text=mrkdwn(text), accessory=more if has_details else None)
    return [head, small(_("Shared by Touchline"))] if said.target.kind == "share" else [head]


def details_modal(said: Details, *, now: datetime) -> View:
    """Return what only the person sees who pressed the button."""
    blocks = _deal(said, now) if isinstance(said, DealDetails) else _asset(said, now)
    return View(type="modal", title=label(_("Details")), close=label(_("Close")), blocks=blocks)


def _seen_by_all(said: Glance) -> str:
    if said.target.kind == "deal":
        return _("Opportunity in Salesforce")
    if said.title:
        return f"*{escape(said.title, most=300)}*"
    if said.newer:
        return escape(_("There is something newer: “{title}”", title=said.newer), most=600)
    if said.is_over:
        return _("This link doesn't lead anywhere now.")
    return _("Internal content – open in Touchline")


def _deal(said: DealDetails, now: datetime) -> list[Block]:
    deal = said.deal
    facts = escape(wording.deal_facts(deal, now=now), most=500)
    ask = button(
        _("Ask for content"), ASK, about=deal.name, carried=Carried(deal.id, says=FOR_DEAL), style="primary"
    )
    return [section(f"*{escape(deal.name, most=300)}*\n{facts}"), ActionsBlock(elements=[ask])]


def _asset(said: AssetDetails, now: datetime) -> list[Block]:
    asset = said.asset
    internal = [_("internal: not for customers")] if asset.audience == "internal" else []
    facts = small("  ·  ".join(filter(None, (asset.kind, wording.language(asset.language), *internal))))
    blocks: list[Block] = [section(f"*{escape(asset.title, most=300)}*"), facts]
    if said.newer:
        newer = _("“{title}” takes its place.", title=said.newer.title)
        blocks.append(section(escape(newer, most=600)))
    elif not said.is_valid:
        blocks.append(section(_("It is not in use now.")))
    if said.sent:
        blocks.append(small(*_link(said.sent, now)))
    of_use = said.newer or (asset if said.is_valid else None)
    share = said.suggestion and button(
        _("Share"), SHARE, about=asset.title, carried=Carried(said.suggestion.id), style="primary"
    )
    ask = of_use and button(
        _("Ask for content"), ASK, about=of_use.title, carried=Carried(of_use.id, says=ABOUT_ASSET)
    )
    buttons = [one for one in (share, ask) if one]
    return [*blocks, ActionsBlock(elements=buttons)] if buttons else blocks


def _link(said: Sent, now: datetime) -> list[str]:
    one = said.share
    name = wording.recipient(one.recipient_name or one.recipient)
    if said.is_open(now):
        stands = _("Your link for {name} works until {day}.", name=name, day=day(one.expires_at))
    else:
        stands = _("Your link for {name} has ended.", name=name)
    return [stands, *([_("It was opened.")] if said.is_opened else [])]
