"""Whom an announcement calls: those whom its author chose, in channels, and nobody because of what was typed."""

from typing import Any

import pytest

from tests.bot.announce_desk import (
    block,
    deliver,
    kept,
    open_form,
    press,
    submit,
    top,
    value_of,
    words,
    write,
)
from tests.doors import DEALS, GUEST, MAYA, NORFIELD, NOVA, RAFA, Stage

SALES = "S0SALES"
TYPED = f"<@{MAYA}> <!here> <!subteam^{SALES}> @channel @here @Maya Chen"


@pytest.fixture
def sales(stage: Stage) -> Stage:
    """Let there be a group in Slack, of Maya and Rafa."""
    source = stage.see("workspace")
    source["usergroups"] = [{"id": SALES, "handle": "sales", "name": "Sales", "users": [MAYA, RAFA]}]
    stage.do("workspace", **source)
    return stage


def posts(stage: Stage, channel: str, *, user: str) -> list[dict[str, Any]]:
    return [one for one in stage.bot_messages(channel, user=user) if "Hi" in one["text"]]


def mention(stage: Stage, **fields: Any) -> None:
    """Go back to whom it is for, and choose a channel and whom it calls there, the group by typing its name."""
    press(stage, "compose.to_who")
    sought = {"view_id": top(stage)["id"], "action_id": "compose.called_groups", "value": "sal"}
    found = stage.do("suggest", user=NOVA, **sought)
    assert [one["text"]["text"] for one in found["options"]] == ["@sales"]
    assert submit(stage, channels=[NORFIELD], **fields) == {}


def called(stage: Stage, message: dict[str, Any], channel: str) -> tuple[list[str], list[str], list[str]]:
    """Return whom a message pings: people, groups, and words for everybody."""
    found = stage.see("pings", ts=message["ts"], channel=channel)
    return found["users"], found["usergroups"], found["broadcasts"]


def test_what_was_typed_pings_nobody(sales: Stage) -> None:
    write(sales, "Hi <!channel>", TYPED)
    mention(sales)
    submit(sales)
    deliver(sales)

    for channel in ("D0RAFA", NORFIELD):
        [message] = posts(sales, channel, user=RAFA)
        assert called(sales, message, channel) == ([], [], [])


def test_whom_the_author_chose_is_pinged_in_the_channel_once_and_nobody_else(sales: Stage) -> None:
    write(sales, "Hi <!channel>", TYPED)

    mention(sales, notify="here", called=[RAFA], called_groups=[SALES])
    assert "cc <!here> <@U0RAFA> <!subteam^S0SALES>" in words(top(sales))
    submit(sales)
    deliver(sales)

    [post] = posts(sales, NORFIELD, user=RAFA)
    assert called(sales, post, NORFIELD) == ([RAFA], [SALES], ["here"])
    [message] = posts(sales, "D0RAFA", user=RAFA)
    assert called(sales, message, "D0RAFA") == ([], [], [])


def test_a_change_posts_nothing_anew_that_could_ping_again(sales: Stage) -> None:
    write(sales, "Hi", "all")
    mention(sales, notify="channel")
    submit(sales)
    deliver(sales)
    [before] = posts(sales, NORFIELD, user=RAFA)

    sales.do("command", user=NOVA, channel=DEALS, command="/announce", text="list")
    sales.click(sales.last(DEALS, user=NOVA), "announcement.manage", user=NOVA)
    press(sales, "announcement.edit_what")
    assert submit(sales, text="of you") == {}
    deliver(sales)

    [after] = posts(sales, NORFIELD, user=RAFA)
    assert (after["ts"], "of you" in words(after)) == (before["ts"], True)
    assert called(sales, after, NORFIELD) == ([], [], ["channel"])


def test_the_form_shows_again_whom_it_mentions(sales: Stage) -> None:
    write(sales)
    mention(sales, notify="channel", called=[RAFA], called_groups=[SALES])

    again = press(sales, "compose.to_who")

    assert kept(sales)[0].mentions == ("channel", RAFA, SALES)
    assert value_of(again, "notify") == "channel"
    assert block(again, "called_groups")["element"]["initial_options"][0]["text"]["text"] == "@sales"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"notify": "here"}, "Only posts in channels mention people."),
        ({"channels": [NORFIELD], "called": [GUEST]}, "Guests, people of other companies"),
    ],
)
def test_whom_it_may_not_mention_is_said_at_that_field(
    stage: Stage, fields: dict[str, Any], said: str
) -> None:
    open_form(stage)
    submit(stage, title="New deck", text="It is here.")

    errors = submit(stage, everyone=["yes"], **fields)

    assert list(errors) == ["called"]
    assert errors["called"].startswith(said)
