"""Ask from anywhere in Slack: on a message, whose words are the question, or by a form from the menu of shortcuts."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.announce_windows import is_new
from bot.asks import accept, email_of, new_ask
from bot.find_blocks import FOR_DEAL, FORM, QUESTION, deal_options, form
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import clean, unescape
from bot.publish_blocks import said_modal
from enablement.access import HurriedAccess
from enablement.asked_deals import deals_like
from enablement.language import _
from enablement.model import Place, Surface, key
from enablement.ports import AccessUnknown, Services, TryLater
from enablement.refining import LONGEST_QUESTION

MESSAGE, ANYWHERE = "find.message", "find.anywhere"
SURFACE: Surface = "shortcut"
# So many characters of a message are read, its questions first; which of its words to search by depends on the library.
LONGEST_GIST = LONGEST_QUESTION
# Slack waits three seconds for what a menu offers; the CRM gets no more than this of it.
ACCESS_WITHIN_S = 1.5
MOST_DEALS = 100
# <@U1>, <#C1|name>, <!here>, <https://example.com|text>: what Slack puts in angle brackets.
_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_MARKS = str.maketrans(dict.fromkeys('*_~`>"“”„«»「」', " "))
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")
_ASKING = "?？"


def on_message(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Answer a message as if its reader had asked it, to them alone, where it stands."""
    message = body["message"]
    ask = new_ask(
        context,
        surface=SURFACE,
        slack_id=str(body["user"]["id"]),
        question=gist(str(message.get("text") or "")),
        place=Place(str(body["channel"]["id"]), str(message.get("thread_ts") or "")),
        # In a thread its response address would answer outside of it.
        response_url="",
        now=services.clock(),
    )
    accept(ask, "ask.answer", context, services)
    ack()


def open_form(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form to ask with."""
    if is_new(ack, context, services):
        try:
            gateway.open_view(str(body["trigger_id"]), form())
        except TooLate:
            # Nothing was typed yet; the shortcut is still there.
            return


def submit(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Ask what was typed into the form; the answer comes into the direct conversation."""
    values = body["view"]["state"]["values"]
    question = str(values[QUESTION][QUESTION].get("value") or "")
    chosen = values[FOR_DEAL][FOR_DEAL].get("selected_option") or {}
    ask = new_ask(
        context,
        surface=SURFACE,
        slack_id=str(body["user"]["id"]),
        question=question,
        place=Place(is_direct=True),
        response_url="",
        now=services.clock(),
        deal_id=str(chosen["value"]) if chosen else None,
    )
    # A form that is submitted twice is one question.
    accept(replace(ask, id=key("ask", body["view"]["id"])), "ask.answer", context, services)
    text = _("I'll send the answer to our conversation, in a moment.")
    ack(response_action="update", view=said_modal(_("On its way"), text))


def offer_deals(ack: Ack, body: Mapping[str, Any], *, services: Services) -> None:
    """Offer the asker's own open deals while they type; where the CRM does not answer in time, none."""
    try:
        # Whoever is new is looked up in Slack, once.
        is_member = bool(email_of(body, services))
        typed, slack_id = clean(str(body.get("value") or "")), str(body["user"]["id"])
        found = deals_like(typed, slack_id, services, limit=MOST_DEALS) if is_member else []
    except (AccessUnknown, TryLater):
        found = []
    ack(options=deal_options(found, now=services.clock()))


def gist(text: str, *, most: int = LONGEST_GIST) -> str:
    """Return what a message asks, as a question of at most so many characters: its questions before all else."""
    plain = unescape(_TOKEN.sub(_read_token, text)).translate(_MARKS)
    if len(plain.strip()) <= most:
        return plain.strip()
    sentences = [one.strip() for one in _SENTENCE.findall(plain) if one.strip()]
    asking_first = sorted(range(len(sentences)), key=lambda at: (sentences[at][-1] not in _ASKING, at))
    kept: list[int] = []
    for at in asking_first:
        if sum(len(sentences[one]) + 1 for one in (*kept, at)) <= most:
            kept.append(at)
    # One sentence that is too long by itself is cut.
    return " ".join(sentences[at] for at in sorted(kept)) or plain.strip()[:most]


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.shortcut(MESSAGE)(partial(on_message, services=services))
    app.shortcut(ANYWHERE)(partial(open_form, services=services, gateway=gateway))
    app.view(FORM)(partial(submit, services=services))
    at_once = replace(services, access=HurriedAccess(services.access, within_s=ACCESS_WITHIN_S))
    app.options(FOR_DEAL)(partial(offer_deals, services=at_once))


def _read_token(found: re.Match[str]) -> str:
    """Return what people read of a mention or link: its label; of people, and of addresses, nothing."""
    kind, _target, said = found.groups()
    return " " if kind in ("@", "!") else f" {said or ''} "
