"""`/content evidence`: what librarians see in Slack, with the pictures, and what nobody else does."""

import io
from typing import Any

import pytest
from PIL import Image

from enablement.coverage import PICTURE
from enablement.model import Effect, Interval, Run, Task, Written
from tests.bot.test_announcement_results import direct, files
from tests.builders import ask, touch
from tests.doors import DEALS, GUEST, LIBRARIAN, MAYA, NOVA, Stage, elements

THAI, HOSTILE = "การ์ดเปรียบเทียบ", "Deck <!channel> & *more*"


@pytest.fixture
def learned(stage: Stage) -> list[str]:
    """Two assets of which something was learned; return their ids."""
    stage.do("limits", on=False)
    ids = [stage.publish(THAI, language="th"), stage.publish(HOSTILE)]
    now = stage.services.clock()
    effects = [
        Effect(ids[0], "winning", "", Interval(0.06, 0.03, 0.09), "helps", 38, 0.3, 0.1),
        Effect(ids[1], "winning", "", Interval(-0.05, -0.09, -0.02), "hurts", 52, -0.3, 0.1),
    ]
    stage.services.evidence.finish(
        Run("run", "in_use", now, now, "", progress=1.0, deals=900, uses=400, made_from="x"), effects
    )
    return ids


def shown(stage: Stage, text: str = "evidence", *, user: str = NOVA) -> dict[str, Any]:
    return stage.ask(text, user=user)


def turn(stage: Stage, message: dict[str, Any], way: str, *, which: int = 0) -> dict[str, Any]:
    """Press a button; return the message that then stands in the place of this one."""
    stage.click(message, f"evidence.turn.{way}", which=which, user=NOVA)
    stage.drain("reply")
    return stage.last(DEALS, user=NOVA)


def test_a_librarian_sees_what_was_learned_and_what_is_missing(stage: Stage, learned: list[str]) -> None:
    message = shown(stage)

    text = stage.text(message)
    assert "Learned from 900 deals and 400 uses" in str(message["blocks"])
    assert "▲ Helps: 1" in text
    assert "▼ Hurts: 1" in text
    assert "content that fits" in text


def test_the_picture_comes_to_them_alone_with_its_lines_beside_it(stage: Stage, learned: list[str]) -> None:
    shown(stage)

    ((file, data),) = files(stage, NOVA)
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.width) == ("PNG", 800)
    message = next(one for one in stage.messages(direct(stage, NOVA), user=NOVA) if one.get("files"))
    text = stage.text(message)
    assert f"1. {THAI}: Helps (+3 … +9)" in text
    assert "2. Deck &lt;!channel&gt; &amp; *more*: Hurts" in message["text"]
    assert THAI in file["alt_txt"]


def test_gaps_are_shown_with_their_matrix_and_by_any_segment(stage: Stage, learned: list[str]) -> None:
    message = turn(stage, shown(stage), "show")
    text = stage.text(message)
    by_region = turn(stage, message, "by_region")

    assert "*Gaps by industry*: " in text
    assert "*Gaps by region*: " in stage.text(by_region)
    assert "2 open deals · USD\N{NO-BREAK SPACE}240,000" in text
    names = [file["name"].partition("-")[0] for file, _ in files(stage, NOVA)]
    assert sorted(names) == ["evidence", "gaps", "gaps"]
    # Nova is nobody in the CRM: no deal is named to her.
    assert "Norfield" not in str(message["blocks"])
    assert "Evidence and coverage" in stage.text(turn(stage, by_region, "overview"))


def test_nobody_else_sees_evidence(stage: Stage, learned: list[str]) -> None:
    for user in (MAYA, GUEST):
        said = stage.text(shown(stage, user=user))

        assert "for librarians" in said or "members of this workspace" in said
    assert stage.calls("files.getUploadURLExternal") == []


def test_who_lost_the_right_meanwhile_gets_no_picture(stage: Stage, learned: list[str]) -> None:
    services = stage.services
    asked = ask("overview industry 1", id="asked", slack_id=MAYA, email="")
    services.ledger.write(Written(records=(asked,)), now=services.clock())
    services.outbox.add([Task("picture", PICTURE, "reply", "asked")], now=services.clock())

    stage.drain("reply")

    assert files(stage, MAYA) == []
    assert services.outbox.letters(states=("due", "leased", "dead"), limit=9) == []


def test_a_lost_reply_is_no_second_picture(stage: Stage, learned: list[str]) -> None:
    stage.slack_fault("files.completeUploadExternal", "lost_reply")

    shown(stage)
    stage.clock.advance(minutes=5)
    stage.drain("reply")

    assert len(files(stage, NOVA)) == 1


def test_a_question_about_evidence_is_a_question(stage: Stage, learned: list[str]) -> None:
    said = stage.ask("evidence of savings for Norfield rollout", user=MAYA)

    assert "for librarians" not in stage.text(said)
    assert "evidence of savings" in str(said["blocks"])


def test_content_in_use_after_its_time_is_listed(stage: Stage, learned: list[str]) -> None:
    services = stage.services
    old = stage.publish("Old prices", expires="2020-01-01")
    used = touch(id="late", asset_id=old, occurred_at=services.clock(), deal_id="gone")
    services.ledger.write(Written(records=(used,)), now=services.clock())
    stage.clock.advance(seconds=60)

    message = shown(stage, "evidence outlived")

    text = stage.text(message)
    assert "Old prices" in text
    assert "1 use since then" in text
    assert [one["action_id"] for one in elements(message)] == ["evidence.turn.overview"]
    assert LIBRARIAN not in text
