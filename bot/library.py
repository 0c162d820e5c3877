"""Look after the library: approve, send back, verify, archive and restore, from a notice or from one's own list."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.views import View

from bot.asks import accept, email_of, event_of, new_ask, pressed
from bot.gateway import SlackGateway, TooLate
from bot.library_blocks import (
    APPROVE,
    ARCHIVE,
    DECLINE,
    MENU,
    MORE,
    OPEN,
    RESTORE,
    VERIFY,
    done,
    notice,
    said_by,
)
from bot.library_forms import (
    ARCHIVE_FORM,
    DECLINE_FORM,
    NOTE,
    SUCCESSOR,
    archive_form,
    decline_form,
    read_deciding,
    read_note,
    read_successor,
)
from bot.mrkdwn import clean, escape, plain
from bot.parts import section
from bot.payload import Carried, UnknownButton, read
from bot.publish_fields import asset_option
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
    "restore": governance.restore,
}
_DECIDED = {"approve": "approved", "verify": "verified", "archive": "archived", "restore": "restored"}
MOST_OFFERED, MOST_LOOKED_AT = 20, 100


def says(act: str, body: Mapping[str, Any]) -> bool:
    """Say whether the line of an entry's menu that was chosen does what this button does."""
    chosen = pressed(body) if body.get("actions") else None
    return chosen is not None and chosen.says == said_by(act)


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

    def draw(carried: Carried) -> View:
        return decline_form(carried, _seen(carried, services), response_url=str(body["response_url"]))

    _open("decline", draw, ack, body, context, services, gateway)


def ask_successor(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form for what takes an asset's place, before it is archived."""

    def draw(carried: Carried) -> View:
        asset = governance.to_archive(carried.id, email=email_of(body, services), services=services)
        return archive_form(carried, asset, response_url=str(body["response_url"]))

    _open("archive", draw, ack, body, context, services, gateway)


def offer(ack: Ack, body: Mapping[str, Any], *, services: Services) -> None:
    """Offer what is in use, to who may archive what it would take the place of."""
    try:
        archiving = read(read_deciding(body["view"]).button).id
        governance.to_archive(archiving, email=email_of(body, services), services=services)
    except (NotAllowed, UnknownButton):
        ack(options=[])
        return
    today = services.clock().date()
    found = services.catalog.assets_like(clean(str(body.get("value") or "")), limit=MOST_LOOKED_AT)
    fitting = [one for one in found if governance.may_succeed(one, archiving, on=today)]
    ack(options=[asset_option(one) for one in fitting[:MOST_OFFERED]])


def send_back(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Send back what waits, with the reason."""
    try:
        deciding, note = read_deciding(body["view"]), read_note(body["view"])
        carried = read(deciding.button)
        _seen(carried, services)
        email = email_of(body, services)
        governance.decline(carried.id, email=email, services=services, now=services.clock(), note=note)
    except (NotAllowed, TryLater, UnknownButton) as error:
        ack(response_action="errors", errors={NOTE: plain(str(error), most=150)})
        return
    told = {**body, "response_url": deciding.response_url}
    _show_list(carried, told, context, services)
    ack()
    _show_notice("decline", "", carried, told, services, gateway)


def archive(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Archive an asset, with what takes its place if that was said."""
    now, carried, email = services.clock(), Carried(""), ""
    problem = ""
    try:
        deciding, successor = read_deciding(body["view"]), read_successor(body["view"])
        carried, email = read(deciding.button), email_of(body, services)
        if successor and not _can_succeed(successor, carried.id, services):
            problem = _("This is not in use any more. Choose another.")
        else:
            replaced_by = successor or None
            governance.archive(carried.id, email=email, services=services, now=now, replaced_by=replaced_by)
    except (NotAllowed, TryLater, UnknownButton) as error:
        # Who sends it twice is not told off: it is as they want it.
        problem = "" if _did("archive", carried.id, email, services) else str(error)
    if problem:
        ack(response_action="errors", errors={SUCCESSOR: plain(problem, most=150)})
        return
    told = {**body, "response_url": deciding.response_url}
    _show_list(carried, told, context, services)
    ack()
    _show_notice("archive", "", carried, told, services, gateway, successor=successor)


def turn(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Show another page of the list in its place."""
    _show_list(_carried(body), body, context, services)
    ack()


def opened(ack: Ack) -> None:
    """Acknowledge the click; the link itself shows the file."""
    ack()


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    handed: dict[str, Any] = {"services": services, "gateway": gateway}
    for action_id, name in ((APPROVE, "approve"), (VERIFY, "verify"), (RESTORE, "restore")):
        app.action(action_id)(partial(decide, name, **handed))
    app.action(DECLINE)(partial(ask_why, **handed))
    app.view(DECLINE_FORM)(partial(send_back, **handed))
    app.action(ARCHIVE)(partial(ask_successor, **handed))
    app.options(SUCCESSOR)(partial(offer, services=services))
    app.view(ARCHIVE_FORM)(partial(archive, **handed))
    app.action(MENU, matchers=[partial(says, VERIFY)])(partial(decide, "verify", **handed))
    app.action(MENU, matchers=[partial(says, ARCHIVE)])(partial(ask_successor, **handed))
    for way in ("back", "more"):
        app.action(f"{MORE}.{way}")(partial(turn, services=services))
    app.action(OPEN)(opened)
    app.action(MENU, matchers=[partial(says, OPEN)])(opened)


def _open(
    name: str,
    draw: Callable[[Carried], View],
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    services: Services,
    gateway: SlackGateway,
) -> None:
    """Open a form once for each click, or say why not; a notice with nothing left to press says that instead."""
    is_new = services.ledger.write(Written(event=event_of(context)), now=services.clock())
    ack()
    if not is_new:
        return
    carried, problem = Carried(""), ""
    try:
        carried = _carried(body)
        gateway.open_view(str(body["trigger_id"]), draw(carried))
    except (NotAllowed, UnknownButton) as error:
        problem = str(error)
    except (TooLate, TryLater):
        problem = _("Slack was too slow to open the form. Please try again.")
    if problem:
        _show_notice(name, problem, carried, body, services, gateway)


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
    *,
    successor: str = "",
) -> None:
    """Show the outcome in place of a notice's buttons once there is nothing left to press; else say the problem."""
    said = services.ledger.notice(carried.notice) if carried.notice else None
    asset = services.catalog.asset(said.asset_id) if said else None
    if said and asset and (not problem or is_moot(said, services, on=services.clock().date())):
        said = replace(said, by=called(said.by, services.mirror))
        newer = services.catalog.asset(successor) if successor else None
        outcome = problem or done(name, successor=newer.title if newer else "")
        blocks, text = notice(said, asset, public_url=services.public_url, outcome=outcome)
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


def _can_succeed(successor: str, archiving: str, services: Services) -> bool:
    other = services.catalog.asset(successor)
    return other is not None and governance.may_succeed(other, archiving, on=services.clock().date())


def _carried(body: Mapping[str, Any]) -> Carried:
    """Return what the pressed button, or the chosen line of a menu, carries; raises UnknownButton."""
    action = body["actions"][0]
    return read(str((action.get("selected_option") or action).get("value") or ""))


def _say(problem: str, body: Mapping[str, Any], gateway: SlackGateway) -> None:
    text = escape(problem)
    gateway.respond(str(body["response_url"]), [section(text)], text, replace=False)
