"""The share modal: whom it is for, a note, whether it is logged; then the links."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from slack_sdk.models.blocks import (
    ButtonElement,
    CheckboxesElement,
    ConfirmObject,
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

from bot.mrkdwn import clean, escape, plain
from bot.payload import Carried
from enablement import wording
from enablement.model import Contact, Share
from enablement.sharing import Recipient, Shareable, emails, link

SHARE_VIEW, REVOKE = "share.submit", "share.revoke"
CONTACTS, TYPED, NOTE, LOG = "contacts", "typed", "note", "log"
MOST_CONTACTS = 10
# Mail programs cut what is longer, and Slack takes 3000 characters with all that stands beside it.
LONGEST_MAIL_LINK = 2400
_ON_RECORD = "on_record"


class UnknownForm(Exception):
    """A form of a newer or foreign make; the message is for the person who filled it in."""


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
    """Return what was filled in; raises UnknownForm."""
    values = view["state"]["values"]
    try:
        said = json.loads(view["private_metadata"])
        suggestion_id, opened_at = str(said["suggestion"]), datetime.fromisoformat(said["opened_at"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownForm("This form is from another version of Touchline. Press Share again.") from error

    def chosen(block: str) -> tuple[str, ...]:
        options = values.get(block, {}).get(block, {}).get("selected_options") or []
        return tuple(option["value"] for option in options)

    def typed(block: str) -> str:
        return clean(values.get(block, {}).get(block, {}).get("value") or "")

    return Form(
        suggestion_id=suggestion_id,
        opened_at=opened_at,
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
        blocks += [DividerBlock(), _link_section(one, what, public_url)]
    logged = (
        f"Logged on {what.deal.name}." if shares[0].on_record else "Not logged on the deal, as you chose."
    )
    until = f"Links work until {wording.day(shares[0].expires_at.date())}."
    notes = [f"{logged} {until}"]
    if shares[0].note and quote(shares[0].note) not in _mail_link(
        shares[0], what, link(shares[0], public_url)
    ):
        notes.append("Your note is too long for the mail link: paste it into the e-mail yourself.")
    blocks.append(ContextBlock(elements=[_mrkdwn(escape(note, most=600)) for note in notes]))
    return View(
        type="modal",
        title=PlainTextObject(text="Ready to send"),
        close=PlainTextObject(text="Done"),
        private_metadata=json.dumps({"shares": [one.id for one in shares]}),
        blocks=blocks,
    )


def _link_section(one: Share, what: Shareable, public_url: str) -> SectionBlock:
    who = escape(one.recipient_name or one.recipient, most=200)
    if one.revoked_at:
        return SectionBlock(text=_mrkdwn(f"*{who}*   Revoked: the link no longer opens."))
    address = link(one, public_url)
    sure = ConfirmObject(
        title="Revoke this link?",
        text=PlainTextObject(text="It stops opening at once. What was logged stays logged."),
        confirm="Revoke",
        deny="Keep",
    )
    return SectionBlock(
        text=_mrkdwn(f"*{who}*   {_mail_link(one, what, address)}\n```{address}```"),
        accessory=ButtonElement(
            text=PlainTextObject(text="Revoke"),
            action_id=REVOKE,
            value=Carried(one.id).to_json(),
            confirm=sure,
            accessibility_label=plain(f"Revoke the link for {one.recipient_name or one.recipient}", most=75),
        ),
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


def _mail_link(one: Share, what: Shareable, address: str) -> str:
    """Return the link that begins an e-mail; for want of room the note is left out first, then the subject, then it."""
    to = quote(one.recipient, safe="@+")
    subject, body = quote(what.asset.title[:100]), quote(f"{one.note}\n\n{address}".strip())
    link_alone = quote(address)
    for rest in (
        f"subject={subject}&body={body}",
        f"subject={subject}&body={link_alone}",
        f"body={link_alone}",
    ):
        if len(to) + len(rest) <= LONGEST_MAIL_LINK:
            return f"<mailto:{to}?{rest}|Write the e-mail>"
    return ""


def _mrkdwn(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=text, verbatim=True)
