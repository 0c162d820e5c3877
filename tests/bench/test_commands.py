"""Commands as the load generator sends them, and how their answers are found in the local Slack."""

import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests
from flask import Flask, request

from bench import commands
from bench.commands import Command, NotAcknowledged
from bench.figures import BenchFailed
from bot.blocks import OPEN
from bot.verify import verify
from sandbox.slack import SlackConfig, create_app
from sandbox.slack.server import Server
from tests.builders import NOW

SECRET = "a secret of both"
WORKSPACE = {
    "team": {"id": "T1", "name": "Stowmark", "domain": "stowmark"},
    "users": [
        {"id": "U1", "name": "maya", "real_name": "Maya Chen"},
        {"id": "U2", "name": "bo", "real_name": "Bo"},
    ],
    "channels": [{"id": "C1", "name": "sellers", "members": ["U1", "U2", "UBOT"]}],
    "bot": {"user_id": "UBOT", "bot_id": "B1", "name": "Touchline"},
}


@dataclass
class Product:
    """An app that takes commands and keeps them; what it answers with is for the test to say."""

    url: str = ""
    status: int = 200
    says: str = ""
    forms: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> Flask:
        app = Flask(__name__)

        @app.post("/slack/events")
        def take() -> tuple[str, int]:
            raw = request.get_data()
            headers = {name.lower(): value for name, value in request.headers.items()}
            verify(raw, headers, [SECRET], now=float(headers["x-slack-request-timestamp"]))
            self.forms.append(dict(urllib.parse.parse_qsl(raw.decode())))
            return self.says, self.status

        return app


@pytest.fixture
def product() -> Iterator[Product]:
    made = Product()
    with Server(made.app()) as server:
        made.url = server.url
        yield made


@pytest.fixture
def slack(product: Product) -> Iterator[str]:
    config = SlackConfig(WORKSPACE, app_url=product.url, signing_secret=SECRET, bot_token="xoxb-1")
    with Server(create_app(config)) as server:
        yield server.url


@pytest.fixture
def form(slack: str) -> commands.Form:
    return next(iter(commands.forms(slack, ["U1"], "C1")))


def asked(form: commands.Form, product: Product) -> Command:
    return commands.ask(form, "pricing for Norfield", app_url=product.url, secret=SECRET)


def answer(form: commands.Form, mark: str, *, action: str = OPEN) -> None:
    button = {
        "type": "button",
        "action_id": action,
        "text": {"type": "plain_text", "text": "Open"},
        "value": mark,
    }
    body = {"text": "For Norfield", "blocks": [{"type": "actions", "elements": [button]}]}
    requests.post(form["response_url"], json=body, timeout=5).raise_for_status()


def test_each_address_is_used_as_often_as_slack_allows(slack: str, product: Product) -> None:
    forms = list(commands.forms(slack, ["U1"] * 7 + ["U2"], "C1"))

    addresses = [one["response_url"] for one in forms]
    assert [addresses.count(one) for one in dict.fromkeys(addresses)] == [5, 2, 1]
    assert [one["user_id"] for one in forms] == ["U1"] * 7 + ["U2"]
    assert {one["text"] for one in product.forms} == {"help"}


def test_a_command_is_signed_says_its_words_and_is_no_repetition(
    form: commands.Form, product: Product
) -> None:
    one, other = asked(form, product), asked(form, product)

    one.send()
    other.send()

    assert [sent["text"] for sent in product.forms[-2:]] == ["pricing for Norfield"] * 2
    assert one.mark != other.mark


@pytest.mark.parametrize(("status", "says"), [(500, ""), (200, "It went wrong."), (404, "")])
def test_anything_but_an_empty_200_is_no_ack(
    form: commands.Form, product: Product, status: int, says: str
) -> None:
    product.status, product.says = status, says

    with pytest.raises(NotAcknowledged):
        asked(form, product).send()


def test_an_answer_is_found_by_its_mark_with_the_moment_it_came(
    slack: str, form: commands.Form, product: Product
) -> None:
    one = asked(form, product)
    after = commands.position(slack)

    answer(form, one.mark)

    found = commands.wait_for_answers(slack, [one.mark], after=after)
    assert list(found.at) == [one.mark]
    assert found.at[one.mark] > NOW.timestamp()
    assert found.others == []


def test_an_echo_is_found_by_the_mark_in_its_words(slack: str, form: commands.Form, product: Product) -> None:
    one = commands.echo(form, "pricing", app_url=product.url, secret=SECRET)
    one.send()

    words = product.forms[-1]["text"]
    requests.post(form["response_url"], json={"text": words}, timeout=5).raise_for_status()

    assert one.mark in commands.wait_for_answers(slack, [one.mark], after=0).at


def test_a_reply_without_assets_is_no_answer(slack: str, form: commands.Form, product: Product) -> None:
    one = asked(form, product)

    answer(form, one.mark, action="find.deal")

    found = commands.wait_for_answers(slack, [one.mark], after=0, within_s=0.6)
    assert found.at == {}
    assert any("find.deal" in said for said in found.others)


def test_an_answer_to_an_earlier_phase_is_not_counted(
    slack: str, form: commands.Form, product: Product
) -> None:
    one = asked(form, product)
    answer(form, one.mark)

    after = commands.position(slack)

    assert commands.wait_for_answers(slack, [one.mark], after=after, within_s=0.6).at == {}


def test_what_was_answered_twice_is_a_failure(slack: str, form: commands.Form, product: Product) -> None:
    one = asked(form, product)
    answer(form, one.mark)
    answer(form, one.mark)

    with pytest.raises(BenchFailed, match="twice"):
        commands.wait_for_answers(slack, [one.mark], after=0)


def test_an_app_that_does_not_take_commands_is_a_failure_before_anything_is_measured(
    slack: str, product: Product
) -> None:
    product.status = 503

    with pytest.raises(BenchFailed, match="could not give a command"):
        list(commands.forms(slack, ["U1"], "C1"))
