"""Nudges as Block Kit: what changed, what to do about it, and how to hear less of it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock, SectionBlock

from bot.blocks import OPEN, SHARE, WHY
from bot.mrkdwn import escape
from bot.parts import button, mrkdwn, section, small
from bot.payload import Carried
from bot.settings_blocks import nudge_kind
from enablement import effects
from enablement.language import _, in_a_row, moment, ngettext
from enablement.model import NUDGE_KINDS, NudgeKind
from enablement.nudging import News, NudgeMessage
from enablement.sharing import open_link

SNOOZE, LESS, MORE_AGAIN, NEXT = "nudge.snooze", "nudge.less", "nudge.again", "nudge.next"
_NAME, _WHY, _MOST_NAMED = 200, 600, 5


def nudges(said: NudgeMessage, *, public_url: str) -> tuple[list[Block], str]:
    """Return the blocks of a message, the most urgent kind first, and its text for notifications."""
    ordered = sorted(said.news, key=lambda one: NUDGE_KINDS.index(one.nudge.kind))
    blocks: list[Block] = []
    for kind, some in groupby(ordered, key=lambda one: one.nudge.kind):
        blocks += [*([DividerBlock()] if blocks else []), *_kind(said, kind, list(some), public_url)]
    head = _headline(ordered[0])
    if len(ordered) > 1:
        head = ngettext("{names} and {n} more", "{names} and {n} more", len(ordered) - 1, names=head)
    return blocks, escape(head, most=300)


def _kind(said: NudgeMessage, kind: NudgeKind, some: Sequence[News], public_url: str) -> Iterator[Block]:
    """Yield what is told of one kind, and at its end what can be said of all of it."""
    put_off = [one.nudge.due_at for one in some if one.nudge.state == "waiting"]
    end = [] if put_off or kind in said.muted else _end(said, kind)
    yield from _replaced(some, end) if kind == "replaced" else _each(some, end, public_url)
    if kind in said.muted:
        again = button(_("Undo"), MORE_AGAIN, about=nudge_kind(kind), carried=Carried(said.id, says=kind))
        text = escape(_("You will not hear of this any more: {what}.", what=nudge_kind(kind)))
        yield SectionBlock(text=mrkdwn(f":no_bell: {text}"), accessory=again)
    elif put_off:
        yield small(_("Put off until {moment}.", moment=moment(min(put_off))))


def _end(said: NudgeMessage, kind: NudgeKind) -> list[ButtonElement]:
    carried = Carried(said.id, says=kind)
    return [
        button(_("Snooze"), SNOOZE, about=nudge_kind(kind), carried=carried),
        button(_("Less of this"), LESS, about=nudge_kind(kind), carried=carried),
    ]


def _each(some: Sequence[News], end: Sequence[ButtonElement], public_url: str) -> Iterator[Block]:
    for one in some:
        yield section(_text(one))
        # At the end of the last row: one row less to read on a phone.
        if buttons := [*_buttons(one, public_url), *(end if one is some[-1] else ())]:
            yield ActionsBlock(elements=buttons)


def _replaced(some: Sequence[News], end: Sequence[ButtonElement]) -> Iterator[Block]:
    """Yield what was replaced, each with the deals that it was shared for, and what to do for each of them."""
    for _id, group in groupby(sorted(some, key=_asset), key=_asset):
        news = list(group)
        head = f"{_said(news[0])}\n{escape(_old_links(news[0]))}\n"
        for one in news:
            yield section(f"{head if one is news[0] else ''}• {escape(one.deal.name, most=_NAME)}")
            buttons = [*filter(None, [_share(one, _("Share the new one"))]), *_why(one)]
            if buttons:
                yield ActionsBlock(elements=buttons)
    if end:
        yield ActionsBlock(elements=end)


def _old_links(one: News) -> str:
    if _is_new_version(one):
        return _("The links that you shared go on showing the old one:")
    return _("The links that you shared show nothing any more:")


def _asset(one: News) -> tuple[str, str]:
    return one.nudge.asset_id, one.asset.id


def _is_new_version(one: News) -> bool:
    return one.replaced is not None and one.replaced.id == one.asset.id


def _text(one: News) -> str:
    """Return what is told of one deal; escaped, with marks."""
    if one.nudge.kind == "buyer_opened":
        facts = in_a_row([one.deal.name, *([moment(one.at)] if one.at else [])])
        return f"{_said(one)}\n{escape(facts, most=_NAME + 100)}"
    why = effects.in_short(one.suggestion.reasons)[0] if one.suggestion else ""
    title = f"*{escape(one.asset.title, most=_NAME)}*"
    if one.nudge.kind == "battlecard":
        names, more = in_a_row(deal.name for deal in one.deals[:_MOST_NAMED]), len(one.deals) - _MOST_NAMED
        if more > 0:
            names = ngettext("{names} and {n} more", "{names} and {n} more", more, names=names)
        return f"{_said(one)}\n{escape(names, most=_WHY)}"
    offer = (
        _("For this stage: {title}", title=title)
        if one.stage and not one.joined
        else _("For this deal now: {title}", title=title)
    )
    return "\n".join(filter(None, (_said(one), offer, escape(why, most=_WHY))))


def _said(one: News) -> str:
    """Return the news in a sentence; escaped, with marks."""
    deal, title = f"*{escape(one.deal.name, most=_NAME)}*", f"*{escape(one.asset.title, most=_NAME)}*"
    match one.nudge.kind:
        case "deal_changed":
            return "\n".join(_changes(one, deal))
        case "buyer_opened":
            who = escape(one.who, most=_NAME)
            if not who:
                return _("Somebody opened {title} by your link.", title=title)
            return _("{person} opened {title}.", person=f"*{who}*", title=title)
        case "replaced":
            if _is_new_version(one):
                return _("There is a new version of {title}.", title=title)
            old = escape(one.replaced.title if one.replaced else "", most=_NAME)
            return _("“{old}” was replaced by {title}.", old=old, title=title)
        case "battlecard":
            seen = one.nudge.was
            updated = _("{title} was updated.", title=title) if seen else _("New: {title}.", title=title)
            text = ngettext(
                "It is for one open deal of yours:", "It is for {n} open deals of yours:", len(one.deals)
            )
            return f"{updated} {escape(text)}"


def _changes(one: News, deal: str) -> Iterator[str]:
    if one.stage:
        yield _("{deal} moved to {stage}.", deal=deal, stage=escape(one.stage, most=_NAME))
    names = escape(in_a_row(one.joined or one.left), most=_NAME)
    if one.joined and one.stage:
        yield _("New competitor: {names}.", names=names)
    elif one.joined:
        yield _("{deal}: new competitor {names}.", deal=deal, names=names)
    elif one.left and not one.stage:
        yield _("{deal}: {names} is no competitor any more.", deal=deal, names=names)


def _headline(one: News) -> str:
    """Return the news as plain words, for a notification."""
    return (
        _said(one)
        .replace("*", "")
        .replace("\n", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
    )


def _buttons(one: News, public_url: str) -> list[ButtonElement]:
    if one.nudge.kind == "buyer_opened":
        return [button(_("What next?"), NEXT, about=one.deal.name, carried=Carried(one.nudge.id))]
    if one.suggestion is None:
        return []
    opener = button(_("Open"), OPEN, about=one.asset.title, url=open_link(one.suggestion, public_url))
    return [*filter(None, [_share(one, _("Share"), style="primary")]), opener, *_why(one)]


def _why(one: News) -> list[ButtonElement]:
    if one.suggestion is None:
        return []
    return [button(_("Why this?"), WHY, about=one.asset.title, carried=Carried(one.suggestion.id))]


def _share(one: News, text: str, *, style: str | None = None) -> ButtonElement | None:
    if one.suggestion is None or one.asset.audience != "customer":
        return None
    return button(
        text,
        SHARE,
        about=f"{one.asset.title}, {one.deal.name}",
        carried=Carried(one.suggestion.id),
        style=style,
    )
