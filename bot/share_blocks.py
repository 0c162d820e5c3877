"""The share modal: whom it is for, a note, whether it is logged; then the links."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from slack_sdk.models.blocks import (
    CheckboxesElement,
    ContextBlock,
    DividerBlock,
    InputBlock,
    MarkdownTextObject,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.blocks import Block
from slack_sdk.models.views import View

from bot.mrkdwn import escape, plain
from enablement import wording
from enablement.model import Contact, Share
from enablement.sharing import Recipient, Shareable, emails, link

SHARE_VIEW = "share.submit"
CONTACTS, TYPED, NOTE, LOG = "contacts", "typed", "note", "log"
MOST_CONTACTS = 10
LONGEST_BODY = 1500
_ON_RECORD = "on_record"


@dataclass(frozen=True)
class Form:
    """What a rep filled in; the contacts are named by their ids."""

    suggestion_id: str
    opened_at: datetime
    contact_ids: tuple[str, ...]
    typed: str
    note: str
    on_record: bool

    def recipients(self, contacts: Sequence[Contact]) -> list[Recipient]:
        """Return those chosen and those typed, each once; raises CannotShare."""
        chosen = [
            Recipient(one.name, one.email) for one in contacts if one.id in self.contact_ids and one.email
        ]
        names = {one.email: one.name for one in contacts}
        typed = [Recipient(names.get(email, ""), email) for email in emails(self.typed)]
        return list({one.email: one for one in (*chosen, *typed)}.values())


def share_modal(what: Shareable, contacts: Sequence[Contact], *, now: datetime) -> View:
    reachable = [one for one in contacts if one.email][:MOST_CONTACTS]
    blocks: list[Block] = [
        SectionBlock(
            text=_mrkdwn(f"*{escape(what.asset.title, most=300)}*\nfor {escape(what.deal.name, most=300)}")
        )
    ]
    if reachable:
        blocks.append(
            InputBlock(
                block_id=CONTACTS,
                label=PlainTextObject(text="Contacts of this deal"),
                optional=True,
                element=CheckboxesElement(action_id=CONTACTS, options=[_contact(one) for one in reachable]),
            )
        )
    blocks += [
        InputBlock(
            block_id=TYPED,
            label=PlainTextObject(text="Somebody else's e-mail" if reachable else "E-mail"),
            hint=PlainTextObject(text="Several: separate them by commas. Each gets a link of their own."),
            optional=bool(reachable),
            element=PlainTextInputElement(action_id=TYPED, max_length=1000),
        ),
        InputBlock(
            block_id=NOTE,
            label=PlainTextObject(text="Note for the e-mail"),
            optional=True,
            element=PlainTextInputElement(action_id=NOTE, multiline=True, max_length=1000),
        ),
        _log_input(),
    ]
    return View(
        type="modal",
        callback_id=SHARE_VIEW,
        title=PlainTextObject(text="Share with the buyer"),
        submit=PlainTextObject(text="Create link"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=json.dumps({"suggestion": what.suggestion.id, "opened_at": now.isoformat()}),
        blocks=blocks,
    )


def read_form(view: Mapping[str, Any]) -> Form:
    values = view["state"]["values"]
    said = json.loads(view["private_metadata"])

    def chosen(block: str) -> tuple[str, ...]:
        options = values.get(block, {}).get(block, {}).get("selected_options") or []
        return tuple(option["value"] for option in options)

    def typed(block: str) -> str:
        return values.get(block, {}).get(block, {}).get("value") or ""

    return Form(
        suggestion_id=said["suggestion"],
        opened_at=datetime.fromisoformat(said["opened_at"]),
        contact_ids=chosen(CONTACTS),
        typed=typed(TYPED),
        note=typed(NOTE),
        on_record=_ON_RECORD in chosen(LOG),
    )


def shared_modal(what: Shareable, shares: Sequence[Share], *, public_url: str) -> View:
    blocks: list[Block] = [
        SectionBlock(text=_mrkdwn(f"*{escape(what.asset.title, most=300)}* is ready to send."))
    ]
    for one in shares:
        address = link(one, public_url)
        who = escape(one.recipient_name or one.recipient, most=200)
        blocks += [
            DividerBlock(),
            SectionBlock(
                text=_mrkdwn(f"*{who}*   <{_mailto(one, what, address)}|Write the e-mail>\n```{address}```")
            ),
        ]
    logged = (
        f"Logged on {what.deal.name}." if shares[0].on_record else "Not logged on the deal, as you chose."
    )
    until = f"Links work until {wording.day(shares[0].expires_at.date())}."
    blocks.append(ContextBlock(elements=[_mrkdwn(escape(f"{logged} {until}", most=600))]))
    return View(
        type="modal",
        title=PlainTextObject(text="Ready to send"),
        close=PlainTextObject(text="Done"),
        blocks=blocks,
    )


def sorry_modal(text: str) -> View:
    return View(
        type="modal",
        title=PlainTextObject(text="Can't be shared"),
        close=PlainTextObject(text="Close"),
        blocks=[SectionBlock(text=_mrkdwn(escape(text)))],
    )


def _log_input() -> InputBlock:
    option = Option(
        value=_ON_RECORD, text=PlainTextObject(text="Log this share and its openings on the deal")
    )
    return InputBlock(
        block_id=LOG,
        label=PlainTextObject(text="Salesforce"),
        optional=True,
        element=CheckboxesElement(action_id=LOG, options=[option], initial_options=[option]),
    )


def _contact(one: Contact) -> Option:
    text = f"{one.name} ({one.role})" if one.role else one.name
    return Option(
        value=one.id,
        text=PlainTextObject(text=plain(text, most=75), emoji=False),
        description=PlainTextObject(text=plain(one.email, most=75), emoji=False),
    )


def _mailto(one: Share, what: Shareable, address: str) -> str:
    body = quote(f"{one.note}\n\n{address}".strip())
    if len(body) > LONGEST_BODY:
        # A whole address matters more than the note: mail programs cut what is longer.
        body = quote(address)
    return f"mailto:{quote(one.recipient, safe='@+')}?subject={quote(what.asset.title[:100])}&body={body}"


def _mrkdwn(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=text, verbatim=True)
