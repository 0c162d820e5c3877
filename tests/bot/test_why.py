"""“Why this?”: the computation behind a suggestion, for the person to whom it was made, as it was then."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import update

from enablement.adapters.sql import tables
from enablement.adapters.sql.rows import to_row
from enablement.model import Effect, Interval, Reason, Run, Suggestion
from tests.bot.test_feedback import noted_in
from tests.bot.test_share import forget_access, last_interaction
from tests.builders import NOW, suggestion
from tests.doors import DEALS, MAYA, RAFA, ROLLOUT, Stage, carried, elements, say, titles, until

QUESTION = "payback for the Norfield warehouse"
HELPS = (
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
    "run 1",
)
PARTS = Reason("parts", ("0.8", "0.7", "1.1", "0.95", "0.5"))
UNKNOWN = Reason("unknown", ("industries", "sizes"))
MADE_FOR = Reason("stages", ("Proposal",))


def answer_with(stage: Stage, *reasons: Reason, **changes: Any) -> tuple[dict[str, Any], Suggestion]:
    """Ask, and let the first suggestion have been made for these reasons; return the answer drawn so, and it."""
    asked = stage.ask(QUESTION)
    made = first(stage, asked)
    values = {"reasons": to_row(suggestion(reasons=reasons))["reasons"], **changes}
    with stage.database.writing() as connection:
        connection.execute(
            update(tables.suggestions).where(tables.suggestions.c.id == made.id).values(values)
        )
    kept = stage.services.ledger.suggestion(made.id)
    assert kept is not None
    return asked, kept


def first(stage: Stage, message: Mapping[str, Any]) -> Suggestion:
    found = stage.services.ledger.suggestion(carried(elements(message, "find.why")[0]["value"])["id"])
    assert found is not None
    return found


def learned(stage: Stage, *effects: Effect) -> None:
    run = Run("run 1", "in_use", NOW, NOW, "", 1.0, 9, 9, "made from")
    stage.services.evidence.begin(run)
    stage.services.evidence.finish(run, effects)


def opened(stage: Stage, message: Mapping[str, Any], **more: Any) -> str:
    """Press “Why this?” of the first asset, and return what the modal says."""
    stage.click(message, "find.why", **more)
    user = more.get("user", MAYA)
    [view] = until(lambda: stage.views(user))
    return "\n".join(_texts(view["blocks"]))


def _texts(blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    parts = [part for block in blocks for part in (block.get("text"), *block.get("elements", [])) if part]
    return [str(part.get("text")).replace("\N{MINUS SIGN}", "-") for part in parts]


def test_the_computation_is_shown(stage: Stage) -> None:
    by_lot = Reason("lot", ("0.5",))
    message, made = answer_with(
        stage,
        MADE_FOR,
        Reason("evidence", HELPS),
        by_lot,
        UNKNOWN,
        PARTS,
        propensity=0.5,
        model="weights-9, run 1",
    )
    winning = Effect(
        made.asset_id, "winning", "industry:Retail", Interval(0.06, 0.03, 0.09), "helps", 38, 0.3, 0.1
    )
    in_all = Effect(
        made.asset_id, "winning", "", Interval(0.01, 0.0, 0.02), "helps", 99, 0.1, 0.1, hidden=9.9
    )
    speed = Effect(made.asset_id, "speed", "", Interval(1.2, 1.05, 1.4), "helps", 38, 0.2, 0.1)
    trial = {"hidden": 2.1, "trial": Interval(0.04, -0.01, 0.09), "trial_deals": 120}
    learned(stage, in_all, Effect(**{**vars(winning), **trial}), speed)

    said = opened(stage, message)

    assert ROLLOUT in said
    assert "made for the Proposal stage" in said
    assert "by lot: others score nearly the same. Its chance of this place was 50 %." in said
    assert "= 0.80 (how well it answers your words) × 0.70 (how well it fits the deal) × 1.10 (what" in said
    assert "× 0.95 (how fresh it is) × 0.50 (for whom it is, as you asked)" in said
    assert "Without evidence either way, what it did for deals counts as 0.55." in said
    assert "Salesforce doesn't say of this deal: industry and size." in said
    assert "Helps to win: +6 points (+3 to +9) · in deals like this (Retail) · used in 38 deals" in said
    assert "Used in 9 of 31 won and in 4 of 52 lost deals that reached Proposal." in said
    assert "the odds to win by 2.10." in said
    assert "Experiment: shown or not by lot in 120 deals, +4 points (-1 to +9)." in said
    assert "Faster: deals move on 1.20 times as fast (1.05 to 1.40)." in said
    assert "9.9" not in said, "of the segment that was told, not of another one"
    assert "weights-9, run 1" in said


def test_what_stands_in_for_a_thin_segment_says_so(stage: Stage) -> None:
    values = (*HELPS[:5], "", "region:EMEA", *HELPS[7:])
    message, _made = answer_with(stage, MADE_FOR, Reason("evidence", values))

    assert "Too few deals in EMEA use it, so this is from all deals." in opened(stage, message)


def test_a_run_that_is_not_kept_any_more_leaves_what_was_kept_then(stage: Stage) -> None:
    message, _made = answer_with(stage, MADE_FOR, Reason("evidence", HELPS))

    said = opened(stage, message)

    assert "+6 points" in said
    assert "Experiment" not in said


def test_a_suggestion_from_before_there_was_evidence_still_opens(stage: Stage) -> None:
    message, _made = answer_with(stage, MADE_FOR, score=0.43)

    said = opened(stage, message)

    assert "made for the Proposal stage" in said
    assert "Score 0.43" in said
    assert "Nothing was learned from closed deals yet when this was suggested." in said
    assert "Without evidence" not in said


def test_what_a_later_version_kept_does_not_break_it(stage: Stage) -> None:
    names = (*HELPS[:5], "<!channel>", *HELPS[6:11], "*_<@U0RAFA>" * 200, "run")
    for strange in (
        (Reason("evidence", ("cures",)), Reason("parts", ("a", "b")), Reason("unheard of", ("x",))),
        (Reason("unknown", ("shoe_size",)), Reason("lot"), Reason("parts")),
        (MADE_FOR, Reason("evidence", names)),
    ):
        message, _made = answer_with(stage, *strange)

        said = opened(stage, message)

        assert ROLLOUT in said
        assert "<!channel>" not in said
        assert "<@U0RAFA>" not in said
        stage.do("close", user=MAYA, view_id=stage.views()[-1]["id"])


def test_nobody_sees_why_something_was_suggested_to_another(stage: Stage) -> None:
    message, made = answer_with(stage, MADE_FOR, Reason("evidence", HELPS))
    stage.ask(user=RAFA)
    trigger = last_interaction(stage, "command")["trigger_id"]
    click = {
        "type": "block_actions",
        "user": {"id": RAFA},
        "channel": {"id": DEALS},
        "trigger_id": trigger,
        "response_url": "",
        "actions": [
            {
                "type": "button",
                "action_id": "find.why",
                "block_id": "b",
                "value": elements(message, "find.why")[0]["value"],
            }
        ],
    }

    stage.interact(click)

    [*_earlier, view] = until(lambda: stage.views(RAFA))
    said = json.dumps(view["blocks"])
    assert "This suggestion is not yours or no longer there." in said
    assert made.asset_id not in said
    assert "points" not in said


def test_who_lost_the_deal_does_not_see_it_any_more(stage: Stage) -> None:
    message, _made = answer_with(stage, MADE_FOR, Reason("evidence", HELPS))
    stage.org.update("Opportunity", [{"id": stage.deals[ROLLOUT], "OwnerId": stage.users["rafa"]}])
    forget_access(stage)

    said = opened(stage, message)

    assert said == "You can no longer see this deal in Salesforce."


def test_while_salesforce_is_away_it_says_so(stage: Stage) -> None:
    message, _made = answer_with(stage, MADE_FOR, Reason("evidence", HELPS))
    forget_access(stage)
    stage.org_fault("error_code", times=-1, error_code="SERVER_UNAVAILABLE", path_prefix="/services/data")

    assert opened(stage, message).startswith("Salesforce can't be reached to check this deal.")


def test_it_opens_once_for_the_same_click(stage: Stage) -> None:
    message = stage.ask(QUESTION)

    stage.click(message, "find.why", times=4)

    until(stage.views)
    assert len(stage.calls("views.open")) == 1


def test_the_verdict_stands_under_the_reason_and_what_is_missing_above(stage: Stage) -> None:
    message, _made = answer_with(stage, MADE_FOR, Reason("evidence", HELPS), UNKNOWN, PARTS)

    say(stage, message, "snoozed")
    stage.click(noted_in(stage), "find.undo")
    [drawn] = until(lambda: [one for one in stage.bot_messages()[-1:] if not elements(one, "find.undo")])

    [section] = [text for text in _texts(drawn["blocks"]) if titles(drawn)[0] in text]
    assert section.splitlines()[1:] == [
        "Made for the Proposal stage.",
        "Helps to win: +6 points (+3 to +9) · in deals like this (Retail) · used in 38 deals",
    ]
    assert "Salesforce doesn't say of this deal: industry and size." in stage.text(drawn)
