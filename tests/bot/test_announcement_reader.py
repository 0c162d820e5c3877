"""An announcement reaches each reader once, and what they press counts once; every press has its answer."""

from dataclasses import replace
from typing import Any

import pytest
import requests

from bot.gateway import SlackGateway
from bot.messenger import SlackMessenger
from enablement import announcing
from enablement.adapters.sql import tables
from enablement.model import Announcement, QuizQuestion, Wording, key
from enablement.ports import TryLater
from tests.bot.announcing_desk import (
    answers,
    dm,
    edited,
    newest,
    pass_time,
    press,
    receipt,
    screen,
    sent,
)
from tests.builders import announcement, receipt as a_receipt
from tests.doors import GONE, GUEST, MAYA, NOVA, RAFA, Stage, elements, until

QUESTION = QuizQuestion("Which price holds?", ("Ten", "Twelve"))


def actions(message: dict[str, Any]) -> set[str]:
    return {one["action_id"].removeprefix("announcement.") for one in elements(message)}


def label_of(message: dict[str, Any], name: str) -> str:
    return str(elements(message, f"announcement.{name}")[0]["text"]["text"])


def ephemeral(stage: Stage, text: str, *, user: str = MAYA) -> bool:
    return any(text in stage.text(one) for one in stage.bot_messages(dm(user), user=user)[-2:])


def test_each_reader_gets_it_once_in_their_language(shared_stage: Stage) -> None:
    stage = shared_stage
    announcing.read_colleagues(stage.services, now=stage.clock())
    rafa = stage.services.mirror.profile(RAFA)
    assert rafa
    stage.services.mirror.keep_profile(replace(rafa, locale="th-TH"))
    words = (Wording("en", "Prices rise", "By a tenth."), Wording("th", "ราคาขึ้น", "สิบเปอร์เซ็นต์"))

    one = sent(stage, "Prices rise", wordings=words)

    stage.services.mirror.keep_profile(rafa)
    [english], [thai] = screen(stage, "Prices rise"), screen(stage, "ราคาขึ้น", user=RAFA)
    assert "By a tenth." in stage.text(english)
    # Its author is called by name.
    assert "Nova Lind and your managers see what you press here." in stage.text(english)
    assert "Nova Lind" in stage.text(thai)
    assert "สิบเปอร์เซ็นต์" in stage.text(thai)
    assert (receipt(stage, one).ts, receipt(stage, one).channel) == (english["ts"], dm(MAYA))


def test_who_has_no_text_in_their_language_is_told_so(shared_stage: Stage) -> None:
    stage = shared_stage
    announcing.read_colleagues(stage.services, now=stage.clock())

    sent(stage, "เรื่องใหม่", wordings=(Wording("th", "เรื่องใหม่", "รายละเอียด"),))

    [message] = screen(stage, "เรื่องใหม่")
    assert "This is not there in your language." in stage.text(message)


def test_guests_and_those_who_left_get_nothing(shared_stage: Stage) -> None:
    sent(shared_stage, "For members", to=(MAYA, GUEST, GONE))

    assert len(screen(shared_stage, "For members")) == 1
    assert shared_stage.bot_messages(dm(GUEST), user=GUEST) == []


def test_a_double_click_is_one_acknowledgement_and_the_button_goes(shared_stage: Stage) -> None:
    stage = shared_stage
    one = sent(stage, "Read this")
    [message] = screen(stage, "Read this")

    press(stage, message, "acknowledge", times=2)

    drawn = until(lambda: [one for one in screen(stage, "Read this") if "acknowledge" not in actions(one)])[0]
    assert "You confirmed on" in stage.text(drawn)
    mine = receipt(stage, one)
    assert mine.acknowledged_revision == 1
    assert mine.opened_at is not None
    assert receipt(stage, one, RAFA).acknowledged_at is None


def test_somebody_elses_button_is_answered_and_counts_nothing(shared_stage: Stage) -> None:
    stage = shared_stage
    sent(stage, "For both")
    one = sent(stage, "Mine alone", to=(MAYA,))
    press(stage, screen(stage, "For both")[0], "acknowledge")
    mine = [row["payload"] for row in stage.see("sent")["requests"] if row["type"] == "block_actions"][-1]
    [button] = elements(screen(stage, "Mine alone")[0], "announcement.acknowledge")

    assert stage.interact({**mine, "user": {"id": RAFA}, "actions": [button]}).status_code == 200

    until(lambda: ephemeral(stage, "You are not among those whom this is for"))
    assert receipt(stage, one).acknowledged_at is None
    assert "acknowledge" in actions(screen(stage, "Mine alone")[0])


@pytest.mark.parametrize(
    "value", ["", "{}", "[1]", '{"id":"no such receipt","v":1,"version":"1"}', '{"id":"x","v":9}']
)
def test_a_button_of_another_make_is_answered(shared_stage: Stage, value: str) -> None:
    stage = shared_stage
    title = f"Another make {hash(value)}"
    one = sent(stage, title, to=(MAYA,))
    press(
        stage,
        screen(stage, title)[0],
        "snooze",
        value=elements(screen(stage, title)[0], "announcement.snooze")[0]["options"][0]["value"],
    )
    before = receipt(stage, one)
    mine = [row["payload"] for row in stage.see("sent")["requests"] if row["type"] == "block_actions"][-1]
    [button] = elements(screen(stage, title)[0], "announcement.acknowledge")

    assert stage.interact({**mine, "actions": [{**button, "value": value}]}).status_code == 200

    until(lambda: ephemeral(stage, "version of Touchline") or ephemeral(stage, "You are not among those"))
    assert receipt(stage, one) == before


@pytest.mark.parametrize("name", ["acknowledge", "quiz"])
def test_after_a_withdrawal_a_press_is_told_so_and_the_message_goes(shared_stage: Stage, name: str) -> None:
    stage = shared_stage
    one = sent(
        stage, f"Wrong {name}", wordings=(Wording("en", f"Wrong {name}", "x", (QUESTION,)),), right=(0,)
    )
    [message] = screen(stage, f"Wrong {name}")
    announcing.withdraw(one.id, NOVA, stage.services, now=stage.clock())

    press(stage, message, name)

    until(lambda: ephemeral(stage, "This was withdrawn."))
    until(lambda: not screen(stage, f"Wrong {name}"))
    assert receipt(stage, one).opened_at is None


def test_after_the_end_a_press_is_told_so_and_nothing_counts(shared_stage: Stage) -> None:
    stage = shared_stage
    one = sent(stage, "Over soon")
    [message] = screen(stage, "Over soon")
    announcing.stop(one.id, NOVA, stage.services, now=stage.clock())

    press(stage, message, "acknowledge")

    until(lambda: ephemeral(stage, "This has ended, so nothing is counted any more."))
    until(lambda: actions(screen(stage, "Over soon")[0]) == set())
    assert receipt(stage, one).acknowledged_at is None


def test_an_earlier_revisions_button_counts_for_that_one_and_asks_for_the_new_one(
    shared_stage: Stage,
) -> None:
    stage = shared_stage
    one = sent(stage, "It changed")
    [message] = screen(stage, "It changed")
    edited(stage, one, "Now by a fifth.")

    press(stage, message, "acknowledge")

    until(lambda: "please read it again" in stage.text(screen(stage, "It changed")[0]).lower())
    assert receipt(stage, one).acknowledged_revision == 1
    [drawn] = screen(stage, "It changed")
    assert "Now by a fifth." in stage.text(drawn)
    press(stage, drawn, "acknowledge")
    until(lambda: "acknowledge" not in actions(screen(stage, "It changed")[0]))
    assert receipt(stage, one).acknowledged_revision == 2
    pass_time(stage)
    assert len(screen(stage, "It changed")) == 1
    assert "acknowledge" not in actions(screen(stage, "It changed")[0])


def test_an_edit_changes_the_message_and_says_so(shared_stage: Stage) -> None:
    stage = shared_stage
    one = sent(stage, "Small slip")
    edited(stage, one, "Without the slip.", ask_again=False)

    pass_time(stage)

    [drawn] = screen(stage, "Small slip")
    assert "Without the slip." in stage.text(drawn)
    assert "Edited since it was first sent." in stage.text(drawn)
    assert receipt(stage, one).shown_revision == newest(stage, one).revision


def test_snoozing_until_tomorrow_morning_is_by_the_readers_clock(shared_stage: Stage) -> None:
    stage = shared_stage
    one = sent(stage, "Not now")
    [message] = screen(stage, "Not now")
    [menu] = elements(message, "announcement.snooze")

    press(stage, message, "snooze", value=menu["options"][1]["value"])

    until(lambda: "You will not be reminded before" in stage.text(screen(stage, "Not now")[0]))
    mine = receipt(stage, one)
    assert mine.snoozed_until is not None
    zone = stage.services.mirror.profile(MAYA)
    assert zone
    expected = announcing.next_morning(stage.clock(), time_zone=zone.time_zone)
    assert abs((mine.snoozed_until - expected).total_seconds()) < 1
    assert mine.snoozes == 1


def test_what_is_pressed_in_a_reminder_changes_both_messages(shared_stage: Stage) -> None:
    stage = shared_stage
    one = sent(stage, "Please read")
    mine = receipt(stage, one)
    stage.services.messenger.remind(one, mine, one.wordings[0], number=1, again=False)
    stage.services.messenger.remind(one, mine, one.wordings[0], number=1, again=True)
    [_original, reminded] = screen(stage, "Please read")
    assert stage.text(reminded).startswith("*Reminder: Please read*")

    press(stage, reminded, "acknowledge")

    until(lambda: all("acknowledge" not in actions(one) for one in screen(stage, "Please read")))
    assert ["You confirmed on" in stage.text(one) for one in screen(stage, "Please read")] == [True, True]


def test_open_opens_a_window_once_and_is_noted(shared_stage: Stage) -> None:
    stage = shared_stage
    one = sent(stage, "Good to know", must_acknowledge=False)
    [message] = screen(stage, "Good to know")

    press(stage, message, "open", times=2)

    [window] = until(lambda: [one for one in stage.views() if one["title"]["text"] == "Announcement"])
    assert window["blocks"][0]["text"]["text"] == "Good to know"
    assert window["blocks"][-1]["elements"][0]["text"].startswith("Sent by Nova Lind.")
    assert receipt(stage, one).opened_at is not None
    assert receipt(stage, one, RAFA).opened_at is None
    stage.do("close", user=MAYA, view_id=window["id"])


def test_the_first_answer_counts_and_its_result_is_told_at_once(shared_stage: Stage) -> None:
    stage = shared_stage
    words = Wording(
        "en", "Quiz", "Read, then answer.", (QUESTION, QuizQuestion("From when?", ("May", "June")))
    )
    one = sent(stage, "Quiz", wordings=(words,), right=(1, 0))
    [message] = screen(stage, "Quiz")
    press(stage, message, "quiz")
    view = until(lambda: [one for one in stage.views() if one["title"]["text"] == "Questions"])[0]

    stage.do("submit", user=MAYA, view_id=view["id"], values={"answer.0": {"answer": "0"}}, times=2)

    [view] = [one for one in stage.views() if one["id"] == view["id"]]
    assert "You answered: Ten. Right is: Twelve." in view["blocks"][0]["text"]["text"]
    stage.do("submit", user=MAYA, view_id=view["id"], values={"answer.1": {"answer": "0"}})
    [view] = [one for one in stage.views() if one["id"] == view["id"]]
    assert "May. That is right." in view["blocks"][1]["text"]["text"]
    assert [(given.question, given.is_right) for given in answers(stage, one)] == [(0, False), (1, True)]
    stage.do("close", user=MAYA, view_id=view["id"])


def quizzed(stage: Stage, title: str, *questions: QuizQuestion) -> Announcement:
    """Send an announcement with these questions, the first option of each right."""
    words = Wording("en", title, "Read, then answer.", questions)
    return sent(stage, title, wordings=(words,), right=(0,) * len(questions))


def answered(stage: Stage, title: str, *options: int) -> None:
    """Press what asks the questions, and answer them in their order."""
    press(stage, screen(stage, title)[0], "quiz")
    view = until(lambda: [one for one in stage.views() if one["title"]["text"] == "Questions"])[0]
    for at, option in enumerate(options):
        values = {f"answer.{at}": {"answer": str(option)}}
        stage.do("submit", user=MAYA, view_id=view["id"], values=values)
    stage.do("close", user=MAYA, view_id=view["id"])


def test_once_a_question_is_answered_the_message_says_what_and_does_not_ask_again(
    shared_stage: Stage,
) -> None:
    stage = shared_stage
    quizzed(stage, "One question", QUESTION)
    [before] = screen(stage, "One question")

    answered(stage, "One question", 1)

    until(lambda: "You answered: Twelve. Right is: Ten." in stage.text(screen(stage, "One question")[0]))
    [drawn] = screen(stage, "One question")
    [button] = elements(drawn, "announcement.quiz")
    assert (label_of(before, "quiz"), button["text"]["text"]) == ("Answer a question", "Your answers")
    assert "acknowledge" in actions(drawn), "to answer is not to confirm"
    press(stage, drawn, "quiz")
    [window] = until(lambda: [one for one in stage.views() if one["title"]["text"] == "Questions"])
    assert "Right is: Ten." in window["blocks"][0]["text"]["text"]
    stage.do("close", user=MAYA, view_id=window["id"])
    [other] = screen(stage, "One question", user=RAFA)
    assert label_of(other, "quiz") == "Answer a question"


def test_the_button_counts_the_questions_that_are_left(shared_stage: Stage) -> None:
    stage = shared_stage
    quizzed(stage, "Three questions", QUESTION, QUESTION, QUESTION)

    answered(stage, "Three questions", 0, 1)
    until(lambda: label_of(screen(stage, "Three questions")[0], "quiz") == "Answer a question")
    press(stage, screen(stage, "Three questions")[0], "quiz")
    view = until(lambda: [one for one in stage.views() if one["title"]["text"] == "Questions"])[0]
    stage.do("submit", user=MAYA, view_id=view["id"], values={"answer.2": {"answer": "0"}})
    stage.do("close", user=MAYA, view_id=view["id"])

    said = "You answered 3 questions, 2 of them right."
    until(lambda: said in stage.text(screen(stage, "Three questions")[0]))


def test_what_was_answered_stays_in_the_message_when_it_is_confirmed_and_when_it_is_edited(
    shared_stage: Stage,
) -> None:
    stage = shared_stage
    one = quizzed(stage, "Answered first", QUESTION)
    answered(stage, "Answered first", 0)
    said = "You answered: Ten. That is right."
    until(lambda: said in stage.text(screen(stage, "Answered first")[0]))

    press(stage, screen(stage, "Answered first")[0], "acknowledge")
    until(lambda: "acknowledge" not in actions(screen(stage, "Answered first")[0]))
    confirmed = stage.text(screen(stage, "Answered first")[0])
    edited(stage, one, "Without the slip.", ask_again=False)
    pass_time(stage)

    again = stage.text(screen(stage, "Answered first")[0])
    assert "Without the slip." in again
    assert [said in text for text in (confirmed, again)] == [True, True]


def test_an_answer_counts_where_the_message_can_not_be_drawn_anew(shared_stage: Stage) -> None:
    stage = shared_stage
    one = quizzed(stage, "No redrawing", QUESTION)
    stage.slack_fault("chat.update", "500", times=20)

    answered(stage, "No redrawing", 0)

    assert [given.is_right for given in answers(stage, one)] == [True]
    requests.delete(f"{stage.slack_url}/_sandbox/faults", timeout=5).raise_for_status()


def test_a_file_opens_for_its_reader_and_that_is_noted(shared_stage: Stage) -> None:
    stage = shared_stage
    asset = next(one for one in stage.services.catalog.assets() if one.title == "Discount rules")
    one = sent(stage, "With a file", asset_ids=(asset.id,))
    [message] = screen(stage, "With a file")
    address = elements(message, "announcement.asset")[0]["url"]
    assert receipt(stage, one).opened_at is None

    page = requests.get(address, headers={"User-Agent": "Mozilla/5.0 Firefox/140.0"}, timeout=10)

    assert page.status_code == 200
    assert "discount" in page.text.lower()
    assert receipt(stage, one).opened_at is not None
    stage.services.announcements.leave([receipt(stage, one).id], at=stage.clock())
    assert requests.get(address, timeout=10).status_code == 404
    other = address.replace(receipt(stage, one).id, receipt(stage, one, RAFA).id)
    assert requests.get(other, timeout=10).status_code == 200
    announcing.withdraw(one.id, NOVA, stage.services, now=stage.clock())
    assert requests.get(other, timeout=10).status_code == 410


@pytest.mark.parametrize("kind", ["lost_reply", "429", "500", "drop"])
def test_whatever_goes_wrong_each_reader_gets_one_message(shared_stage: Stage, kind: str) -> None:
    stage, title = shared_stage, f"Through {kind}"
    stage.slack_fault("chat.postMessage", kind, times=2)

    one = sent(stage, title)
    pass_time(stage, seconds=120)

    assert [len(screen(stage, title, user=user)) for user in (MAYA, RAFA)] == [1, 1]
    assert receipt(stage, one).shown_revision == receipt(stage, one, RAFA).shown_revision == 1


def test_while_slack_refuses_the_app_nobody_is_given_up(shared_stage: Stage) -> None:
    stage = shared_stage
    gateway = SlackGateway("xoxb-of-another-time", f"{stage.slack_url}/api/")
    refused = SlackMessenger(gateway, public_url=stage.app_url, clock=stage.clock)
    one = announcement("Refused")

    with pytest.raises(TryLater, match="invalid_auth") as raised:
        refused.announce(one, a_receipt(MAYA), one.wordings[0], [], to=MAYA, again=False)

    assert raised.value.seconds


def test_who_can_not_be_reached_is_noted_and_the_others_are_told(shared_stage: Stage) -> None:
    stage = shared_stage
    announcing.read_colleagues(stage.services, now=stage.clock())
    gone = stage.services.messenger.profile(GONE, now=stage.clock())
    # They left a moment ago, and nobody has looked since.
    stage.services.mirror.keep_profile(replace(gone, standing="member"))

    one = sent(stage, "Farewell", to=(MAYA, GONE))

    stage.services.mirror.keep_profile(gone)
    assert "user_disabled" in receipt(stage, one, GONE).failed
    assert len(screen(stage, "Farewell")) == 1


def test_a_press_tells_that_a_message_is_there_when_its_worker_died(shared_stage: Stage) -> None:
    stage = shared_stage
    one = sent(stage, "Quick reader", to=(MAYA,))
    [message] = screen(stage, "Quick reader")
    mine = receipt(stage, one)
    with stage.database.writing() as connection:
        forgotten = tables.receipts.update().where(tables.receipts.c.id == mine.id)
        connection.execute(forgotten.values(shown_revision=0, ts="", channel="", delivered_at=None))

    press(stage, message, "acknowledge")

    until(lambda: receipt(stage, one).shown_revision)
    assert (receipt(stage, one).ts, receipt(stage, one).acknowledged_revision) == (message["ts"], 1)
    pass_time(stage)
    assert len(screen(stage, "Quick reader")) == 1


def test_a_test_message_says_that_nothing_of_it_counts(shared_stage: Stage) -> None:
    stage = shared_stage
    now = stage.clock()
    draft = announcement("Try it", author="nova@harbourline.test", author_slack_id=NOVA)
    announcing.test_send(draft, stage.services, now=now)
    pass_time(stage)
    [message] = screen(stage, "Try it", user=NOVA)

    press(stage, message, "acknowledge", user=NOVA)

    until(lambda: ephemeral(stage, "nothing is counted", user=NOVA))
    assert stage.services.announcements.receipts(draft.id) == []


def test_in_a_channel_each_reader_acknowledges_for_themselves(shared_stage: Stage) -> None:
    stage = shared_stage
    one = sent(stage, "To a channel", channels=("C0NORFIELD",))
    message = next(one for one in stage.bot_messages("C0NORFIELD") if one["text"] == "To a channel")

    stage.click(message, "announcement.acknowledge", channel="C0NORFIELD")

    until(lambda: "it is noted that you have read this" in stage.text(stage.last("C0NORFIELD")))
    assert receipt(stage, one).acknowledged_revision == 1
    of_channel = stage.services.announcements.receipt(key("receipt", one.id, "C0NORFIELD"))
    assert of_channel is not None
    assert of_channel.acknowledged_revision == 0
