"""“Not useful because…”: it is noted at once, and the reason, for who gives one, goes to enablement."""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.blocks import InputBlock, PlainTextInputElement, RadioButtonsElement
from slack_sdk.models.views import View

from bot.asks import event_of, is_own, pressed
from bot.blocks import SAY, reply
from bot.foreign import not_yours
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import clean, escape
from bot.parts import label, option, section
from bot.payload import Carried, UnknownButton, read
from bot.share_blocks import sorry_modal
from enablement.answering import redrawn
from enablement.feedback import LONGEST_WORDS, give
from enablement.language import _
from enablement.model import FeedbackReason
from enablement.ports import Services, TryLater
from enablement.wording import feedback_reasons

FORM, REASON, WORDS = "not_useful.reason", "reason", "words"


def is_not_useful(body: Mapping[str, Any]) -> bool:
    found = pressed(body) if body.get("actions") else None
    return found is not None and found.says == "not_useful"


def say(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Note that an asset is not useful, show so in the answer, and ask why."""
    chosen = pressed(body)
    suggestion = services.ledger.suggestion(chosen.id) if chosen else None
    if suggestion is None or not is_own(suggestion, body, services):
        ack()
        not_yours(body, gateway)
        return
    now = services.clock()
    is_new = give(suggestion, "not_useful", event=event_of(context), services=services, now=now)
    ack()
    if not is_new:
        return
    asset = services.catalog.asset(suggestion.asset_id)
    # Where Slack is too slow it is noted without a reason.
    with suppress(TooLate, TryLater):
        form = reason_form(suggestion.id, asset.title if asset else "")
        gateway.open_view(str(body.get("trigger_id") or ""), form)
    if said := redrawn(suggestion.ask_id, services):
        blocks, text = reply(said, public_url=services.public_url, now=now)
        gateway.respond(str(body.get("response_url") or ""), blocks, text, replace=True)


def because(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Keep why an asset is not useful."""
    try:
        suggestion = services.ledger.suggestion(read(str(body["view"]["private_metadata"])).id)
    except UnknownButton as error:
        ack(response_action="update", view=sorry_modal(str(error), title=_("Not done")))
        return
    if suggestion is None or not is_own(suggestion, body, services):
        text = _("This answer was made for somebody else. Ask for your own with /content.")
        ack(response_action="update", view=sorry_modal(text, title=_("Not done")))
        return
    reason, words = read_reason(body["view"])
    if reason == "other" and not words:
        ack(response_action="errors", errors={WORDS: _("Say in a few words why.")})
        return
    event = event_of(context)
    give(
        suggestion,
        "not_useful",
        event=event,
        services=services,
        now=services.clock(),
        reason=reason,
        words=words,
    )
    ack()


def reason_form(suggestion_id: str, title: str) -> View:
    reasons = feedback_reasons()
    return View(
        type="modal",
        callback_id=FORM,
        title=label(_("Why not useful?")),
        submit=label(_("Send")),
        close=label(_("Skip")),
        private_metadata=Carried(suggestion_id).to_json(),
        blocks=[
            section(f"*{escape(title, most=300)}*"),
            InputBlock(
                block_id=REASON,
                label=label(_("Not useful because")),
                element=RadioButtonsElement(
                    action_id=REASON, options=[option(one, text) for one, text in reasons.items()]
                ),
            ),
            InputBlock(
                block_id=WORDS,
                label=label(_("In your words")),
                optional=True,
                element=PlainTextInputElement(action_id=WORDS, multiline=True, max_length=LONGEST_WORDS),
            ),
        ],
    )


def read_reason(view: Mapping[str, Any]) -> tuple[FeedbackReason, str]:
    """Return the reason and the words that were given; what is none of ours is another one."""
    values = view["state"]["values"]
    chosen = (values.get(REASON, {}).get(REASON, {}).get("selected_option") or {}).get("value")
    words = clean(str(values.get(WORDS, {}).get(WORDS, {}).get("value") or ""))
    return next((one for one in feedback_reasons() if one == chosen), "other"), words


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    """Listen; before whatever else hears the menu."""
    app.action(SAY, matchers=[is_not_useful])(partial(say, services=services, gateway=gateway))
    app.view(FORM)(partial(because, services=services))
