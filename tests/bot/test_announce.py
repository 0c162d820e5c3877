"""Composing an announcement in Slack: three steps, a preview, a number of people, then it is sent."""

from dataclasses import replace

import pytest

from enablement.model import Wording
from tests.bot.announce_desk import (
    block,
    choose,
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
from tests.doors import DEALS, MAYA, NOVA, RAFA, Stage, plain_value, until


def test_title_text_audience_and_send_reach_everybody_once(stage: Stage) -> None:
    open_form(stage)

    submit(stage, title="New deck", text="It is *here* & now.")
    submit(stage, everyone=["yes"], at_once=["yes"])
    submit(stage)
    deliver(stage)

    assert stage.views(NOVA) == []
    [one] = kept(stage)
    assert (one.state, one.author) == ("running", "nova@harbourline.test")
    for person in (MAYA, RAFA):
        [message] = [
            each for each in stage.bot_messages(f"D{person[1:]}", user=person) if "deck" in str(each)
        ]
        assert "It is *here* & now." in words(message).replace("&amp;", "&")


def test_who_may_not_announce_hears_that_in_a_line(stage: Stage) -> None:
    stage.do("command", user=MAYA, channel=DEALS, command="/announce")

    assert stage.views(MAYA) == []
    assert stage.text(stage.last(DEALS)).startswith("Announcing is for managers")


def test_the_preview_shows_what_is_being_typed(stage: Stage) -> None:
    open_form(stage)

    shown = choose(stage, "title", "A price change")

    assert words(shown).count("A price change") == 2


def test_the_number_of_people_follows_the_audience_and_names_come_on_request(stage: Stage) -> None:
    open_form(stage)
    submit(stage, title="New deck", text="It is here.")

    assert "Nobody yet." in words(top(stage))
    assert "It goes to *2 people*." in words(choose(stage, "people", [MAYA, RAFA, "U0GUEST"]))
    named = words(press(stage, "compose.names"))

    assert "Maya Chen and Rafa Souza" in named
    assert "1 is not told" in named


def test_an_audience_of_nobody_is_refused_where_it_is_chosen(stage: Stage) -> None:
    open_form(stage)
    submit(stage, title="New deck", text="It is here.")

    errors = submit(stage)

    assert errors == {"people": "Nobody is meant. Say whom it is for."}


def test_a_time_in_the_quiet_hours_is_refused_at_that_field(stage: Stage) -> None:
    open_form(stage)
    submit(stage, title="New deck", text="It is here.")

    errors = submit(stage, everyone=["yes"], local_time="23:00")

    assert errors["local_time"].startswith("From 20:00 to 08:00 people are left in peace.")


def test_a_channel_with_guests_is_refused_by_its_name(stage: Stage) -> None:
    open_form(stage)
    submit(stage, title="New deck", text="It is here.")

    errors = submit(stage, everyone=["yes"], channels=[DEALS])

    assert errors == {"channels": "There are guests or people of other companies in #deals."}


def test_open_deals_narrow_the_audience(stage: Stage) -> None:
    open_form(stage)
    submit(stage, title="New deck", text="It is here.")

    choose(stage, "by_deals", ["yes"])
    some = choose(stage, "least", "50000")
    none = choose(stage, "least", "50000000")

    assert "It goes to" in words(some)
    assert "Nobody yet." in words(none)
    submit(stage, least="50000", stages=["Negotiation/Review"])
    [one] = kept(stage)
    assert one.aim.deals is not None
    assert (one.aim.deals.least_amount, one.aim.deals.stages) == (50_000, ("Negotiation/Review",))


def test_a_translation_is_written_beside_the_text_and_missing_ones_are_said(stage: Stage) -> None:
    open_form(stage)
    choose(stage, "title", "New deck")
    choose(stage, "text", "It is here.")

    french = choose(stage, "language", "fr")

    assert value_of(french, "title") is None
    submit(stage, title="Nouveau document", text="Il est là.")
    [one] = kept(stage)
    assert one.wordings == (
        Wording("en", "New deck", "It is here."),
        Wording("fr", "Nouveau document", "Il est là."),
    )
    submit(stage, everyone=["yes"])
    assert "Not written: Portuguese, Thai, Chinese and Korean. Their readers get English" in words(top(stage))


def test_a_translation_with_both_fields_empty_is_taken_away(stage: Stage) -> None:
    open_form(stage)
    choose(stage, "title", "New deck")
    choose(stage, "text", "It is here.")
    choose(stage, "language", "fr")
    choose(stage, "title", "Nouveau document")

    submit(stage, title="", text="")

    [one] = kept(stage)
    assert [wording.language for wording in one.wordings] == ["en"]


def test_a_closed_form_is_a_draft_to_go_on_with(stage: Stage) -> None:
    view = open_form(stage)
    choose(stage, "title", "Half of")
    stage.do("close", user=NOVA, view_id=view["id"])

    stage.do("command", user=NOVA, channel=DEALS, command="/announce", text="drafts")
    listed = stage.last(DEALS, user=NOVA)
    stage.click(listed, "announcement.continue", user=NOVA)

    again = until(lambda: stage.views(NOVA))[-1]
    assert value_of(again, "title") == "Half of"


def test_what_was_typed_last_is_kept_when_the_form_is_closed(stage: Stage) -> None:
    view = open_form(stage)
    choose(stage, "title", "New")
    choose(stage, "title", "New deck")

    stage.do("close", user=NOVA, view_id=view["id"])

    assert until(lambda: [one for one in kept(stage) if one.wordings[0].title == "New deck"])


def test_a_form_closed_at_once_leaves_nothing(stage: Stage) -> None:
    view = open_form(stage)

    stage.do("close", user=NOVA, view_id=view["id"])

    assert kept(stage) == []


def test_beyond_a_threshold_the_number_is_confirmed_first(stage: Stage) -> None:
    object.__setattr__(stage.services, "confirm_beyond", 2)
    write(stage)

    submit(stage)
    asked = top(stage)
    assert kept(stage)[0].state == "draft"
    assert "goes to *3 people*" in words(asked)
    assert asked["submit"]["text"] == "Send to 3 people"
    submit(stage)

    assert kept(stage)[0].state == "running"
    assert stage.views(NOVA) == []


def test_nothing_is_sent_while_nobody_knows_to_how_many(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(stage)
    # Slack said whom it reaches when the form was checked, and does not say it a moment later.
    monkeypatch.setattr("bot.announce_send.reached", lambda _one, _services: None)

    submit(stage)

    assert kept(stage)[0].state == "draft"
    assert "Slack does not say just now who is meant" in str(stage.views(NOVA)[-1])


def test_a_form_sent_twice_at_once_sends_once(stage: Stage) -> None:
    write(stage)

    submit(stage, times=3)
    deliver(stage)

    assert [one.state for one in kept(stage)] == ["running"]
    messages = [each for each in stage.bot_messages("D0RAFA", user=RAFA) if "New deck" in str(each)]
    assert len(messages) == 1


def test_a_test_goes_to_the_author_alone(stage: Stage) -> None:
    write(stage)

    said = press(stage, "compose.test")
    deliver(stage)

    assert "A test is on its way to you." in words(said)
    [test] = [each for each in stage.bot_messages("D0NOVA", user=NOVA) if "New deck" in str(each)]
    assert "This is a test message that only you were sent" in str(test)
    assert stage.bot_messages("D0RAFA", user=RAFA) == []
    assert kept(stage)[0].state == "draft"


def test_questions_are_written_a_line_an_option_with_a_mark_before_the_right_one(stage: Stage) -> None:
    write(stage)
    press(stage, "compose.questions")
    typed = {"question.0.en": "Who may discount?", "options.0.en": "Anybody\n* The desk\nNobody"}

    view = top(stage)
    state = {
        name: {block(view, "question" if "question" in name else "options")["element"]["action_id"]: text}
        for name, text in typed.items()
    }
    stage.do("submit", user=NOVA, view_id=view["id"], values=state)

    until(lambda: "1 question" in words(top(stage)))
    [one] = kept(stage)
    assert one.wordings[0].questions[0].options == ("Anybody", "The desk", "Nobody")
    assert one.right == (1,)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("One\nTwo", "Put * before the one right option."),
        ("* One\n* Two", "Put * before the one right option."),
        ("* One", "Give two to five options, one in each line."),
    ],
)
def test_options_that_cannot_be_asked_are_refused_where_they_stand(
    stage: Stage, options: str, said: str
) -> None:
    write(stage)
    press(stage, "compose.questions")
    view = top(stage)

    state = {
        "question.0.en": {"compose.question": "Who?"},
        "options.0.en": {"compose.options": options},
    }
    answer = stage.do("submit", user=NOVA, view_id=view["id"], values=state)

    assert answer["errors"] == {"options.0.en": said}


def test_a_template_is_a_copy_to_begin_with(stage: Stage) -> None:
    write(stage)
    press(stage, "compose.template")
    submit(stage)

    stage.do("command", user=NOVA, channel=DEALS, command="/announce", text="templates")
    stage.click(stage.last(DEALS, user=NOVA), "announcement.use", user=NOVA)

    begun = until(lambda: stage.views(NOVA))[-1]
    assert value_of(begun, "title") == "New deck"
    assert sorted(one.state for one in kept(stage)) == ["draft", "running", "template"]


def test_an_attached_asset_is_chosen_by_typing_and_shown_in_the_preview(stage: Stage) -> None:
    view = open_form(stage)
    found = stage.do("suggest", user=NOVA, view_id=view["id"], action_id="compose.assets", value="pricing")
    asset_id = plain_value(found["options"][0]["value"])

    shown = choose(stage, "assets", [asset_id])

    assert words(shown).count("Pricing overview") >= 2
    assert kept(stage)[0].asset_ids == (asset_id,)


def test_going_back_keeps_what_stood_there(stage: Stage) -> None:
    write(stage)

    press(stage, "compose.to_who")
    back = press(stage, "compose.to_what")

    assert value_of(back, "title") == "New deck"
    assert kept(stage)[0].aim.everyone


def test_a_group_of_slack_is_an_audience(stage: Stage) -> None:
    source = stage.see("workspace")
    source["usergroups"] = [{"id": "S0SALES", "handle": "sales", "name": "Sales", "users": [MAYA, RAFA]}]
    stage.do("workspace", **source)
    open_form(stage)
    submit(stage, title="New deck", text="It is here.")
    view = top(stage)

    found = stage.do("suggest", user=NOVA, view_id=view["id"], action_id="compose.groups", value="sal")
    assert [one["text"]["text"] for one in found["options"]] == ["@sales"]

    assert "It goes to *2 people*." in words(choose(stage, "groups", ["S0SALES"]))


def test_the_shortcut_opens_the_same_form(stage: Stage) -> None:
    stage.do("shortcut", user=NOVA, callback_id="announce.new")

    assert block(until(lambda: stage.views(NOVA))[-1], "title")


def test_a_form_of_somebody_else_is_not_filled_in(stage: Stage) -> None:
    write(stage)
    [one] = kept(stage)
    stage.services.announcements.save(
        replace(one, author_slack_id=RAFA, version=one.version + 1), was=one.version
    )

    errors = submit(stage)

    assert list(errors.values()) == ["This is not yours."]
