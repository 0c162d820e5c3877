"""Every limit of messages, blocks and views: just inside is taken, just outside refused in Slack's shape."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack.config import BOT_SCOPES
from tests.sandbox.slack.calls import (
    Call,
    acting,
    address,
    button,
    card,
    cells,
    confirm,
    container,
    data_table,
    entry,
    feedback,
    home,
    image,
    loading,
    many,
    markdown,
    menu,
    modal,
    mrkdwn,
    option,
    options,
    pie,
    plain,
    plot,
    post,
    prompts,
    section,
    sections_of,
    spread,
    table,
    tasks,
    trash,
    video,
    words,
)
from tests.sandbox.slack.conftest import running
from tests.sandbox.slack.stage import DEALS, MAYA, TOKEN, Sandbox


@dataclass(frozen=True)
class Limit:
    """A limit: `make(n)` is a call of size n, taken up to `most`; `words` stand in the refusal."""

    name: str
    most: int
    make: Callable[[int], Call]
    error: str = "invalid_blocks"
    words: str = ""


BAD_ARGUMENTS = "invalid_arguments"
TEXT = ("chat.postMessage", "chat.update")
LIMITS = [
    Limit("blocks of a message", 50, lambda n: post(*many(n, {"type": "divider"}))),
    Limit("blocks of a Home tab", 100, lambda n: home(*many(n, {"type": "divider"})), BAD_ARGUMENTS),
    Limit("blocks of a modal", 100, lambda n: modal(*many(n, {"type": "divider"})), BAD_ARGUMENTS),
    Limit("text of all blocks", 13_200, sections_of, "msg_blocks_too_long"),
    Limit("text of a message", 40_000, lambda n: post(text=words(n)), "msg_too_long"),
    Limit("text of an update", 4_000, lambda n: (TEXT[1], {"text": words(n)}), "msg_too_long"),
    Limit(
        "markdown_text",
        12_000,
        lambda n: (TEXT[0], {"channel": DEALS, "markdown_text": words(n)}),
        "msg_too_long",
    ),
    Limit("markdown blocks together", 12_000, markdown),
    Limit("attachments", 100, lambda n: post(attachments=[{"blocks": []}] * n), "too_many_attachments"),
    Limit("section text", 3_000, lambda n: post(section(text=mrkdwn(n)))),
    Limit("section fields", 10, lambda n: post(section(fields=many(n, plain())))),
    Limit("section field", 2_000, lambda n: post(section(fields=[plain(n)]))),
    Limit("header", 150, lambda n: post({"type": "header", "text": plain(n)})),
    Limit("context elements", 10, lambda n: post({"type": "context", "elements": many(n, plain())})),
    Limit(
        "context_actions elements",
        5,
        lambda n: post({"type": "context_actions", "elements": many(n, trash())}),
    ),
    Limit("actions elements", 25, lambda n: acting(*many(n, button()))),
    Limit("button text", 75, lambda n: acting(button(text=plain(n)))),
    Limit("button value", 2_000, lambda n: acting(button(value=words(n)))),
    Limit("button url", 3_000, lambda n: acting(button(url=address(n)))),
    Limit("button accessibility_label", 75, lambda n: acting(button(accessibility_label=words(n)))),
    Limit("button agent_prompt", 4_000, lambda n: acting(button(agent_prompt=words(n)))),
    Limit("option text", 75, lambda n: menu(options=[option(text=plain(n))])),
    Limit("option value", 150, lambda n: menu(options=[option(value=words(n))])),
    Limit("option description", 75, lambda n: menu(options=[option(description=plain(n))])),
    Limit("select options", 100, lambda n: menu(options=options(n))),
    Limit(
        "select option groups",
        100,
        lambda n: acting(
            {
                "type": "static_select",
                "option_groups": [{"label": plain(), "options": [option(place)]} for place in range(n)],
            }
        ),
    ),
    Limit(
        "option group label",
        75,
        lambda n: acting(
            {"type": "static_select", "option_groups": [{"label": plain(n), "options": options(1)}]}
        ),
    ),
    Limit("overflow options", 5, lambda n: menu("overflow", options=options(n))),
    Limit("checkboxes", 10, lambda n: menu("checkboxes", options=options(n))),
    Limit("radio buttons", 10, lambda n: menu("radio_buttons", options=options(n))),
    Limit("confirm title", 100, lambda n: confirm(title=plain(n))),
    Limit("confirm text", 300, lambda n: confirm(text=plain(n))),
    Limit("confirm button", 30, lambda n: confirm(confirm=plain(n))),
    Limit("deny button", 30, lambda n: confirm(deny=plain(n))),
    Limit("action_id", 255, lambda n: acting(button(action_id=words(n)))),
    Limit("block_id", 255, lambda n: post(section(block_id=words(n)))),
    Limit("callback_id", 255, lambda n: modal(callback_id=words(n)), BAD_ARGUMENTS),
    Limit("external_id", 255, lambda n: modal(external_id=words(n)), BAD_ARGUMENTS),
    Limit("placeholder", 150, lambda n: menu(placeholder=plain(n))),
    Limit("input label", 2_000, lambda n: entry(label=plain(n)), BAD_ARGUMENTS),
    Limit("input hint", 2_000, lambda n: entry(hint=plain(n)), BAD_ARGUMENTS),
    Limit(
        "max_length of a text input",
        3_000,
        lambda n: entry({"type": "plain_text_input", "max_length": n}),
        BAD_ARGUMENTS,
        "must be between 1 and 3000",
    ),
    Limit("image url", 3_000, lambda n: image(image_url=address(n))),
    Limit("image alt text", 2_000, lambda n: image(alt_text=words(n))),
    Limit("image title", 2_000, lambda n: image(title=plain(n))),
    # "Less than 200" and "less than 50", say the words of the documentation.
    Limit("video title", 199, lambda n: video(title=plain(n))),
    Limit("video author", 49, lambda n: video(author_name=words(n))),
    Limit("alert", 200, lambda n: modal({"type": "alert", "text": plain(n)}), BAD_ARGUMENTS),
    Limit("card title", 150, lambda n: card(title=mrkdwn(n))),
    Limit("card subtitle", 150, lambda n: card(subtitle=mrkdwn(n))),
    Limit("card body", 200, lambda n: card(body=mrkdwn(n))),
    Limit("card subtext", 200, lambda n: card(subtext=mrkdwn(n))),
    Limit("card actions", 3, lambda n: card(actions=many(n, button()))),
    Limit(
        "carousel cards",
        10,
        lambda n: post({"type": "carousel", "elements": many(n, {"type": "card", "title": mrkdwn()})}),
    ),
    Limit("container children", 10, lambda n: container(*many(n, section()))),
    Limit("container title", 150, lambda n: container(section(), title=plain(n))),
    Limit("container subtitle", 150, lambda n: container(section(), subtitle=plain(n))),
    Limit("table rows", 100, lambda n: table(cells(n, 1))),
    Limit("table columns", 20, lambda n: table(cells(1, n))),
    Limit("table characters", 10_000, lambda n: table(spread(n, 10))),
    Limit("table cell", 2_000, lambda n: table(cells(1, 1, words(n)))),
    Limit("tables in a message", 1, lambda n: post(*many(n, {"type": "table", "rows": cells(1, 1)}))),
    Limit("data_table rows", 201, lambda n: data_table(cells(n, 1))),
    Limit("data_table columns", 20, lambda n: data_table(cells(2, n))),
    Limit(
        "data_table page_size", 100, lambda n: data_table(cells(2, 1), page_size=n), words="between 1 and 100"
    ),
    Limit("data_table characters", 20_000, lambda n: data_table(spread(n, 10)), words="less than 20001"),
    Limit("charts in a message", 2, lambda n: post(*many(n, pie()))),
    Limit("chart title", 50, lambda n: post(pie(title=n))),
    Limit("chart segments", 12, lambda n: post(pie(segments=n))),
    Limit("chart label", 20, lambda n: post(pie(label=n))),
    Limit("chart series", 12, lambda n: plot(series=n)),
    Limit("chart points", 20, lambda n: plot(points=n)),
    Limit("chart series name", 20, lambda n: plot(name=n)),
    Limit("chart axis label", 50, lambda n: plot(axis=n)),
    Limit("plans in a message", 1, lambda n: post(*many(n, {"type": "plan", "title": "t"}))),
    Limit("plan tasks", 50, lambda n: post({"type": "plan", "title": "t", "tasks": tasks(n)})),
    Limit("modal title", 24, lambda n: modal(title=plain(n)), BAD_ARGUMENTS),
    Limit("modal submit", 24, lambda n: modal(submit=plain(n)), BAD_ARGUMENTS),
    Limit("modal close", 24, lambda n: modal(close=plain(n)), BAD_ARGUMENTS),
    Limit("private_metadata", 3_000, lambda n: modal(private_metadata=words(n)), BAD_ARGUMENTS),
    Limit("feedback text", 75, lambda n: feedback(text=plain(n))),
    Limit("feedback value", 2_000, lambda n: feedback(value=words(n))),
    Limit("suggested prompts", 4, prompts, BAD_ARGUMENTS),
    Limit("loading messages", 10, lambda n: loading(["l"] * n), BAD_ARGUMENTS),
    Limit("loading message", 50, lambda n: loading([words(n)]), BAD_ARGUMENTS),
]


@pytest.fixture(scope="module")
def unlimited() -> Iterator[Sandbox]:
    """A local Slack without rate limits, whose app may embed videos of one domain."""
    scopes = (*BOT_SCOPES, "links.embed:write")
    with running(deadline_seconds=10, rate_limits=False, scopes=scopes, unfurl_domains=("x.test",)) as slack:
        yield slack


def ask(slack: Sandbox, call: Call) -> Any:
    """Make a call with what it needs beside its size; return its answer."""
    method, arguments = call
    client = WebClient(token=TOKEN, base_url=f"{slack.url}/api/", retry_handlers=[])
    if method == "views.open":
        slack.do("command", user=MAYA, channel=DEALS, command="/content")
        arguments = {**arguments, "trigger_id": slack.app.heard[-1]["trigger_id"]}
    if method == "chat.update":
        arguments = {
            **arguments,
            "channel": DEALS,
            "ts": client.chat_postMessage(channel=DEALS, text="t")["ts"],
        }
    if method.startswith("assistant."):
        client.conversations_open(users=MAYA)
    if method.endswith("setStatus"):
        arguments = {**arguments, "thread_ts": slack.do("say", user=MAYA, channel="D0MAYA", text="?")["ts"]}
    try:
        return client.api_call(method, json=arguments).data
    except SlackApiError as refusal:
        return refusal.response.data


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_a_limit_is_held_to_the_last_character(unlimited: Sandbox, limit: Limit) -> None:
    inside = ask(unlimited, limit.make(limit.most))
    outside = ask(unlimited, limit.make(limit.most + 1))

    assert inside["ok"], inside
    assert outside["error"] == limit.error
    if limit.error == "invalid_blocks":
        problems = outside["errors"]
        assert outside["response_metadata"]["messages"] == [f"[ERROR] {problem}" for problem in problems]
        assert "[json-pointer:/" in problems[0]
    if limit.error == BAD_ARGUMENTS:
        assert outside["response_metadata"]["messages"][0].startswith("[ERROR] ")
    assert limit.words in str(outside)


def test_every_limit_has_its_own_name() -> None:
    assert len({limit.name for limit in LIMITS}) == len(LIMITS)


def test_a_view_weighs_at_most_250_kilobytes(unlimited: Sandbox) -> None:
    light = ask(unlimited, home(*many(80, section(text=mrkdwn(3000)))))
    heavy_one = ask(unlimited, home(*many(84, section(text=mrkdwn(3000)))))

    assert light["ok"]
    assert heavy_one == {"ok": False, "error": "view_too_large"}


def test_three_modals_lie_on_each_other_and_no_fourth(unlimited: Sandbox) -> None:
    go = {"type": "actions", "elements": [button(action_id="go")]}
    view = modal(go)[1]["view"]
    client = WebClient(token=TOKEN, base_url=f"{unlimited.url}/api/", retry_handlers=[])
    ask(unlimited, modal(go))
    answers = []

    for _ in range(3):
        top = unlimited.see("state", **{"as": MAYA})["views"][-1]["id"]
        unlimited.do("click", user=MAYA, view_id=top, action_id="go")
        try:
            answer = client.views_push(trigger_id=unlimited.app.heard[-1]["trigger_id"], view=view)
        except SlackApiError as refusal:
            answer = refusal.response
        answers.append(answer.get("error", "taken"))

    assert answers == ["taken", "taken", "push_limit_reached"]


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (post({"type": "alert", "text": plain()}), "unsupported type: alert"),
        (modal({"type": "markdown", "text": "m"}), "unsupported type: markdown"),
        (modal({"type": "table", "rows": cells(1, 1)}), "unsupported type: table"),
        (home({"type": "markdown", "text": "m"}), "unsupported type: markdown"),
        (home({"type": "alert", "text": plain()}), "unsupported type: alert"),
        (post({"type": "file", "external_id": "x", "source": "remote"}), "unsupported type: file"),
        (post({"type": "contact_card"}), "unsupported type: contact_card"),
        (video(video_url="https://elsewhere.test/v"), "unfurl domains"),
        (data_table(cells(1, 1)), "no fewer than 2 items"),
        (post({"type": "data_table", "rows": cells(2, 1)}), "missing required field: caption"),
        (data_table(cells(2, 1), row_header_column_index=1), "must be one of the columns"),
        (data_table([*cells(1, 1), *cells(1, 2)]), "same number of cells"),
        (data_table(cells(2, 1, "")), "must be more than 0 characters"),
    ],
)
def test_a_block_stands_where_and_as_it_may(unlimited: Sandbox, call: Call, problem: str) -> None:
    assert problem in str(ask(unlimited, call))


def test_blocks_can_be_judged_without_being_posted(unlimited: Sandbox) -> None:
    right = ask(unlimited, ("blocks.validate", {"blocks": [section()]}))
    wrong = ask(unlimited, ("blocks.validate", {"message": {"blocks": [section(text=mrkdwn(3001))]}}))
    view = ask(unlimited, ("blocks.validate", {"view": modal(title=plain(25))[1]["view"]}))
    both = ask(unlimited, ("blocks.validate", {"blocks": [], "view": {}}))

    assert right == {"ok": True}
    assert wrong["errors"] == ["must be less than 3001 characters [json-pointer:/message/blocks/0/text/text]"]
    assert "/view/title/text" in view["errors"][0]
    assert both["error"] == BAD_ARGUMENTS
