"""What content does to deals, as a person reads it: never more than is known, and never in a later version's way."""

from dataclasses import replace

import pytest

from enablement import effects
from enablement.effects import Finding
from enablement.language import speaking
from enablement.model import Effect, Interval, Plain, Reason, Verdict

HELPS = (
    "helps",
    "0.0612",
    "0.034",
    "0.0888",
    "38",
    "industry:Retail",
    "",
    "9",
    "31",
    "4",
    "52",
    "Proposal",
    "run 1",
)
EFFECT = Effect("a", "winning", "", Interval(0.06, 0.03, 0.09), "helps", 38, 0.3, 0.1)


def evidence(*values: str) -> tuple[Reason, ...]:
    return (
        Reason("stages", ("Proposal",)),
        Reason("evidence", values),
        Reason("parts", ("", "0.7", "1.1", "1")),
    )


def test_the_evidence_of_a_suggestion_is_read_back_as_it_was() -> None:
    found = effects.finding(evidence(*HELPS))

    plain = Plain("Proposal", used_won=9, won=31, used_lost=4, lost=52)
    interval = Interval(0.0612, 0.034, 0.0888)
    assert found == Finding("helps", interval, 38, "industry:Retail", "", plain, "run 1")


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("helps",),
        ("cures", *HELPS[1:]),
        ("helps", "nan", *HELPS[2:]),
        ("helps", "inf", *HELPS[2:]),
        ("helps", "six", *HELPS[2:]),
        (*HELPS[:4], "many", *HELPS[5:]),
        (*HELPS[:7], "9.5", *HELPS[8:]),
    ],
)
def test_evidence_of_another_version_is_left_out(values: tuple[str, ...]) -> None:
    reasons = evidence(*values)

    assert effects.finding(reasons) is None
    assert effects.why(reasons) == ["made for the Proposal stage"]


def test_what_later_versions_add_is_no_trouble() -> None:
    reasons = (*evidence(*HELPS, "more", "values"), Reason("unheard of", ("x",)))

    assert effects.finding(reasons) == effects.finding(evidence(*HELPS))
    assert len(effects.why(reasons)) == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (HELPS, "Helps to win: +6 points (+3 to +9) · in deals like this (Retail) · used in 38 deals"),
        (
            ("hurts", "-0.051", "-0.08", "-0.02", "31", "", "industry:Retail"),
            "Hurts winning: −5 points (−8 to −2) · in all deals · used in 31 deals",
        ),
        (
            ("no_clear_effect", "0.012", "-0.021", "0.03", "120", "language:fr", ""),
            "No clear effect on winning (−2 to +3 points) · in deals like this (French) · used in 120 deals",
        ),
        (
            ("helps", "0.0042", "0.0011", "0.012", "1", "", ""),
            "Helps to win: +0.4 points (+0.1 to +1.2) · in all deals · used in one deal",
        ),
        (
            ("no_clear_effect", "-0.0001", "-0.0004", "0.0002", "900", "", ""),
            "No clear effect on winning (0 to 0 points) · in all deals · used in 900 deals",
        ),
        (("not_enough", "0.4", "-0.1", "0.9", "4", "", ""), "Not enough evidence yet (used in 4 deals)"),
        (("not_enough", "", "", "", "1", "", ""), "Not enough evidence yet (used in one deal)"),
        (("not_enough", "", "", "", "0", "", ""), "Not enough evidence yet (used in no closed deal)"),
        (("helps", "", "", "", "4", "", ""), "Not enough evidence yet (used in 4 deals)"),
    ],
)
def test_a_verdict_is_said_with_its_size_and_the_deals_behind_it(values: tuple[str, ...], said: str) -> None:
    found = effects.finding(evidence(*values))

    assert found is not None
    assert effects.line(found) == said


@pytest.mark.parametrize(
    ("values", "line", "aside"),
    [
        (HELPS, "Helps to win: +6 points (+3 to +9) · in deals like this (Retail) · used in 38 deals", ""),
        (("no_clear_effect", "0.01", "-0.02", "0.03", "120", "", ""), "", "no clear effect (120 deals)"),
        (("not_enough", "0.4", "-0.1", "0.9", "4", "", ""), "", "not enough evidence yet (4 deals)"),
        (("not_enough", "", "", "", "1", "", ""), "", "not enough evidence yet (one deal)"),
        (("not_enough", "", "", "", "0", "", ""), "", "no evidence yet"),
        (("helps", "", "", "", "4", "", ""), "", "not enough evidence yet (4 deals)"),
        (("no_clear_effect", "", "", "", "0", "", ""), "", "no evidence yet"),
    ],
)
def test_only_what_changes_a_deal_has_a_line(values: tuple[str, ...], line: str, aside: str) -> None:
    assert effects.quietly(evidence(*values)) == ("Made for the Proposal stage.", line, aside)
    assert effects.quietly(()) == ("", "", "")


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    found = effects.finding(evidence("helps", "0.0042", "0.0011", "0.012", "1200", "", ""))

    assert found is not None
    with speaking("fr-FR"):
        assert "+0,4" in effects.line(found)
    assert effects.times(1234.5) == "1,234.50"


def test_plain_counts_name_the_stage_and_both_sides() -> None:
    said = effects.counts(Plain("Proposal", used_won=9, won=31, used_lost=4, lost=52))

    assert said == "Used in 9 of 31 won and in 4 of 52 lost deals that reached Proposal."


@pytest.mark.parametrize(
    ("verdict", "begins"),
    [("helps", "Faster: "), ("hurts", "Slower: "), ("no_clear_effect", "No clear effect on speed: ")],
)
def test_speed_is_a_ratio(verdict: Verdict, begins: str) -> None:
    one = replace(EFFECT, on="speed", interval=Interval(1.2, 1.05, 1.4), verdict=verdict)

    assert effects.speed(one) == f"{begins}deals move on 1.20 times as fast (1.05 to 1.40)."
    assert effects.speed(replace(one, verdict="not_enough")) == ""


def test_the_experiment_and_what_is_hidden_are_told_where_there_are_any() -> None:
    one = replace(EFFECT, hidden=2.134, trial=Interval(0.04, -0.01, 0.09), trial_deals=120)

    assert (effects.trial(EFFECT), effects.hidden(EFFECT)) == ("", "")
    assert effects.trial(
        one
    ) == "Experiment: shown or not by lot in 120 deals, +4 points (−1 to +9).".replace("−", "\N{MINUS SIGN}")
    assert effects.hidden(one).endswith("the odds to win by 2.13.")
