"""The panel on the deal's page: a colleague opens and shares, once, what they may, on a deal that is theirs to see."""

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from crm.hooks import door
from crm.hooks.door import HttpAnswer
from enablement.language import spoken_for
from enablement.model import Reason, Recommended, Share, Touch, Written
from enablement.panel import LONGEST_NOTE, ONE_LOOK, PICKED
from enablement.sent import still_sent
from enablement.sharing import (
    MOST_RECIPIENTS,
    OPEN_LINK_LASTS,
    Recipient,
    own_suggestion,
    serve_share,
    serve_suggestion,
    share,
    shared_touch,
    take_back,
)
from jobs.kinds import KINDS
from jobs.lanes import drain
from sandbox.salesforce.ids import make_id
from tests.builders import ANNA, NOW, asset, deal, profile, publish, suggestion, user
from tests.crm.hook_requests import deal_id, hook_body, hook_headers
from tests.crm.hook_world import OPEN, Hooks
from tests.fakes import at_once
from tests.tables import row_counts

ME, DEAL = make_id("005", 1), deal_id(1)
MIA, JON = ({"name": f"{name} Lund", "email": f"{name.lower()}@buyer.example"} for name in ("Mia", "Jon"))
PAPER, SECRET = "paper", "secret"
DAY = timedelta(days=1)
WAYS = ("open", "share")


@pytest.fixture
def desk(hooks: Hooks) -> Hooks:
    """Anna, who is not in Slack, with a deal, an asset for customers, and one that is internal."""
    world = hooks.world
    world.mirror.store(users=[user(id=ME)], deals=[deal(id=DEAL)])
    world.crm.allow(ME, DEAL)
    publish(world.catalog, asset("Pricing guide", id=PAPER))
    publish(world.catalog, asset("Battlecard", id=SECRET, audience="internal"))
    return hooks


def press(hooks: Hooks, way: str = "share", *, hook_id: str = "msg_1", **changes: Any) -> HttpAnswer:
    said = {
        "user": ME,
        "opportunity": DEAL,
        "asset": PAPER,
        **({"recipients": [MIA]} if way == "share" else {}),
    }
    return hooks.signed(json.dumps({**said, **changes}).encode(), way=way, hook_id=hook_id)


def links(answer: HttpAnswer) -> list[Mapping[str, str]]:
    assert answer.status == 200, answer.body
    return list(json.loads(answer.body)["links"])


def refused(answer: HttpAnswer) -> str:
    assert answer.status == 422, answer
    return str(json.loads(answer.body)["error"])


def shares(hooks: Hooks) -> list[Share]:
    return still_sent(DEAL, email=ANNA, services=hooks.world.services)


def touches(hooks: Hooks) -> list[Touch]:
    return hooks.world.ledger.touches_of(DEAL)


def rows(hooks: Hooks) -> dict[str, int]:
    return row_counts(hooks.world.database)


def token(address: str) -> str:
    return address.rpartition("/")[2]


# --- share ---


def test_a_share_from_the_panel_is_a_link_a_touch_and_work_for_the_crm(desk: Hooks) -> None:
    answer = press(desk, recipients=[MIA, JON], note="As discussed")

    first, second = links(answer)
    assert [one["email"] for one in (first, second)] == [MIA["email"], JON["email"]]
    assert first["name"] == "Mia Lund"
    assert datetime.fromisoformat(first["expires"]) == NOW + timedelta(days=desk.world.services.link_days)
    assert answer.headers["content-type"] == "application/json"
    assert {one.channel for one in touches(desk)} == {"salesforce"}
    assert sorted(one.recipient for one in touches(desk)) == [JON["email"], MIA["email"]]
    assert {one.note for one in shares(desk)} == {"As discussed"}
    assert sorted(one.subject for one in desk.tasks()) == sorted(one.id for one in touches(desk))
    assert {(one.kind, one.lane) for one in desk.tasks()} == {("crm.touch", "write")}
    assert desk.world.work.woken == ["write"]


def test_a_buyer_opens_what_was_shared_from_the_panel(desk: Hooks) -> None:
    [one] = links(press(desk))

    served = serve_share(token(one["link"]), desk.world.services, agent="x", by_person=True, now=NOW)

    assert served.asset.id == PAPER
    assert [touch.kind for touch in touches(desk)] == ["shared", "opened_by_buyer"]


def test_the_ask_and_the_suggestion_behind_a_share_are_on_record(desk: Hooks) -> None:
    publish(desk.world.catalog, asset("Over", id="over", expires=(NOW - DAY).date()))
    why = (Reason("stages", ("Negotiation",)),)
    # What is not valid any more the page does not show.
    kept = [
        Recommended(DEAL, rank, one, f"{one} v1", score, why, "m", "x", NOW)
        for rank, (one, score) in enumerate([("over", 0.9), (SECRET, 0.8), (PAPER, 0.7)], start=1)
    ]
    desk.world.services.shortlists.keep({DEAL: kept})

    press(desk)

    [one] = shares(desk)
    suggestion = desk.world.ledger.suggestion(one.suggestion_id)
    assert suggestion is not None
    assert (suggestion.rank, suggestion.score, suggestion.propensity) == (2, 0.7, 1.0)
    assert (suggestion.reasons, suggestion.model) == (why, "m")
    assert (suggestion.email, suggestion.deal_id) == (ANNA, DEAL)
    ask = desk.world.ledger.ask(suggestion.ask_id)
    assert ask is not None
    assert (ask.surface, ask.email, ask.deal_id, ask.place.channel) == ("salesforce", ANNA, DEAL, "")
    answered = desk.world.ledger.answered(ask.id)
    assert answered is not None
    assert answered.how == "record"


def test_an_asset_that_was_not_suggested_is_on_record_as_picked(desk: Hooks) -> None:
    press(desk)

    suggestion = desk.world.ledger.suggestion(shares(desk)[0].suggestion_id)
    assert suggestion is not None
    assert (suggestion.model, suggestion.score, suggestion.rank) == (PICKED, 0.0, 1)


def test_a_request_that_comes_again_gets_the_same_links_and_changes_nothing(desk: Hooks) -> None:
    first = press(desk, recipients=[MIA, JON], note="Hello")
    before = rows(desk)

    desk.world.clock.move(50)
    again = [press(desk, recipients=[MIA, JON], note="Hello") for _ in range(3)]

    assert all(answer == first for answer in again)
    assert rows(desk) == before
    assert desk.world.work.woken == ["write"]


@pytest.mark.parametrize("seconds", [0, 3, 299])
def test_a_double_click_is_one_share(desk: Hooks, seconds: float) -> None:
    # Wherever in time it falls.
    for number in range(8):
        person = {"name": "", "email": f"p{number}@buyer.example"}
        first = press(desk, hook_id=f"a{number}", recipients=[person])
        desk.world.clock.move(seconds)
        assert press(desk, hook_id=f"b{number}", recipients=[person]).body == first.body
        desk.world.clock.move(97)

    assert len(touches(desk)) == len(shares(desk)) == 8


def test_many_clicks_at_the_same_moment_are_one_share(desk: Hooks) -> None:
    answers = at_once(12, lambda number: press(desk, hook_id=f"msg_{number % 6}"))

    assert len({answer.body for answer in answers}) == 1
    assert len(touches(desk)) == len(shares(desk)) == len(desk.tasks()) == 1


def test_sharing_again_later_is_another_share(desk: Hooks) -> None:
    [first] = links(press(desk))
    desk.world.clock.move(2 * ONE_LOOK.total_seconds())

    [second] = links(press(desk, hook_id="msg_2"))

    assert first["link"] != second["link"]
    assert len(touches(desk)) == 2


def test_a_request_that_comes_again_after_a_new_version_gets_the_same_links(desk: Hooks) -> None:
    first = press(desk)
    newer = asset("Pricing guide", id=PAPER, version=2, version_id="v2", updated_at=NOW + DAY)
    publish(desk.world.catalog, newer, "Other words.")

    assert press(desk) == first
    [again] = links(press(desk, hook_id="msg_2"))
    assert again["link"] != links(first)[0]["link"]
    assert [one.version_id for one in shares(desk)] == ["Pricing guide v1", "v2"]


def test_a_link_from_slack_stays_beside_one_from_the_panel(desk: Hooks) -> None:
    world = desk.world
    one = replace(
        suggestion(id="in Slack", ask_id="ask"), deal_id=DEAL, asset_id=PAPER, version_id="Pricing guide v1"
    )
    world.ledger.write(Written(records=(one,)), now=NOW)
    what = own_suggestion(one.id, email=ANNA, services=world.services, now=NOW)
    mia = Recipient(**MIA)
    [in_slack] = share(what, [mia], note="", on_record=False, services=world.services, now=NOW)

    [here] = links(press(desk))

    assert token(here["link"]) != in_slack.token
    assert sorted(touch.channel for touch in touches(desk)) == ["salesforce", "slack"]
    assert len(desk.tasks()) == 1


def test_an_id_that_comes_again_with_something_else_is_refused(desk: Hooks) -> None:
    press(desk, note="Hello")
    publish(desk.world.catalog, asset("Other guide", id="other"))
    before = rows(desk)

    others: list[dict[str, Any]] = [
        {"note": "Goodbye"},
        {"note": "Hello", "recipients": [JON]},
        {"note": "Hello", "recipients": [MIA, JON]},
        {"note": "Hello", "recipients": [{**MIA, "name": "M"}]},
        {"note": "Hello", "asset": "other"},
    ]
    assert [press(desk, **changes).status for changes in others] == [409] * len(others)
    assert rows(desk) == before


def test_an_undone_share_is_gone_and_sharing_again_makes_another_link(desk: Hooks) -> None:
    [first] = links(press(desk))
    [one] = shares(desk)
    take_back(shared_touch(one.id), email=ANNA, services=desk.world.services, now=NOW)

    [same] = links(press(desk))
    [second] = links(press(desk, hook_id="msg_2"))

    assert same == first
    assert second["link"] != first["link"]
    assert [token(second["link"])] == [one.token for one in shares(desk)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recipients": []}, "Choose a contact"),
        (
            {"recipients": [{"name": "", "email": f"p{n}@b.example"} for n in range(MOST_RECIPIENTS + 1)]},
            "20",
        ),
        ({"recipients": [MIA, {"name": "x", "email": "mia at buyer"}]}, "mia at buyer"),
        ({"recipients": [{"name": "", "email": ""}]}, "is not an e-mail address"),
        ({"recipients": [{"name": "", "email": "a@b.example, c@d.example"}]}, "is not an e-mail address"),
        ({"recipients": [{"name": "", "email": f"a@{'b' * 250}.example"}]}, "is not an e-mail address"),
        ({"note": "a" * (LONGEST_NOTE + 1)}, "1000"),
        ({"asset": SECRET}, "internal"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_cannot_be_shared_is_said_and_leaves_nothing(
    desk: Hooks, changes: dict[str, Any], said: str
) -> None:
    before = rows(desk)

    assert said in refused(press(desk, **changes))
    assert rows(desk) == before


def test_nothing_is_shared_for_a_closed_deal_but_what_was_can_be_looked_at(desk: Hooks) -> None:
    desk.world.mirror.store(deals=[deal(id=DEAL, is_closed=True, is_won=True, modified_at=NOW + DAY)])

    assert "closed" in refused(press(desk))
    assert press(desk, "open").status == 200


def test_a_recipient_named_twice_gets_one_link(desk: Hooks) -> None:
    shouted = {**MIA, "email": MIA["email"].upper()}

    assert len(links(press(desk, recipients=[MIA, shouted]))) == 1
    assert len(links(press(desk, recipients=[MIA, shouted]))) == 1


# --- open ---


@pytest.mark.parametrize("asset_id", [PAPER, SECRET])
def test_a_colleague_opens_an_asset_for_a_day(desk: Hooks, asset_id: str) -> None:
    answer = press(desk, "open", asset=asset_id)
    open_token = token(json.loads(answer.body)["link"])
    services = desk.world.services

    served = serve_suggestion(open_token, services, by_person=True, now=NOW + OPEN_LINK_LASTS)

    assert served.asset.id == asset_id
    [touch] = touches(desk)
    assert (touch.kind, touch.channel, touch.email) == ("opened", "salesforce", ANNA)
    assert not desk.tasks()


def test_opening_twice_is_opening_once(desk: Hooks) -> None:
    first = press(desk, "open")

    assert press(desk, "open") == first
    assert press(desk, "open", hook_id="msg_2").body == first.body
    assert press(desk, "open", asset=SECRET).status == 409


def test_what_was_opened_can_be_shared_under_the_same_id(desk: Hooks) -> None:
    assert press(desk, "open").status == 200
    assert press(desk).status == 200


# --- who and what ---


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "changes",
    [
        {"user": make_id("005", 99)},
        {"user": make_id("005", 2)},
        {"user": make_id("005", 3)},
        {"user": make_id("005", 4)},
        {"opportunity": deal_id(99)},
        {"opportunity": deal_id(2)},
        {"opportunity": deal_id(3)},
        {"asset": "nothing"},
        {"asset": "draft"},
        {"asset": "in review"},
        {"asset": "to come"},
        {"asset": "over"},
        {"asset": "archived"},
    ],
    ids=str,
)
def test_nothing_comes_of_a_press_by_who_or_for_what_it_may_not(
    desk: Hooks, way: str, changes: dict[str, Any]
) -> None:
    people: dict[int, dict[str, Any]] = {
        2: {"is_active": False},
        3: {"email": ""},
        4: {"email": "gus@stowmark.example"},
    }
    world = desk.world
    world.mirror.store(
        users=[user(id=make_id("005", n), **what) for n, what in people.items()],
        deals=[deal("Hidden", id=deal_id(2))],
    )
    world.mirror.keep_profile(profile("UGUEST", email="gus@stowmark.example", standing="guest"))
    # The third deal may be read, but is not known here yet.
    world.crm.allow(ME, deal_id(3))
    for number in people:
        world.crm.allow(make_id("005", number), DEAL)
    for what in (
        asset("Draft", id="draft", status="draft"),
        asset("In review", id="in review", status="in_review"),
        asset("To come", id="to come", released=(NOW + DAY).date()),
        asset("Over", id="over", expires=(NOW - DAY).date()),
        asset("Archived", id="archived", status="archived"),
    ):
        publish(world.catalog, what)
    before = rows(desk)

    said = refused(press(desk, way, **changes))

    assert rows(desk) == before
    assert not world.work.woken
    assert not any(title in said for title in ("Draft", "In review", "To come", "Hidden"))


@pytest.mark.parametrize("way", WAYS)
def test_a_deal_that_may_not_be_seen_is_like_one_that_is_not_there(desk: Hooks, way: str) -> None:
    desk.world.mirror.store(
        deals=[deal("Hidden", id=deal_id(2)), deal("Closed", id=deal_id(4), is_closed=True)]
    )
    desk.world.crm.allow(ME, deal_id(3))

    # Hidden, known nowhere, not known here yet, hidden and closed; of assets that are there or not.
    answers = {
        press(desk, way, hook_id=f"{number}-{one}", opportunity=deal_id(number), asset=one).body
        for number in (2, 99, 3, 4)
        for one in (PAPER, SECRET, "nothing")
    }

    assert len(answers) == 1


@pytest.mark.parametrize("way", WAYS)
def test_a_crm_that_is_away_opens_nothing_and_tells_nothing(desk: Hooks, way: str) -> None:
    desk.world.crm.is_down = True
    before = rows(desk)

    answers = {press(desk, way, opportunity=deal_id(number)).body for number in (1, 2)}

    assert len(answers) == 1
    assert "can't be reached" in answers.pop()
    assert rows(desk) == before
    desk.world.crm.is_down = False
    assert press(desk, way).status == 200


def test_a_crm_that_is_slow_keeps_nobody_waiting(desk: Hooks, monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()

    def slow(user_id: str, deal_ids: Any) -> frozenset[str]:
        never.wait(2)
        return frozenset(deal_ids)

    slow_access = type("Slow", (), {"readable": staticmethod(slow)})()
    monkeypatch.setattr(door, "ACCESS_WITHIN_S", 0.05)
    desk.door = door.HookDoor(replace(desk.world.services, access=slow_access), OPEN)

    assert "can't be reached" in refused(press(desk))

    never.set()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("language", ["fr", "pt_BR", "th", "zh_TW", "ko", "en_US", "de"])
def test_a_refusal_is_in_the_language_of_who_pressed(desk: Hooks, way: str, language: str) -> None:
    english = refused(press(desk, way, opportunity=deal_id(99)))

    said = refused(press(desk, way, opportunity=deal_id(99), language=language))

    assert (said == english) == (spoken_for(language) == "en")


def test_without_a_language_the_one_of_slack_is_spoken(desk: Hooks) -> None:
    desk.world.mirror.keep_profile(profile("U1", email=ANNA, locale="fr-FR"))

    assert refused(press(desk, recipients=[])) == refused(press(desk, recipients=[], language="fr"))
    assert refused(press(desk, recipients=[], language="de")) == refused(
        press(desk, recipients=[], language="fr")
    )
    assert refused(press(desk, recipients=[], language="ko")) != refused(press(desk, recipients=[]))


# --- attacks ---


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("status", "more"),
    [
        (401, {"secret": "whsec_" + "AAAA" * 8}),
        (401, {"late": 61}),
        (401, {"late": -61}),
        (415, {"content-type": "text/plain"}),
        (401, {"webhook-id": "msg_9"}),
    ],
    ids=str,
)
def test_a_forged_or_late_press_is_refused(
    desk: Hooks, way: str, status: int, more: Mapping[str, Any]
) -> None:
    raw = json.dumps(
        {"user": ME, "opportunity": DEAL, "asset": PAPER, **({"recipients": [MIA]} if way == "share" else {})}
    ).encode()
    before = rows(desk)

    assert desk.signed(raw, way=way, **more).status == status
    assert rows(desk) == before


@pytest.mark.parametrize("way", WAYS)
def test_a_body_that_was_changed_on_the_way_is_refused(desk: Hooks, way: str) -> None:
    raw = json.dumps({"user": ME, "opportunity": DEAL, "asset": PAPER, "recipients": [MIA]}).encode()
    headers = hook_headers(raw, at=desk.now)
    before = rows(desk)

    assert desk.sent(raw.replace(b"mia@", b"eve@"), headers, way=way).status == 401
    assert rows(desk) == before


@pytest.mark.parametrize("way", [*WAYS, "hook"])
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"null",
        b"[" * 500_000,
        b'{"user":' * 100_000,
        b'{"user": ' + b"9" * 10_000 + b"}",
        b'{"a": "\\ud800"}',
        b"{}",
        b"x" * 1_000_001,
        b'"' + b"x" * 10_000_000 + b'"',
    ],
    ids=lambda raw: f"{raw[:20]!r} of {len(raw)}",
)
def test_a_signed_body_of_anything_else_is_refused(desk: Hooks, way: str, raw: bytes) -> None:
    before = rows(desk)

    assert desk.signed(raw, way=way).status in (400, 413)
    assert rows(desk) == before


IDS = [ME, make_id("005", 99), DEAL, deal_id(99), PAPER, SECRET, "nothing", "", MIA["email"], "fr"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(IDS),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {"email": st.emails() | st.text(max_size=20)}, optional={"name": st.none() | st.text()}
    ),
    max_size=25,
)
PARTS = {
    "user": st.just(ME) | VALUES,
    "opportunity": st.just(DEAL) | VALUES,
    "asset": st.sampled_from([PAPER, SECRET]) | VALUES,
    "recipients": PEOPLE | VALUES,
    "note": st.text() | VALUES,
    "language": st.sampled_from(["fr", "ko", None]) | VALUES,
}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(WAYS), st.fixed_dictionaries({}, optional=PARTS) | VALUES, st.uuids())
def test_whatever_is_signed_is_taken_or_refused_and_what_is_refused_leaves_nothing(
    desk: Hooks, way: str, said: Any, hook_id: Any
) -> None:
    before = rows(desk)

    answer = desk.signed(json.dumps(said).encode(), way=way, hook_id=str(hook_id))

    assert answer.status in (200, 400, 422)
    assert answer.status == 200 or rows(desk) == before
    if answer.status == 422:
        assert set(json.loads(answer.body)) == {"error"}
    if answer.status == 200 and way == "share":
        assert all(one["link"] and one["expires"] for one in links(answer))
        assert said["asset"] == PAPER


# --- suggestions that a flow orders ---


def order(hooks: Hooks, *pairs: tuple[str, str], hook_id: str = "flow_1") -> HttpAnswer:
    records = [{"user": who, "opportunity": what} for who, what in pairs]
    return hooks.signed(hook_body(*records, type="content.suggest"), hook_id=hook_id)


def work(hooks: Hooks) -> None:
    for lane in ("reply", "write"):
        drain(lane, {"deals.brief": KINDS[lane]["deals.brief"]}, hooks.world.services, owner=lane)


@pytest.fixture
def known(desk: Hooks) -> Hooks:
    """The desk of Anna, who is in Slack too, with a second deal."""
    desk.world.messenger.profiles["U1"] = profile("U1", email=ANNA)
    desk.world.mirror.store(deals=[deal("Second", id=deal_id(2))])
    desk.world.crm.allow(ME, deal_id(2))
    desk.world.index.follow()
    return desk


def sent(hooks: Hooks) -> list[str]:
    return [reply.deal.id for reply, _, _ in hooks.world.messenger.shown]


def test_an_order_of_two_hundred_is_a_task_for_each_in_nobodys_way(hooks: Hooks) -> None:
    answer = order(hooks, *((ME, deal_id(n)) for n in range(200)))

    assert answer.status == 200
    assert {(one.kind, one.lane) for one in hooks.tasks()} == {("deals.brief", "write")}
    assert sorted(one.subject for one in hooks.tasks()) == sorted(
        f"{ME} {deal_id(n)} unasked" for n in range(200)
    )
    assert hooks.world.work.woken == ["write"]


def test_an_order_that_comes_again_is_taken_and_changes_nothing(hooks: Hooks) -> None:
    order(hooks, (ME, DEAL))
    before = rows(hooks)

    assert order(hooks, (ME, DEAL)).status == 200
    assert rows(hooks) == before
    assert order(hooks, *((ME, deal_id(n)) for n in range(201)), hook_id="flow_2").status == 400
    assert rows(hooks) == before


def test_what_a_flow_orders_is_sent_to_that_person(known: Hooks) -> None:
    order(known, (ME, DEAL), (ME, deal_id(99)), (make_id("005", 99), DEAL))
    work(known)

    assert sent(known) == [DEAL]
    assert {one.state for one in known.tasks() if one.kind == "deals.brief"} == {"done"}


def test_a_flow_that_fires_twice_sends_one_message(known: Hooks) -> None:
    # Before the first is sent, after it, and between two of another deal.
    order(known, (ME, DEAL), hook_id="flow_1")
    order(known, (ME, DEAL), hook_id="flow_2")
    work(known)
    order(known, (ME, deal_id(2)), hook_id="flow_3")
    work(known)
    known.world.clock.move(540)
    order(known, (ME, DEAL), (ME, deal_id(2)), hook_id="flow_4")
    work(known)

    assert sent(known) == [DEAL, deal_id(2)]


def test_a_flow_that_fires_later_sends_again_and_so_does_the_button(known: Hooks) -> None:
    ask = json.dumps({"user": ME, "opportunity": DEAL}).encode()
    order(known, (ME, DEAL), hook_id="flow_1")
    work(known)
    known.signed(ask, way="ask", hook_id="press")
    work(known)
    known.world.clock.move(601)
    order(known, (ME, DEAL), hook_id="flow_2")
    work(known)

    assert sent(known) == [DEAL] * 3


def test_a_message_that_was_begun_is_finished_though_it_is_not_the_first(known: Hooks) -> None:
    show, failures = known.world.messenger.show, [TimeoutError("lost")]

    def once(*given: Any, **more: Any) -> None:
        if failures:
            raise failures.pop()
        show(*given, **more)

    known.world.messenger.show = once  # type: ignore[method-assign]  # Slack, as it fails once
    order(known, (ME, DEAL))
    work(known)
    assert sent(known) == []

    known.world.clock.move(60)
    work(known)

    assert sent(known) == [DEAL]
