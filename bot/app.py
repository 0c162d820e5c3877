"""The Slack door as one function: a request's bytes in, an answer out."""

import json
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
    foreign,
    forgetting,
    home,
    leaving,
    library,
    not_useful,
    nudges,
    prompts,
    publish,
    requests,
    saved,
    settings,
    share,
    shortcuts,
    unfurl,
    why,
)
from bot.gateway import SlackGateway
from bot.signing import Foreign
from bot.verify import Refused, Verified, verify, whole
from enablement.people import in_words_of
from enablement.ports import Services

T = TypeVar("T")
log = logging.getLogger(__name__)
# Listeners that open a modal wait for the CRM and for Slack; a few of those must not keep others from their ack.
LISTENERS_AT_ONCE = 20
# What people do in messages and views that we drew.
_PRESSED = frozenset({"block_actions", "view_submission", "view_closed", "block_suggestion"})
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
        if gateway.seal is None:
            raise ValueError("a door needs a gateway that signs")
        self._seal = gateway.seal
        self._secrets = signing_secrets
        self._profile = services.mirror.profile
        self._bolt = _bolt(services, gateway, token)

    def handle(self, raw: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        """Answer one request; `headers` have lower-case names."""
        try:
            return self._answer(verify(raw, headers, self._secrets, now=time.time()))
        except Refused as refused:
            return _refusal(refused)

    def take(self, fields: Mapping[str, Any], envelope_id: str) -> HttpAnswer:
        """Answer one request that came over a socket of ours: who may open one needs to sign nothing."""
        try:
            return self._answer(whole(fields, envelope_id))
        except Refused as refused:
            return _refusal(refused)

    def _answer(self, verified: Verified) -> HttpAnswer:
        fields = dict(verified.fields)
        if fields.get("type") == "url_verification":
            return HttpAnswer(200, {"content-type": "text/plain"}, str(fields.get("challenge", "")))
        # As far as the person is known: Slack is not asked before it has its answer.
        with in_words_of(self._profile(_person(fields))):
            try:
                fields = self._opened(fields)
            except Foreign as theirs:
                fields = foreign.noted(fields, theirs.what)
                if (body := foreign.answered(fields, self._seal)) is not None:
                    return HttpAnswer(200, {"content-type": "application/json"}, body)
            answer = self._bolt.dispatch(_request(fields, verified.event_id))
        body = self._signed(answer.body, str(fields.get("action_id") or ""))
        return HttpAnswer(answer.status, {name: values[0] for name, values in answer.headers.items()}, body)

    def _opened(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Return a request with what its buttons and forms carry verified; raises Foreign, Refused."""
        if fields.get("type") not in _PRESSED:
            return fields
        try:
            return self._seal.opened(fields)
        except (AttributeError, KeyError, TypeError) as error:
            raise Refused(400, "not of the shape of Slack's requests") from error

    def _signed(self, body: str, action_id: str) -> str:
        """Return the body of an answer with what its view or its options carry signed."""
        if not body.startswith("{"):
            return body
        said = json.loads(body)
        if view := said.get("view"):
            said["view"] = self._seal.view(view)
        if blocks := said.get("blocks"):
            said["blocks"] = self._seal.blocks(blocks)
        if "options" in said or "option_groups" in said:
            said = self._seal.options(said, action_id)
        return json.dumps(said)


def _refusal(refused: Refused) -> HttpAnswer:
    return HttpAnswer(refused.status, {"content-type": "text/plain"}, str(refused))


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
    foreign.register(app, gateway)
    # Before find, which takes all other words of /content.
    evidence.register(app, services)
    forgetting.register(app, services, gateway)
    # Before find: of a message with files only what is in them is heard.
    publish.register(app, services, gateway)
    saved.register(app, services, gateway)
    requests.register(app, services, gateway)
    not_useful.register(app, services, gateway)
    find.register(app, services, gateway)
    shortcuts.register(app, services, gateway)
    unfurl.register(app, services, gateway)
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
    home.register(app, services)
    settings.register(app, services, gateway)
    nudges.register(app, services, gateway)
    leaving.register(app, services, gateway)
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
