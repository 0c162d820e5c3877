"""What the library shows in Slack is taken by Slack whatever stands in titles, names and notes, and calls nobody."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any, get_args

from hypothesis import given, settings, strategies as st

from bot.blocks import reply
from bot.library_blocks import notice
from bot.library_forms import archive_form, decline_form, read_deciding, read_note, read_successor
from bot.mrkdwn import clean
from bot.payload import Carried, read
from bot.publish_blocks import Draft, form, read_form, said_modal
from bot.publish_fields import asset_option, facet_option
from enablement.governance import State
from enablement.holdings import Held, Holdings
from enablement.model import Ask, Asset, Facets, Notice, NoticeKind, Place
from enablement.uploads import Offer
from sandbox.slack.blocks import BLOCKS_TEXT, check_message_blocks, check_view, text_length
from sandbox.slack.inputs import initial_values
from sandbox.slack.mrkdwn import tokens
from tests.builders import NOW, asset
from tests.doors import MAYA

seeded = settings(derandomize=True, deadline=None, max_examples=60)
URL = "https://touchline.example"
LINK = f"{URL}/o/{'t' * 32}"
any_text = st.text(max_size=500) | st.sampled_from(
    ["<!channel>", "<https://evil.example|here>", "&" * 500, "🚚" * 500, "", "\u202e", "`*_~", "ไทย & 한국"]
)
short = any_text.map(lambda text: text[:80])
ASK = Ask("a" * 40, "command", MAYA, "", "", Place("C0DEALS"), "", False, None, NOW)


@st.composite
def assets(draw: st.DrawFn) -> Asset:
    values = {one.name: tuple(draw(st.lists(short, max_size=2, unique=True))) for one in fields(Facets)}
    return asset(
        draw(any_text) or "x",
        id="a" * 40,
        kind=draw(short),
        language=draw(st.sampled_from(["en", "pt-BR", "sw"])),
        audience=draw(st.sampled_from(["customer", "internal"])),
        collection=draw(any_text.map(lambda text: text[:200])),
        owner=draw(st.sampled_from(["", "maya@harbourline.test"])),
        facets=Facets(**values),
        expires=draw(st.none() | st.just(date(2027, 1, 1))),
        review_every_days=draw(st.none() | st.sampled_from([30, 45])),
        reviewed_on=draw(st.none() | st.just(date(2026, 1, 1))),
        version_id="v" * 40,
    )


@st.composite
def messages(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(["offer", "holdings", "notice", "settled"]))
    if kind == "offer":
        return reply(Offer(ASK, "F0123456789", draw(any_text) or "f"), public_url=URL, now=NOW)
    if kind == "holdings":
        held = tuple(
            Held(
                one,
                draw(st.sampled_from(get_args(State))),
                draw(st.none() | st.just(date(2026, 12, 1))),
                waits,
                LINK,
                draw(short),
            )
            for one in draw(st.lists(assets(), max_size=10))
            for waits in [draw(st.booleans())]
        )
        pages = draw(st.integers(1, 3))
        page = draw(st.integers(1, pages))
        said = Holdings(ASK, held, page, pages, 30, NOW.date(), may_change=draw(st.booleans()))
        return reply(said, public_url=URL, now=NOW)
    told = Notice(
        "n" * 40,
        draw(st.sampled_from(get_args(NoticeKind))),
        "a" * 40,
        "maya@harbourline.test",
        draw(st.text(max_size=1_000)),
        "v" * 40,
        draw(short),
        "t" * 32,
    )
    outcome = f"Done: {draw(any_text)}" if kind == "settled" else ""
    return notice(told, draw(assets()), public_url=URL, outcome=outcome)


@seeded
@given(messages())
def test_every_message_is_taken_by_slack_and_calls_nobody(drawn: Any) -> None:
    blocks, text = drawn

    rows = [block.to_dict() for block in blocks]
    assert check_message_blocks(rows) == []
    assert text_length(rows) <= BLOCKS_TEXT
    assert [one.kind for row in (*_mrkdwn(rows), text) for one in tokens(row) if one.kind != "text"] == []
    assert 0 < len(text) <= 300


@seeded
@given(any_text, any_text, st.none() | assets())
def test_every_form_is_taken_by_slack(name: str, words: str, base: Asset | None) -> None:
    draft = Draft(
        "F0123456789", name[:200] or "f", 1_234, name[:200] or "t", "maya@harbourline.test", "D1", "1.2"
    )
    carried = Carried("a" * 40, version="v" * 40, notice="n" * 40)

    views = [
        form(draft, base),
        archive_form(carried, base or asset(), response_url="https://hooks.slack.com/actions/1/2/3"),
        decline_form(carried, base or asset(), response_url="https://hooks.slack.com/actions/1/2/3"),
        said_modal("Not added", f"Sorry: {words}"),
    ]

    for view in (one.to_dict() for one in views):
        assert check_view(view, kinds=("modal",)) == []
        assert [
            one.kind for row in _mrkdwn(view["blocks"]) for one in tokens(row) if one.kind != "text"
        ] == []


@seeded
@given(assets())
def test_a_form_drawn_for_an_asset_and_sent_as_it_is_says_of_it_what_was_said_before(one: Asset) -> None:
    one = replace(one, title=clean(one.title) or "Deck", expires=date(2030, 1, 1), language="fr")
    draft = Draft("F1", "deck.pptx", 1, "deck", "maya@harbourline.test")
    view = form(draft, one).to_dict()

    filled = read_form({**view, "state": {"values": initial_values(view["blocks"])}}, today=NOW.date())

    assert filled.draft == draft
    assert filled.said["audience"] == one.audience
    assert filled.said["language"] == "fr"
    assert filled.said["expires"] == "2030-01-01"
    assert filled.said.get("review_every_days") == one.review_every_days


@seeded
@given(any_text)
def test_what_a_menu_offers_fits_into_it(text: str) -> None:
    options = [asset_option(asset(text or "x", id="a" * 40)), facet_option("industries", text[:80] or "x")]

    for one in options:
        said = one.to_dict()
        assert 0 < len(said["text"]["text"]) <= 75
        assert 0 < len(said["value"]) <= 150


def test_what_a_button_carries_comes_back() -> None:
    whole = Carried("id", version="v1", notice="n1", page=3)

    assert read(whole.to_json()) == whole
    assert read(Carried("id").to_json()) == Carried("id")
    assert Carried("id").to_json() == '{"id":"id","v":1}'


def test_the_reason_comes_back_with_the_button_it_was_asked_for() -> None:
    carried = Carried("asset", version="v1", notice="n1")
    view = decline_form(carried, asset(), response_url="https://hooks.slack.com/1").to_dict()

    entered = {"state": {"values": {"note": {"note": {"type": "plain_text_input", "value": " cite it "}}}}}
    deciding, note = read_deciding({**view, **entered}), read_note({**view, **entered})

    assert (read(deciding.button), deciding.response_url) == (carried, "https://hooks.slack.com/1")
    assert note == "cite it"


def test_what_takes_its_place_comes_back_with_the_button_or_nothing_does() -> None:
    carried = Carried("asset", page=2, says="archive")
    view = archive_form(carried, asset(), response_url="https://hooks.slack.com/1").to_dict()
    chosen = {"type": "external_select", "selected_option": {"value": "newer"}}

    def entered(one: dict[str, Any]) -> dict[str, Any]:
        return {**view, "state": {"values": {"library.successor": {"library.successor": one}}}}

    assert read(read_deciding(view).button) == carried
    assert read_successor(entered(chosen)) == "newer"
    assert read_successor(entered({**chosen, "selected_option": None})) == ""


def _mrkdwn(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for part in value.values():
            yield from _mrkdwn(part)
    elif isinstance(value, list):
        for part in value:
            yield from _mrkdwn(part)
