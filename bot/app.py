"""The Slack door as one function: a request's bytes in, an answer out."""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_bolt import Ack, App, BoltContext, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot import (
    announce,
    announce_compose,
    announce_manage,
    announce_send,
    announcement_reader,
    announcement_results,
    evidence,
    find,
    home,
    library,
    prompts,
    publish,
    share,
    why,
)
from bot.gateway import SlackGateway
from bot.verify import Refused, verify
from enablement.people import in_words_of
from enablement.ports import Services

T = TypeVar("T")
log = logging.getLogger(__name__)
# Listeners that open a modal wait for the CRM and for Slack; a few of those must not keep others from their ack.
LISTENERS_AT_ONCE = 20
_EVERYTHING = re.compile(".*")
# Bolt waits so long for a listener, and then tries the next one that fits.
SLOWEST_ACK_S = 3.0


@dataclass(frozen=True)
class HttpAnswer:
    """What goes back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: str


class SlackDoor:
    """Verifies, then lets Bolt find the listener."""

    def __init__(
        self, services: Services, gateway: SlackGateway, *, token: str, signing_secrets: Sequence[str]
    ) -> None:
        self._secrets = signing_secrets
        self._profile = services.mirror.profile
        self._bolt = _bolt(services, gateway, token)

    def handle(self, raw: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        """Answer one request; `headers` have lower-case names."""
        try:
            verified = verify(raw, headers, self._secrets, now=time.time())
        except Refused as refused:
            return HttpAnswer(refused.status, {"content-type": "text/plain"}, str(refused))
        fields = dict(verified.fields)
        if fields.get("type") == "url_verification":
            return HttpAnswer(200, {"content-type": "text/plain"}, str(fields.get("challenge", "")))
        # As far as the person is known: Slack is not asked before it has its answer.
        with in_words_of(self._profile(_person(fields))):
            answer = self._bolt.dispatch(_request(fields, verified.event_id))
        return HttpAnswer(
            answer.status, {name: values[0] for name, values in answer.headers.items()}, answer.body
        )


class _Threads(ThreadPoolExecutor):
    """Threads that speak the language of who gave them something to do."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        return super().submit(copy_context().run, fn, *args, **kwargs)


def _person(fields: Mapping[str, Any]) -> str:
    """Return the Slack id of whoever did what this request tells; nothing where nobody did."""
    told = fields.get("user_id") or fields.get("user") or (fields.get("event") or {}).get("user") or ""
    return str(told.get("id") or "") if isinstance(told, dict) else str(told)


def _request(fields: Mapping[str, Any], event_id: str) -> BoltRequest:
    # Handed over parsed: Bolt's own parser loses form bodies that hold the word "payload".
    return BoltRequest(
        body=dict(fields), mode="socket_mode", context={"event_id": event_id, "came": time.monotonic()}
    )


def _bolt(services: Services, gateway: SlackGateway, token: str) -> App:
    app = App(
        name="touchline",
        client=WebClient(base_url=gateway.client.base_url),
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token),
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        listener_executor=_Threads(LISTENERS_AT_ONCE, thread_name_prefix="listener"),
    )
    # Before find, which takes all other words of /content.
    evidence.register(app, services)
    # Before find: of a message with files only what is in them is heard.
    publish.register(app, services, gateway)
    find.register(app, services, gateway)
    library.register(app, services, gateway)
    share.register(app, services, gateway)
    why.register(app, services, gateway)
    announcement_reader.register(app, services, gateway)
    # Before whatever else hears /announce: it takes one word of it.
    announcement_results.register(app, services, gateway)
    announce.register(app, services, gateway)
    announce_compose.register(app, services, gateway)
    announce_send.register(app, services, gateway)
    announce_manage.register(app, services, gateway)
    # Before home, which hears of the same event: it takes one tab of it.
    prompts.register(app, services, gateway)
    home.register(app, services, gateway)
    # What nobody listens for is acknowledged: Slack would send it again and in the end switch the app off.
    for kind in (app.command, app.event, app.action, app.options, app.view, app.view_closed, app.shortcut):
        kind(_EVERYTHING, matchers=[_is_in_time])(_acknowledge)
    app.error(_log_and_acknowledge)
    return app


def _is_in_time(context: BoltContext) -> bool:
    # Somebody's listener still writes what it got: it is not taken, and Slack does well to send an event again.
    return time.monotonic() - float(context["came"]) < SLOWEST_ACK_S


def _acknowledge(ack: Ack) -> None:
    ack()


def _log_and_acknowledge(error: Exception) -> None:
    log.error("a Slack listener failed", exc_info=error)
