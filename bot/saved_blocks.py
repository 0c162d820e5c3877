"""What somebody keeps at hand, as Block Kit."""

from datetime import datetime

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock

from bot.mrkdwn import escape
from bot.parts import button, section, small
from bot.payload import Carried
from enablement import wording
from enablement.language import _, ngettext
from enablement.saved import Kept, SavedPage
from enablement.sharing import open_link

DROP, MORE = "saved.drop", "saved.more"
# The buttons of answers: the same listeners hear them.
SHARE, OPEN = "find.share", "find.open"


def saved(said: SavedPage, *, public_url: str, now: datetime) -> tuple[list[Block], str]:
    """Return a page of the list, and its text for notifications."""
    if not said.kept:
        text = _("You saved nothing yet. The menu beside each asset of an answer has “Save”.")
        return [section(text)], text
    head = ngettext("*Saved*: {n} asset", "*Saved*: {n} assets", said.count)
    blocks: list[Block] = [section(head)]
    for one in said.kept:
        blocks += [DividerBlock(), *_kept(one, said.page, public_url, now)]
    if said.pages > 1:
        page = _("Page {page} of {pages}", page=said.page, pages=said.pages)
        blocks += [DividerBlock(), small(page), ActionsBlock(elements=turns(MORE, said.page, said.pages))]
    return blocks, _("Saved: {count}", count=said.count)


def turns(action_id: str, page: int, pages: int) -> list[ButtonElement]:
    """Return the buttons to the pages before and after one."""
    around = ((page - 1, "back", _("Back")), (page + 1, "more", _("More")))
    return [
        button(
            text,
            f"{action_id}.{way}",
            about=_("page {page}", page=other),
            carried=Carried("page", page=other),
        )
        for other, way, text in around
        if 1 <= other <= pages
    ]


def _kept(one: Kept, page: int, public_url: str, now: datetime) -> list[Block]:
    asset, carried = one.asset, Carried(one.suggestion.id)
    facts = [asset.kind, wording.language(asset.language), wording.freshness(asset.updated_at, now)]
    deal = [_("for {deal}", deal=one.deal.name)] if one.deal else []
    share = button(_("Share"), SHARE, about=asset.title, carried=carried)
    opener = button(_("Open"), OPEN, about=asset.title, url=open_link(one.suggestion, public_url))
    drop = button(_("Remove"), DROP, about=asset.title, carried=Carried(asset.id, page=page))
    can_share = one.deal and asset.audience == "customer"
    return [
        section(f"*{escape(asset.title, most=300)}*"),
        small("  ·  ".join(filter(None, (*deal, *facts)))),
        ActionsBlock(elements=[*([share] if can_share else []), opener, drop]),
    ]
