"""What is known to go wrong in Slack apps and no other test holds; docs/slack-failures.md lists all of it."""

import json
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

import app as composition
from bot.blocks import text_block
from bot.gateway import SlackGateway
from bot.home import matching
from sandbox.slack.server import Server
from tests.builders import deal
from tests.doors import DEALS, DM, FORM, HALDEN, MAYA, TOKEN, Stage, elements, until

QUESTION = "payback for the Norfield warehouse"
# More than Bolt's own number of threads.
SLOW_PRESSES = 8


def test_presses_that_wait_keep_no_command_from_its_ack(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = stage.ask(QUESTION)
    contacts, inside, may_go_on = stage.services.mirror.contacts, Barrier(SLOW_PRESSES + 1), Event()

    def slow(deal_id: str) -> Any:
        inside.wait(15)
        may_go_on.wait(30)
        return contacts(deal_id)

    monkeypatch.setattr(stage.services.mirror, "contacts", slow)
    with ThreadPoolExecutor(SLOW_PRESSES) as pool:
        presses = [pool.submit(stage.click, answer, "find.share") for _ in range(SLOW_PRESSES)]
        inside.wait(15)
        kept = stage.rows()["asks"]
        command = {"command": "/content", "text": QUESTION, "user_id": MAYA, "channel_id": DEALS}
        answered = stage.post_signed(urlencode({**command, "trigger_id": "1"}).encode(), kind=FORM)
        kept_meanwhile = stage.rows()["asks"]
        may_go_on.set()
        for one in presses:
            one.result()

    assert (answered.status_code, kept_meanwhile) == (200, kept + 1)


def test_an_error_is_said_at_a_field_that_is_there(stage: Stage) -> None:
    answer = stage.ask("payback for Halden store pilot")
    stage.click(answer, "find.share")
    [view] = until(stage.views)

    said = stage.do("submit", user=MAYA, view_id=view["id"], values={"typed": {"typed": " "}})

    assert HALDEN in json.dumps(view["blocks"], ensure_ascii=False)
    assert "contacts" not in {block["block_id"] for block in view["blocks"]}
    assert said["errors"] == {"typed": "Choose a contact or type an e-mail address."}


@pytest.mark.parametrize("typed", ["", "Prospect", "prospekt"])
def test_a_menu_that_is_filled_by_typing_never_overflows(typed: str) -> None:
    deals = [deal(f"Prospect {number} " + "long " * 40, id=f"{number:018}") for number in range(250)]

    found = matching(typed, deals)

    assert 0 < len(found) <= 100


def test_names_longer_than_a_menu_takes_are_offered_all_the_same(stage: Stage) -> None:
    name = "Norfield Foods – " + "a very long name " * 6
    stage.deal(name[:120])

    stage.do("shortcut", user=MAYA, callback_id="find.anywhere")
    [view] = until(stage.views)
    offered = stage.do("suggest", user=MAYA, view_id=view["id"], action_id="find.for_deal", value="a very")

    assert offered["problems"] == []
    assert [one["text"]["text"][:20] for one in offered["options"]] == [name[:20]]


def test_a_menu_is_filled_in_time_though_salesforce_is_slow(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    readable, may_go_on = stage.services.access.readable, Event()

    def slow(user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        may_go_on.wait(30)
        return readable(user_id, deal_ids)

    monkeypatch.setattr(stage.services.access, "readable", slow)
    stage.do("shortcut", user=MAYA, callback_id="find.anywhere")
    [view] = until(stage.views)
    offered = stage.do("suggest", user=MAYA, view_id=view["id"], action_id="find.for_deal", value="")
    may_go_on.set()

    # The local Slack waits for three seconds, as the real one does.
    assert (offered["options"], offered["problems"]) == ([], [])


def test_what_other_bots_say_is_not_answered(stage: Stage) -> None:
    before = stage.rows()
    said = {"user": "U0OTHERBOT", "bot_id": "B0OTHER", "text": f"<@U0BOT> {QUESTION}", "ts": "1.1"}
    events = (
        {"type": "app_mention", "channel": DEALS, **said},
        {"type": "message", "channel_type": "im", "channel": DM, **said},
        {"type": "message", "channel_type": "im", "channel": DM, **said, "subtype": "bot_message"},
    )

    statuses = [
        stage.post_signed(
            json.dumps({"type": "event_callback", "event_id": f"Ev{number}", "event": one}).encode()
        ).status_code
        for number, one in enumerate(events)
    ]

    assert statuses == [200, 200, 200]
    assert stage.rows() == before


@pytest.fixture
def bare_slack() -> Iterator[str]:
    """Serve a Slack that says of everything that it went well, and nothing else."""
    app = Flask(__name__)
    app.add_url_rule("/api/<path:_>", view_func=lambda _: {"ok": True}, methods=["POST", "GET"])
    with Server(app) as server:
        yield f"{server.url}/api/"


def test_what_slack_does_not_say_is_not_taken_for_nothing(bare_slack: str) -> None:
    gateway = SlackGateway(TOKEN, bare_slack)

    with pytest.raises(KeyError):
        gateway.post(DEALS, [text_block("hello")], "hello", thread="", mark={})
    with pytest.raises(KeyError):
        gateway.permalink(DEALS, "1.1")


@pytest.fixture
def levels() -> Iterator[None]:
    """Put the levels of all loggers back afterwards."""
    before = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    root = logging.root.level
    yield
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(before.get(name, logging.NOTSET))
    logging.root.setLevel(root)


@pytest.mark.parametrize("name", ["slack_sdk.web.base_client", "slack_sdk.webhook.client", "slack_bolt.App"])
def test_whole_messages_are_in_no_log_whatever_its_level(levels: None, name: str) -> None:
    logging.root.setLevel(logging.DEBUG)

    composition._log_to_stderr()

    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)


def test_no_press_of_a_link_is_refused(stage: Stage) -> None:
    """Slack tells the app of a press of a button that is a link too, and wants it acknowledged."""
    answer = stage.ask(QUESTION)
    links = [one for one in elements(answer) if one.get("url")]

    for one in links:
        stage.do("click", user=MAYA, channel=DEALS, ts=answer["ts"], action_id=one["action_id"])

    assert links
