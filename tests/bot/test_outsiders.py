"""Guests and people of other companies, by each way in: a friendly no, and nothing of deals or content."""

import json
from collections.abc import Callable

import pytest

from tests.doors import DEALS, GUEST, SHARED, STRANGER, Stage, elements, titles

Way = Callable[[Stage, str, str], None]
QUESTION = "payback for the Norfield warehouse"
# What no outsider may read, wherever it stands.
INSIDE = ("Norfield Foods", "ROI calculator", "Pricing overview", "Discount rules", "Negotiation", "aoife@")
REFUSED = "Touchline answers members of this workspace only."


def read(stage: Stage, user: str) -> str:
    """Return all that a person sees of the bot: messages wherever they are, windows, the Home tab."""
    seen = stage.see("state", **{"as": user})
    own = [
        message
        for channel in seen["channels"]
        for message in channel["messages"]
        if message.get("bot_id") and (message.get("ephemeral") or channel["id"].startswith("D"))
    ]
    return json.dumps([own, seen.get("views"), seen.get("home")], ensure_ascii=False)


def by_command(stage: Stage, user: str, channel: str) -> None:
    stage.do("command", user=user, channel=channel, command="/content", text=QUESTION)


def by_other_words(stage: Stage, user: str, channel: str) -> None:
    for words in ("", "saved", "requests", "library", "evidence", "link Norfield"):
        stage.do("command", user=user, channel=channel, command="/content", text=words)
    stage.do("command", user=user, channel=channel, command="/announce", text="")


def by_mention(stage: Stage, user: str, channel: str) -> None:
    stage.do("say", user=user, channel=channel, text=f"<@U0BOT> {QUESTION}")


def by_direct_message(stage: Stage, user: str, channel: str) -> None:
    direct = stage.do("open_dm", user=user)["channel"]
    stage.do("say", user=user, channel=direct, text=QUESTION)


def by_global_shortcuts(stage: Stage, user: str, channel: str) -> None:
    for callback_id in ("find.anywhere", "announce.new"):
        stage.do("shortcut", user=user, callback_id=callback_id)


def by_message_shortcut(stage: Stage, user: str, channel: str) -> None:
    ts = stage.do("say", user=user, channel=channel, text=QUESTION)["ts"]
    stage.do("shortcut", user=user, callback_id="find.message", channel=channel, ts=ts)


def by_home(stage: Stage, user: str, channel: str) -> None:
    stage.do("open_home", user=user)


def by_anothers_buttons(stage: Stage, user: str, channel: str) -> None:
    answer = stage.ask(QUESTION)
    assert titles(answer)[0] == "ROI calculator"
    for drawn in elements(answer):
        option = (drawn.get("options") or [None])[0]
        body = {
            "type": "block_actions",
            "user": {"id": user},
            "channel": {"id": channel},
            "message": {"ts": answer["ts"]},
            "container": {"message_ts": answer["ts"]},
            "trigger_id": "1.1",
            # Of an address that nobody gave Slack says that it is used up.
            "response_url": f"{stage.slack_url}/used-up",
            "actions": [
                {
                    "type": drawn["type"],
                    "action_id": drawn["action_id"],
                    "block_id": drawn["block_id"],
                    **({"selected_option": option} if option else {"value": drawn.get("value", "")}),
                }
            ],
        }
        assert stage.interact(body).status_code == 200


WAYS: tuple[Way, ...] = (
    by_command,
    by_other_words,
    by_mention,
    by_direct_message,
    by_global_shortcuts,
    by_message_shortcut,
    by_home,
    by_anothers_buttons,
)


# Of another company's people Slack lets us hear what they say and press in a channel that both share, no more.
@pytest.mark.parametrize(
    ("way", "user", "channel"),
    [
        *((way, GUEST, DEALS) for way in WAYS),
        (by_mention, STRANGER, SHARED),
        (by_anothers_buttons, STRANGER, SHARED),
    ],
)
def test_an_outsider_reads_nothing_and_changes_nothing(
    shared_stage: Stage, way: Way, user: str, channel: str
) -> None:
    stage = shared_stage
    before = stage.rows()

    way(stage, user, channel)
    stage.drain("reply", "write")

    seen, after = read(stage, user), stage.rows()
    assert not [words for words in INSIDE if words in seen]
    mine = 1 if way is by_anothers_buttons else 0
    assert after["answers"] - before["answers"] <= mine
    for table in ("shares", "touches", "feedback", "saved", "channel_links", "announcements"):
        assert after[table] == before[table], table
    if way in (by_command, by_mention, by_direct_message, by_message_shortcut):
        assert REFUSED in seen
