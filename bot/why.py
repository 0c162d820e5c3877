""" "Why this?": the button of an answer opens the computation behind a suggestion."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.views import View

from bot.blocks import WHY
from bot.gateway import SlackGateway
from bot.opening import open_modal
from bot.why_blocks import why_modal
from enablement.language import _
from enablement.people import known_colleague
from enablement.ports import Services
from enablement.why import explained


def open_why(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open why something was suggested, for the person to whom it was."""

    def draw(suggestion_id: str, _now: datetime) -> View:
        user = known_colleague(str(body["user"]["id"]), services)
        return why_modal(explained(suggestion_id, user=user, services=services))

    too_slow = _("Slack was too slow to open this. Please press “Why this?” again.")
    title = _("Why this?")
    open_modal(ack, body, context, draw, title=title, too_slow=too_slow, services=services, gateway=gateway)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.action(WHY)(partial(open_why, services=services, gateway=gateway))
