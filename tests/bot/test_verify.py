"""Is this really Slack? Any bytes, any headers: a request is understood or refused, and nothing else happens."""

import json
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from bot.verify import MOST_DEPTH, Refused, sign, verify
from tests.doors import FORM, JSON, SECRET, signed

NOW = 1_795_000_000
seeded = settings(derandomize=True, deadline=None, max_examples=200)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
slackish = st.dictionaries(
    st.sampled_from(
        ["type", "event", "event_id", "command", "user", "user_id", "view", "actions", "payload"]
    ),
    st.sampled_from(["event_callback", "block_actions", "view_submission", "app_mention", "message"])
    | st.dictionaries(st.sampled_from(["type", "id", "channel", "ts", "state", "blocks"]), values, max_size=5)
    | values,
    max_size=6,
)


def headers_of(raw: bytes, *, kind: str = JSON, at: int = NOW, secret: str = SECRET) -> dict[str, str]:
    """Return Slack's headers as the door hands them on."""
    return {name.lower(): value for name, value in signed(raw, kind=kind, at=at, secret=secret).items()}


def understood(raw: bytes, headers: dict[str, str]) -> dict[str, Any] | None:
    """Return what was understood, or None for a refusal; any other failure flies."""
    try:
        return dict(verify(raw, headers, [SECRET], now=NOW).fields)
    except Refused:
        return None


@seeded
@given(values)
def test_what_slack_signed_comes_out_as_it_went_in(value: Any) -> None:
    said = {"type": "something", "value": value}
    raw = json.dumps(said).encode()

    assert understood(raw, headers_of(raw)) == said


@seeded
@given(st.binary(max_size=300), st.sampled_from([JSON, FORM, "", "text/plain", "é"]))
def test_any_signed_bytes_are_understood_or_refused(raw: bytes, kind: str) -> None:
    understood(raw, headers_of(raw, kind=kind))


@seeded
@given(slackish, st.booleans())
def test_what_is_nearly_slacks_is_understood_or_refused(said: dict[str, Any], as_payload: bool) -> None:
    text = json.dumps(said)
    raw = f"payload={text}".encode() if as_payload else text.encode()

    understood(raw, headers_of(raw, kind=FORM if as_payload else JSON))


@seeded
@given(
    st.binary(max_size=100),
    st.dictionaries(
        st.sampled_from(["x-slack-request-timestamp", "x-slack-signature", "content-type"]),
        st.text(st.characters(max_codepoint=255), max_size=80) | st.just(str(NOW)),
    ),
)
def test_nothing_unsigned_is_understood(raw: bytes, headers: dict[str, str]) -> None:
    assert understood(raw, headers) is None


@seeded
@given(st.data())
def test_one_changed_bit_anywhere_is_refused(data: st.DataObject) -> None:
    raw = b'{"type": "event_callback", "event_id": "Ev1", "event": {"type": "team_join"}}'
    headers = headers_of(raw)
    place = data.draw(st.sampled_from(["body", "x-slack-request-timestamp", "x-slack-signature"]))
    whole = raw if place == "body" else headers[place].encode()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    changed = bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(whole))
    assume(place == "body" or changed.decode("latin-1") != headers[place])
    if place == "body":
        raw = changed
    else:
        headers[place] = changed.decode("latin-1")

    assert understood(raw, headers) is None


@pytest.mark.parametrize(("seconds", "is_taken"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_five_minutes_lie_between_the_clocks_at_most(seconds: int, is_taken: bool) -> None:
    raw = b'{"type": "url_verification", "challenge": "x"}'

    assert (understood(raw, headers_of(raw, at=NOW + seconds)) is not None) is is_taken


@pytest.mark.parametrize(("depth", "is_taken"), [(MOST_DEPTH - 1, True), (MOST_DEPTH, False)])
def test_nesting_has_an_end(depth: int, is_taken: bool) -> None:
    raw = ('{"type": "x", "deep": ' + "[" * depth + "]" * depth + "}").encode()

    assert (understood(raw, headers_of(raw)) is not None) is is_taken


def test_brackets_that_a_person_typed_are_no_depth() -> None:
    text = '\\"[[{{' * 100
    raw = ('{"type": "x", "text": "' + text + '"}').encode()

    assert understood(raw, headers_of(raw)) == {"type": "x", "text": '"[[{{' * 100}


@pytest.mark.parametrize("secrets", [("new", SECRET), (SECRET, "old")])
def test_two_secrets_are_known_while_one_takes_the_others_place(secrets: tuple[str, str]) -> None:
    raw = b'{"type": "x"}'

    assert verify(raw, headers_of(raw), secrets, now=NOW).fields == {"type": "x"}


def test_no_secret_lets_nobody_in() -> None:
    raw = b'{"type": "x"}'

    with pytest.raises(Refused):
        verify(raw, headers_of(raw), [], now=NOW)


def test_our_signature_is_the_one_of_slacks_documentation() -> None:
    # The worked example of https://docs.slack.dev/authentication/verifying-requests-from-slack
    raw = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )

    made = sign(raw, "1531420618", "8f742231b10e8888abcd99yyyzzz85a5")

    assert made == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
