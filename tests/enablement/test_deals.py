"""Which deal is meant."""

import pytest

from enablement.deals import Choice, Unclear, choose
from tests.builders import deal

NORFIELD = deal("Norfield Foods – Warehouse rollout")
RENEWAL = deal("Norfield Foods – Renewal 2027")
HALDEN = deal("Halden Retail – Store pilot")
BANGKOK = deal("บริษัท สยามโลจิสติกส์ – ระบบคลังสินค้า")
TAIPEI = deal("大同物流 – 倉儲升級")
ALL = (NORFIELD, RENEWAL, HALDEN, BANGKOK, TAIPEI)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("pricing for halden", HALDEN),
        ("security questionnaire Norfield warehouse", NORFIELD),
        ("norfield renewal discount", RENEWAL),
        ("pricing for haldn retail", HALDEN),
        ("大同物流的報價單", TAIPEI),
    ],
)
def test_a_deal_named_in_the_question_is_chosen(question: str, expected: object) -> None:
    chosen = choose(question, ALL, channel=BANGKOK.id)

    assert isinstance(chosen, Choice)
    assert (chosen.deal, chosen.how) == (expected, "named")


def test_the_name_is_taken_out_of_the_question() -> None:
    chosen = choose("security questionnaire for norfield warehouse", ALL)

    assert chosen.words == ("security", "questionnaire", "for")


def test_two_deals_of_one_account_are_left_to_the_person() -> None:
    chosen = choose("norfield pricing", ALL)

    assert isinstance(chosen, Unclear)
    assert set(chosen.deals) == {NORFIELD, RENEWAL}


def test_the_thread_comes_before_the_channel() -> None:
    chosen = choose("pricing", ALL, thread=HALDEN.id, channel=NORFIELD.id)

    assert isinstance(chosen, Choice)
    assert (chosen.deal, chosen.how) == (HALDEN, "thread")


def test_a_channel_deal_that_may_not_be_seen_is_as_if_it_were_not_there() -> None:
    unseen = choose("pricing", (HALDEN, BANGKOK), channel=NORFIELD.id)

    assert unseen == choose("pricing", (HALDEN, BANGKOK))


def test_the_only_open_deal_needs_no_name() -> None:
    chosen = choose("pricing", (HALDEN,))

    assert isinstance(chosen, Choice)
    assert chosen.how == "only"


def test_a_common_word_of_a_name_does_not_choose_a_deal() -> None:
    assert isinstance(choose("foods industry case study", ALL), Unclear)


def test_without_deals_nothing_is_offered() -> None:
    assert choose("pricing", ()) == Unclear((), ("pricing",))
