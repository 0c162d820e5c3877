"""Rate limits: so many calls of a method in a minute, so many messages to a channel."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack import Server, create_app
from sandbox.slack.clock import Clock
from sandbox.slack.errors import RateLimited
from sandbox.slack.pace import CHANNEL, TIERS, Pace
from tests.sandbox.slack.stage import DEALS, DM, MAYA, SHARED, TOKEN, Sandbox, config


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


@pytest.mark.parametrize(("tier", "most"), TIERS.items())
def test_a_tier_is_so_many_calls_in_any_minute(tier: str, most: int) -> None:
    pace = Pace(clock := StandingClock(), is_on=True)

    served = [call(pace, tier) for _ in range(most)]
    refused = call(pace, tier)
    clock.advance(59)
    still = call(pace, tier)
    clock.advance(1)

    assert set(served) == {0}
    assert (refused, still, call(pace, tier)) == (60, 1, 0)


def test_one_method_does_not_slow_another() -> None:
    pace = Pace(StandingClock(), is_on=True)
    for _ in range(TIERS["2"]):
        call(pace, "2", method="users.list")

    assert call(pace, "2", method="users.list") == 60
    assert call(pace, "2", method="conversations.list") == 0


@pytest.mark.parametrize(("most", "seconds"), CHANNEL)
def test_a_channel_takes_a_burst_and_then_one_message_a_second(most: int, seconds: float) -> None:
    pace = Pace(clock := StandingClock(), is_on=True)
    gap = 0.0 if most == 10 else 0.4

    sent = 0
    while not call(pace, "special", channel=DEALS):
        sent += 1
        clock.advance(gap)

    assert sent == most
    assert call(pace, "special", channel=SHARED) == 0
    clock.advance(seconds)
    assert call(pace, "special", channel=DEALS) == 0


def test_slacks_own_client_is_told_how_long_to_wait() -> None:
    with Server(create_app(config(), clock := StandingClock())) as front:
        client = WebClient(token=TOKEN, base_url=f"{front.url}/api/", retry_handlers=[])
        client.conversations_open(users=MAYA)
        for number in range(10):
            # A person's id and their direct conversation are one place.
            client.chat_postMessage(channel=MAYA if number % 2 else DM, text="x")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=DM, text="too much")
        clock.advance(3)
        later = client.chat_postMessage(channel=DM, text="x")

    answer = caught.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert answer.headers["Retry-After"] == "3"
    assert later["ok"]


def test_the_limits_are_told_and_can_be_switched_off(slack: Sandbox, client: WebClient) -> None:
    before = slack.see("limits")
    slack.do("limits", on=False)

    for number in range(12):
        client.chat_postMessage(channel=DEALS, text=str(number))

    assert (before["on"], before["tiers"]) == (True, TIERS)
    assert slack.see("limits")["on"] is False
    assert len(slack.texts()) == 12
