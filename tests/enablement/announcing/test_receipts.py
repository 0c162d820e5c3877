"""What readers do counts once, for them alone, and only while there is something to count."""

from dataclasses import replace
from datetime import timedelta

import pytest

from enablement import announcing
from enablement.announcing import CannotAnnounce
from enablement.model import Aim, Announcement, QuizQuestion, Wording
from tests.builders import announcement, profile
from tests.enablement.announcing.desk import LIB, pass_time, receipt_of, sent, staff
from tests.fakes import World

QUESTION = QuizQuestion("Which price?", ("10", "20"))


@pytest.fixture
def one(world: World) -> Announcement:
    """An announcement with a question, told to everybody and to a channel."""
    staff(world)
    world.messenger.rooms = {"C1": ["UBO", "UDEE"]}
    wordings = (Wording("en", "Price", "Up", (QUESTION,)), Wording("th", "ราคา", "ขึ้น", (QUESTION,)))
    made = sent(world, wordings=wordings, right=(1,), channels=("C1",), aim=Aim(people=("UBO", "UCY")))
    pass_time(world, 60)
    return made


def test_a_reader_opens_and_acknowledges_once(world: World, one: Announcement) -> None:
    mine = receipt_of(world, "UBO", one)
    first = world.clock.move(10)

    for _ in range(2):
        announcing.opened(mine.id, "UBO", world.services, now=world.clock())
        found = announcing.acknowledge(mine.id, "UBO", world.services, now=world.clock.move(10))

    assert (found.opened_at, found.acknowledged_at) == (first, first + timedelta(seconds=10))
    assert found.acknowledged_revision == 1


def test_nobody_presses_anothers_buttons(world: World, one: Announcement) -> None:
    theirs = receipt_of(world, "UBO", one)

    for who in ("UCY", "UDEE", "UGUS"):
        with pytest.raises(CannotAnnounce, match="not among"):
            announcing.acknowledge(theirs.id, who, world.services, now=world.clock())
    with pytest.raises(CannotAnnounce, match="not among"):
        announcing.opened("unknown", "UBO", world.services, now=world.clock())

    assert receipt_of(world, "UBO", one) == theirs


def test_in_a_channel_each_presses_for_themselves(world: World, one: Announcement) -> None:
    channel = receipt_of(world, "C1", one)

    found = announcing.acknowledge(channel.id, "UBO", world.services, now=world.clock())
    with pytest.raises(CannotAnnounce, match="not among"):
        announcing.acknowledge(channel.id, "UDEE", world.services, now=world.clock())

    assert (found.slack_id, found.acknowledged_revision) == ("UBO", 1)
    assert receipt_of(world, "C1", one).acknowledged_revision == 0


def test_who_acknowledges_an_old_message_is_asked_for_the_new_one(world: World, one: Announcement) -> None:
    mine = receipt_of(world, "UBO", one)
    newer = replace(one, wordings=(replace(one.wordings[0], text="Down"),))
    edited = announcing.edit(newer, LIB, world.services, now=world.clock(), ask_again=True)

    found = announcing.acknowledge(mine.id, "UBO", world.services, now=world.clock())

    assert found.acknowledged_revision < edited.counts_from
    pass_time(world, 60)
    found = announcing.acknowledge(mine.id, "UBO", world.services, now=world.clock())
    assert found.acknowledged_revision == edited.counts_from


def test_a_double_click_is_one_snooze(world: World, one: Announcement) -> None:
    mine = receipt_of(world, "UBO", one)

    announcing.snooze(mine.id, "UBO", world.services, now=world.clock(), hours=3)
    twice = announcing.snooze(mine.id, "UBO", world.services, now=world.clock.move(1), hours=3)
    later = announcing.snooze(mine.id, "UBO", world.services, now=world.clock.move(1), hours=24)

    assert (twice.snoozes, later.snoozes) == (1, 2)
    assert later.snoozed_until == world.clock() + timedelta(hours=24)
    for hours in (0, 1000):
        with pytest.raises(CannotAnnounce, match="You can snooze for"):
            announcing.snooze(mine.id, "UBO", world.services, now=world.clock(), hours=hours)


def test_the_first_answer_counts_and_is_right_or_wrong(world: World, one: Announcement) -> None:
    bo, cy = (receipt_of(world, slack_id, one).id for slack_id in ("UBO", "UCY"))

    right = announcing.answer(bo, "UBO", 0, 1, world.services, now=world.clock())
    again = announcing.answer(bo, "UBO", 0, 0, world.services, now=world.clock.move(1))
    wrong = announcing.answer(cy, "UCY", 0, 0, world.services, now=world.clock())

    assert (right.is_right, again, wrong.is_right) == (True, right, False)
    assert len(world.announcements.answers(one.id)) == 2
    for question, option in ((1, 0), (0, 2), (-1, 0), (0, -1)):
        with pytest.raises(CannotAnnounce, match="changed"):
            announcing.answer(bo, "UBO", question, option, world.services, now=world.clock())


def test_what_ended_can_still_be_opened_and_what_is_withdrawn_cannot(world: World, one: Announcement) -> None:
    mine = receipt_of(world, "UBO", one)
    announcing.stop(one.id, LIB, world.services, now=world.clock())

    assert announcing.opened(mine.id, "UBO", world.services, now=world.clock()).opened_at
    with pytest.raises(CannotAnnounce, match="ended"):
        announcing.acknowledge(mine.id, "UBO", world.services, now=world.clock())
    announcing.withdraw(one.id, LIB, world.services, now=world.clock())
    with pytest.raises(CannotAnnounce, match="withdrawn"):
        announcing.opened(mine.id, "UBO", world.services, now=world.clock())


def test_who_left_counts_no_more(world: World, one: Announcement) -> None:
    mine = receipt_of(world, "UBO", one)
    world.mirror.keep_profile(profile("UBO", "Bo", standing="guest"))
    pass_time(world, 300)

    with pytest.raises(CannotAnnounce, match="not among"):
        announcing.acknowledge(mine.id, "UBO", world.services, now=world.clock())


@pytest.mark.parametrize(
    ("locale", "title", "is_fallback"),
    [("en-GB", "Price", False), ("th-TH", "ราคา", False), ("fr-FR", "Price", True), ("", "Price", False)],
)
def test_everybody_reads_their_own_language_or_the_first(
    locale: str, title: str, *, is_fallback: bool
) -> None:
    both = announcement(wordings=(Wording("en", "Price", "x"), Wording("th", "ราคา", "x")))

    wording, said = announcing.wording_for(both, locale)

    assert (wording.title, said) == (title, is_fallback)


def test_all_our_languages_find_their_text() -> None:
    languages = {
        "fr-CA": "fr",
        "pt-BR": "pt-BR",
        "pt-PT": "pt-BR",
        "zh-TW": "zh-TW",
        "zh-CN": "zh-TW",
        "ko-KR": "ko",
    }
    texts = (Wording("en", "en", "x"), *(Wording(name, name, "x") for name in set(languages.values())))

    for locale, language in languages.items():
        assert announcing.wording_for(announcement(wordings=texts), locale)[0].language == language
