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
from enablement.holdings import Held, Holdings
from enablement.model import Asset, Notice

APPROVE, DECLINE, VERIFY, ARCHIVE = "library.approve", "library.decline", "library.verify", "library.archive"
OPEN, MORE, DECLINE_FORM, NOTE = "library.open", "library.more", "library.declined", "note"
DONE = {
    "approve": "You approved this. It can be found now.",
    "decline": "You sent this back.",
    "verify": "You verified this.",
    "archive": "You archived this. It can no longer be found or shared.",
}
_STATES = {
    "draft": "sent back to you",
    "in review": "waits for approval",
    "not yet released": "not released yet",
    "review due": "is it still right?",
}
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
    by = escape(said.by, most=320) or "somebody"
    text = {
        "approve": f"{by} put up {title} for your approval.",
        "approved": f"{title} was approved by {by}. It can be found now.",
        "declined": f"{title} was sent back by {by}.",
        "review_due": f"Is {title} still right? You are asked because you look after it.",
    }[said.kind]
    blocks: list[Block] = [section(f"{text}\n>{escape(said.note, most=1500)}" if said.note else text)]
    blocks.append(small("  ·  ".join(_facts(asset))))
    if outcome:
        blocks.append(small(outcome))
    else:
        blocks.append(ActionsBlock(elements=_notice_buttons(said, asset, public_url)))
    return blocks, escape(f"{_SHORT[said.kind]}: {asset.title}", most=300)


def holdings(said: Holdings) -> tuple[list[Block], str]:
    """Return one page of what somebody looks after."""
    if not said.held:
        text = "Nothing in the library is yours to look after, and nothing waits for you."
        return [section(text)], text
    head = f"*Your library*: {said.count} {'asset' if said.count == 1 else 'assets'}"
    blocks: list[Block] = [section(head)]
    for held in said.held:
        blocks += [DividerBlock(), *_held(held, said.page, today=said.on)]
    if said.pages > 1:
        blocks += [
            DividerBlock(),
            small(f"Page {said.page} of {said.pages}"),
            ActionsBlock(elements=_turns(said)),
        ]
    return blocks, f"Your library: {said.count}"


def decline_form(carried: Carried, asset: Asset, *, response_url: str) -> View:
    return View(
        type="modal",
        callback_id=DECLINE_FORM,
        title=label("Send back"),
        submit=label("Send back"),
        close=label("Cancel"),
        private_metadata=json.dumps(asdict(Declining(carried.to_json(), response_url))),
        blocks=[
            section(f"*{escape(asset.title, most=300)}*"),
            InputBlock(
                block_id=NOTE,
                label=label("What should change?"),
                element=PlainTextInputElement(action_id=NOTE, multiline=True, max_length=1000),
            ),
        ],
    )


def read_declining(view: Mapping[str, Any]) -> tuple[Declining, str]:
    """Return what the form carried and the reason; raises UnknownButton."""
    try:
        carried = Declining(**json.loads(view["private_metadata"]))
    except (ValueError, TypeError) as error:
        raise UnknownButton("This form is from another version of Touchline.") from error
    entered = view["state"]["values"].get(NOTE, {}).get(NOTE, {})
    return carried, str(entered.get("value") or "").strip()


_SHORT = {
    "approve": "To approve",
    "approved": "Approved",
    "declined": "Sent back",
    "review_due": "Still right?",
}


def _facts(asset: Asset) -> list[str]:
    audience = "for customers" if asset.audience == "customer" else "for colleagues"
    verified = f"verified {wording.day(asset.reviewed_on)}" if asset.reviewed_on else "never verified"
    facts = (asset.collection, asset.kind, wording.language(asset.language), audience)
    is_out = asset.status == "published"
    return [*filter(None, facts), f"version {asset.version}", *([verified] if is_out else [])]


def _notice_buttons(said: Notice, asset: Asset, public_url: str) -> list[ButtonElement]:
    carried = Carried(asset.id, version=said.version_id, notice=said.id)
    opener = button("Open", OPEN, about=asset.title, url=f"{public_url}/o/{said.open_token}")
    match said.kind:
        case "approve":
            return [*_approval(asset, carried), opener]
        case "review_due":
            yes = button("Yes, still right", VERIFY, about=asset.title, carried=carried, style="primary")
            return [yes, _archiver(asset, carried), opener]
    return [opener]


def _approval(asset: Asset, carried: Carried) -> list[ButtonElement]:
    return [
        button("Approve", APPROVE, about=asset.title, carried=carried, style="primary"),
        button("Send back", DECLINE, about=asset.title, carried=carried),
    ]


def _archiver(asset: Asset, carried: Carried) -> ButtonElement:
    sure = ConfirmObject(
        title="Archive this?",
        text=PlainTextObject(text="It can no longer be found or shared, and links to it stop working."),
        confirm="Archive",
        deny="Keep",
    )
    return button("Archive", ARCHIVE, about=asset.title, carried=carried, confirm=sure)


def _held(held: Held, page: int, *, today: date) -> list[Block]:
    asset = held.asset
    carried = Carried(asset.id, version=asset.version_id, page=page)
    opener = button("Open", OPEN, about=asset.title, url=held.link)
    verify = button("Verify", VERIFY, about=asset.title, carried=carried)
    state = "waits for your approval" if held.waits else _STATES.get(held.state, held.state)
    line = f"{_MARKS.get(held.state, '')}*{escape(asset.title, most=300)}*\n{state}{_due(held, today)}"
    if held.waits:
        buttons = [*_approval(asset, carried), opener]
    else:
        # What has expired is not made right by saying so.
        can_verify = asset.status == "published" and held.state != "expired"
        buttons = [*([verify] if can_verify else []), _archiver(asset, carried), opener]
    return [section(line), small("  ·  ".join(_facts(asset))), ActionsBlock(elements=buttons)]


def _due(held: Held, today: date) -> str:
    if held.due is None:
        return ""
    what = "expires" if held.due == held.asset.expires else "review due"
    when = wording.day(held.due)
    if held.due < today:
        what = "since"
    return f" · {what} {when}"


def _turns(said: Holdings) -> list[ButtonElement]:
    around = ((said.page - 1, "Back"), (said.page + 1, "More"))
    return [
        button(text, f"{MORE}.{text.lower()}", about=f"page {page}", carried=Carried(said.ask.id, page=page))
        for page, text in around
        if 1 <= page <= said.pages
    ]
