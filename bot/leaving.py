"""The app is taken out of the workspace, or its token is revoked: from then on nothing is sent."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.gateway import SlackGateway
from enablement.model import Audit, Event, Written, key
from enablement.ports import Services

log = logging.getLogger(__name__)


def left(
    ack: Ack, event: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Shut the gate, and note it once; an event that comes after the app is back opens it again at the next call."""
    kind, event_id, now = str(event["type"]), str(context["event_id"]), services.clock()
    # Tokens of single people may be revoked too: none of those is ours.
    if kind == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
        audit = Audit(key("audit", "slack", event_id), "", f"slack.{kind}", "the app", "", now)
        if services.ledger.write(Written(records=(audit,), event=Event("slack", event_id)), now=now):
            log.error("Slack says: %s", kind)
            if gateway.gate:
                gateway.gate.shut(kind, tried=False)
    ack()


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    for kind in ("app_uninstalled", "tokens_revoked"):
        app.event(kind)(partial(left, services=services, gateway=gateway))
