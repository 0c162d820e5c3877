"""Put a file into the library, sent to the bot or picked by the shortcut on a message, or say anew what it is for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk.models.views import View

from bot.asks import accept, carried, email_of, event_of, new_ask
from bot.downloads import describe
from bot.gateway import SlackGateway, TooLate
from bot.library import says
from bot.library_blocks import CHANGE, MENU
from bot.mrkdwn import escape, plain
from bot.parts import section
from bot.payload import UnknownButton
from bot.publish_blocks import (
    FORM,
    OPEN_FORM,
    SHORTCUT,
    Draft,
    WrongEntry,
    block_of,
    draft_of,
    form,
    read_form,
    said_modal,
)
from bot.publish_fields import MADE_FOR, REPLACES, VERSION_OF
from bot.suggestions import OPTIONS, facets, matches
from enablement.governance import may_manage
from enablement.language import _
from enablement.model import Ask, Place, Task, Upload, Written, key
from enablement.ports import CannotFetch, Services, TryLater
from enablement.uploads import CannotAdd, check_publisher, said_last

_LONGEST_TITLE = 200


def dropped(
    event: Mapping[str, Any], context: BoltContext, next_: Callable[[], None], *, services: Services
) -> None:
    """Keep each file of a direct message, to be answered with an offer or with who may add to the library."""
    if event.get("channel_type") == "im" and event.get("user") and not event.get("bot_id"):
        place = Place(str(event["channel"]), str(event.get("thread_ts") or event["ts"]), is_direct=True)
        files = [file for file in event.get("files") or [] if isinstance(file, dict) and file.get("id")]
        asks = tuple(_file_ask(file, str(event["user"]), place, context, services) for file in files)
        tasks = tuple(Task(key("library.offer", ask.id), "library.offer", "reply", ask.id) for ask in asks)
        written = Written(records=asks, tasks=tasks, event=event_of(context))
        if services.ledger.write(written, now=services.clock()):
            services.work.wake("reply")
    next_()


def kept(ack: Ack) -> None:
    """Acknowledge the event, after the middleware has kept it."""
    ack()


def press(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form for an offered file; what becomes of it is said in the file's thread."""
    container = body.get("container") or {}
    place = Place(
        str(container.get("channel_id") or ""),
        str(container.get("thread_ts") or container.get("message_ts") or ""),
        is_direct=True,
    )
    _open(ack, body, context, partial(_of_file, carried(body), place, gateway), services, gateway)


def change(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form for what is said of an asset; what becomes of it is said in the direct conversation."""
    _open(ack, body, context, partial(_of_asset, carried(body), services), services, gateway)


def shortcut(
    ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services, gateway: SlackGateway
) -> None:
    """Open the form for the first file of a message; what becomes of it is said in the direct conversation."""
    files = body["message"].get("files") or [{}]
    draw = partial(_of_file, str(files[0].get("id") or ""), Place(is_direct=True), gateway)
    _open(ack, body, context, draw, services, gateway)


def choose_base(ack: Ack, body: Mapping[str, Any], *, services: Services, gateway: SlackGateway) -> None:
    """Draw the form anew for the asset whose next version the file is."""
    chosen = body["actions"][0].get("selected_option") or {}
    base = services.catalog.asset(str(chosen.get("value") or ""))
    may = base is None or may_manage(base, email_of(body, services), services)
    ack()
    view = body["view"]
    try:
        drawn = form(draft_of(view), base if may else None)
        gateway.update_view(str(view["id"]), drawn, hash_=str(view.get("hash") or ""))
    except (TooLate, UnknownButton):
        # Closed, or changed by a later choice: there is nothing left to fill in.
        return


def submit(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Keep what was filled in, with the work that it makes; a form submitted twice is one upload."""
    view, now = body["view"], services.clock()
    email = email_of(body, services)
    try:
        check_publisher(email, services)
        filled = read_form(view, today=now.date())
        upload = _upload(filled.draft, filled.version_of, filled.replaces, dict(filled.said), email, services)
    except WrongEntry as error:
        ack(response_action="errors", errors={block_of(view, error.field): plain(str(error), most=150)})
        return
    except (CannotAdd, UnknownButton) as error:
        ack(response_action="update", view=said_modal(_("Not added"), str(error)))
        return
    draft = filled.draft
    ask = replace(
        _ask(body, Place(draft.channel, draft.thread, is_direct=True), context, services),
        id=key("upload", view["id"]),
    )
    accept(ask, "library.upload", context, services, lane="compute", also=(replace(upload, id=ask.id),))
    title = str(filled.said["title"])
    ack(
        response_action="update",
        view=said_modal(
            _("On its way"),
            _("I am reading “{title}”. In our conversation I'll tell you what became of it.", title=title),
        ),
    )


def options(ack: Ack, body: Mapping[str, Any], *, services: Services) -> None:
    """Answer a menu of the form while somebody types into it."""
    try:
        check_publisher(email_of(body, services), services)
    except CannotAdd:
        ack(options=[])
        return
    menu, typed = str(body["action_id"]).removeprefix("publish."), str(body.get("value") or "")
    if menu == MADE_FOR:
        ack(option_groups=facets(typed, services))
    else:
        ack(options=matches(menu, typed, services))


def register(app: App, services: Services, gateway: SlackGateway) -> None:
    handed: dict[str, Any] = {"services": services, "gateway": gateway}
    # Kept before the answer, as a message is: see find.register.
    keep = [partial(dropped, services=services)]
    app.event({"type": "message", "subtype": "file_share"}, middleware=keep)(kept)
    app.action(OPEN_FORM)(partial(press, **handed))
    app.shortcut(SHORTCUT)(partial(shortcut, **handed))
    app.action(CHANGE)(partial(change, **handed))
    app.action(MENU, matchers=[partial(says, CHANGE)])(partial(change, **handed))
    app.action(f"publish.{VERSION_OF}")(partial(choose_base, **handed))
    app.view(FORM)(partial(submit, services=services))
    app.options(OPTIONS)(partial(options, services=services))


def _open(
    ack: Ack,
    body: Mapping[str, Any],
    context: BoltContext,
    draw: Callable[[str], View],
    services: Services,
    gateway: SlackGateway,
) -> None:
    is_new = services.ledger.write(Written(event=event_of(context)), now=services.clock())
    ack()
    if not is_new:
        return
    otherwise = _("Slack was too slow to open the form. Please try again.")
    try:
        email = email_of(body, services)
        check_publisher(email, services)
        view = draw(email)
    except (CannotAdd, CannotFetch) as error:
        otherwise = str(error)
        view = said_modal(_("Not added"), otherwise)
    try:
        gateway.open_view(str(body["trigger_id"]), view)
    except (TooLate, TryLater):
        text = escape(otherwise)
        gateway.respond(str(body["response_url"]), [section(text)], text, replace=False)


def _of_file(file_id: str, place: Place, gateway: SlackGateway, email: str) -> View:
    if not file_id:
        raise CannotFetch(_("There is no file in this message."))
    return form(_draft(describe(gateway, file_id), email, place))


def _of_asset(asset_id: str, services: Services, email: str) -> View:
    asset = said_last(asset_id, services)
    if asset is None or not may_manage(asset, email, services):
        raise CannotAdd(_("This asset is looked after by others. Ask its owner."))
    return form(Draft("", "", 0, asset.title, email, changes=asset.id), asset)


def _draft(file: Mapping[str, Any], email: str, place: Place) -> Draft:
    name = str(file.get("name") or "file")
    # Slack calls a file by its name until somebody calls it something else.
    titled = str(file.get("title") or name)
    title = PurePath(name).stem.replace("_", " ").replace("-", " ") if titled == name else titled
    return Draft(
        file_id=str(file["id"]),
        file_name=plain(name, most=_LONGEST_TITLE),
        size=int(file.get("size") or 0),
        title=plain(title, most=_LONGEST_TITLE),
        owner=email,
        channel=place.channel,
        thread=place.thread,
    )


def _upload(
    draft: Draft, version_of: str, replaces: str, said: dict[str, object], email: str, services: Services
) -> Upload:
    """Return what is to be kept of a form; raises WrongEntry for assets that this person can't decide on."""
    for field, asset_id in ((VERSION_OF, version_of), (REPLACES, replaces)):
        asset = services.catalog.asset(asset_id) if asset_id else None
        if asset_id and (asset is None or not may_manage(asset, email, services)):
            raise WrongEntry(field, _("This asset is looked after by others. Ask its owner."))
        if asset and field == REPLACES:
            said[REPLACES] = asset.source
    return Upload("", draft.file_id, said, version_of or None)


def _file_ask(
    file: Mapping[str, Any], user: str, place: Place, context: BoltContext, services: Services
) -> Ask:
    ask = new_ask(
        context,
        surface="dm",
        slack_id=user,
        question=f"{file['id']} {file.get('name') or 'file'}",
        place=place,
        response_url="",
        now=services.clock(),
    )
    return replace(ask, id=key("offer", ask.id, file["id"]))


def _ask(body: Mapping[str, Any], place: Place, context: BoltContext, services: Services) -> Ask:
    return new_ask(
        context,
        surface="dm",
        slack_id=str(body["user"]["id"]),
        question="",
        place=place,
        response_url="",
        now=services.clock(),
    )
