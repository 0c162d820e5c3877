"""Look at what became of an announcement: `/announce results`, the window with it, its table and its picture."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.views import View

from bot.asks import event_of
from bot.gateway import SlackGateway, TooLate
from bot.mrkdwn import escape
from bot.parts import section
from bot.payload import Carried, UnknownButton, read
from bot.results_blocks import CSV, PAGE, PICTURE, RESULTS, results_list, results_modal, sorry
from enablement.announcing import (
    CannotAnnounce,
    Results,
    ResultsFile,
    file_task,
    results_of,
    usage,
    with_results,
)
from enablement.language import _
from enablement.model import Written
from enablement.ports import Services, TryLater

log = logging.getLogger(__name__)
COMMAND, WORD = "/announce", "results"
MOST_LISTED = 20


def asks_for_results(command: Mapping[str, Any]) -> bool:
    """Say whether somebody typed `/announce results`."""
    return str(command.get("text") or "").strip().lower() == WORD


def list_all(ack: Ack, command: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """List the announcements whose results this person may see, to them alone."""
    ack()
    found = with_results(str(command["user_id"]), services, limit=MOST_LISTED)
    blocks, text = results_list(found)
    gateway.respond(str(command["response_url"]), blocks, text, replace=False)


def open_results(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the window with the results of the announcement behind a button."""
    is_new = services.ledger.write(Written(event=event_of(context)), now=services.clock(), lazily=True)
    ack()
    if not is_new:
        return
    try:
        # Pressed in a window, it comes on top of that.
        show = gateway.push_view if "view" in body else gateway.open_view
        show(str(body["trigger_id"]), _drawn(body, services))
    except (TooLate, TryLater):
        text = escape(_("Slack was too slow to show the results. Please press “Results” again."))
        if address := body.get("response_url"):
            gateway.respond(str(address), [section(text)], text, replace=False)


def turn(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Show another page of names."""
    ack()
    _redraw(body, _drawn(body, services), gateway)


def send(
    what: ResultsFile,
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    *,
    services: Services,
    gateway: SlackGateway,
) -> None:
    """Have the table or the picture sent to whoever asks for it, once for each press."""
    event = event_of(context)
    try:
        carried, _found = _seen(body, services)
        task = file_task(what, carried.id, str(body["user"]["id"]), press=event.id)
        services.ledger.write(Written(tasks=(task,), event=event), now=services.clock())
        services.work.wake(task.lane)
    except (CannotAnnounce, UnknownButton):
        # Drawing it says so.
        log.info("results were asked for by somebody who may not see them")
    ack()
    _redraw(
        body, _drawn(body, services, note=_("On its way: look at your direct messages with me.")), gateway
    )


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    """Listen; before whatever else hears the command, which takes all other words."""
    handed: dict[str, Any] = {"services": services, "gateway": gateway}
    app.command(COMMAND, matchers=[asks_for_results])(partial(list_all, **handed))
    app.action(RESULTS)(partial(open_results, **handed))
    for way in ("back", "more"):
        app.action(f"{PAGE}.{way}")(partial(turn, **handed))
    app.action(CSV)(partial(send, "table", **handed))
    app.action(PICTURE)(partial(send, "picture", **handed))


def _drawn(body: Mapping[str, Any], services: Services, *, note: str = "") -> View:
    """Draw what this person may see of the announcement behind the pressed button, or why that is nothing."""
    try:
        carried, found = _seen(body, services)
    except (CannotAnnounce, UnknownButton) as error:
        return sorry(str(error))
    used = usage(found, services, now=services.clock())
    return results_modal(found, used, page=carried.page or 1, note=note)


def _seen(body: Mapping[str, Any], services: Services) -> tuple[Carried, Results]:
    """Return what the pressed button carries, and what this person may see; raises CannotAnnounce, UnknownButton."""
    carried = read(str(body["actions"][0].get("value") or ""))
    return carried, results_of(carried.id, str(body["user"]["id"]), services)


def _redraw(body: Mapping[str, Any], view: View, gateway: SlackGateway) -> None:
    try:
        gateway.update_view(str(body["view"]["id"]), view)
    except (TooLate, TryLater) as error:
        log.info("a window of results was not redrawn: %s", error)
