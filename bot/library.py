"""Look after the library: approve, send back, verify, archive and restore, from a notice or from one's own list."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.asks import accept, email_of, event_of, new_ask
from bot.gateway import SlackGateway, TooLate
from bot.library_blocks import (
    APPROVE,
    ARCHIVE,
    DECLINE,
    DECLINE_FORM,
    MORE,
    NOTE,
    OPEN,
    RESTORE,
    VERIFY,
    decline_form,
    done,
    notice,
    read_declining,
)
from bot.mrkdwn import escape, plain
from bot.parts import section
from bot.payload import Carried, UnknownButton, read
from enablement import governance, wording
from enablement.governance import NotAllowed
from enablement.language import _
from enablement.model import Asset, Place, Written
from enablement.people import called
from enablement.ports import Services, TryLater
from enablement.reviews import is_moot

_ACTS: Mapping[str, Callable[..., Asset]] = {
    "approve": governance.approve,
    "verify": governance.verify,
    "archive": governance.archive,
    "restore": governance.restore,
}
_DECIDED = {"approve": "approved", "verify": "verified", "archive": "archived", "restore": "restored"}


def decide(
    name: str,
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    *,
    services: Services,
    gateway: SlackGateway,
) -> None:
    """Write the decision and acknowledge it, then show what became of it where the button was."""
    problem, carried, email = "", Carried(""), ""
    try:
        carried, email = _carried(body), email_of(body, services)
        seen = {"version_id": carried.version} if name == "approve" else {}
        _ACTS[name](carried.id, email=email, services=services, now=services.clock(), **seen)
    except (NotAllowed, TryLater, UnknownButton) as error:
        # Who presses twice is not told off: it is as they want it.
        problem = "" if _did(name, carried.id, email, services) else str(error)
    _show_list(carried, body, context, services)
    ack()
    _show_notice(name, problem, carried, body, services, gateway)


def ask_why(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form for the reason why something is sent back."""
    is_new = services.ledger.write(Written(event=event_of(context)), now=services.clock())
    ack()
    if not is_new:
        return
    try:
        carried = _carried(body)
        asset = _seen(carried, services)
        view = decline_form(carried, asset, response_url=str(body["response_url"]))
        gateway.open_view(str(body["trigger_id"]), view)
    except (NotAllowed, UnknownButton) as error:
        _say(str(error), body, gateway)
    except (TooLate, TryLater):
        _say(_("Slack was too slow to open the form. Please try again."), body, gateway)


def send_back(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Send back what waits, with the reason."""
    try:
        declining, note = read_declining(body["view"])
        carried = read(declining.button)
        _seen(carried, services)
        email = email_of(body, services)
        governance.decline(carried.id, email=email, services=services, now=services.clock(), note=note)
    except (NotAllowed, TryLater, UnknownButton) as error:
        ack(response_action="errors", errors={NOTE: plain(str(error), most=150)})
        return
    told = {**body, "response_url": declining.response_url}
    _show_list(carried, told, context, services)
    ack()
    _show_notice("decline", "", carried, told, services, gateway)


def turn(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Show another page of the list in its place."""
    _show_list(_carried(body), body, context, services)
    ack()


def opened(ack: Ack) -> None:
    """Acknowledge the click; the link itself shows the file."""
    ack()


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    handed: dict[str, Any] = {"services": services, "gateway": gateway}
    for action_id, name in (
        (APPROVE, "approve"),
        (VERIFY, "verify"),
        (ARCHIVE, "archive"),
        (RESTORE, "restore"),
    ):
        app.action(action_id)(partial(decide, name, **handed))
    app.action(DECLINE)(partial(ask_why, **handed))
    app.view(DECLINE_FORM)(partial(send_back, **handed))
    for way in ("back", "more"):
        app.action(f"{MORE}.{way}")(partial(turn, services=services))
    app.action(OPEN)(opened)


def _show_list(carried: Carried, body: Mapping[str, Any], context: BoltContext, services: Services) -> None:
    """Have the page of the list drawn anew in its place, if the button stood in one."""
    if carried.page:
        ask = new_ask(
            context,
            surface="command",
            slack_id=str(body["user"]["id"]),
            question=str(carried.page),
            place=Place(str((body.get("channel") or {}).get("id") or "")),
            response_url=str(body.get("response_url") or ""),
            now=services.clock(),
            replaces=True,
        )
        accept(ask, "library.holdings", context, services)


def _show_notice(
    name: str,
    problem: str,
    carried: Carried,
    body: Mapping[str, Any],
    services: Services,
    gateway: SlackGateway,
) -> None:
    """Show the outcome in place of a notice's buttons once there is nothing left to press; else say the problem."""
    said = services.ledger.notice(carried.notice) if carried.notice else None
    asset = services.catalog.asset(said.asset_id) if said else None
    if said and asset and (not problem or is_moot(said, services, on=services.clock().date())):
        said = replace(said, by=called(said.by, services.mirror))
        blocks, text = notice(said, asset, public_url=services.public_url, outcome=problem or done(name))
        gateway.respond(str(body["response_url"]), blocks, text, replace=True)
    elif problem:
        _say(problem, body, gateway)


def _did(name: str, asset_id: str, email: str, services: Services) -> bool:
    """Say whether this is what was decided last of an asset, and by this person."""
    last = next(reversed(services.ledger.decisions(asset_id)), None) if email else None
    return last is not None and (last.kind, last.email) == (_DECIDED[name], email.lower())


def _seen(carried: Carried, services: Services) -> Asset:
    """Return what waits, if it is still what the person saw; raises NotAllowed."""
    waiting = governance.awaiting(carried.id, services.catalog)
    if waiting is None:
        raise NotAllowed(_("This does not wait for approval any more."))
    if waiting.version_id != carried.version:
        raise NotAllowed(wording.changed_since(waiting))
    return waiting


def _carried(body: Mapping[str, Any]) -> Carried:
    return read(str(body["actions"][0].get("value") or ""))


def _say(problem: str, body: Mapping[str, Any], gateway: SlackGateway) -> None:
    text = escape(problem)
    gateway.respond(str(body["response_url"]), [section(text)], text, replace=False)
