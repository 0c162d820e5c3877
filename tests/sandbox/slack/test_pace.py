"""Rate limits: so many calls of a method in a minute, so many messages to a channel."""

import math

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack import Server, create_app
from sandbox.slack.clock import Clock
from sandbox.slack.errors import RateLimited
from sandbox.slack.pace import Pace
from tests.sandbox.slack.stage import APP_TOKEN, DEALS, DM, MAYA, SHARED, TOKEN, Sandbox, config


class StandingClock(Clock):
    """A clock that only moves when pushed."""

    def __init__(self) -> None:
        super().__init__(lambda: 1_000_000.0)


def call(pace: Pace, tier: str, *, method: str = "m", channel: str | None = None) -> int:
    """Make a call and return how long it is told to wait, 0 when it is served."""
    try:
        pace.count(method, tier, channel=channel)
    except RateLimited as limit:
        return limit.seconds
    return 0


@pytest.mark.parametrize(
    ("tier", "at_once", "seconds_each"), [("1", 3, 60), ("2", 20, 3), ("3", 50, 1.2), ("4", 100, 0.6)]
)
def test_a_tier_takes_a_burst_and_then_its_calls_a_minute(
    tier: str, at_once: int, seconds_each: float
) -> None:
    pace = Pace(clock := StandingClock(), is_on=True)

    served = [call(pace, tier) for _ in range(at_once)]
    refused = call(pace, tier)
    clock.advance(seconds_each * 0.9)
    too_soon = call(pace, tier)
    clock.advance(seconds_each * 0.1)
    in_time, again = call(pace, tier), call(pace, tier)

    assert set(served) == {0}
    assert (refused, too_soon) == (math.ceil(seconds_each), math.ceil(seconds_each * 0.1))
    assert (in_time, again) == (0, math.ceil(seconds_each))


def test_a_burst_is_earned_again_by_keeping_quiet() -> None:
    pace = Pace(clock := StandingClock(), is_on=True)
    while not call(pace, "1"):
        pass

    clock.advance(3600)

    assert [call(pace, "1") for _ in range(4)] == [0, 0, 0, 60]


def test_refused_calls_do_not_count() -> None:
    pace = Pace(clock := StandingClock(), is_on=True)
    for _ in range(30):
        call(pace, "1")

    clock.advance(60)

    assert call(pace, "1") == 0


def test_one_method_does_not_slow_another() -> None:
    pace = Pace(StandingClock(), is_on=True)
    for _ in range(20):
        call(pace, "2", method="users.list")

    assert call(pace, "2", method="users.list") == 3
    assert call(pace, "2", method="conversations.list") == 0


def test_a_channel_takes_a_short_burst_and_then_one_message_a_second() -> None:
    pace = Pace(clock := StandingClock(), is_on=True)

    burst = [call(pace, "special", channel=DEALS) for _ in range(5)]
    elsewhere = call(pace, "special", channel=SHARED)
    later = []
    for _ in range(120):
        clock.advance(0.5)
        later.append(call(pace, "special", channel=DEALS))

    assert (burst, elsewhere) == ([0, 0, 0, 1, 1], 0)
    assert later == [1, 0] * 60


def test_slacks_own_client_is_told_how_long_to_wait() -> None:
    with Server(create_app(config(), clock := StandingClock())) as front:
        client = WebClient(token=TOKEN, base_url=f"{front.url}/api/", retry_handlers=[])
        client.conversations_open(users=MAYA)
        for number in range(3):
            # A person's id and their direct conversation are one place.
            client.chat_postMessage(channel=MAYA if number % 2 else DM, text="x")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=DM, text="too much")
        clock.advance(1)
        later = client.chat_postMessage(channel=DM, text="x")

    answer = caught.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert answer.headers["Retry-After"] == "1"
    assert later["ok"]


def test_a_fourth_socket_in_a_hurry_is_told_to_wait_a_minute() -> None:
    with Server(create_app(config(socket_mode=True), StandingClock())) as front:
        client = WebClient(token=APP_TOKEN, base_url=f"{front.url}/api/", retry_handlers=[])
        for _ in range(3):
            client.apps_connections_open(app_token=APP_TOKEN)
        with pytest.raises(SlackApiError) as caught:
            client.apps_connections_open(app_token=APP_TOKEN)

    assert caught.value.response.headers["Retry-After"] == "60"


def test_the_limits_are_told_and_can_be_switched_off(slack: Sandbox, client: WebClient) -> None:
    before = slack.see("limits")
    slack.do("limits", on=False)

    for number in range(12):
        client.chat_postMessage(channel=DEALS, text=str(number))

    assert before["on"] is True
    assert before["tiers"]["1"] == {"a_minute": 1, "at_once": 3}
    assert before["per_channel"] == {"a_minute": 60, "at_once": 3}
    assert slack.see("limits")["on"] is False
    assert len(slack.texts()) == 12
