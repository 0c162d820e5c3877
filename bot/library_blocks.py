"""What owners and approvers see of the library: notices, and the list of what they look after."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    DividerBlock,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from bot.mrkdwn import escape
from bot.parts import button, label, section, small
from bot.payload import Carried, UnknownButton
from enablement import wording
from enablement.governance import State
from enablement.holdings import Held, Holdings
from enablement.language import _, day, ngettext
from enablement.model import Asset, Notice, NoticeKind

APPROVE, DECLINE, VERIFY, ARCHIVE = "library.approve", "library.decline", "library.verify", "library.archive"
RESTORE, CHANGE = "library.restore", "library.change"
OPEN, MORE, DECLINE_FORM, NOTE = "library.open", "library.more", "library.declined", "note"
_MARKS = {
    "review due": ":bell: ",
    "expired": ":no_entry: ",
    "in review": ":hourglass: ",
    "draft": ":pencil2: ",
}


@dataclass(frozen=True)
class Declining:
    """What the form for a reason carries: the button it came from, and where to show what became of it."""

    button: str
    response_url: str


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


def decline_form(carried: Carried, asset: Asset, *, response_url: str) -> View:
    return View(
        type="modal",
        callback_id=DECLINE_FORM,
        title=label(_("Send back")),
        submit=label(_("Send back")),
        close=label(_("Cancel")),
        private_metadata=json.dumps(asdict(Declining(carried.to_json(), response_url))),
        blocks=[
            section(f"*{escape(asset.title, most=300)}*"),
            InputBlock(
                block_id=NOTE,
                label=label(_("What should change?")),
                element=PlainTextInputElement(action_id=NOTE, multiline=True, max_length=1000),
            ),
        ],
    )


def read_declining(view: Mapping[str, Any]) -> tuple[Declining, str]:
    """Return what the form carried and the reason; raises UnknownButton."""
    try:
        carried = Declining(**json.loads(view["private_metadata"]))
    except (ValueError, TypeError) as error:
        raise UnknownButton(_("This form is from another version of Touchline.")) from error
    entered = view["state"]["values"].get(NOTE, {}).get(NOTE, {})
    return carried, str(entered.get("value") or "").strip()


def done(act: str) -> str:
    """Return what the person did, by the name of its button."""
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
            return [yes, _archiver(asset, carried), opener]
    return [opener]


def _approval(asset: Asset, carried: Carried) -> list[ButtonElement]:
    return [
        button(_("Approve"), APPROVE, about=asset.title, carried=carried, style="primary"),
        button(_("Send back"), DECLINE, about=asset.title, carried=carried),
    ]


def _archiver(asset: Asset, carried: Carried) -> ButtonElement:
    sure = ConfirmObject(
        title=_("Archive this?"),
        text=PlainTextObject(text=_("It can no longer be found or shared, and links to it stop working.")),
        confirm=_("Archive"),
        deny=_("Keep"),
    )
    return button(_("Archive"), ARCHIVE, about=asset.title, carried=carried, confirm=sure)


def _held(held: Held, said: Holdings) -> list[Block]:
    asset = held.asset
    facts = (_("waits for your approval") if held.waits else _state(held.state), _due(held, said.on))
    title = f"{_MARKS.get(held.state, '')}*{escape(asset.title, most=300)}*"
    line = "\n".join((title, " · ".join(filter(None, facts))))
    buttons = _held_buttons(
        held, Carried(asset.id, version=asset.version_id, page=said.page), said.may_change
    )
    opener = button(_("Open"), OPEN, about=asset.title, url=held.link)
    return [section(line), small("  ·  ".join(_facts(asset))), ActionsBlock(elements=[*buttons, opener])]


def _held_buttons(held: Held, carried: Carried, may_change: bool) -> list[ButtonElement]:
    asset = held.asset
    if held.waits:
        return _approval(asset, carried)
    if asset.status == "archived":
        return [button(_("Restore"), RESTORE, about=asset.title, carried=carried)]
    verify = button(_("Verify"), VERIFY, about=asset.title, carried=carried)
    change = button(_("Change details"), CHANGE, about=asset.title, carried=carried)
    # What has expired is not made right by saying so.
    can_verify = asset.status == "published" and held.state != "expired"
    return [*[verify] * can_verify, *[change] * may_change, _archiver(asset, carried)]


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
