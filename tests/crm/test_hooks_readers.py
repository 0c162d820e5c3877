"""What hooks may say: the records they name and nothing else; anything else is refused, whatever it is."""

import json
import resource
import time
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from crm.hooks.bodies import (
    MOST_RECIPIENTS,
    MOST_RECORDS,
    Hook,
    OpenBody,
    ShareBody,
    read_ask,
    read_hook,
    read_open,
    read_share,
)
from crm.hooks.outbound import MOST_NOTIFICATIONS, Notification, read_message
from crm.hooks.refusal import Refused
from crm.hooks.signed import NotASecret, sign, signing_key, verify
from enablement.sharing import Recipient
from sandbox.salesforce.ids import make_id
from tests.crm.hook_requests import (
    BOMBS,
    MALFORMED,
    ORG,
    OTHER_ORG,
    deal_id,
    hook_body,
    hook_headers,
    message,
    notification_id,
    one_message,
)
from tests.doors import HOOK_SECRET

NOW = 1_800_000_000.0
KEY = signing_key(HOOK_SECRET)
USER = make_id("005", 1)
PIECES = st.sampled_from([one_message(), one_message(2), message([]), *BOMBS.values(), *MALFORMED.values()])


def status_of(read: Any, *arguments: Any, **options: Any) -> int:
    with pytest.raises(Refused) as refused:
        read(*arguments, **options)
    return refused.value.status


# --- Outbound Messages ---


def test_a_message_names_its_notifications_and_their_deals() -> None:
    rows = [(notification_id(n), deal_id(n)) for n in range(MOST_NOTIFICATIONS)]

    found = read_message(message(rows, StageName="<Proposal> & more", Amount=5), org_id=ORG)

    assert found == tuple(Notification(*row) for row in rows)


def test_short_ids_are_given_their_long_form() -> None:
    raw = message([(notification_id(1)[:15], deal_id(1)[:15])], org=ORG[:15])

    assert read_message(raw, org_id=ORG) == (Notification(notification_id(1), deal_id(1)),)


def test_a_record_of_the_record_is_not_taken_for_it() -> None:
    raw = one_message().replace(
        b"<sf:Id>", f"<sf:Account><sf:Id>{deal_id(9)}</sf:Id></sf:Account><sf:Id>".encode()
    )

    assert read_message(raw, org_id=ORG) == (Notification(notification_id(1), deal_id(1)),)


def test_a_message_of_another_org_is_refused() -> None:
    assert status_of(read_message, one_message(org=OTHER_ORG), org_id=ORG) == 403


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_not_whole_is_refused(name: str) -> None:
    assert status_of(read_message, MALFORMED[name], org_id=ORG) in (400, 403)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_go_off(name: str) -> None:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    assert status_of(read_message, BOMBS[name], org_id=ORG) in (400, 403)

    # Far above what is needed, far below what a bomb takes.
    assert time.process_time() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw: bytes) -> None:
    assert status_of(read_message, raw, org_id=ORG) in (400, 403)


@settings(max_examples=400, deadline=None)
@given(PIECES, st.data())
@example(one_message(), None)
def test_a_damaged_message_is_refused_or_names_deals(raw: bytes, data: Any) -> None:
    raw = raw[:5_000]
    start = data.draw(st.integers(0, len(raw))) if data else 0
    end = data.draw(st.integers(start, len(raw))) if data else 0
    damaged = raw[:start] + (data.draw(st.binary(max_size=20)) if data else b"") + raw[end:]

    try:
        found = read_message(damaged, org_id=ORG)
    except Refused as refused:
        assert refused.status in (400, 403)  # noqa: PT017 - both ways out are right
    else:
        assert found
        assert all(len(one.deal_id) == 18 and one.deal_id.startswith("006") for one in found)


# --- signed requests ---


def test_what_was_signed_is_taken_under_its_id() -> None:
    raw = hook_body(deal_id(1))

    assert verify(raw, hook_headers(raw, at=NOW), [KEY], now=NOW, within=300) == "msg_1"


def test_the_specifications_own_example_is_signed_alike() -> None:
    # https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/python/tests/test_webhooks.py
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    made = sign(
        b'{"test": 2432232314}', hook_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp="1614265330", key=key
    )

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", [HOOK_SECRET, "whsec_" + "QUJD" * 8], ids=["new", "old"])
def test_both_secrets_are_good_while_one_is_changed(secret: str) -> None:
    raw, keys = hook_body(deal_id(1)), [KEY, signing_key("whsec_" + "QUJD" * 8)]

    assert verify(raw, hook_headers(raw, at=NOW, secret=secret), keys, now=NOW, within=300)


def test_one_good_signature_among_several_is_enough() -> None:
    raw = hook_body(deal_id(1))
    headers = dict(hook_headers(raw, at=NOW))
    headers["webhook-signature"] = f"v1a,abc v1,{'A' * 43}= {headers['webhook-signature']} v2,x"

    assert verify(raw, headers, [KEY], now=NOW, within=300)


@pytest.mark.parametrize("late", [-301, 301, -10_000_000, 10_000_000])
def test_what_was_signed_at_another_time_is_refused(late: int) -> None:
    raw = hook_body(deal_id(1))

    assert status_of(verify, raw, hook_headers(raw, at=NOW + late), [KEY], now=NOW, within=300) == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": ""},
        {"webhook-id": "msg_2"},
        {"webhook-id": "msg.1"},
        {"webhook-id": "m" * 129},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": str(int(NOW) + 1)},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "9" * 5_000},
        {"webhook-timestamp": "١٨٠٠٠٠٠٠٠٠"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": f"v1,{'A' * 43}="},
        {"webhook-signature": "v1a," + "A" * 88},
    ],
    ids=str,
)
def test_a_forged_request_is_refused(changes: dict[str, str]) -> None:
    raw = hook_body(deal_id(1))

    assert status_of(verify, raw, hook_headers(raw, at=NOW, **changes), [KEY], now=NOW, within=300) == 401


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=100), st.text(max_size=200), st.text(max_size=20), st.text(max_size=100))
def test_nothing_that_strangers_make_up_is_taken(
    raw: bytes, hook_id: str, stamp: str, signature: str
) -> None:
    headers = {"webhook-id": hook_id, "webhook-timestamp": stamp, "webhook-signature": signature}

    assert status_of(verify, raw, headers, [KEY], now=NOW, within=1e12) == 401


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_QUJD", "whsec_!!!", "QUJD" * 8, "whsec_é", HOOK_SECRET[:-1]]
)
def test_a_weak_or_broken_secret_is_refused_without_being_quoted(secret: str) -> None:
    with pytest.raises(NotASecret) as refused:
        signing_key(secret)

    assert secret.removeprefix("whsec_") not in str(refused.value) or secret in ("", "whsec_")


def test_a_hook_names_its_deals_once() -> None:
    raw = hook_body(deal_id(1), deal_id(2)[:15], deal_id(1))

    assert read_hook(raw, org_id=ORG) == Hook(changed=(deal_id(1), deal_id(2)))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b"[" * 100_000,
        b"9" * 10_000,
        b"\xff",
        hook_body(deal_id(1)).decode().encode("utf-16"),
        hook_body(deal_id(1))[:-1],
        hook_body(),
        hook_body(None),
        hook_body(7),
        hook_body([deal_id(1)]),
        hook_body("\ud800"),
        hook_body(deal_id(1), make_id("001", 1)),
        hook_body(deal_id(1)[:15] + "ZZZ"),
        hook_body(*(deal_id(n) for n in range(MOST_RECORDS + 1))),
        hook_body(deal_id(1), records=deal_id(1)),
        hook_body(deal_id(1), type="opportunity.deleted"),
        hook_body(deal_id(1), type=None),
        hook_body(deal_id(1), org=OTHER_ORG),
        hook_body(deal_id(1), org="mine"),
        hook_body(deal_id(1), org=None),
        hook_body(deal_id(1), stage="Closed Won"),
    ],
    ids=lambda raw: repr(raw[:60]),
)
def test_a_hook_of_anything_else_is_refused(raw: bytes) -> None:
    assert status_of(read_hook, raw, org_id=ORG) in (400, 403)


def test_an_ask_says_who_looks_at_which_deal() -> None:
    raw = json.dumps({"user": USER[:15], "opportunity": deal_id(1)}).encode()

    assert read_ask(raw) == (USER, deal_id(1))


@pytest.mark.parametrize(
    "said",
    [
        None,
        {},
        {"user": USER},
        {"user": deal_id(1), "opportunity": deal_id(1)},
        {"user": USER, "opportunity": USER},
        {"user": f"{USER} {USER}", "opportunity": deal_id(1)},
        {"user": [USER], "opportunity": deal_id(1)},
        {"user": USER, "opportunity": deal_id(1), "question": "pricing"},
    ],
    ids=str,
)
def test_an_ask_that_says_anything_else_is_refused(said: Any) -> None:
    assert status_of(read_ask, json.dumps(said).encode()) == 400


PAIR = {"user": USER, "opportunity": deal_id(1)}
LOOK = {**PAIR, "asset": "a1"}
MIA = {"name": "Mia", "email": "mia@buyer.example"}
SHARED = {**LOOK, "recipients": [MIA]}


def test_a_hook_names_for_whom_it_orders_suggestions_once() -> None:
    other = {"user": make_id("005", 2), "opportunity": deal_id(1)}
    raw = hook_body(PAIR, other, {**PAIR, "user": USER[:15]}, type="content.suggest")

    found = read_hook(raw, org_id=ORG)

    assert found == Hook(suggest=((USER, deal_id(1)), (make_id("005", 2), deal_id(1))))


@pytest.mark.parametrize(
    "raw",
    [
        hook_body(deal_id(1), type="content.suggest"),
        hook_body(PAIR),
        hook_body(PAIR, deal_id(1), type="content.suggest"),
        hook_body({"user": USER}, type="content.suggest"),
        hook_body({**PAIR, "user": None}, type="content.suggest"),
        hook_body({**PAIR, "user": deal_id(1)}, type="content.suggest"),
        hook_body({**PAIR, "more": 1}, type="content.suggest"),
        hook_body(type="content.suggest"),
        hook_body(PAIR, type="content.suggest", org=OTHER_ORG),
        hook_body(*(PAIR for _ in range(MOST_RECORDS + 1)), type="content.suggest"),
        hook_body(PAIR, type=["content.suggest"]),
    ],
    ids=lambda raw: repr(raw[:90]),
)
def test_a_hook_that_orders_suggestions_otherwise_is_refused(raw: bytes) -> None:
    assert status_of(read_hook, raw, org_id=ORG) in (400, 403)


def test_the_panel_says_who_opens_what_on_which_deal() -> None:
    raw = json.dumps({**LOOK, "user": USER[:15], "language": "pt_BR"}).encode()

    assert read_open(raw) == OpenBody(USER, deal_id(1), "a1", "pt_BR")
    assert read_open(json.dumps({**LOOK, "language": None}).encode()).language == ""


def test_the_panel_says_who_shares_what_with_whom() -> None:
    said = {**SHARED, "recipients": [{"name": " Mia\n Lund", "email": "mia@buyer.example "}], "note": "a\nb"}

    assert read_share(json.dumps(said).encode()) == ShareBody(
        OpenBody(USER, deal_id(1), "a1", ""), (Recipient("Mia Lund", "mia@buyer.example"),), "a\nb"
    )
    nameless = {**SHARED, "recipients": [{"name": None, "email": "x"}], "note": None}
    assert read_share(json.dumps(nameless).encode()).recipients == (Recipient("", "x"),)


@pytest.mark.parametrize(
    "changes",
    [
        *({name: None} for name in LOOK),
        {"user": deal_id(1)},
        {"user": f"{USER} {USER}"},
        {"opportunity": USER},
        {"opportunity": [deal_id(1)]},
        {"asset": ""},
        {"asset": 7},
        {"asset": "a" * 81},
        {"asset": "a\0"},
        {"asset": "\ud800"},
        {"language": 1},
        {"language": "f" * 81},
        {"org": ORG},
    ],
    ids=str,
)
@pytest.mark.parametrize(("read", "said"), [(read_open, LOOK), (read_share, SHARED)], ids=["open", "share"])
def test_a_press_that_says_anything_else_is_refused(read: Any, said: Any, changes: dict[str, Any]) -> None:
    assert status_of(read, json.dumps({**said, **changes}).encode()) == 400


@pytest.mark.parametrize("left_out", LOOK)
@pytest.mark.parametrize(("read", "said"), [(read_open, LOOK), (read_share, SHARED)], ids=["open", "share"])
def test_a_press_that_leaves_something_out_is_refused(read: Any, said: Any, left_out: str) -> None:
    assert status_of(read, json.dumps({**said, left_out: None}).encode()) == 400
    left = {name: value for name, value in said.items() if name != left_out}
    assert status_of(read, json.dumps(left).encode()) == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"recipients": None},
        {"recipients": MIA},
        {"recipients": "mia@buyer.example"},
        {"recipients": ["mia@buyer.example"]},
        {"recipients": [None]},
        {"recipients": [[]]},
        {"recipients": [{"name": "Mia"}]},
        {"recipients": [{**MIA, "more": 1}]},
        {"recipients": [{**MIA, "name": 1}]},
        {"recipients": [{**MIA, "email": {}}]},
        {"recipients": [{**MIA, "email": "m@b.example\0"}]},
        {"recipients": [{**MIA, "name": "\udfff"}]},
        {"recipients": [MIA] * (MOST_RECIPIENTS + 1)},
        {"note": 1},
        {"note": ["a"]},
        {"note": "\0"},
        {"note": "a" * 10_001},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_a_share_of_another_shape_is_refused(changes: dict[str, Any]) -> None:
    assert status_of(read_share, json.dumps({**SHARED, **changes}).encode()) == 400


NAMES = ["type", "org", "records", "user", "opportunity", "asset", "recipients", "name", "email", "note"]
LEAVES = st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from([ORG, USER, deal_id(1), "a1"])
ANYTHING = st.recursive(
    LEAVES,
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "language"]) | st.text(max_size=3), inside)
    ),
    max_leaves=8,
)
# Most are right but for a part or two.
NEARLY = st.builds(
    lambda base, changes: {**base, **changes},
    st.sampled_from([PAIR, LOOK, SHARED, json.loads(hook_body(PAIR, type="content.suggest"))]),
    st.dictionaries(st.sampled_from([*NAMES, "language"]), ANYTHING, max_size=2),
)


@settings(max_examples=600, deadline=None)
@given(st.binary(max_size=200) | (ANYTHING | NEARLY).map(lambda value: json.dumps(value).encode()))
def test_any_body_is_refused_or_names_records(raw: bytes) -> None:
    for named in (_in_hook, read_ask, _in_open, _in_share):
        try:
            found = named(raw)
        except Refused:
            continue
        assert found
        assert all(len(one) == 18 and one.isascii() for one in found)


def _in_hook(raw: bytes) -> tuple[str, ...]:
    hook = read_hook(raw, org_id=ORG)
    return (*hook.changed, *(one for pair in hook.suggest for one in pair))


def _in_open(raw: bytes) -> tuple[str, ...]:
    body = read_open(raw)
    assert body.asset_id.encode()
    return body.user_id, body.deal_id


def _in_share(raw: bytes) -> tuple[str, ...]:
    body = read_share(raw)
    assert all("\0" not in text for one in body.recipients for text in (one.name, one.email, body.note))
    return body.opened.user_id, body.opened.deal_id
