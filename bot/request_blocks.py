"""Requests to enablement as Block Kit: the form, the list, what is decided, and what people hear of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    DividerBlock,
    ExternalDataSelectElement,
    InputBlock,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.mrkdwn import escape, plain
from bot.parts import button, label, option, section, small
from bot.payload import Carried, UnknownButton
from bot.saved_blocks import turns
from enablement import wording
from enablement.language import _, in_a_row, ngettext
from enablement.model import Ask, ContentRequest, Deal
from enablement.requests import LONGEST_NOTE, LONGEST_WORDS, Decided, Listed, NewRequests, RequestsPage

BEGIN, FORM, WORDS = "request.begin", "request.form", "words"
FILL, DECLINE, MERGE = "request.fill", "request.decline", "request.merge"
FILL_FORM, DECLINE_FORM, MERGE_FORM = "request.filled", "request.declined", "request.merged"
ASSET, NOTE, INTO = "request.asset", "note", "into"
MORE, AGAIN = "request.more", "request.again"
MOST_NAMED, MOST_MERGED = 10, 100


@dataclass(frozen=True)
class Deciding:
    """What a form that decides a request carries: which, and where the page of the list is drawn anew."""

    id: str
    page: int
    response: str

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def read_deciding(view: Mapping[str, Any]) -> Deciding:
    """Return what such a form carries; raises UnknownButton."""
    try:
        said = json.loads(view["private_metadata"])
        return Deciding(str(said["id"]), int(said["page"]), str(said["response"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownButton(_("This form is from another version of Touchline.")) from error


def begin_button(ask: Ask) -> ButtonElement:
    """Return the button below an answer for who finds nothing that fits."""
    return button(_("Nothing fits"), BEGIN, about=_("request content"), carried=Carried(ask.id))


def request_form(ask: Ask, deal: Deal) -> View:
    """Draw the form, filled with the words that were asked."""
    typed = PlainTextInputElement(
        action_id=WORDS,
        multiline=True,
        max_length=LONGEST_WORDS,
        initial_value=plain(ask.question, most=LONGEST_WORDS) or None,
    )
    return View(
        type="modal",
        callback_id=FORM,
        title=label(_("Request content")),
        submit=label(_("Send")),
        close=label(_("Cancel")),
        private_metadata=Carried(ask.id).to_json(),
        blocks=[
            InputBlock(block_id=WORDS, label=label(_("What are you missing?")), element=typed),
            small(
                _(
                    "Goes to who looks after the library, with what the deal is like and not which it is: {facts}",
                    facts=wording.wanted_facts(deal) or _("nothing known"),
                )
            ),
        ],
    )


def done_modal(title: str, text: str) -> View:
    return View(type="modal", title=label(title), close=label(_("Close")), blocks=[section(escape(text))])


def requests(said: RequestsPage) -> tuple[list[Block], str]:
    """Return a page of requests, and its text for notifications."""
    if not said.listed:
        text = (
            _("No request waits for you.")
            if said.decides
            else _("You requested nothing. Below each answer is “Nothing fits”.")
        )
        return [section(text), *_complaints(said)], text
    head = (
        ngettext("*Requests that wait*: {n}", "*Requests that wait*: {n}", said.count)
        if said.decides
        else ngettext("*Your requests*: {n}", "*Your requests*: {n}", said.count)
    )
    blocks: list[Block] = [section(head)]
    for one in said.listed:
        blocks += [DividerBlock(), *_listed(one, said)]
    if said.pages > 1:
        page = _("Page {page} of {pages}", page=said.page, pages=said.pages)
        blocks += [DividerBlock(), small(page), ActionsBlock(elements=turns(MORE, said.page, said.pages))]
    blocks += _complaints(said)
    return blocks, _("Requests: {count}", count=said.count)


def _complaints(said: RequestsPage) -> list[Block]:
    """Draw what people find not useful, and why."""
    if not said.complaints:
        return []
    reasons = wording.feedback_reasons()
    blocks: list[Block] = [DividerBlock(), section(_("*Not useful*, people said"))]
    for one in said.complaints:
        people = ngettext("{n} person", "{n} people", one.people)
        line = f"*{escape(one.asset.title, most=300)}*  {escape(reasons[one.reason])}  ·  {escape(people)}"
        blocks.append(section(line))
        if one.words:
            blocks.append(small(wording.quoted(one.words[0])))
    return blocks


def fill_form(carried: Carried, one: ContentRequest, response: str) -> View:
    chosen = ExternalDataSelectElement(
        action_id=ASSET, placeholder=label(_("Type a title")), min_query_length=1
    )
    hint = label(_("Everybody who waits is told."))
    filling = InputBlock(block_id=ASSET, label=label(_("Asset")), hint=hint, element=chosen)
    return _deciding(FILL_FORM, _("Fill a request"), one, carried, response, filling)


def decline_form(carried: Carried, one: ContentRequest, response: str) -> View:
    typed = PlainTextInputElement(action_id=NOTE, multiline=True, max_length=LONGEST_NOTE)
    why = InputBlock(block_id=NOTE, label=label(_("Why not?")), element=typed)
    return _deciding(DECLINE_FORM, _("Decline a request"), one, carried, response, why)


def merge_form(
    carried: Carried, one: ContentRequest, others: Sequence[ContentRequest], response: str
) -> View:
    offered = [option(other.id, other.words) for other in others[:MOST_MERGED]]
    select = StaticSelectElement(action_id=INTO, options=offered, placeholder=label(_("Choose")))
    into = InputBlock(block_id=INTO, label=label(_("Make it part of")), element=select)
    return _deciding(MERGE_FORM, _("Merge a request"), one, carried, response, into)


def tidings(said: NewRequests | Decided) -> tuple[list[Block], str]:
    """Return the message that somebody gets of requests."""
    return new_requests(said) if isinstance(said, NewRequests) else decided(said)


def new_requests(said: NewRequests) -> tuple[list[Block], str]:
    count = len(said.listed)
    head = ngettext("{n} new request for content", "{n} new requests for content", count)
    blocks: list[Block] = [section(f"*{escape(head)}*")]
    for one in said.listed[:MOST_NAMED]:
        blocks += [section(escape(one.request.words, most=600)), small(_facts(one))]
    blocks.append(small(_("Answer them with /content requests.")))
    return blocks, escape(head)


def decided(said: Decided) -> tuple[list[Block], str]:
    words = wording.quoted(said.request.words)
    if said.asset is None:
        text = _("Your request {words} was declined:", words=words)
        return [section(f"{escape(text, most=900)}\n>{escape(said.request.note, most=600)}")], escape(
            text, most=300
        )
    text = _("{title} is there now. You had asked for {words}.", title=said.asset.title, words=words)
    blocks: list[Block] = [section(escape(text, most=1200))]
    if said.deal:
        name = _("Ask again for {deal}", deal=said.deal.name)
        again = button(
            _("Ask again"), AGAIN, about=said.deal.name, carried=Carried(said.asker.id), style="primary"
        )
        blocks += [small(name), ActionsBlock(elements=[again])]
    return blocks, escape(text, most=300)


def _listed(one: Listed, page: RequestsPage) -> list[Block]:
    request = one.request
    lines: list[Block] = [section(f"*{escape(request.words, most=600)}*")]
    if page.decides:
        lines.append(small(_facts(one)))
    if one.deals:
        lines.append(small(_("for {deal}", deal=in_a_row(one.deals[:MOST_NAMED]))))
    if not page.decides:
        return [*lines, small(_state(one))]
    carried = Carried(request.id, page=page.page)
    buttons = [
        button(_("Fill"), FILL, about=request.words, carried=carried, style="primary"),
        button(_("Decline"), DECLINE, about=request.words, carried=carried),
        *([button(_("Merge"), MERGE, about=request.words, carried=carried)] if page.count > 1 else []),
    ]
    return [*lines, ActionsBlock(elements=buttons)]


def _facts(one: Listed) -> str:
    waiting = ngettext("{n} person waits", "{n} people wait", one.askers)
    return "  ·  ".join(filter(None, (waiting, wording.wanted_facts(one.request))))


def _state(one: Listed) -> str:
    match one.request.state:
        case "filled" if one.asset:
            return _("filled: {title}", title=one.asset.title)
        case "filled":
            return _("filled")
        case "declined":
            return _("declined: {note}", note=one.request.note)
    return _("waits for an answer")


def _deciding(
    callback_id: str, title: str, one: ContentRequest, carried: Carried, response: str, entered: InputBlock
) -> View:
    return View(
        type="modal",
        callback_id=callback_id,
        title=label(title),
        submit=label(_("Save")),
        close=label(_("Cancel")),
        private_metadata=Deciding(carried.id, carried.page, response).to_json(),
        blocks=[section(f"*{escape(one.words, most=600)}*"), entered],
    )
