"""The hooks' door: what is acknowledged is written down, once; what is refused leaves nothing behind."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from crm.hooks.door import MOST_BYTES, HookDoor, HookSettings
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.outbound.envelope import is_acknowledged
from tests.crm.hook_requests import (
    BOMBS,
    MALFORMED,
    ORG,
    OTHER_ORG,
    SOAP_HEADERS,
    deal_id,
    hook_body,
    hook_headers,
    message,
    notification_id,
    one_message,
)
from tests.crm.hook_world import OPEN, PREVIOUS, Hooks
from tests.doors import HOOK_SECRET, OUTBOUND_PATH
from tests.fakes import at_once

ASK = b'{"user": "%s", "opportunity": "%s"}' % (make_id("005", 1).encode(), deal_id(1).encode())


# --- Outbound Messages ---


def test_a_message_is_acknowledged_once_its_deals_are_to_be_read(hooks: Hooks) -> None:
    answer = hooks.outbound(message([(notification_id(n), deal_id(n)) for n in range(100)]))

    assert is_acknowledged(answer.status, answer.body.encode())
    assert hooks.deals() == sorted(deal_id(n) for n in range(100))
    assert {(one.lane, one.state) for one in hooks.tasks()} == {("write", "due")}
    assert hooks.world.work.woken == ["write"]


def test_a_message_that_comes_again_is_acknowledged_and_changes_nothing(hooks: Hooks) -> None:
    first = hooks.outbound(one_message())
    before = hooks.tasks()

    again = [hooks.outbound(one_message()) for _ in range(5)]

    assert all(answer == first for answer in again)
    assert hooks.tasks() == before


def test_a_notification_that_comes_again_in_another_message_counts_once(hooks: Hooks) -> None:
    rows = [(notification_id(n), deal_id(n)) for n in range(4)]

    # Each brings one that is new beside those that are known.
    for some in (rows[:1], rows[:2], rows[2::-1], rows, [rows[0], rows[0]]):
        assert hooks.outbound(message(some)).status == 200

    assert hooks.deals() == sorted(deal_id(n) for n in range(4))


def test_a_second_change_of_a_deal_is_another_hook(hooks: Hooks) -> None:
    hooks.outbound(message([(notification_id(1), deal_id(1)), (notification_id(2), deal_id(1))]))

    assert hooks.deals() == [deal_id(1), deal_id(1)]


def test_two_workers_are_never_given_one_deal(hooks: Hooks) -> None:
    hooks.outbound(message([(notification_id(1), deal_id(1)), (notification_id(2), deal_id(1))]))
    outbox, now = hooks.world.outbox, hooks.world.clock()

    first, second = (
        outbox.claim("write", ["deals.refresh"], owner=owner, limit=1, now=now) for owner in ("one", "two")
    )

    assert (len(first), len(second)) == (1, 0)


def test_the_same_message_from_many_at_once_counts_once(hooks: Hooks) -> None:
    answers = at_once(20, lambda _: hooks.outbound(one_message()))

    assert {answer.status for answer in answers} == {200}
    assert hooks.deals() == [deal_id(1)]


@pytest.mark.parametrize("name", [*MALFORMED, *BOMBS])
def test_what_is_no_message_is_refused_and_leaves_nothing(hooks: Hooks, name: str) -> None:
    answer = hooks.outbound({**MALFORMED, **BOMBS}[name])

    assert 400 <= answer.status < 500
    assert not is_acknowledged(200, answer.body.encode())
    assert hooks.is_untouched()


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (404, {"path": "outbound-path-that-nobody-can-gues"}),
        (404, {"path": OUTBOUND_PATH + "/"}),
        (404, {"path": ""}),
        (404, {"path": "é" * 32}),
        (415, {"content_type": "application/json"}),
        (415, {"content_type": ""}),
        (415, {"content_type": "text/xmlx"}),
    ],
    ids=str,
)
def test_a_message_to_another_path_or_of_another_type_is_refused(
    hooks: Hooks, status: int, sent: dict[str, str]
) -> None:
    assert hooks.outbound(one_message(), **sent).status == status
    assert hooks.is_untouched()


def test_a_message_of_another_org_is_refused(hooks: Hooks) -> None:
    assert hooks.outbound(one_message(org=OTHER_ORG)).status == 403
    assert hooks.is_untouched()


def test_a_message_that_is_too_large_is_refused_unread(hooks: Hooks) -> None:
    assert hooks.outbound(one_message() + b" " * MOST_BYTES).status == 413
    assert hooks.outbound(b"<" * 10_000_000).status == 413
    assert hooks.is_untouched()


@pytest.mark.parametrize("peer", ["192.0.2.9", "2001:db8::1"])
def test_a_message_from_one_of_the_chosen_networks_is_taken(hooks: Hooks, peer: str) -> None:
    hooks.opened(replace(OPEN, networks=(ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))))

    assert hooks.outbound(one_message(), peer=peer).status == 200


@pytest.mark.parametrize("peer", ["192.0.3.9", "2001:db9::1", "", "unix:", "::1"])
def test_a_message_from_elsewhere_is_refused_whatever_it_says_of_itself(hooks: Hooks, peer: str) -> None:
    hooks.opened(replace(OPEN, networks=(ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))))

    answer = hooks.outbound(one_message(), peer=peer, x_forwarded_for="192.0.2.9", x_real_ip="192.0.2.9")

    assert answer.status == 403
    assert hooks.is_untouched()


# --- signed hooks ---


@pytest.mark.parametrize("secret", [HOOK_SECRET, PREVIOUS], ids=["new", "previous"])
def test_a_signed_hook_is_taken_with_either_secret(hooks: Hooks, secret: str) -> None:
    assert hooks.signed(hook_body(deal_id(1), deal_id(2)), secret=secret).status == 200
    assert hooks.deals() == sorted([deal_id(1), deal_id(2)])
    assert hooks.world.work.woken == ["write"]


def test_a_replayed_hook_is_answered_and_changes_nothing(hooks: Hooks) -> None:
    raw = hook_body(deal_id(1))
    headers = hook_headers(raw, at=hooks.now)
    hooks.sent(raw, headers)
    before = hooks.tasks()

    hooks.world.clock.move(200)
    answers = [hooks.sent(raw, headers) for _ in range(3)]

    assert {answer.status for answer in answers} == {200}
    assert hooks.tasks() == before
    assert hooks.world.work.woken == ["write"]


def test_a_hook_of_a_known_id_that_was_signed_anew_changes_nothing(hooks: Hooks) -> None:
    hooks.signed(hook_body(deal_id(1)))

    assert hooks.signed(hook_body(deal_id(2)), late=-5).status == 200
    assert hooks.deals() == [deal_id(1)]


@pytest.mark.parametrize(
    ("status", "more"),
    [
        (401, {"secret": "whsec_" + "AAAA" * 8}),
        (401, {"late": 301}),
        (401, {"late": -301}),
        (415, {"content-type": "text/plain"}),
        (415, {"content-type": "application/x-www-form-urlencoded"}),
        (404, {"way": "hook/"}),
        (404, {"way": "hook/ask"}),
        (404, {"way": ""}),
        (400, {"way": "ask"}),
    ],
    ids=str,
)
def test_a_hook_that_is_forged_late_or_misdirected_is_refused(
    hooks: Hooks, status: int, more: dict[str, str]
) -> None:
    assert hooks.signed(hook_body(deal_id(1)), **more).status == status  # type: ignore[arg-type]  # by name
    assert hooks.is_untouched()


@pytest.mark.parametrize(
    "raw", [b"", b"\xff", b"[" * 500_000, b"{}", hook_body(), hook_body(make_id("001", 1))]
)
def test_a_signed_hook_of_nothing_we_know_is_refused(hooks: Hooks, raw: bytes) -> None:
    assert hooks.signed(raw).status == 400
    assert hooks.is_untouched()


def test_an_outbound_message_is_not_taken_where_requests_are_signed(hooks: Hooks) -> None:
    assert hooks.sent(one_message(), SOAP_HEADERS).status == 401
    assert hooks.is_untouched()


# --- the button that asks ---


def test_the_button_makes_a_brief_to_write_for_that_user_and_deal(hooks: Hooks) -> None:
    assert hooks.signed(ASK, way="ask", late=59).status == 200

    [task] = hooks.tasks()
    assert (task.kind, task.lane) == ("deals.brief", "reply")
    assert task.subject == f"{make_id('005', 1)} {deal_id(1)}"
    assert hooks.world.work.woken == ["reply"]


def test_a_press_of_the_button_counts_once(hooks: Hooks) -> None:
    answers = at_once(10, lambda _: hooks.signed(ASK, way="ask"))

    assert {answer.status for answer in answers} == {200}
    assert len(hooks.tasks()) == 1


@pytest.mark.parametrize("late", [61, 299, -61])
def test_a_press_of_the_button_is_not_taken_a_minute_later(hooks: Hooks, late: float) -> None:
    assert hooks.signed(ASK, way="ask", late=late).status == 401
    assert hooks.is_untouched()


def test_an_id_used_for_a_hook_can_still_be_used_for_the_button(hooks: Hooks) -> None:
    hooks.signed(hook_body(deal_id(1)))

    hooks.signed(ASK, way="ask")

    assert {one.kind for one in hooks.tasks()} == {"deals.refresh", "deals.brief"}


# --- anything at all ---


class Broken:
    """A ledger that can't be written to."""

    def write(self, *_: object, **__: object) -> bool:
        raise OSError("disk full")


@pytest.mark.parametrize("way", ["outbound", "hook"])
def test_what_could_not_be_written_down_is_not_acknowledged(hooks: Hooks, way: str) -> None:
    services = replace(hooks.world.services, ledger=Broken())  # type: ignore[arg-type]  # it only fails
    hooks.door = HookDoor(services, OPEN)

    with pytest.raises(OSError, match="disk full"):
        hooks.outbound(one_message()) if way == "outbound" else hooks.signed(hook_body(deal_id(1)))

    assert hooks.is_untouched()
    hooks.opened(OPEN)
    hooks.outbound(one_message()) if way == "outbound" else hooks.signed(hook_body(deal_id(1)))
    assert hooks.deals() == [deal_id(1)]


NAMES = st.sampled_from(["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"])
VALUES = st.text(max_size=60) | st.sampled_from(["text/xml", "application/json", "v1,", "1763631000"])
SIGNED = ("hook", "ask", "open", "share")
PATHS = st.sampled_from([f"outbound/{OUTBOUND_PATH}", "outbound/", *SIGNED, ""]) | st.text(max_size=40)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PATHS, st.binary(max_size=200), st.dictionaries(NAMES, VALUES), st.text(max_size=20))
def test_any_request_is_refused_and_leaves_nothing(
    hooks: Hooks, path: str, raw: bytes, headers: Mapping[str, str], peer: str
) -> None:
    assert 400 <= hooks.door.handle(path, raw, headers, peer).status < 500
    assert not hooks.tasks()


# --- what is not set up ---


@pytest.mark.parametrize(
    ("chosen", "closed"),
    [
        (HookSettings(), ["outbound", *SIGNED]),
        (HookSettings(org_id=ORG), ["outbound", *SIGNED]),
        (replace(OPEN, path=""), ["outbound"]),
        (replace(OPEN, keys=()), SIGNED),
    ],
    ids=["nothing", "the org alone", "no path", "no secret"],
)
def test_what_is_not_set_up_is_not_there(hooks: Hooks, chosen: HookSettings, closed: Sequence[str]) -> None:
    hooks.opened(chosen)
    said = {
        "outbound": hooks.outbound(one_message()),
        "empty": hooks.outbound(one_message(), path=""),
        "hook": hooks.signed(hook_body(deal_id(1))),
        **{way: hooks.signed(ASK, way=way) for way in SIGNED[1:]},
    }

    assert {name for name, answer in said.items() if answer.status == 404} == {*closed, "empty"}


def test_the_secrets_do_not_show() -> None:
    assert OUTBOUND_PATH not in repr(OPEN)
    assert "keys" not in repr(OPEN)
