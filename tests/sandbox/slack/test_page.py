"""The page, in Chromium."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.sandbox.chromium import PATIENCE_MS, chromium, in_browser, in_one_process
from tests.sandbox.slack.browser import Screen, plain, screen
from tests.sandbox.slack.stage import BOT, DEALS, DM, MAYA, RAFA

expect.set_options(timeout=PATIENCE_MS)
pytestmark = [in_browser, in_one_process]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture
def shown(browser: Any) -> Iterator[Screen]:
    with screen(browser) as one:
        yield one


def test_a_command_is_offered_and_its_answer_drawn_for_its_asker_alone(shown: Screen) -> None:
    shown.open()

    shown.page.locator("#composer-text").type("/con")
    expect(shown.page.get_by_role("option", name="/content")).to_be_visible()
    shown.page.keyboard.press("Enter")
    shown.page.keyboard.type("payback proof")
    shown.page.keyboard.press("Enter")

    answer = shown.message("Payback in nine months")
    expect(answer.get_by_text("Only visible to you")).to_be_visible()
    expect(answer.get_by_role("button", name="Share")).to_be_visible()
    assert shown.slack.app.heard[-1]["text"] == "payback proof"
    shown.page.get_by_label("You are").select_option(RAFA)
    expect(shown.page.locator("#person-avatar")).to_have_text("RS")
    expect(shown.message("Payback in nine months")).to_have_count(0)


def test_a_button_opens_a_form_that_complains_at_its_field_and_then_closes(shown: Screen) -> None:
    shown.open()
    shown.say("/content x")

    shown.message("Payback in nine months").get_by_role("button", name="Share").click()
    dialog = shown.page.get_by_role("dialog")
    dialog.get_by_label("Recipient").fill("maya@elsewhere.test")
    dialog.get_by_role("button", name="Share").click()
    expect(dialog.get_by_text("Nobody at Acme has this address")).to_be_visible()
    expect(dialog.get_by_label("Recipient")).to_be_focused()
    dialog.get_by_label("Recipient").fill("cfo@acme.test")
    dialog.get_by_label("Note").fill("ตามที่คุยกัน 依照討論")
    dialog.get_by_role("button", name="Share").click()

    expect(dialog).to_be_hidden()
    expect(shown.message("Shared: ตามที่คุยกัน 依照討論")).to_be_visible()


def test_an_empty_form_is_checked_before_the_app_hears_of_it(shown: Screen) -> None:
    shown.open()
    shown.say("/content x")
    shown.message("Payback in nine months").get_by_role("button", name="Share").click()
    dialog = shown.page.get_by_role("dialog")

    dialog.get_by_role("button", name="Share").click()

    expect(dialog.get_by_text("Please complete this required field.")).to_be_visible()
    assert "view_submission" not in [heard.get("type") for heard in shown.slack.app.heard]
    shown.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_what_is_entered_while_an_act_is_under_way_outlives_the_redraw(shown: Screen) -> None:
    shown.open()
    urgent = {"text": plain("Urgent"), "value": "yes"}
    box = {"type": "checkboxes", "action_id": "box", "options": [urgent]}
    note = {"type": "plain_text_input", "action_id": "note", "focus_on_load": True}
    more = {"type": "button", "action_id": "more", "text": plain("More")}
    blocks = [
        {"type": "input", "block_id": "box", "label": plain("Hurry"), "element": box, "optional": True},
        {"type": "input", "block_id": "note", "label": plain("Note"), "element": note, "optional": True},
        {"type": "actions", "block_id": "acts", "elements": [more]},
    ]
    modal = {"type": "modal", "title": plain("A form"), "submit": plain("Send")}

    def reply(heard: dict[str, Any]) -> str:
        client = shown.product.client
        if "command" in heard:
            client.views_open(trigger_id=heard["trigger_id"], view={**modal, "blocks": blocks})
        return ""

    shown.slack.app.reply = reply
    shown.say("/content x")
    expect(shown.page.get_by_label("Note")).to_be_focused()
    shown.page.get_by_role("button", name="More").click()
    shown.page.get_by_label("Urgent").check()
    shown.page.get_by_label("Note").fill("By Friday")
    view_id = shown.slack.see("state", **{"as": MAYA})["views"][0]["id"]

    drawn = {"type": "section", "text": plain("Drawn anew")}
    shown.product.client.views_update(view_id=view_id, view={**modal, "blocks": [drawn, *blocks]})

    expect(shown.page.get_by_text("Drawn anew")).to_be_visible()
    expect(shown.page.get_by_label("Urgent")).to_be_checked()
    expect(shown.page.get_by_label("Note")).to_be_focused()
    shown.page.get_by_role("dialog").get_by_role("button", name="Send").click()
    expect(shown.page.get_by_role("dialog")).to_be_hidden()
    values = shown.slack.app.heard[-1]["view"]["state"]["values"]
    assert [one["value"] for one in values["box"]["box"]["selected_options"]] == ["yes"]
    assert values["note"]["note"]["value"] == "By Friday"


def test_typing_ahead_finds_and_chooses_by_keyboard(shown: Screen) -> None:
    shown.open()
    shown.say("/content x")
    answer = shown.message("Payback in nine months")
    box, offered = answer.get_by_role("combobox"), answer.get_by_role("option")

    box.type("臺灣")
    expect(offered).to_have_text(["臺灣鋼鐵 – 倉庫"])
    box.fill("")
    box.type("e")
    expect(offered).to_have_text(["Acme – Renewal", "Ácme Überlandwerke"])
    box.press("ArrowDown")
    box.press("Enter")

    expect(shown.message("Deal: Ácme Überlandwerke")).to_be_visible()
    expect(box).to_have_value("Ácme Überlandwerke")


def test_everything_is_reached_by_keyboard_alone(shown: Screen) -> None:
    shown.open()
    page, keys = shown.page, shown.page.keyboard

    page.locator("body").press("Tab")
    expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#composer-text")).to_be_focused()
    keys.type("/content x")
    keys.press("Escape")
    keys.press("Enter")
    share = shown.message("Payback in nine months").get_by_role("button", name="Share")
    expect(share).to_be_visible()
    reach(shown, "Share", back=True)
    keys.press("Enter")
    expect(page.get_by_label("Recipient")).to_be_focused()
    keys.type("cfo@acme.test")
    keys.press("Tab")
    keys.type("by keyboard")
    reach(shown, "Share")
    keys.press("Enter")

    expect(shown.message("Shared: by keyboard")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()


def reach(shown: Screen, name: str, *, back: bool = False) -> None:
    """Press Tab until this button has the focus."""
    for _ in range(40):
        shown.page.keyboard.press("Shift+Tab" if back else "Tab")
        if shown.page.evaluate("document.activeElement.textContent") == name:
            return
    raise AssertionError(f"{name} is not reached by keyboard")


def test_a_shortcut_is_used_from_the_composer_and_from_a_message(shown: Screen) -> None:
    shown.slack.do("say", user=RAFA, channel=DEALS, text="who has a case study?")
    shown.open()
    dialog = shown.page.get_by_role("dialog")

    shown.page.get_by_role("button", name="Shortcuts").click()
    shown.page.get_by_role("menuitem", name="Find content").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    message = shown.message("who has a case study?")
    message.hover()
    message.get_by_role("button", name="More actions").click()
    shown.page.get_by_role("menuitem", name="Answer with content").press("Enter")
    expect(dialog).to_be_visible()

    assert [row["type"] for row in shown.slack.app.heard[-2:]] == ["shortcut", "message_action"]


def test_a_question_in_a_direct_message_is_answered_below_it(shown: Screen) -> None:
    shown.open(channel=DM)

    shown.page.get_by_role("button", name="Whatever fits").click()

    expect(shown.message("what fits this deal now")).to_be_visible()
    expect(shown.page.locator(".message.nested", has_text="Here it is")).to_be_visible()
    expect(shown.page.get_by_text("Ask me")).to_be_visible()


def test_what_was_there_before_the_page_is_not_news(shown: Screen) -> None:
    shown.slack.do("say", user=RAFA, channel=DEALS, text="old")

    shown.open(channel=DM)
    expect(shown.page.get_by_role("heading", name="Touchline")).to_be_visible()

    expect(shown.page.locator(".conversation.unread")).to_have_count(0)
    shown.slack.do("say", user=RAFA, channel=DEALS, text="new")
    expect(shown.page.locator(".conversation.unread")).to_contain_text("deals")


def test_a_day_is_named_once_above_its_first_message(shown: Screen) -> None:
    for text in ("first", "second"):
        shown.slack.do("say", user=MAYA, channel=DM, text=text)
    shown.open(channel=DM)

    expect(shown.page.locator(".message.nested")).to_have_count(2)
    rows = shown.page.locator("#messages > *")
    assert rows.evaluate_all("all => all.map((row) => row.classList.contains('day'))") == [True] + [False] * 4


def test_a_status_shows_while_the_agent_works_and_goes_with_its_answer(shown: Screen) -> None:
    shown.open(channel=DM)
    client = shown.product.client
    ts = shown.slack.do("say", user=MAYA, channel=DM, text="and for Thailand?")["ts"]

    client.assistant_threads_setStatus(
        channel_id=DM, thread_ts=ts, status="is reading…", loading_messages=["Reading Acme – Renewal"]
    )
    expect(shown.page.get_by_text("Reading Acme – Renewal")).to_be_visible()
    client.chat_postMessage(channel=DM, thread_ts=ts, text="Two things fit")

    expect(shown.page.get_by_text("Two things fit")).to_be_visible()
    expect(shown.page.get_by_text("Reading Acme – Renewal")).to_have_count(0)


def test_the_home_tab_is_drawn_by_the_app(shown: Screen) -> None:
    shown.open(channel=DM)

    shown.page.get_by_role("tab", name="Home").click()

    expect(shown.page.get_by_role("heading", name="Your deals")).to_be_visible()


def test_the_keyboard_stays_on_the_tab_it_has_turned_to(shown: Screen) -> None:
    shown.open(channel=DM)

    for name in ("Home", "Messages"):
        shown.page.get_by_role("tab", name=name).focus()
        shown.page.keyboard.press("Enter")
        expect(shown.page.get_by_role("tab", name=name, selected=True)).to_be_focused()


def test_on_a_phone_the_keyboard_goes_into_the_drawer_and_back(shown: Screen) -> None:
    shown.page.set_viewport_size({"width": 390, "height": 844})
    shown.open()
    page, keys = shown.page, shown.page.keyboard
    menu, deals = (
        page.get_by_role("button", name="Show conversations"),
        page.get_by_role("button", name="deals"),
    )

    menu.focus()
    keys.press("Enter")
    expect(deals).to_be_focused()
    keys.press("Escape")
    expect(menu).to_be_focused()
    expect(deals).to_be_hidden()
    keys.press("Enter")
    expect(deals).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")

    expect(page.get_by_role("heading", name="elsewhere")).to_be_visible()
    expect(page.locator("#composer-text")).to_be_focused()


def test_a_thread_opens_beside_its_channel_and_closes_with_escape(shown: Screen) -> None:
    ts = shown.slack.do("say", user=RAFA, channel=DEALS, text="parent")["ts"]
    shown.slack.do("say", user=RAFA, channel=DEALS, text="first reply", thread_ts=ts)
    shown.open()

    shown.page.get_by_role("button", name=re.compile("1 reply")).click()
    thread = shown.page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_text("first reply")).to_be_visible()
    shown.page.keyboard.type("ตอบแล้ว 已回覆")
    shown.page.keyboard.press("Enter")
    expect(thread.get_by_text("ตอบแล้ว 已回覆")).to_be_visible()
    expect(shown.page.get_by_role("button", name=re.compile("2 replies"))).to_be_visible()
    shown.page.keyboard.press("Escape")

    expect(thread).to_be_hidden()


def test_a_file_is_attached_sent_shown_and_downloaded(shown: Screen, tmp_path: Path) -> None:
    offer = tmp_path / "ใบเสนอราคา.pdf"
    offer.write_bytes(b"%PDF-1.7 offer")
    shown.open()

    shown.page.locator("#composer input[type=file]").set_input_files(offer)
    expect(shown.page.get_by_role("button", name="Remove ใบเสนอราคา.pdf")).to_be_visible()
    shown.page.locator("#composer-text").fill("the new one")
    shown.page.get_by_role("button", name="Send").click()
    link = shown.message("the new one").get_by_role("link", name="Download ใบเสนอราคา.pdf")
    expect(link).to_be_visible()
    with shown.page.expect_download() as caught:
        link.click()

    assert Path(caught.value.path()).read_bytes() == b"%PDF-1.7 offer"
    assert caught.value.suggested_filename == "ใบเสนอราคา.pdf"


def test_a_file_can_be_dropped_on_the_composer(shown: Screen) -> None:
    shown.open()
    transfer = shown.page.evaluate_handle(
        "() => { const all = new DataTransfer(); all.items.add(new File(['a;b'], 'deals.csv')); return all; }"
    )

    shown.page.dispatch_event("#composer .composer-frame", "drop", {"dataTransfer": transfer})
    shown.page.locator("#composer-text").press("Enter")

    expect(shown.page.get_by_role("link", name="Download deals.csv")).to_be_visible()


def test_a_link_is_previewed_while_it_is_written_and_below_its_message(shown: Screen) -> None:
    shown.open()

    shown.page.locator("#composer-text").fill("see https://content.example.test/a/1")
    expect(shown.page.locator("#composer .previews").get_by_text("Case study, 12 pages")).to_be_visible()
    shown.page.locator("#composer-text").press("Enter")

    expect(shown.message("see").get_by_role("link", name="Payback in nine months")).to_be_visible()
    expect(shown.page.locator("#composer .previews")).to_be_empty()


def test_what_people_write_stays_text(shown: Screen) -> None:
    hostile = "<img src=x onerror=alert(1)> & *bold* <!channel> ภาษาไทย 繁體中文"
    shown.open()

    shown.say(hostile)

    message = shown.message("ภาษาไทย 繁體中文")
    expect(message).to_contain_text("<img src=x onerror=alert(1)> &")
    expect(message.locator("img[src=x]")).to_have_count(0)
    ts = shown.slack.channel()["messages"][-1]["ts"]
    assert shown.slack.see("pings", ts=ts)["broadcasts"] == []


def heard_event(shown: Screen) -> dict[str, Any]:
    """Wait until the app has heard an event, and return it."""
    ends = time.monotonic() + 10
    while not shown.slack.app.heard and time.monotonic() < ends:
        time.sleep(0.02)
    return dict(shown.slack.app.heard[-1]["event"])


def test_a_mention_is_completed_by_keyboard(shown: Screen) -> None:
    shown.open()

    shown.page.locator("#composer-text").type("@tou")
    expect(shown.page.get_by_role("option", name="Touchline")).to_be_visible()
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.type("hello")
    shown.page.keyboard.press("Enter")

    expect(shown.message("hello").locator(".mention")).to_have_text("@Touchline")
    # The message stands on the page before the app has heard of it.
    assert heard_event(shown)["text"] == f"<@{BOT}> hello"


def test_a_failed_command_is_told_once_to_its_giver(shown: Screen) -> None:
    shown.slack.app.reply = lambda _: ("", 500)
    shown.open()

    shown.say("/content x")

    expect(shown.page.locator(".toast")).to_have_count(1)
    expect(shown.page.locator(".toast")).to_contain_text("dispatch_failed")


@pytest.mark.parametrize("width", [380, 760])
def test_a_narrow_window_has_its_conversations_in_a_drawer(shown: Screen, width: int) -> None:
    shown.page.set_viewport_size({"width": width, "height": 700})
    shown.open()
    shown.say("x" * 300)
    expect(shown.message("xxx")).to_be_visible()

    if width < 620:
        shown.page.get_by_role("button", name="Show conversations").click()
    shown.page.get_by_role("button", name="ext-norfield").click()

    expect(shown.page.get_by_role("heading", name="ext-norfield")).to_be_visible()
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width
