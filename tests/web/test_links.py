"""What a buyer or a rep gets behind a link, and what counts as having opened it."""

from dataclasses import replace
from typing import Any

import pytest
import requests

from enablement.governance import preview
from enablement.model import Share, Touch
from enablement.sharing import Recipient, share, shareable
from tests.doors import MAYA, ROLLOUT, Stage, elements

BROWSER = {
    "User-Agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15"
}
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SCRIPT = b"<!doctype html><title>Yard</title><script>alert(document.cookie)</script><p>payback payback</p>"
FILES: dict[str, tuple[str, bytes, str, bool]] = {
    "battlecard.md": ("text/markdown", b"# Payback\n", "text/plain; charset=utf-8", False),
    "notes.txt": ("text/plain", "Größe".encode(), "text/plain", False),
    "datasheet.html": ("text/html", SCRIPT, "text/html", False),
    "study.pdf": ("application/pdf", PDF, "application/pdf", False),
    "deck.pptx": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        b"PK\x03\x04deck",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        True,
    ),
    "proposal.docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"PK\x03\x04proposal",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        True,
    ),
    'ราคา "2027"; drop=1.pdf': ("application/pdf", PDF, "application/pdf", False),
}
AGENTS = (
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slackbot 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (compatible; MicrosoftPreview/2.0; +https://aka.ms/MicrosoftPreview)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) BingPreview/1.0b",
    "facebookexternalhit/1.1;line-poker/1.0",
    "facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/",
    "Mozilla/5.0 (Windows; U; Windows NT 5.1) Gecko (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17 Safari/605.1.15 (Applebot/0.1)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
    "Mozilla/5.0 (compatible;PetalBot;+https://webmaster.petalsearch.com/site/petalbot)",
    "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 AppleWebKit/537.36 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
    "CCBot/2.0 (https://commoncrawl.org/faq/)",
    "Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)",
    "Pinterestbot/1.0 (+http://www.pinterest.com/bot.html)",
    "Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)",
    "Mozilla/5.0 (compatible; Embedly/0.2; +http://support.embed.ly/)",
    "Iframely/1.3.1 (+https://iframely.com/docs/about)",
    "BarracudaCentral Link Checker",
    "Mozilla/5.0 (compatible; Proofpoint URL Defense)",
    "Mimecast URL Protection",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks/1.0",
    "Zscaler Sandbox",
    "TrendMicro Web Reputation",
    "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
    "curl/8.5.0",
    "Wget/1.21.4",
    "python-requests/2.34.0",
    "Python-urllib/3.11",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
    "Java/17.0.9",
    "node-fetch/1.0",
    "axios/1.7.2",
    "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 HeadlessChrome/120.0.0.0 Safari/537.36",
    "",
)


def shared(stage: Stage, *, asset: str = "ROI calculator", question: str = "payback") -> Share:
    """Share an asset as Maya; return the share."""
    stage.ask(f"{question} for the Norfield warehouse")
    with stage.database.reading() as connection:
        row = connection.exec_driver_sql(
            "SELECT s.id FROM suggestions s JOIN assets a ON a.id = s.asset_id WHERE a.title = ? ORDER BY made_at DESC",
            (asset,),
        ).first()
    assert row is not None, f"{asset} was not suggested"
    now = stage.clock()
    what = shareable(
        row[0], user=stage.services.mirror.user(stage.users["maya"]), services=stage.services, now=now
    )
    to = Recipient("Aoife Brannigan", "aoife@norfield.test")
    [made] = share(what, [to], note="", on_record=True, services=stage.services, now=now)
    return made


def openings(stage: Stage, made: Share) -> list[Touch]:
    """Return the openings of one share."""
    touches = stage.services.ledger.touches_of(made.deal_id)
    return [one for one in touches if one.kind == "opened_by_buyer" and one.share_id == made.id]


def get(stage: Stage, path: str, **options: Any) -> requests.Response:
    headers = {**BROWSER, **options.pop("headers", {})}
    method = options.pop("method", "GET")
    return requests.request(method, f"{stage.app_url}{path}", headers=headers, timeout=10, **options)


@pytest.mark.parametrize("name", FILES)
def test_a_link_serves_the_bytes_with_their_type_and_name(shared_stage: Stage, name: str) -> None:
    media_type, data, served_as, is_downloaded = FILES[name]
    word = f"zyx{list(FILES).index(name)}"
    shared_stage.publish(name, f"{word} {word}", media_type=media_type, data=data, file_name=name)
    made = shared(shared_stage, asset=name, question=word)

    answer = get(shared_stage, f"/s/{made.token}")

    disposition = answer.headers["Content-Disposition"]
    assert (answer.status_code, answer.content) == (200, data)
    assert answer.headers["Content-Type"].startswith(served_as)
    assert disposition.startswith("attachment" if is_downloaded else "inline")
    assert name.isascii() is (name in disposition)


@pytest.mark.parametrize("path", ["share", "open"])
def test_a_file_can_do_nothing_in_the_browser_and_stays_in_no_cache(stage: Stage, path: str) -> None:
    stage.publish("Yard", "zyx zyx", media_type="text/html", data=SCRIPT, file_name="yard.html")
    made = shared(stage, asset="Yard", question="zyx")
    opener = elements(stage.last(), "find.open")[0]["url"].removeprefix(stage.app_url)

    headers = get(stage, f"/s/{made.token}" if path == "share" else opener).headers

    policy = headers["Content-Security-Policy"]
    assert policy.split("; ")[:2] == ["sandbox", "default-src 'none'"]
    assert "script-src" not in policy
    assert "allow-" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "Set-Cookie" not in headers


def test_a_person_opening_the_link_is_a_touch_in_salesforce(stage: Stage) -> None:
    made = shared(stage)
    get(stage, f"/s/{made.token}")

    stage.drain("write")

    [touch] = openings(stage, made)
    kinds = {row["Kind__c"] for row in stage.touch_rows()}
    assert (touch.recipient, touch.share_id, touch.channel) == ("aoife@norfield.test", made.id, "link")
    assert kinds == {"Shared", "Opened by buyer"}


def test_reading_on_is_not_opening_again(stage: Stage) -> None:
    made = shared(stage)

    for _ in range(3):
        get(stage, f"/s/{made.token}")
    stage.clock.advance(minutes=31)
    get(stage, f"/s/{made.token}")

    assert len(openings(stage, made)) == 2


@pytest.mark.parametrize("agent", AGENTS)
def test_a_machine_that_looks_is_served_and_is_no_opening(shared_stage: Stage, agent: str) -> None:
    made = shared(shared_stage)

    answer = get(shared_stage, f"/s/{made.token}", headers={"User-Agent": agent})

    assert answer.status_code == 200
    assert openings(shared_stage, made) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Purpose": "prefetch;anonymous-client-ip"},
        {"X-Purpose": "preview"},
        {"X-Moz": "prefetch"},
        {"Range": "bytes=1000-2000"},
    ],
    ids=str,
)
def test_fetching_ahead_or_a_later_part_is_no_opening(shared_stage: Stage, headers: dict[str, str]) -> None:
    made = shared(shared_stage)

    get(shared_stage, f"/s/{made.token}", headers=headers)

    assert openings(shared_stage, made) == []


def test_asking_for_the_head_alone_is_no_opening(shared_stage: Stage) -> None:
    made = shared(shared_stage)

    answer = get(shared_stage, f"/s/{made.token}", method="HEAD")

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0
    assert openings(shared_stage, made) == []


def test_the_reps_own_look_is_their_touch_and_not_the_buyers(stage: Stage) -> None:
    answer = stage.ask("payback for the Norfield warehouse")
    url = elements(answer, "find.open")[0]["url"].removeprefix(stage.app_url)

    served = get(stage, url)
    stage.drain("write")

    [touch] = stage.services.ledger.touches_of(stage.deals[ROLLOUT])
    assert served.status_code == 200
    assert (touch.kind, touch.email) == ("opened", "maya@harbourline.test")
    assert stage.touch_rows() == []


def test_the_reps_link_ends_after_a_day(stage: Stage) -> None:
    answer = stage.ask("payback for the Norfield warehouse")
    url = elements(answer, "find.open")[0]["url"].removeprefix(stage.app_url)
    stage.clock.advance(hours=24, seconds=1)

    gone = get(stage, url)

    assert gone.status_code == 404
    assert "Open it again from where you found it." in gone.text


def test_a_link_ends_on_its_day(stage: Stage) -> None:
    made = shared(stage)
    stage.clock.advance(days=stage.services.link_days)

    gone = get(stage, f"/s/{made.token}")

    assert gone.status_code == 404
    assert "This link has expired. Please ask the person who sent it for a new one." in gone.text
    assert openings(stage, made) == []


def test_a_revoked_link_ends_at_once(stage: Stage) -> None:
    made = shared(stage)
    stage.services.ledger.revoke_share(made.id, at=stage.clock())

    gone = get(stage, f"/s/{made.token}")

    assert (gone.status_code, "This link has expired." in gone.text) == (404, True)


def test_an_asset_that_expires_takes_its_links_along(stage: Stage) -> None:
    made = shared(stage)
    stage.publish("ROI calculator", "payback", expires="2020-01-01")

    gone = get(stage, f"/s/{made.token}")

    assert gone.status_code == 410
    assert "This is no longer in use" in gone.text
    assert "Please ask the person who sent you the link." in gone.text
    assert openings(stage, made) == []


def test_a_withdrawn_asset_names_its_successor_to_the_buyer_and_to_the_rep(stage: Stage) -> None:
    made = shared(stage)
    opener = elements(stage.last(), "find.open")[0]["url"].removeprefix(stage.app_url)
    stage.publish("ROI <calculator> 2027", "payback")
    (old,) = stage.services.catalog.assets_titled("ROI calculator")
    (new,) = stage.services.catalog.assets_titled("ROI <calculator> 2027")
    stage.services.catalog.keep(replace(old, status="archived", replaced_by=new.id))

    buyer, rep = get(stage, f"/s/{made.token}"), get(stage, opener)

    assert (buyer.status_code, rep.status_code) == (410, 410)
    assert "“ROI &lt;calculator&gt; 2027”. The person who sent you this link" in buyer.text
    assert "/content ROI &lt;calculator&gt; 2027" in rep.text


def test_a_shared_link_sends_the_buyer_on_and_counts(stage: Stage) -> None:
    made = shared(stage)
    (asset,) = stage.services.catalog.assets_titled("ROI calculator")
    url = "https://tour.example/yard?a=1&b=2#start"
    stage.services.catalog.keep(replace(asset, url=url))

    answer = get(stage, f"/s/{made.token}", allow_redirects=False)
    looked = get(stage, f"/s/{made.token}", allow_redirects=False, headers={"User-Agent": "Slackbot 1.0"})

    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    assert (looked.status_code, looked.headers["Location"]) == (303, url)
    assert answer.content == b""
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    assert len(openings(stage, made)) == 1


def test_who_looks_after_an_asset_opens_what_waits_and_nobody_else_does(stage: Stage) -> None:
    (asset,) = stage.services.catalog.assets_titled("ROI calculator")
    stage.services.catalog.keep(replace(asset, status="draft", owner="maya@harbourline.test"))
    (draft,) = stage.services.catalog.assets_titled("ROI calculator")
    url = preview(draft, email="maya@harbourline.test", services=stage.services, now=stage.clock())

    served = get(stage, url.removeprefix(stage.services.public_url))
    stage.clock.advance(days=15)
    later = get(stage, url.removeprefix(stage.services.public_url))

    assert served.status_code == 200
    assert served.headers["Content-Security-Policy"].startswith("sandbox")
    assert later.status_code == 404


def test_a_link_keeps_leading_to_the_version_that_was_sent(stage: Stage) -> None:
    made = shared(stage)
    before = get(stage, f"/s/{made.token}").content
    stage.publish("ROI calculator", "payback, in a second version")

    assert get(stage, f"/s/{made.token}").content == before


def test_a_link_nobody_made_is_said_in_plain_words_and_looks_like_no_other(shared_stage: Stage) -> None:
    unknown = get(shared_stage, "/s/" + "A" * 32)

    assert unknown.status_code == 404
    assert unknown.headers["Content-Type"].startswith("text/html")
    assert "This link is not known. Please check that it is complete." in unknown.text
    assert unknown.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_rep_link_is_no_buyer_link_and_the_other_way_round(stage: Stage) -> None:
    made = shared(stage)
    opener = elements(stage.last(), "find.open")[0]["url"].rpartition("/")[2]

    assert get(stage, f"/o/{made.token}").status_code == 404
    assert get(stage, f"/s/{opener}").status_code == 404


def test_tokens_cannot_be_guessed_from_one_another(stage: Stage) -> None:
    tokens = {shared(stage).token for _ in range(3)} | {MAYA}

    assert len(tokens) == 4
    assert all(len(token) >= 32 for token in tokens - {MAYA})


def test_a_file_larger_than_a_part_is_served_in_parts(stage: Stage) -> None:
    data = PDF + bytes(range(256)) * 800
    stage.publish("Atlas", "zyx", media_type="application/pdf", data=data, file_name="atlas.pdf")
    made = shared(stage, asset="Atlas", question="zyx")

    part = get(stage, f"/s/{made.token}", headers={"Range": "bytes=0-99"})

    assert (part.status_code, part.content) == (206, data[:100])
    assert len(openings(stage, made)) == 1


def test_readyz_says_whether_the_schema_is_the_codes(stage: Stage) -> None:
    ready, alive = get(stage, "/readyz"), get(stage, "/healthz")
    with stage.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'before'")
    behind = get(stage, "/readyz")

    assert (ready.status_code, ready.json()["ok"]) == (200, True)
    assert (alive.status_code, alive.json()) == (200, {"ok": True})
    assert (behind.status_code, behind.json()["ok"]) == (503, False)
