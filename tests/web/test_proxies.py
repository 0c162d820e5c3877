"""Where a request came from, over real connections: directly, through proxies, and forged."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import ip_network
from urllib.parse import urlsplit

import pytest

from sandbox.slack.server import Server
from tests.crm.hook_requests import SOAP_HEADERS, one_message
from tests.doors import OUTBOUND_PATH, Stage, web
from web.sender import sender

SALESFORCE, STRANGER = "192.0.2.9", "203.0.113.7"
# Each is an address of this machine, so that a connection can really come from it.
OUTER, INNER, BESIDE = "127.0.0.11", "127.0.0.12", "127.0.0.66"

Send = Callable[..., int]


@pytest.fixture
def sent(shared_stage: Stage) -> Iterator[Send]:
    """Send an Outbound Message to an app that takes them from Salesforce's network alone; return the status."""
    with ExitStack() as stack:

        def send(*hops: str, peer: str, proxies: str = "") -> int:
            settings = replace(
                shared_stage.settings,
                salesforce_outbound_networks=(ip_network("192.0.2.0/24"),),
                trusted_proxies=tuple(ip_network(one) for one in proxies.split()),
            )
            app = web(shared_stage.services, settings, shared_stage.database)
            url = urlsplit(stack.enter_context(Server(app)).url)
            connection = http.client.HTTPConnection(
                str(url.hostname), url.port, timeout=10, source_address=(peer, 0)
            )
            connection.putrequest("POST", f"/salesforce/outbound/{OUTBOUND_PATH}")
            # One header for each, as a proxy may also add its own below what is there.
            for hop in hops:
                connection.putheader("X-Forwarded-For", hop)
            body = one_message()
            for name, value in {**SOAP_HEADERS, "Content-Length": str(len(body))}.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            status = connection.getresponse().status
            connection.close()
            return status

        yield send


@pytest.mark.parametrize("proxies", ["", OUTER], ids=["no proxy is named", "a proxy is named"])
def test_a_header_of_who_connects_directly_is_not_believed(sent: Send, proxies: str) -> None:
    assert sent(SALESFORCE, peer=BESIDE, proxies=proxies) == 403


def test_without_the_setting_a_proxy_is_a_stranger_too(sent: Send) -> None:
    assert sent(SALESFORCE, peer=OUTER) == 403


def test_a_named_proxy_says_where_a_request_came_from(sent: Send) -> None:
    assert sent(SALESFORCE, peer=OUTER, proxies=OUTER) == 200
    assert sent(STRANGER, peer=OUTER, proxies=OUTER) == 403
    assert sent(peer=OUTER, proxies=OUTER) == 403


def test_what_a_stranger_wrote_into_the_header_before_the_proxy_is_not_believed(sent: Send) -> None:
    assert sent(f"{SALESFORCE}, {STRANGER}", peer=OUTER, proxies=OUTER) == 403
    assert sent(SALESFORCE, STRANGER, peer=OUTER, proxies=OUTER) == 403
    assert sent(f'"{SALESFORCE}', STRANGER, peer=OUTER, proxies=OUTER) == 403


def test_several_proxies_in_a_row_lead_to_the_sender(sent: Send) -> None:
    chain, both = f"{STRANGER}, {SALESFORCE}, {OUTER}", f"{OUTER} {INNER}"

    assert sent(chain, peer=INNER, proxies=both) == 200
    assert sent(chain, peer=INNER, proxies="127.0.0.0/28") == 200
    # The outer one is not ours: it is the sender, whatever it says.
    assert sent(chain, peer=INNER, proxies=INNER) == 403
    assert sent(f"{SALESFORCE}, {STRANGER}, {OUTER}", peer=INNER, proxies=both) == 403


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "came_from"),
    [
        ("10.0.0.1", f"{SALESFORCE}:41234", ["10.0.0.0/8"], SALESFORCE),
        ("10.0.0.1", "[2001:db8::1]:41234", ["10.0.0.0/8"], "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1", ["10.0.0.0/8"], "2001:db8::1"),
        ("::ffff:10.0.0.1", f"::ffff:{SALESFORCE}", ["10.0.0.0/8"], SALESFORCE),
        ("2001:db8::5", SALESFORCE, ["2001:db8::/64"], SALESFORCE),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", ["10.0.0.0/8"], "10.0.0.3"),
        (SALESFORCE, "", [], SALESFORCE),
        *(
            ("10.0.0.1", odd, ["10.0.0.0/8"], "")
            for odd in ("unknown", "_hidden", ",", f"{SALESFORCE},", "[")
        ),
        ("", SALESFORCE, ["10.0.0.0/8"], ""),
    ],
)
def test_an_address_is_read_however_a_proxy_writes_it_and_is_unknown_where_it_is_none(
    peer: str, forwarded: str, proxies: list[str], came_from: str
) -> None:
    assert sender(peer, forwarded, [ip_network(one) for one in proxies]) == came_from
