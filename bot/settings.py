"""Settings: what somebody chooses for themselves, in a form that opens from their Home tab."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.views import View

from bot.asks import email_of, event_of
from bot.gateway import SlackGateway, TooLate
from bot.home_blocks import SETTINGS
from bot.settings_blocks import FORM, read_settings, saved_view, settings_form
from bot.share_blocks import sorry_modal
from enablement.home import stay
from enablement.language import _
from enablement.model import Written
from enablement.people import in_words_of
from enablement.ports import Services, TryLater
from enablement.preferences import choose, preferences_of, quiet_hours_of


def open_form(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form with what is chosen now, once for each press."""
    is_new = services.ledger.write(Written(event=event_of(context)), now=services.clock(), lazily=True)
    ack()
    if not is_new:
        return
    try:
        gateway.open_view(str(body["trigger_id"]), _form(body, services))
    except (TooLate, TryLater):
        # They still look at the button, and press it again.
        return


def submit(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Keep what was chosen, and say so in the language that was chosen, in the form and in the Home tab."""
    slack_id, now = str(body["user"]["id"]), services.clock()
    if not email_of(body, services):
        ack(response_action="update", view=_refused())
        return
    chosen = read_settings(body["view"])
    kept = choose(
        slack_id,
        services,
        language=chosen.language,
        quiet_hours=chosen.quiet_hours,
        muted=chosen.muted,
        digest=chosen.digest,
        now=now,
    )
    stay(slack_id, services, request=event_of(context).id, now=now)
    profile = services.mirror.profile(slack_id)
    with in_words_of(profile):
        view = saved_view(kept, quiet_hours_of(slack_id, services), profile.time_zone if profile else "UTC")
    ack(response_action="update", view=view)


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    app.action(SETTINGS)(partial(open_form, services=services, gateway=gateway))
    app.view(FORM)(partial(submit, services=services))


def _form(body: Mapping[str, Any], services: Services) -> View:
    if not email_of(body, services):
        return _refused()
    slack_id = str(body["user"]["id"])
    profile = services.mirror.profile(slack_id)
    zone = profile.time_zone if profile else "UTC"
    return settings_form(preferences_of(slack_id, services), quiet_hours_of(slack_id, services), zone)


def _refused() -> View:
    return sorry_modal(_("Touchline answers members of this workspace only."), title=_("Settings"))
