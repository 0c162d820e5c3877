"""Each person is spoken to in the language of their Slack, and by the clock on their wall."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from babel.dates import format_date

from enablement.model import Collection
from tests import doors
from tests.bot.library_desk import added, drop, opened_form as file_form, said, submit as submit_file
from tests.bot.test_share import QUESTION, contact, opened_form, submit, text_of, title
from tests.doors import DEALS, LIBRARIAN, MAYA, NOVA, RAFA, Stage, elements

PEOPLE = {
    "th": ("th-TH", "Asia/Bangkok", time(20, 30)),
    "fr": ("fr-CA", "America/Toronto", time(2, 30)),
    "ko": ("ko-KR", "Asia/Seoul", time(20, 30)),
}
WORDS = {
    "th": ("ผลลัพธ์ที่ตรงที่สุดสำหรับ “", "แชร์", "แชร์กับผู้ซื้อ", "ลิงก์ของคุณ"),
    "fr": ("Meilleurs résultats pour «\u00a0", "Partager", "Partager avec le client", "Vos liens"),
    "ko": ("“payback", "공유", "구매자와 공유", "내 링크"),
}


def speaking_workspace(**locales: tuple[str, str]) -> dict[str, Any]:
    """Return the workspace of the tests with these members' locale and time zone, by Slack id."""
    users = [
        {**one, **dict(zip(("locale", "tz"), locales[one["id"]], strict=True))}
        if one["id"] in locales
        else one
        for one in doors.WORKSPACE["users"]
    ]
    return {**doors.WORKSPACE, "users": users}


@pytest.fixture(params=PEOPLE)
def abroad(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, Stage]]:
    """Have Maya abroad, at an hour at which her day is not that of Greenwich."""
    locale, zone, at = PEOPLE[request.param]
    monkeypatch.setattr(doors, "WORKSPACE", speaking_workspace(**{MAYA: (locale, zone)}))
    with doors.staged(tmp_path) as stage:
        now = datetime.now(UTC)
        soon = datetime.combine(now.date() + timedelta(days=1), at, UTC)
        stage.clock.ahead = soon - now
        yield request.param, stage


def test_from_the_question_to_the_link_in_their_own_language(abroad: tuple[str, Stage]) -> None:
    language, stage = abroad
    best, share_word, form_title, links_title = WORDS[language]

    answer = stage.ask(QUESTION)
    stage.click(answer, "find.share")
    form = doors.until(stage.views)[0]
    submit(stage, form, contacts=[contact(form, "Aoife")])
    done = stage.views()[0]

    [shared] = stage.services.ledger.shares_of(
        email="maya@harbourline.test", deal_id=stage.deals[doors.ROLLOUT]
    )
    here = shared.expires_at.astimezone(ZoneInfo(PEOPLE[language][1])).date()
    assert best in stage.text(answer)
    assert elements(answer, "find.share")[0]["text"]["text"] == share_word
    assert title(form) == form_title
    assert title(done) == links_title
    assert here != shared.expires_at.date()
    assert format_date(here, "medium", locale=language) in text_of(done)
    assert format_date(shared.expires_at.date(), "medium", locale=language) not in text_of(done)


def test_a_refused_form_is_refused_in_its_language(abroad: tuple[str, Stage]) -> None:
    language, stage = abroad

    refused = submit(stage, opened_form(stage), typed="nobody@")

    wanted = {"th": "ไม่ใช่ที่อยู่อีเมล", "fr": "n’est pas une adresse", "ko": "이메일 주소가 아닙니다"}
    assert wanted[language] in str(refused)


def test_two_people_in_one_channel_read_two_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = speaking_workspace(**{MAYA: ("zh-TW", "Asia/Taipei"), RAFA: ("pt-BR", "America/Sao_Paulo")})
    monkeypatch.setattr(doors, "WORKSPACE", workspace)
    with doors.staged(tmp_path) as stage:
        for user in (MAYA, RAFA):
            stage.do("command", user=user, channel=DEALS, command="/content", text="pricing for Norfield")
        stage.drain("reply")

        assert "是哪個商機？" in stage.text(stage.last(user=MAYA))
        assert "sua única oportunidade aberta" in stage.text(stage.last(user=RAFA))


def test_who_must_hear_of_it_hears_it_in_their_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = speaking_workspace(**{NOVA: ("fr-FR", "Europe/Paris"), RAFA: ("ko-KR", "Asia/Seoul")})
    monkeypatch.setattr(doors, "WORKSPACE", workspace)
    with doors.staged(tmp_path) as stage:
        stage.services.catalog.keep_collections([Collection("Cards", ("rafa@harbourline.test",))])

        added(stage, title="Payback", collection="Cards", owner=LIBRARIAN)
        stage.drain("write")

        assert "attend l’approbation de rafa@harbourline.test" in stage.text(stage.last("D0NOVA", user=NOVA))
        assert "자료의 승인을 요청했습니다" in stage.text(stage.last("D0RAFA", user=RAFA))


def test_a_file_that_cannot_be_read_is_refused_in_the_language_of_who_sent_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "WORKSPACE", speaking_workspace(**{NOVA: ("th-TH", "Asia/Bangkok")}))
    with doors.staged(tmp_path) as stage:
        drop(stage, b"PK no deck at all", name="deck.pptx")
        submit_file(stage, file_form(stage))
        stage.drain("compute")

        assert "ไม่ได้เพิ่ม: “deck.pptx” ไม่ใช่งานนำเสนอ PowerPoint" in said(stage)


@pytest.mark.parametrize(
    ("accepts", "text", "tag"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.5", "Ce lien est inconnu", "fr"),
        ("de-DE,pt-PT;q=0.8", "Este link não é reconhecido", "pt-BR"),
        ("de-DE", "This link is not known", "en"),
        ("", "This link is not known", "en"),
        ("zh-Hant-TW", "無法辨識此連結", "zh-TW"),
    ],
)
def test_a_buyer_is_answered_in_the_language_of_their_browser(
    shared_stage: Stage, accepts: str, text: str, tag: str
) -> None:
    answer = requests.get(
        f"{shared_stage.app_url}/s/unknown-token", headers={"Accept-Language": accepts}, timeout=10
    )

    assert answer.status_code == 404
    assert text in answer.text
    assert f'<html lang="{tag}">' in answer.text
