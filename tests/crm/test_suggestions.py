"""The org's suggestions follow what is kept for each deal: absolute by rank, written only when they differ."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crm.suggestions import LONGEST_REASONS, compared, to_rows
from enablement.adapters.sql.copies import SqlCopies
from enablement.copying import RENEW, SLICE
from enablement.effects import why
from enablement.following import shown_in_crm, suggest
from enablement.governance import archive
from enablement.language import speaking
from enablement.model import LANGUAGES, Claimed, Copy, CopyKind, Reason, Recommended
from enablement.wording import phrases, sentence
from jobs import crm_work
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.builders import NOW
from tests.crm.copies import (
    LIBRARIAN,
    SUGGESTIONS,
    choose,
    dead,
    fitting,
    follow,
    ranks,
    shown,
    statuses,
    suggested,
    unsettled,
    worded,
    writes,
)
from tests.doors import HALDEN, RENEWAL, ROLLOUT, Stage


def renew(stage: Stage) -> None:
    """Follow the library and the deals as the schedule does, and do the work."""
    follow(stage)
    kinds = {kind: KINDS["compute"][kind] for kind in (RENEW, SLICE)}
    while drain("compute", kinds, stage.services, owner="renewing"):
        pass
    stage.drain("write")


def part(name: str) -> Claimed:
    """Return the row of comparing one part of the whole."""
    return Claimed(name, "crm.check_part", "compute", name, "", 1, NOW)


def shrink(stage: Stage, count: int) -> None:
    """Leave so many suggestions of what is kept for the first deal."""
    deal_id = stage.deals[ROLLOUT]
    stage.services.shortlists.keep({deal_id: stage.services.shortlists.of(deal_id)[:count]})


def tell(stage: Stage) -> None:
    """Make what is kept for the first deal so in the org."""
    deal = stage.services.mirror.deal(stage.deals[ROLLOUT])
    made = {stage.deals[ROLLOUT]: shown_in_crm(deal, stage.services, now=stage.clock())}
    assert stage.services.crm.write_suggestions(made) == {stage.deals[ROLLOUT]: None}


def test_what_fits_a_deal_is_shown_with_its_asset_and_why(stage: Stage) -> None:
    made = fitting(stage, 3)

    choose(stage)

    rows = suggested(stage)
    deal = stage.services.mirror.deal(stage.deals[ROLLOUT])
    kept = shown_in_crm(deal, stage.services, now=stage.clock())
    assert [row["External_Ref__c"] for row in rows] == [
        f"{stage.deals[ROLLOUT]}-{n + 1}" for n in range(len(rows))
    ]
    assert {row["Opportunity__c"] for row in rows} == {stage.deals[ROLLOUT]}
    assert [row["Content_Asset__r"]["External_Ref__c"] for row in rows] == [
        one.asset_id for one in kept[: len(rows)]
    ]
    assert set(made) <= {row["Content_Asset__r"]["External_Ref__c"] for row in rows}
    assert [row["Rank__c"] for row in rows] == list(range(1, len(rows) + 1))
    with speaking("en"):
        assert [row["Reason__c"] for row in rows] == [
            " ".join((sentence(one.reasons), *why(one.reasons)[len(phrases(one.reasons)) :]))
            for one in kept[: len(rows)]
        ]
    assert {row["Basis__c"] for row in rows} == {kept[0].model}


def test_the_reasons_are_worded_in_six_languages_as_slack_words_them(stage: Stage) -> None:
    fitting(stage, 1)

    choose(stage)

    said, [first, *_] = worded(suggested(stage)[0]), stage.services.shortlists.of(stage.deals[ROLLOUT])
    assert list(said) == ["en", "fr", "pt_BR", "th", "zh_TW", "ko"]
    for language in LANGUAGES:
        with speaking(language):
            assert said[language.replace("-", "_")] == why(first.reasons)
    assert len({tuple(reasons) for reasons in said.values()}) == 6


def test_reasons_that_would_not_fit_are_left_out_the_weakest_first() -> None:
    reasons = (Reason("stages", ("Negotiation",)), Reason("competitors", ("K" * 3000,)))
    made = [Recommended("006Hs0000000001IAA", 1, "a", "v", 0.9, reasons, "m" * 99, "f", NOW)]

    [row] = to_rows(made)

    assert len(str(row["Reasons__c"])) <= LONGEST_REASONS
    assert "Negotiation" in str(row["Reasons__c"])
    assert (len(str(row["Reason__c"])), len(str(row["Basis__c"]))) == (255, 80)


def test_the_verdict_is_told_and_never_cut_for_a_long_reason() -> None:
    values = (
        "helps",
        "0.06",
        "0.03",
        "0.09",
        "38",
        "industry:Retail",
        "",
        "9",
        "31",
        "4",
        "52",
        "Proposal",
        "run",
    )
    reasons = (
        Reason("competitors", ("K" * 3000,)),
        Reason("stages", ("Proposal",)),
        Reason("evidence", values),
    )
    made = [Recommended("006Hs0000000001IAA", 1, "a", "v", 0.9, reasons, "m", "f", NOW)]

    [row] = to_rows(made)

    told = "Helps to win: +6 points (+3 to +9) · in deals like this (Retail) · used in 38 deals"
    assert str(row["Reason__c"]).endswith(told)
    assert len(str(row["Reason__c"])) == 255
    said = json.loads(str(row["Reasons__c"]))
    assert said.pop("verdict") == "helps"
    assert all(len(phrases) == 1 for phrases in said.values()), "all but the verdict is too long"
    assert "38" in said["ko"][0]


def test_the_same_said_by_a_new_round_of_learning_is_not_written_again() -> None:
    reasons = (Reason("stages", ("Proposal",)), Reason("evidence", ("not_enough", "", "", "", "4", "", "")))
    made = Recommended("006Hs0000000001IAA", 1, "a", "v", 0.9, reasons, "m, run 1", "f", NOW)
    said_so = replace(made, model="m, run 2", made_from="g", score=0.8)
    more = replace(made, reasons=(reasons[0], Reason("evidence", ("not_enough", "", "", "", "5", "", ""))))

    first, again, changed = (compared(to_rows([one])) for one in (made, said_so, more))

    assert first == again != changed


def test_at_most_five_are_shown(stage: Stage) -> None:
    fitting(stage, 9)

    choose(stage)

    assert ranks(stage) == ["1", "2", "3", "4", "5"]


def test_what_is_the_same_is_not_written_again_on_another_day_either(stage: Stage) -> None:
    fitting(stage, 3)
    choose(stage)
    before = suggested(stage), writes(stage, SUGGESTIONS)

    for _ in range(3):
        choose(stage)
        stage.clock.advance(days=1)

    assert (suggested(stage), writes(stage, SUGGESTIONS)) == before


def test_a_shorter_list_takes_the_surplus_ranks_away(stage: Stage) -> None:
    fitting(stage, 5)
    choose(stage)
    shrink(stage, 2)

    tell(stage)

    assert ranks(stage) == ["1", "2"]


def test_a_closed_deal_shows_nothing(stage: Stage) -> None:
    fitting(stage, 3)
    choose(stage)
    choose(stage, RENEWAL)
    before = len(suggested(stage))
    stage.org.update("Opportunity", [{"id": stage.deals[ROLLOUT], "StageName": "Closed Won"}])

    stage.services.crm.refresh([stage.deals[ROLLOUT]])
    stage.drain("write")

    assert before > len(suggested(stage)) > 0
    assert {row["Opportunity__c"] for row in suggested(stage)} == {stage.deals[RENEWAL]}


def test_a_change_of_the_deal_in_the_org_changes_what_is_shown(stage: Stage) -> None:
    fitting(stage, 2)
    stage.publish("Store story", industries=["Retail"], stages=["Prospecting"])
    choose(stage)
    before = [row["Content_Asset__r"]["Title__c"] for row in suggested(stage)]
    stage.org.update("Opportunity", [{"id": stage.deals[ROLLOUT], "StageName": "Prospecting"}])

    stage.services.crm.sync(full=False)
    stage.drain("write")

    after = [row["Content_Asset__r"]["Title__c"] for row in suggested(stage)]
    assert "Store story" not in before
    assert "Store story" in after


def test_a_new_asset_reaches_the_deals_within_a_day_and_a_withdrawn_one_is_archived_at_once(
    stage: Stage,
) -> None:
    [old] = fitting(stage, 1)
    renew(stage)
    first = {row["Content_Asset__r"]["External_Ref__c"] for row in suggested(stage)}
    new = stage.publish("Factory story", industries=["Manufacturing"])
    archive(old, email=LIBRARIAN, services=stage.services, now=stage.clock())
    stage.services.index.follow()
    renew(stage)
    at_once = statuses(stage)["Plant story 0"]
    stage.clock.advance(days=1)

    renew(stage)

    assert (old in first, at_once) == (True, "Archived")
    after = {row["Content_Asset__r"]["External_Ref__c"] for row in suggested(stage)}
    assert new in after
    assert old not in after


def test_the_daily_round_goes_through_all_open_deals_in_slices(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("enablement.copying.DEALS_AT_ONCE", 1)
    monkeypatch.setattr("enablement.copying.DEALS_A_SLICE", 2)
    monkeypatch.setattr("jobs.crm_work.RENEW_SLICE", timedelta(0))
    fitting(stage, 2)

    renew(stage)

    kept = {name for name, deal in stage.deals.items() if stage.services.shortlists.of(deal)}
    assert {ROLLOUT, RENEWAL} <= kept
    assert {row["Opportunity__c"] for row in suggested(stage)} == {stage.deals[name] for name in kept}
    before = writes(stage, SUGGESTIONS)
    renew(stage)
    assert writes(stage, SUGGESTIONS) == before


def test_many_deals_go_in_calls_of_two_hundred_rows_by_opportunity(stage: Stage) -> None:
    fitting(stage, 5)
    deals = [stage.deals[ROLLOUT], *(stage.deal(f"Deal {n}") for n in range(4))]
    wanted = {}
    rows = stage.services.shortlists
    choose(stage)
    best = rows.of(stage.deals[ROLLOUT])[:5]
    for deal_id in deals[1:]:
        wanted[deal_id] = [replace(one, deal_id=deal_id) for one in best]
    before = len(writes(stage, SUGGESTIONS))

    outcome = stage.services.crm.write_suggestions(wanted)

    assert set(outcome.values()) == {None}
    assert writes(stage, SUGGESTIONS)[before:] == [20]


@pytest.mark.parametrize("kind", ["status", "drop", "lost_reply", "expire_session"])
def test_whatever_passes_each_rank_is_there_once_afterwards(stage: Stage, kind: str) -> None:
    fitting(stage, 5)
    stage.org_fault(kind, path_prefix=SUGGESTIONS)

    for _ in range(3):
        choose(stage)
        stage.clock.advance(minutes=6)

    assert ranks(stage) == ["1", "2", "3", "4", "5"]
    assert unsettled(stage) == []


class Killed(BaseException):
    """The writer died here."""


@pytest.mark.parametrize("dies_at", [1, 2])
def test_a_writer_that_is_killed_leaves_no_surplus_rank(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    fitting(stage, 5)
    suggest([stage.deals[ROLLOUT]], stage.services, now=stage.clock())
    keep, calls = SqlCopies.keep, []

    def killed(self: SqlCopies, kind: CopyKind, copies: Mapping[str, Copy]) -> None:
        if kind == "suggestions":
            calls.append(kind)
            if len(calls) == dies_at:
                raise Killed
        keep(self, kind, copies)

    monkeypatch.setattr(SqlCopies, "keep", killed)
    with pytest.raises(Killed):
        tell(stage)
    written = ranks(stage)
    monkeypatch.setattr(SqlCopies, "keep", keep)
    shrink(stage, 2)
    tell(stage)

    assert len(written) == (0 if dies_at == 1 else 5)
    assert ranks(stage) == ["1", "2"]


def test_rows_of_the_outbox_in_any_order_and_twice_end_in_what_is_kept_now(stage: Stage) -> None:
    fitting(stage, 5)
    suggest([stage.deals[ROLLOUT]], stage.services, now=stage.clock())
    old = stage.services.outbox.claim("write", KINDS["write"], owner="slow", limit=9, now=stage.clock())
    stage.clock.advance(minutes=1)
    shrink(stage, 3)
    stage.drain("write")
    new = ranks(stage)

    for _ in range(2):
        crm_work.write_suggestions(stage.services, [one for one in old if one.kind == "crm.suggest"])

    assert (new, ranks(stage)) == (["1", "2", "3"], ["1", "2", "3"])
    assert writes(stage, SUGGESTIONS) == [3]


def test_a_deal_that_is_gone_needs_nobody(stage: Stage) -> None:
    fitting(stage, 2)
    suggest([stage.deals[ROLLOUT]], stage.services, now=stage.clock())
    stage.org_delete("Opportunity", stage.deals[ROLLOUT])

    stage.drain("write")

    assert (suggested(stage), dead(stage), unsettled(stage)) == ([], [], [])


def test_the_asset_is_written_before_and_again_where_the_org_has_lost_it(stage: Stage) -> None:
    [made] = fitting(stage, 1)
    choose(stage)
    stage.org_delete("Content_Asset__c", shown(stage)["Plant story 0"]["Id"])
    lost = [row["Content_Asset__r"] for row in suggested(stage)]

    for _ in range(2):
        crm_work.check_part(stage.services, [part("copies")])
        stage.drain("write")

    assert lost.count(None) == 1
    assert made in [row["Content_Asset__r"]["External_Ref__c"] for row in suggested(stage)]
    assert shown(stage)["Plant story 0"]["External_Ref__c"] == made
    assert unsettled(stage) == []


def test_switched_off_nothing_is_written_and_what_is_there_goes(stage: Stage) -> None:
    fitting(stage, 3)
    renew(stage)
    before = len(suggested(stage))
    off = replace(stage, services=replace(stage.services, suggests_in_crm=False))

    renew(off)
    choose(off)
    gone = suggested(stage)
    renew(stage)

    assert gone == []
    assert len(suggested(stage)) == before > 0


def test_the_comparison_has_missing_and_surplus_suggestions_put_right(stage: Stage) -> None:
    fitting(stage, 2)
    renew(stage)
    before = [row["External_Ref__c"] for row in suggested(stage)]
    stage.org_delete("Content_Suggestion__c", suggested(stage)[0]["Id"])
    facts: dict[str, Any] = {"Rank__c": 4, "Suggested_At__c": "2026-01-01T00:00:00Z"}
    assert f"{stage.deals[ROLLOUT]}-5" not in before
    for deal, rank in ((stage.deals[ROLLOUT], 5), (stage.deals[HALDEN], 5)):
        row = {"External_Ref__c": f"{deal}-{rank}", "Opportunity__c": deal, **facts}
        stage.org.insert("Content_Suggestion__c", [row])

    crm_work.check_part(stage.services, [part("copies")])
    stage.drain("write")

    assert [row["External_Ref__c"] for row in suggested(stage)] == before
