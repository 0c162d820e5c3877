"""The share modal: whom it is for, a note, whether it is logged."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    InputBlock,
    Option,
    PlainTextInputElement,
)
from slack_sdk.models.views import View

from bot.mrkdwn import clean, escape
from bot.parts import label, option, section
from enablement.language import _
from enablement.model import Contact
from enablement.sharing import Recipient, Shareable, emails

SHARE_VIEW = "share.submit"
CONTACTS, TYPED, NOTE, LOG = "contacts", "typed", "note", "log"
MOST_CONTACTS = 10
_ON_RECORD = "on_record"


class UnknownForm(Exception):
    """A form of a newer or foreign make; the message is for the person who filled it in."""


@dataclass(frozen=True)
class Form:
    """What a rep filled in; the contacts are named by their ids, `answer_url` is where the answer can be redrawn."""

    suggestion_id: str
    opened_at: datetime
    answer_url: str
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


def share_modal(what: Shareable, contacts: Sequence[Contact], *, now: datetime, answer_url: str = "") -> View:
    """Draw the form; `answer_url` is where the answer can be redrawn once it was shared."""
    reachable = [one for one in contacts if one.email][:MOST_CONTACTS]
    title, deal = escape(what.asset.title, most=300), escape(what.deal.name, most=300)
    for_deal = _("for {deal}", deal=deal)
    blocks: list[Block] = [section(f"*{title}*\n{for_deal}")]
    if reachable:
        blocks.append(
            InputBlock(
                block_id=CONTACTS,
                label=label(_("Contacts of this deal")),
                optional=True,
                element=CheckboxesElement(action_id=CONTACTS, options=[_contact(one) for one in reachable]),
            )
        )
    blocks += [
        InputBlock(
            block_id=TYPED,
            label=label(_("Somebody else's e-mail") if reachable else _("E-mail")),
            hint=label(_("Several: separate them by commas. Each gets a link of their own.")),
            optional=bool(reachable),
            element=PlainTextInputElement(action_id=TYPED, max_length=1000),
        ),
        InputBlock(
            block_id=NOTE,
            label=label(_("Note for the e-mail")),
            optional=True,
            element=PlainTextInputElement(action_id=NOTE, multiline=True, max_length=1000),
        ),
        _log_input(),
    ]
    carried = {"suggestion": what.suggestion.id, "opened_at": now.isoformat(), "answer": answer_url}
    return View(
        type="modal",
        callback_id=SHARE_VIEW,
        title=label(_("Share with the buyer")),
        submit=label(_("Create link")),
        close=label(_("Cancel")),
        private_metadata=json.dumps(carried),
        blocks=blocks,
    )


def read_form(view: Mapping[str, Any]) -> Form:
    """Return what was filled in; raises UnknownForm."""
    values = view["state"]["values"]
    try:
        said = json.loads(view["private_metadata"])
        suggestion_id, opened_at = str(said["suggestion"]), datetime.fromisoformat(said["opened_at"])
        answer_url = str(said.get("answer") or "")
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownForm(_("This form is from another version of Touchline. Press Share again.")) from error

    def chosen(block: str) -> tuple[str, ...]:
        options = values.get(block, {}).get(block, {}).get("selected_options") or []
        return tuple(option["value"] for option in options)

    def typed(block: str) -> str:
        return clean(values.get(block, {}).get(block, {}).get("value") or "")

    return Form(
        suggestion_id=suggestion_id,
        opened_at=opened_at,
        answer_url=answer_url,
        contact_ids=chosen(CONTACTS),
        typed=typed(TYPED),
        note=typed(NOTE),
        on_record=_ON_RECORD in chosen(LOG),
    )


def sorry_modal(text: str, *, title: str = "") -> View:
    return View(
        type="modal",
        title=label(title or _("Can't be shared")),
        close=label(_("Close")),
        blocks=[section(escape(text))],
    )


def _log_input() -> InputBlock:
    logged = Option(value=_ON_RECORD, text=label(_("Log this share and its openings on the deal")))
    return InputBlock(
        block_id=LOG,
        label=label("Salesforce"),
        optional=True,
        element=CheckboxesElement(action_id=LOG, options=[logged], initial_options=[logged]),
    )


def _contact(one: Contact) -> Option:
    return option(one.id, f"{one.name} ({one.role})" if one.role else one.name, one.email)
