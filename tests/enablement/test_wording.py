"""What is known is said as a person would say it; what is not known is left out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest

from enablement import wording
from enablement.language import day, enumerated, moment, ngettext, speaking
from enablement.model import Basis, How, Reason
from enablement.recommend import WEIGHTS
from tests.builders import NOW, deal


@pytest.mark.parametrize("kind", WEIGHTS)
def test_every_facet_has_words(kind: str) -> None:
    said = wording.reason(Reason(kind, ("Dockwright",)))

    assert said
    assert "{" not in said
    assert "Dockwright" in said or kind == "language"


def test_found_words_are_said_with_their_place() -> None:
    titled = wording.reason(Reason("words", ("2", "Price list", "volume", "discount")))
    bare = wording.reason(Reason("words", ("7", "", "discount")))

    assert all(part in titled for part in ("“volume”", "“discount”", "“Price list”", "page 2"))
    assert all(part in bare for part in ("“discount”", "page 7"))
    assert "“”" not in bare


def test_what_no_one_has_words_for_is_a_bug_and_not_silence() -> None:
    with pytest.raises(KeyError):
        wording.reason(Reason("unheard of", ("x",)))


def test_the_two_strongest_reasons_make_a_sentence() -> None:
    reasons = tuple(Reason(kind, ("x",)) for kind in ("competitors", "products", "regions"))

    said = wording.sentence(reasons)

    assert said == "Written for deals against x, about x."
    assert wording.sentence(()) == ""


@pytest.mark.parametrize("kind", get_args(Basis))
def test_every_basis_has_words(kind: Basis) -> None:
    assert len(wording.basis(kind, "pricing")) > 10


@pytest.mark.parametrize("kind", get_args(How))
def test_every_way_to_the_deal_has_words(kind: How) -> None:
    assert wording.how(kind)


def test_the_facts_of_a_deal_are_said_on_one_line() -> None:
    one = deal(stage="Negotiation", amount=1_234_567.4, currency="EUR", close_date=date(2026, 1, 5))

    assert wording.deal_facts(one) == "Negotiation · EUR\N{NO-BREAK SPACE}1,234,567 · closes 5 Jan 2026"


@pytest.mark.parametrize(
    ("zone", "now", "said"),
    [
        ("UTC", datetime(2026, 1, 5, 23, tzinfo=UTC), "closes 5 Jan 2026"),
        ("UTC", datetime(2026, 1, 6, 0, tzinfo=UTC), "was to close 5 Jan 2026"),
        # There it is the sixth already.
        ("Asia/Seoul", datetime(2026, 1, 5, 23, tzinfo=UTC), "was to close 5 Jan 2026"),
    ],
)
def test_a_date_that_a_deal_has_missed_is_not_one_to_come(zone: str, now: datetime, said: str) -> None:
    one = deal(close_date=date(2026, 1, 5), amount=None, stage="")

    with speaking("", time_zone=zone):
        assert wording.deal_facts(one, now=now) == said
        assert wording.deal_facts(replace(one, is_closed=True), now=now) == "closes 5 Jan 2026"


@pytest.mark.parametrize(
    ("unknown", "left"),
    [
        ({"amount": None}, "Negotiation · closes 18 Dec 2026"),
        ({"close_date": None}, "Negotiation · EUR\N{NO-BREAK SPACE}120,000"),
        ({"stage": ""}, "EUR\N{NO-BREAK SPACE}120,000 · closes 18 Dec 2026"),
        ({"amount": 0.0, "currency": ""}, "Negotiation · 0 · closes 18 Dec 2026"),
        ({"amount": None, "close_date": None, "stage": ""}, ""),
    ],
)
def test_what_is_not_known_of_a_deal_is_left_out(unknown: dict[str, Any], left: str) -> None:
    assert wording.deal_facts(deal(**unknown)) == left


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-3, "updated today"),
        (0, "updated today"),
        (1, "updated 1 day ago"),
        (6, "updated 6 days ago"),
        (7, "updated 1 week ago"),
        (29, "updated 4 weeks ago"),
        (30, "updated 1 month ago"),
        (364, "updated 12 months ago"),
        (365, "updated 1 year ago"),
        (800, "updated 2 years ago"),
    ],
)
def test_age_is_said_in_its_largest_unit(days: int, said: str) -> None:
    assert wording.freshness(NOW - timedelta(days=days), NOW) == said


def test_languages_have_names_and_others_keep_their_tag() -> None:
    names = [wording.language(tag) for tag in ("en", "fr", "pt-BR", "th", "zh-TW", "ko", "xx")]

    assert names == ["English", "French", "Portuguese", "Thai", "Chinese", "Korean", "xx"]


def test_a_translation_and_a_likeness_are_said_as_what_they_are() -> None:
    assert wording.reason(Reason("translation", ("資安問卷", "en"))) == "is “資安問卷” in English"
    assert wording.reason(Reason("meaning", ("3", "Payback"))) == "is about this: “Payback” (page 3)"
    assert wording.reason(Reason("meaning", ("3", ""))) == "is about this on page 3"


@pytest.mark.parametrize("language", ["en", "fr", "pt_BR", "th"])
def test_nought_is_never_said_as_one(language: str) -> None:
    with speaking(language):
        assert "0" in ngettext("one opened by a buyer", "{n} opened by buyers", 0)
        assert "0" not in ngettext("one opened by a buyer", "{n} opened by buyers", 1)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en-GB", "15:05"), ("fr-FR", "15:05"), ("zh-TW", "下午3:05"), ("ko-KR", "오후 3:05")],
)
def test_an_hour_is_told_as_people_write_it(language: str, said: str) -> None:
    with speaking(language):
        assert moment(datetime(2026, 11, 20, 15, 5, tzinfo=UTC)).endswith(said)


def test_names_with_spaces_stay_apart_in_a_thai_list() -> None:
    with speaking("th-TH"):
        assert enumerated(["Acme Bank", "ราคา 2026", "Tour"]) == "Acme Bank, ราคา 2026 และ Tour"
        assert enumerated(["Acme Bank", "ราคา"], style="or") == "Acme Bank หรือราคา"
        assert enumerated(["ราคา"]) == "ราคา"


def test_the_first_of_a_month_is_the_first_in_french_and_no_other_day() -> None:
    with speaking("fr"):
        assert day(date(2026, 12, 1)) == "1er déc. 2026"
        assert day(date(2026, 12, 11)) == "11 déc. 2026"
        assert moment(datetime(2026, 12, 1, 9, 30, tzinfo=UTC)) == "1er déc. 2026, 09:30"
