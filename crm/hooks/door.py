"""The hooks as one function: a request's bytes in, an answer out. What is acknowledged is in the database."""

import hmac
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_address

from crm.hooks.bodies import OpenBody, read_ask, read_hook, read_open, read_share
from crm.hooks.outbound import read_message
from crm.hooks.refusal import Refused
from crm.hooks.signed import verify
from enablement.access import HurriedAccess
from enablement.briefing import brief_task
from enablement.model import Event, Task, Written, key
from enablement.panel import AlreadyUsed, Pressed, open_asset, share_asset
from enablement.people import NotServed
from enablement.ports import Services
from enablement.sharing import CannotShare, link

log = logging.getLogger(__name__)
MOST_BYTES = 1_000_000
HOOK_WITHIN_S = 300
# Somebody has just pressed a button.
ASK_WITHIN_S = 60
# What says that something changed; how long ago it was heard tells whether hooks arrive.
HOOKS, ASKS, SUGGESTS = "salesforce", "salesforce.ask", "salesforce.suggest"
# Apex waits ten seconds for an answer.
ACCESS_WITHIN_S = 6.0
_SOAP, _JSON, _TEXT = "text/xml", "application/json", "text/plain"
_ACKNOWLEDGED = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    "</soapenv:Body></soapenv:Envelope>"
)


@dataclass(frozen=True)
class HookSettings:
    """Which hooks are open: Outbound Messages where there is a path, signed ones where there are keys.

    `org_id` has 18 characters. `networks`: where Outbound Messages may come from; anywhere when there are none.
    """

    org_id: str = ""
    path: str = field(default="", repr=False)
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    keys: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class HttpAnswer:
    """What goes back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: str


class HookDoor:
    """Verifies, reads which records are named, writes that down with the work it causes, and only then says yes."""

    def __init__(self, services: Services, settings: HookSettings) -> None:
        self._services = services
        self._settings = settings
        self._at_once = replace(services, access=HurriedAccess(services.access, within_s=ACCESS_WITHIN_S))

    def handle(self, path: str, raw: bytes, headers: Mapping[str, str], peer: str) -> HttpAnswer:
        """Answer one POST below /salesforce/; `headers` have lower-case names, `peer` is who sent it, "" if unknown."""
        try:
            if len(raw) > MOST_BYTES:
                raise Refused(413, f"larger than {MOST_BYTES} bytes")
            return self._way(path)(raw, headers, peer)
        except Refused as refused:
            return HttpAnswer(refused.status, {"content-type": _TEXT}, str(refused))
        except (NotServed, CannotShare) as said:
            # For the person who pressed, in their language.
            return _json(422, {"error": str(said)})
        except AlreadyUsed:
            return HttpAnswer(409, {"content-type": _TEXT}, "another request had this id")

    def _way(self, path: str) -> Callable[[bytes, Mapping[str, str], str], HttpAnswer]:
        kind, _, rest = path.partition("/")
        secret = self._settings.path
        # Encoded, because only ASCII can be compared as text.
        if kind == "outbound" and secret and hmac.compare_digest(rest.encode(), secret.encode()):
            return self._outbound
        ways = {"hook": self._hook, "ask": self._ask, "open": self._open, "share": self._share}
        if path not in ways or not self._settings.keys:
            raise Refused(404, "nothing is here")
        return ways[path]

    def _outbound(self, raw: bytes, headers: Mapping[str, str], peer: str) -> HttpAnswer:
        if not _is_within(peer, self._settings.networks):
            # Who comes here knows the secret path: either the setting lacks a network, or the path is known too widely.
            log.warning(
                "an Outbound Message from %s is refused: no network of ours", peer or "somewhere unknown"
            )
            raise Refused(403, "not from a network that Outbound Messages come from")
        _must_be(_SOAP, headers)
        found = read_message(raw, org_id=self._settings.org_id)
        # One message's notifications may come back in another message: each is the id of its work.
        event = Event(HOOKS, key("outbound", *sorted(one.id for one in found)))
        self._write(event, [_refresh(one.deal_id, one.id) for one in found])
        return HttpAnswer(200, {"content-type": f"{_SOAP}; charset=utf-8"}, _ACKNOWLEDGED)

    def _hook(self, raw: bytes, headers: Mapping[str, str], _peer: str) -> HttpAnswer:
        hook_id = self._verified(raw, headers, within=HOOK_WITHIN_S)
        hook = read_hook(raw, org_id=self._settings.org_id)
        if hook.changed:
            occasion = f"hook {hook_id}"
            self._write(Event(HOOKS, occasion), [_refresh(one, occasion) for one in hook.changed])
        else:
            briefs = [brief_task(hook_id, user, deal, is_unasked=True) for user, deal in hook.suggest]
            self._write(Event(SUGGESTS, hook_id), briefs)
        return _TAKEN

    def _ask(self, raw: bytes, headers: Mapping[str, str], _peer: str) -> HttpAnswer:
        hook_id = self._verified(raw, headers, within=ASK_WITHIN_S)
        user_id, deal_id = read_ask(raw)
        self._write(Event(ASKS, hook_id), [brief_task(hook_id, user_id, deal_id)])
        return _TAKEN

    def _open(self, raw: bytes, headers: Mapping[str, str], _peer: str) -> HttpAnswer:
        hook_id = self._verified(raw, headers, within=ASK_WITHIN_S)
        pressed = _pressed(hook_id, read_open(raw))
        return _json(200, {"link": open_asset(pressed, self._at_once, now=self._services.clock())})

    def _share(self, raw: bytes, headers: Mapping[str, str], _peer: str) -> HttpAnswer:
        hook_id = self._verified(raw, headers, within=ASK_WITHIN_S)
        body, now = read_share(raw), self._services.clock()
        pressed = _pressed(hook_id, body.opened)
        shares = share_asset(pressed, body.recipients, note=body.note, services=self._at_once, now=now)
        links = [
            {
                "name": one.recipient_name,
                "email": one.recipient,
                "link": link(one, self._services.public_url),
                "expires": one.expires_at.isoformat(timespec="seconds"),
            }
            for one in shares
        ]
        return _json(200, {"links": links})

    def _verified(self, raw: bytes, headers: Mapping[str, str], *, within: float) -> str:
        now = self._services.clock().timestamp()
        hook_id = verify(raw, headers, self._settings.keys, now=now, within=within)
        _must_be(_JSON, headers)
        return hook_id

    def _write(self, event: Event, tasks: Sequence[Task]) -> None:
        # A known event is one that was answered before: yes again, and nothing else.
        written = Written(tasks=tuple(tasks), event=event)
        if self._services.ledger.write(written, now=self._services.clock()):
            self._services.work.wake(tasks[0].lane)


_TAKEN = HttpAnswer(200, {"content-type": _TEXT}, "taken")


def _pressed(hook_id: str, body: OpenBody) -> Pressed:
    return Pressed(hook_id, body.user_id, body.deal_id, body.asset_id, body.language)


def _json(status: int, said: Mapping[str, object]) -> HttpAnswer:
    return HttpAnswer(status, {"content-type": _JSON, "cache-control": "no-store"}, json.dumps(said))


def _refresh(deal_id: str, occasion: str) -> Task:
    """Return the task to read a deal again; of one deal two are never done at once."""
    kind = "deals.refresh"
    # Not in the compute lane, where it could wait for minutes behind what is embedded.
    return Task(key(kind, occasion, deal_id), kind, "write", deal_id, partition=f"refresh {deal_id}")


def _must_be(kind: str, headers: Mapping[str, str]) -> None:
    if headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise Refused(415, f"should be {kind}")


def _is_within(peer: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    if not networks:
        return True
    try:
        return any(ip_address(peer) in network for network in networks)
    except ValueError:
        return False
