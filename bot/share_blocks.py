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
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.mrkdwn import clean, escape
from bot.parts import button, label, mrkdwn, option, section
from bot.payload import Carried
from enablement import wording
from enablement.language import _, ngettext
from enablement.model import LANGUAGES, Asset, Contact
from enablement.sharing import Recipient, Shareable, emails

SHARE_VIEW, COPY = "share.submit", "share.copy"
CONTACTS, TYPED, NOTE, LOG, LANGUAGE, EXPIRY = "contacts", "typed", "note", "log", "language", "expiry"
# For how many days a link may last, besides what the installation says.
DAYS = (7, 30, 90)
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
    # Of the asset where it is there in several, and of the e-mail; empty and 0 where the form is of before.
    language: str = ""
    days: int = 0

    def recipients(self, contacts: Sequence[Contact]) -> list[Recipient]:
        """Return those chosen and those typed, each once; raises CannotShare."""
        chosen = [
            Recipient(one.name, one.email) for one in contacts if one.id in self.contact_ids and one.email
        ]
        names = {one.email: one.name for one in contacts}
        typed = [Recipient(names.get(email, ""), email) for email in emails(self.typed)]
        return list({one.email: one for one in (*chosen, *typed)}.values())


def share_modal(
    what: Shareable,
    contacts: Sequence[Contact],
    *,
    now: datetime,
    answer_url: str = "",
    editions: Sequence[Asset] = (),
    link_days: int = 90,
) -> View:
    """Draw the form; `answer_url` is where the answer can be redrawn once it was shared.

    `editions` are the asset in all its languages, `link_days` is how long a link lasts at most, and unless said.
    """
    reachable = [one for one in contacts if one.email][:MOST_CONTACTS]
    title, deal = escape(what.asset.title, most=300), escape(what.deal.name, most=300)
    for_deal = _("for {deal}", deal=deal)
    copy = button(_("Copy link"), COPY, about=what.asset.title, carried=Carried(what.suggestion.id))
    blocks: list[Block] = [SectionBlock(text=mrkdwn(f"*{title}*\n{for_deal}"), accessory=copy)]
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
        _language_input(what, editions),
        _expiry_input(link_days),
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

    def one(block: str) -> str:
        option = values.get(block, {}).get(block, {}).get("selected_option") or {}
        return str(option.get("value") or "")

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
        language=one(LANGUAGE),
        days=int(one(EXPIRY) or 0),
    )


def sorry_modal(text: str, *, title: str = "") -> View:
    return View(
        type="modal",
        title=label(title or _("Can't be shared")),
        close=label(_("Close")),
        blocks=[section(escape(text))],
    )


def _language_input(what: Shareable, editions: Sequence[Asset]) -> InputBlock:
    """Draw the choice of the asset's language; where it is there in one alone, of the language of the e-mail."""
    several = len(editions) > 1
    tags = [one.language for one in editions] if several else list(LANGUAGES)
    # What was chosen to be shared, and an e-mail in the language of whom it is for.
    likely = what.asset.language if several else what.deal.language or what.asset.language
    wanted = next((tag for tag in tags if tag[:2] == likely[:2]), tags[0])
    offered = [option(tag, wording.language(tag)) for tag in tags]
    return InputBlock(
        block_id=LANGUAGE,
        label=label(_("Language") if several else _("Language of the e-mail")),
        element=StaticSelectElement(
            action_id=LANGUAGE, options=offered, initial_option=offered[tags.index(wanted)]
        ),
    )


def _expiry_input(link_days: int) -> InputBlock:
    days = sorted({link_days, *(one for one in DAYS if one < link_days)})
    offered = [option(str(one), ngettext("{n} day", "{n} days", one)) for one in days]
    return InputBlock(
        block_id=EXPIRY,
        label=label(_("The link works for")),
        element=StaticSelectElement(
            action_id=EXPIRY, options=offered, initial_option=offered[days.index(link_days)]
        ),
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
