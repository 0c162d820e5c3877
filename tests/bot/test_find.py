"""Asking in Slack: a command, a mention or a direct message in, an answer for the asker alone out."""

import json

import pytest

from tests.doors import (
    BRYCE,
    DEALS,
    DM,
    ELSEWHERE,
    HALDEN,
    MAYA,
    NORFIELD,
    RAFA,
    RENEWAL,
    ROLLOUT,
    Stage,
    elements,
    plain_value,
    say,
    titles,
    until,
)

QUESTION = "payback for the Norfield warehouse"


def actions(message: dict[str, object]) -> list[str]:
    return [one["action_id"] for one in elements(message)]


def test_a_named_deal_is_answered_to_the_asker_alone(stage: Stage) -> None:
    message = stage.ask(QUESTION)

    assert message["ephemeral"] is True
    assert ROLLOUT in stage.text(message)
    assert "named in your question" in stage.text(message)
    assert titles(message)[0] == "ROI calculator"
    assert actions(message)[:4] == ["find.change", "find.say", "find.share", "find.open"]
    assert stage.bot_messages(DEALS, user=RAFA) == []


def test_an_answer_shows_what_the_deal_is_and_why_each_asset_fits(stage: Stage) -> None:
    text = stage.text(stage.ask(QUESTION))

    assert "Negotiation/Review · USD\N{NO-BREAK SPACE}120,000 · closes 31 Mar 2027" in text
    assert "Best matches for “payback for the Norfield warehouse”" in text
    assert "“payback” in “ROI calculator” (page 1), made for Manufacturing." in text
    assert "calculator  ·  English  ·  updated today" in text


def test_without_words_the_only_deal_is_answered_by_fit(stage: Stage) -> None:
    message = stage.ask(user=RAFA)

    assert BRYCE in stage.text(message)
    assert "your only open deal" in stage.text(message)


def test_without_words_and_with_several_deals_the_person_picks(stage: Stage) -> None:
    message = stage.ask()

    [picker] = elements(message)
    offered = {option["text"]["text"] for option in picker["options"]}
    assert offered == {ROLLOUT, RENEWAL, HALDEN}


def test_two_deals_of_one_account_are_left_to_the_person_and_the_choice_answers(stage: Stage) -> None:
    picker = stage.ask("payback for Norfield")
    offered = [option["text"]["text"] for option in elements(picker, "find.deal")[0]["options"]]

    stage.click(picker, "find.deal", value=stage.deals[RENEWAL])
    stage.drain("reply")

    answer = stage.last()
    assert set(offered) == {ROLLOUT, RENEWAL}
    assert RENEWAL in stage.text(answer)
    assert "you chose it" in stage.text(answer)
    assert titles(answer)[0] == "ROI calculator"
    assert answer["ts"] == picker["ts"], "the answer takes the picker's place"


def test_change_offers_every_deal_in_place_of_the_answer(stage: Stage) -> None:
    answer = stage.ask(QUESTION)

    stage.click(answer, "find.change")
    stage.drain("reply")

    picker = stage.last()
    assert picker["ts"] == answer["ts"]
    assert {plain_value(one["value"]) for one in elements(picker, "find.deal")[0]["options"]} == {
        stage.deals[name] for name in (ROLLOUT, RENEWAL, HALDEN)
    }


def test_what_is_not_useful_is_noted_and_gone_from_the_next_answer(stage: Stage) -> None:
    answer = stage.ask(QUESTION)

    say(stage, answer, "not_useful")
    until(lambda: "Noted: not shown again for this deal." in stage.text(stage.last()))

    noted = stage.last()
    assert noted["ts"] == answer["ts"]
    assert "ROI calculator" not in titles(noted)
    assert "ROI calculator" not in titles(stage.ask(QUESTION))
    assert "ROI calculator" in titles(stage.ask("payback for the Norfield renewal")), "only for this deal"


def test_a_second_click_on_not_useful_changes_nothing(stage: Stage) -> None:
    answer = stage.ask(QUESTION)

    say(stage, answer, "not_useful", times=4)

    assert stage.rows()["feedback"] == 1


def test_a_channel_is_linked_and_then_decides(stage: Stage) -> None:
    linked = stage.ask("link Norfield warehouse", channel=NORFIELD)
    answer = stage.ask("payback", channel=NORFIELD)

    assert stage.text(linked).startswith(f"This channel is now about {ROLLOUT}.")
    assert ROLLOUT in stage.text(answer)
    assert "this channel's deal" in stage.text(answer)


def test_a_later_link_takes_the_place_of_the_first(stage: Stage) -> None:
    stage.ask("link Norfield warehouse", channel=NORFIELD)
    stage.ask("link Halden", channel=NORFIELD)

    assert HALDEN in stage.text(stage.ask("payback", channel=NORFIELD))


@pytest.mark.parametrize("text", ["link Nowhere Inc", "link Bryce", "link Norfield"])
def test_a_channel_is_linked_to_one_deal_of_the_persons_own_only(stage: Stage, text: str) -> None:
    said = stage.ask(text, channel=NORFIELD)

    assert stage.text(said).startswith("No single open deal of yours is called")
    assert stage.rows()["channel_links"] == 0


@pytest.mark.parametrize(("text", "channel"), [("link", DEALS), ("link Norfield warehouse", DM)])
def test_link_is_explained_where_it_makes_no_sense(stage: Stage, text: str, channel: str) -> None:
    said = stage.ask(text, channel=channel)

    assert "Use /content link <deal> in the channel" in stage.text(said).replace("`", "")
    assert stage.rows()["asks"] == 0


def test_help_is_given_at_once(stage: Stage) -> None:
    stage.do("command", user=MAYA, channel=DEALS, command="/content", text="help")

    assert "/content pricing for Norfield" in stage.text(stage.last())


def test_a_mention_is_answered_in_its_thread_to_the_asker_alone(stage: Stage) -> None:
    root = stage.say("what do we have?")

    stage.say(f"<@U0BOT> {QUESTION}", thread_ts=root)

    answer = stage.last()
    assert (answer["ephemeral"], answer["thread_ts"]) == (True, root)
    assert titles(answer)[0] == "ROI calculator"
    assert "U0BOT" not in json.dumps(answer["blocks"])
    assert stage.bot_messages(user=RAFA) == []


def test_a_message_that_does_not_mention_the_bot_is_left_alone(stage: Stage) -> None:
    stage.say(QUESTION)

    assert stage.bot_messages() == []
    assert stage.rows()["asks"] == 0


def test_a_direct_message_is_answered_in_its_thread_with_a_mark(stage: Stage) -> None:
    ts = stage.say(QUESTION, channel=DM)

    answer = stage.last(DM)
    mark = stage.calls("chat.postMessage")[0]["arguments"]["metadata"]
    assert (answer["ephemeral"], answer["thread_ts"]) == (False, ts)
    assert titles(answer)[0] == "ROI calculator"
    assert mark["event_type"] == "touchline_reply"
    assert stage.services.ledger.ask(mark["event_payload"]["ask"]) is not None


def test_a_thread_keeps_its_deal(stage: Stage) -> None:
    root = stage.say(QUESTION, channel=DM)

    stage.say("security questionnaire", channel=DM, thread_ts=root)

    assert ROLLOUT in stage.text(stage.last(DM))
    assert "this thread's deal" in stage.text(stage.last(DM))


def test_the_bots_own_messages_are_not_answered(stage: Stage) -> None:
    stage.say(QUESTION, channel=DM)
    before = stage.rows()["asks"]

    stage.post_signed(
        json.dumps(
            {
                "type": "event_callback",
                "event_id": "Ev1",
                "event": {
                    "type": "message",
                    "channel_type": "im",
                    "channel": DM,
                    "ts": "1.1",
                    "user": "U0BOT",
                    "bot_id": "B0BOT",
                    "text": QUESTION,
                },
            }
        ).encode()
    )

    assert stage.rows()["asks"] == before


def test_where_the_bot_is_no_member_a_command_still_answers(stage: Stage) -> None:
    answer = stage.ask(QUESTION, channel=ELSEWHERE)

    assert titles(answer)[0] == "ROI calculator"


@pytest.mark.parametrize(
    "text", ["payload calculator for Norfield warehouse", "payload={} & payload", "ssl_check=1"]
)
def test_words_that_trip_parsers_are_only_words(stage: Stage, text: str) -> None:
    stage.do("command", user=MAYA, channel=DEALS, command="/content", text=text)
    stage.drain("reply")

    [sent] = stage.calls("response_url")
    assert text in stage.text(stage.last())
    assert sent["status"] == 200


def test_what_nothing_matches_is_said_and_the_nearest_shown(stage: Stage) -> None:
    message = stage.ask("submarine cables for the Norfield warehouse")

    assert "Nothing in the library answers" in stage.text(message)


def test_open_leads_to_the_asset(stage: Stage) -> None:
    answer = stage.ask(QUESTION)

    stage.click(answer, "find.open")

    assert elements(answer, "find.open")[0]["url"].startswith(f"{stage.app_url}/o/")


def test_a_closed_deal_is_not_answered_for(stage: Stage) -> None:
    message = stage.ask("payback for Ostgard Dairy cold chain")

    assert "Ostgard" not in json.dumps([one.get("options") for one in elements(message)])
    assert actions(message) == ["find.deal"]


def test_a_deal_that_closes_is_no_longer_the_channels(stage: Stage) -> None:
    stage.ask("link Halden", channel=NORFIELD)
    stage.org.update("Opportunity", [{"id": stage.deals[HALDEN], "StageName": "Closed Lost"}])
    stage.services.crm.sync(full=False)

    message = stage.ask("payback", channel=NORFIELD)

    assert actions(message) == ["find.deal"]


def test_a_deal_that_closes_can_no_longer_be_chosen(stage: Stage) -> None:
    picker = stage.ask("payback")
    stage.org.update("Opportunity", [{"id": stage.deals[HALDEN], "StageName": "Closed Won"}])
    stage.services.crm.sync(full=False)

    stage.click(picker, "find.deal", value=stage.deals[HALDEN])
    stage.drain("reply")

    assert stage.text(stage.last()) == "You can't see this deal in Salesforce, or it is closed."


def test_a_hundred_and_twenty_deals_fit_the_picker(stage: Stage) -> None:
    rows = [
        {
            "Name": f"Prospect {number:03d} – pilot",
            "OwnerId": stage.users["maya"],
            "StageName": "Prospecting",
            "CloseDate": "2027-03-31",
        }
        for number in range(120)
    ]
    stage.org.insert("Opportunity", rows)
    stage.services.crm.sync(full=True)

    message = stage.ask()

    assert len(elements(message, "find.deal")[0]["options"]) == 100
