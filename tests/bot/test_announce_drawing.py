"""The form of an announcement is taken by Slack whatever stands in it, and calls nobody."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings, strategies as st
from slack_sdk.models.views import View

from bot.announce_audience import Offered, read_who, who_view
from bot.announce_blocks import drafts, manage_view, mine, templates, told
from bot.announce_form import Form, form_of, read_what, what_view
from bot.announce_review import confirm_view, extend_view, questions_view, read_questions, review_view
from bot.announcement_blocks import message_blocks
from bot.mrkdwn import clean
from enablement.announcing import Reach, Reader, Told
from enablement.language import speaking
from enablement.model import LANGUAGES, Aim, Announcement, DealFilter, QuizQuestion, Wording
from sandbox.slack.blocks import check_message_blocks, check_view
from sandbox.slack.inputs import complaints, initial_values
from sandbox.slack.mrkdwn import tokens
from tests.builders import NOW, announcement, ask, asset, receipt

seeded = settings(derandomize=True, deadline=None, max_examples=40)
ZONE = ZoneInfo("Asia/Bangkok")
any_text = st.text(max_size=40) | st.sampled_from(
    [
        "<!channel>",
        "<@U0MAYA> <#C1|x>",
        "&" * 3000,
        "x" * 3000,
        "é\n" * 1500,
        "<" * 150,
        "🚚" * 1500,
        "",
        "\u202e\x00\n",
        "`*_~",
        "ไทย & 한국",
        "\ud800",
    ]
)


def ids_of(letter: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.integers(1, 9), max_size=3, unique=True).map(
        lambda some: tuple(f"{letter}0000000{one}" for one in some)
    )


mentions = st.tuples(st.sampled_from([(), ("here",), ("channel",)]), ids_of("U"), ids_of("S")).map(
    lambda parts: (*parts[0], *parts[1], *parts[2])
)
line = any_text.map(lambda text: " ".join(clean(text).split())[:70])
names = st.lists(any_text.map(lambda text: clean(text[:70]) or "x"), max_size=3, unique=True).map(tuple)


@st.composite
def announcements(draw: st.DrawFn) -> Announcement:
    count = draw(st.integers(0, 3))
    options = draw(st.integers(2, 5))

    def wording(language: str) -> Wording:
        questions = [
            QuizQuestion(
                clean(draw(any_text))[:300] or "?", tuple(f"{n}{draw(line)}" for n in range(options))
            )
            for _ in range(count)
        ]
        return Wording(language, draw(any_text)[:150], draw(any_text), tuple(questions))

    deals = DealFilter(
        stages=draw(names),
        industries=draw(names),
        least_amount=draw(st.none() | st.integers(0, 10**12).map(float)),
    )
    return announcement(
        wordings=tuple(map(wording, draw(st.lists(st.sampled_from(LANGUAGES), max_size=6, unique=True)))),
        right=(0,) * count,
        aim=Aim(
            everyone=draw(st.booleans()),
            people=draw(ids_of("U")),
            groups=draw(ids_of("S")),
            channels=draw(ids_of("C")),
            teams=draw(ids_of("00E")),
            roles=draw(ids_of("00E")),
            deals=draw(st.none() | st.just(deals)),
        ),
        channels=draw(ids_of("C")),
        mentions=draw(mentions),
        state=draw(st.sampled_from(["draft", "in_review", "running", "ended", "withdrawn", "template"])),
        must_acknowledge=draw(st.booleans()),
        reminders=draw(st.integers(0, 10)),
        remind_every_hours=draw(st.integers(1, 720)),
        starts_at=draw(st.none() | st.just(NOW)),
        local_time=draw(st.sampled_from(["", "09:00"])),
        pinned=draw(st.booleans()),
    )


@st.composite
def views(draw: st.DrawFn) -> tuple[Announcement, dict[str, Any]]:
    """Draw an announcement and one of the views of its author."""
    one = draw(announcements())
    language = draw(st.sampled_from(("", *LANGUAGES)))
    form = Form("a" * 40, 3, "what", language, edits=draw(st.booleans()), names=draw(st.booleans()))
    people = tuple(Reader(f"U{n}", "", name, "en", "UTC", None) for n, name in enumerate(draw(names) * 30))
    found = draw(st.none() | st.just(Reach(people, ("U0GUEST",))))
    assets = [asset(draw(any_text)[:500] or "x", id=f"{n:040}") for n in range(draw(st.integers(0, 10)))]
    shown = one.wordings[0] if one.wordings else Wording("en", "", "")
    preview = message_blocks(one, None, shown, assets, public_url="https://touchline.example")
    offered = Offered(draw(st.booleans()), {}, {}, draw(names), "20:00–08:00")
    problems = list(draw(names))
    drawn: tuple[Callable[[], View], ...] = (
        lambda: what_view(one, form, assets=assets, preview=preview, problem=" ".join(problems)),
        lambda: who_view(one, form, offered, found=found, problem=" ".join(problems)),
        lambda: review_view(
            one,
            form,
            found=found,
            zone=ZONE,
            preview=preview,
            needs_approval=draw(st.booleans()),
            problems=problems,
        ),
        lambda: questions_view(one, form),
        lambda: confirm_view(one, form, 5000, needs_approval=False),
        lambda: extend_view(one, form, ZONE),
        lambda: manage_view(one, [receipt()], ZONE, said=draw(any_text)[:100]),
    )
    chosen = draw(st.sampled_from(drawn))
    with speaking(draw(st.sampled_from(LANGUAGES))):
        return one, dict(chosen().to_dict())


def mrkdwn(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for part in value.values():
            yield from mrkdwn(part)
    if isinstance(value, list):
        for part in value:
            yield from mrkdwn(part)


def called(value: Any) -> list[str]:
    """Return what Slack would make a mention or a link of."""
    kinds = ("user", "usergroup", "broadcast", "channel", "link")
    return [token.target for text in mrkdwn(value) for token in tokens(text) if token.kind in kinds]


@seeded
@given(views())
def test_slack_takes_each_step_whatever_was_typed(drawn: tuple[Announcement, dict[str, Any]]) -> None:
    one, view = drawn

    assert check_view(view, kinds=("modal",)) == []
    # The preview shows whom the author chose, and nobody whom they typed.
    assert called(view["blocks"]) in ([], list(one.mentions))
    assert len(view["private_metadata"]) < 3000


HOSTILE = announcement(wordings=(Wording("en", "<!channel> <@U0MAYA>", "<!here> <https://evil.example|x>"),))


@seeded
@given(announcements())
@example(HOSTILE)
def test_slack_takes_the_messages(one: Announcement) -> None:
    texts = [
        told(Told(ask(), one, n, to_approve, "<!here>")) for n in (None, 9) for to_approve in (False, True)
    ]
    lists = [draw([replace(one, id=f"{n}") for n in range(40)]) for draw in (mine, drafts, templates)]

    for blocks in [*(blocks for blocks, _ in texts), *lists]:
        drawn = [block.to_dict() for block in blocks]
        assert check_message_blocks(drawn) == []
        assert called(drawn) == []


@seeded
@given(announcements(), st.sampled_from(["what", "who", "questions"]))
def test_a_step_that_nobody_touched_changes_nothing(one: Announcement, name: str) -> None:
    assume(one.wordings)
    one = replace(one, wordings=tuple(replace(each, text=each.text.strip() or "T") for each in one.wordings))
    offered = Offered(True, {}, {}, (), "20:00–08:00")
    drawn = {
        "what": lambda: what_view(one, Form("a", 1, "what"), assets=[], preview=[]),
        "who": lambda: who_view(one, Form("a", 1, "who"), offered, found=None),
        "questions": lambda: questions_view(one, Form("a", 1, "questions")),
    }[name]().to_dict()
    view = {**drawn, "state": {"values": initial_values(drawn["blocks"])}}

    assert form_of(view).id == "a"
    if name == "who":
        assert read_who(one, view).aim == one.aim
        assert read_who(one, view).starts_at == one.starts_at
        assert (read_who(one, view).channels, read_who(one, view).mentions) == (one.channels, one.mentions)
    if name == "questions" and not complaints(drawn["blocks"], view["state"]["values"]):
        again = read_questions(one, view)
        assert len(again.wordings[0].questions) == len(one.wordings[0].questions)
        assert again.right == one.right
    if name == "what":
        again = read_what(one, form_of(view), view)
        assert [each.language for each in again.wordings] == [each.language for each in one.wordings]
