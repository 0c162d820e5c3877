"""What owners and approvers see of the library: notices, and the list of what they look after."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    OverflowMenuElement,
    SectionBlock,
)

from bot.mrkdwn import escape
from bot.parts import button, mrkdwn, option, section, small
from bot.payload import Carried
from enablement import wording
from enablement.governance import State
from enablement.holdings import Held, Holdings
from enablement.language import _, day, ngettext
from enablement.model import Asset, Notice, NoticeKind

APPROVE, DECLINE, VERIFY, ARCHIVE = "library.approve", "library.decline", "library.verify", "library.archive"
RESTORE, CHANGE = "library.restore", "library.change"
OPEN, MORE = "library.open", "library.more"
MENU = "library.menu"
_MARKS = {
    "review due": ":bell: ",
    "expired": ":no_entry: ",
    "in review": ":hourglass: ",
    "draft": ":pencil2: ",
}


def notice(said: Notice, asset: Asset, *, public_url: str, outcome: str = "") -> tuple[list[Block], str]:
    """Return the message of a notice; with an outcome (escaped here) in place of its buttons."""
    title = f"*{escape(asset.title, most=300)}*"
    text = _news(said.kind, title=title, by=escape(said.by, most=320) or _("somebody"))
    if not said.by:
        text = f"{text[:1].upper()}{text[1:]}"
    blocks: list[Block] = [section(f"{text}\n>{escape(said.note, most=1500)}" if said.note else text)]
    blocks.append(small("  ·  ".join(_facts(asset))))
    if outcome:
        blocks.append(small(outcome))
    else:
        blocks.append(ActionsBlock(elements=_notice_buttons(said, asset, public_url)))
    return blocks, escape(_headline(said.kind, asset.title), most=300)


def holdings(said: Holdings) -> tuple[list[Block], str]:
    """Return one page of what somebody looks after."""
    if not said.held:
        text = _("Nothing in the library is yours to look after, and nothing waits for you.")
        return [section(text)], text
    head = ngettext("*Your library*: {n} asset", "*Your library*: {n} assets", said.count)
    blocks: list[Block] = [section(head)]
    for held in said.held:
        blocks += [DividerBlock(), *_held(held, said)]
    if said.pages > 1:
        blocks += [
            DividerBlock(),
            small(_("Page {page} of {pages}", page=said.page, pages=said.pages)),
            ActionsBlock(elements=_turns(said)),
        ]
    return blocks, _("Your library: {count}", count=said.count)


def done(act: str, *, successor: str = "") -> str:
    """Return what the person did, by the name of its button; `successor` takes the place of what was archived."""
    if act == "archive" and successor:
        return _("You archived this. “{title}” takes its place.", title=successor)
    return {
        "approve": _("You approved this. It can be found now."),
        "decline": _("You sent this back."),
        "verify": _("You verified this."),
        "archive": _("You archived this. It can no longer be found or shared."),
        "restore": _("You restored this."),
    }[act]


def _news(kind: NoticeKind, *, title: str, by: str) -> str:
    match kind:
        case "approve":
            return _("{by} put up {title} for your approval.", by=by, title=title)
        case "approved":
            return _("{title} was approved by {by}. It can be found now.", title=title, by=by)
        case "declined":
            return _("{title} was sent back by {by}.", title=title, by=by)
        case "review_due":
            return _("Is {title} still right? You are asked because you look after it.", title=title)


def _headline(kind: NoticeKind, title: str) -> str:
    match kind:
        case "approve":
            return _("To approve: {title}", title=title)
        case "approved":
            return _("Approved: {title}", title=title)
        case "declined":
            return _("Sent back: {title}", title=title)
        case "review_due":
            return _("Still right? {title}", title=title)


def _state(state: State) -> str:
    match state:
        case "draft":
            return _("sent back to you")
        case "in review":
            return _("waits for approval")
        case "published":
            return _("published")
        case "not yet released":
            return _("not released yet")
        case "review due":
            return _("is it still right?")
        case "expired":
            return _("expired")
        case "archived":
            return _("archived")


def _facts(asset: Asset) -> list[str]:
    audience = _("for customers") if asset.audience == "customer" else _("for colleagues")
    verified = _("verified {day}", day=day(asset.reviewed_on)) if asset.reviewed_on else _("never verified")
    facts = (asset.collection, asset.kind, wording.language(asset.language), audience)
    is_out = asset.status == "published"
    return [
        *filter(None, facts),
        _("version {version}", version=asset.version),
        *([verified] if is_out else []),
    ]


def _notice_buttons(said: Notice, asset: Asset, public_url: str) -> list[ButtonElement]:
    carried = Carried(asset.id, version=said.version_id, notice=said.id)
    opener = button(_("Open"), OPEN, about=asset.title, url=f"{public_url}/o/{said.open_token}")
    match said.kind:
        case "approve":
            return [*_approval(asset, carried), opener]
        case "review_due":
            yes = button(_("Yes, still right"), VERIFY, about=asset.title, carried=carried, style="primary")
            archive = button(_("Archive"), ARCHIVE, about=asset.title, carried=carried)
            return [yes, archive, opener]
    return [opener]


def _approval(asset: Asset, carried: Carried) -> list[ButtonElement]:
    return [
        button(_("Approve"), APPROVE, about=asset.title, carried=carried, style="primary"),
        button(_("Send back"), DECLINE, about=asset.title, carried=carried),
    ]


def _held(held: Held, said: Holdings) -> list[Block]:
    asset = held.asset
    stands = _("waits for your approval") if held.waits else _state(held.state)
    facts = (stands, _due(held, said.on), _replaced(held))
    title = f"{_MARKS.get(held.state, '')}*{escape(asset.title, most=300)}*"
    line = "\n".join((title, " · ".join(filter(None, facts))))
    buttons, menu = _acts(held, said)
    return [
        # The menu stands beside the title, as in answers.
        SectionBlock(text=mrkdwn(line), accessory=menu),
        small("  ·  ".join(_facts(asset))),
        ActionsBlock(elements=buttons),
    ]


def _acts(held: Held, said: Holdings) -> tuple[list[ButtonElement], OverflowMenuElement | None]:
    """Return the buttons of an entry, and the menu with whatever else can be done."""
    asset = held.asset
    carried = Carried(asset.id, version=asset.version_id, page=said.page)
    opener = button(_("Open"), OPEN, about=asset.title, url=held.link)
    if held.waits:
        return [*_approval(asset, carried), opener], None
    if asset.status == "archived":
        return [button(_("Restore"), RESTORE, about=asset.title, carried=carried), opener], None
    wanted, rest = _own_acts(held, may_change=said.may_change)
    if wanted:
        first = button(_act(wanted), wanted, about=asset.title, carried=carried, style="primary")
        return [first], _menu([OPEN, *rest], carried, link=held.link)
    if len(rest) > 1:
        return [opener], _menu(rest, carried)
    return [opener, *(button(_act(act), act, about=asset.title, carried=carried) for act in rest)], None


def _own_acts(held: Held, *, may_change: bool) -> tuple[str, list[str]]:
    """Return what is to be done with what is in use or comes into use, if anything, and what else can be."""
    # What has expired is not made right by saying so.
    can_verify = held.asset.status == "published" and held.state != "expired"
    acts = [*[VERIFY] * can_verify, *[CHANGE] * may_change, ARCHIVE]
    wants = {"review due": VERIFY, "expired": CHANGE if may_change else ARCHIVE, "draft": CHANGE}
    wanted = wants.get(held.state, "")
    # A menu with one line would be no menu.
    if wanted not in acts or acts == [wanted]:
        return "", acts
    return wanted, [act for act in acts if act != wanted]


def _menu(acts: Sequence[str], carried: Carried, *, link: str = "") -> OverflowMenuElement:
    """Return the menu with these acts; `link` is where one of them, Open, leads."""
    # What it carries has less room than a button has, and no act in it needs the version.
    said = replace(carried, version="")
    options = [
        option(replace(said, says=said_by(act)).to_json(), _act(act), url=link if act == OPEN else None)
        for act in acts
    ]
    return OverflowMenuElement(action_id=MENU, options=options)


def said_by(act: str) -> str:
    """Return what a line of the menu says for the button of this action."""
    return act.partition(".")[2]


def _act(act: str) -> str:
    texts = {OPEN: _("Open"), VERIFY: _("Verify"), CHANGE: _("Change details"), ARCHIVE: _("Archive")}
    return texts[act]


def _replaced(held: Held) -> str:
    if held.state != "archived" or not held.successor:
        return ""
    return escape(_("replaced by “{title}”", title=held.successor), most=300)


def _due(held: Held, today: date) -> str:
    if held.due is None:
        return ""
    when = day(held.due)
    if held.due < today:
        return _("since {day}", day=when)
    if held.due == held.asset.expires:
        return _("expires {day}", day=when)
    return _("review due {day}", day=when)


def _turns(said: Holdings) -> list[ButtonElement]:
    around = ((said.page - 1, "back", _("Back")), (said.page + 1, "more", _("More")))
    return [
        button(
            text,
            f"{MORE}.{way}",
            about=_("page {page}", page=page),
            carried=Carried(said.ask.id, page=page),
        )
        for page, way, text in around
        if 1 <= page <= said.pages
    ]
