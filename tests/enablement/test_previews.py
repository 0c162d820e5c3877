"""What a link of ours leads to: harmless for everybody, the rest for whoever may see it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from enablement.model import Asset, Event, PostedLinks, Preview, Written
from enablement.ports import TryLater
from enablement.previews import (
    MOST_SHOWN,
    AssetDetails,
    DealDetails,
    Glance,
    NotForYou,
    Target,
    accept,
    details,
    glance,
    target,
)
from enablement.shown_links import MOST_A_TURN, REDRAW, SOON, follow, show
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.builders import ANNA, NOW, asset, deal, profile, publish, share, suggestion, user
from tests.fakes import World

TOUCHLINE = "http://touchline.example"
SHARE, OPEN = f"{TOUCHLINE}/s/token-share", f"{TOUCHLINE}/o/open-suggestion"
RECORD = f"https://crm.test/{deal().id}"
DAY = timedelta(days=1)


@pytest.fixture
def linked(world: World) -> World:
    """A world in which Anna was suggested an asset and shared it; Ben is a colleague, Gast a guest."""
    publish(world.catalog, asset(), "The price is 5.")
    world.mirror.store(users=[user(), replace(user("ben"), id="005000000000002AAA")], deals=[deal()])
    world.crm.allow(user().id, deal().id)
    for one in (profile(), profile("U2", "Ben"), profile("U3", "Gast", standing="guest")):
        world.messenger.profiles[one.slack_id] = one
    world.ledger.write(Written((suggestion(), share())), now=NOW)
    return world


def posted(*urls: str, **changes: Any) -> PostedLinks:
    made = PostedLinks("links", "conversations_history", "C1.1.abc", "C1", "1.0", "U1", urls, NOW)
    return replace(made, **changes)


def shown(world: World, *urls: str, **changes: Any) -> list[tuple[str, dict[str, Any], bool]]:
    one = posted(*urls, **changes)
    accept(one, Event("slack", f"Ev {one.id}"), world.services)
    show(one.id, world.services, now=world.clock.now)
    return world.messenger.glances


def seen(world: World, url: str) -> Glance | None:
    at = target(url, world.services)
    return glance(at, world.services, now=world.clock.now) if at else None


def for_(world: World, slack_id: str, url: str, *, channel: str = "C1") -> AssetDetails | DealDetails:
    at = target(url, world.services)
    assert at is not None
    return details(at, slack_id=slack_id, channel=channel, services=world.services, now=world.clock.now)


def refused(world: World, slack_id: str, url: str, **more: str) -> str:
    with pytest.raises(NotForYou) as caught:
        for_(world, slack_id, url, **more)
    return str(caught.value)


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        (SHARE, Target("share", "token-share")),
        (f"{OPEN}/?x=1#y", Target("open", "open-suggestion")),
        (SHARE.replace("http:", "https:").replace("touchline", "TOUCHLINE"), Target("share", "token-share")),
        (RECORD, Target("deal", deal().id)),
        (f"{TOUCHLINE}/healthz", None),
        (f"{TOUCHLINE}/s/{'x' * 81}", None),
        (SHARE.replace("touchline.", "evil.touchline."), None),
        (SHARE.replace(".example", ".example:8080"), None),
        ("http://touchline.example@evil.test/s/token-share", None),
        ("http://[touchline/s/token-share", None),
        ("mailto:anna@touchline.example", None),
    ],
)
def test_links_are_told_by_their_form(linked: World, url: str, leads: Target | None) -> None:
    assert target(url, linked.services) == leads


def test_a_link_shows_the_title_of_what_customers_may_have(linked: World) -> None:
    titles = [one and one.title for one in (seen(linked, SHARE), seen(linked, OPEN))]

    assert titles == [asset().title] * 2


@pytest.mark.parametrize("url", [SHARE, OPEN])
@pytest.mark.parametrize(
    "changes",
    [
        {"audience": "internal"},
        {"audience": "internal", "expires": (NOW - DAY).date()},
        {"expires": (NOW - DAY).date()},
        {"released": (NOW + DAY).date()},
        {"status": "archived"},
        {"status": "in_review"},
    ],
)
def test_nothing_else_is_named_to_all(linked: World, url: str, changes: dict[str, Any]) -> None:
    published(linked, replace(asset(), **changes))

    found = seen(linked, url)

    assert found is not None
    assert (found.title, found.newer) == ("", "")


def test_what_took_the_place_of_an_asset_is_named_to_all_if_customers_may_have_it(linked: World) -> None:
    newer = publish(linked.catalog, asset("Pricing 2027"), "The price is 6.")
    published(linked, replace(asset(), status="archived", replaced_by=newer.id))
    before = seen(linked, SHARE)
    published(linked, replace(newer, audience="internal"))
    after = seen(linked, SHARE)

    assert before == Glance(Target("share", "token-share"), newer="Pricing 2027", is_over=True)
    assert after == Glance(Target("share", "token-share"), is_over=True)


@pytest.mark.parametrize("how", ["revoked", "expired", "old"])
def test_a_link_that_ended_names_nothing(linked: World, how: str) -> None:
    url = OPEN if how == "old" else SHARE
    if how == "revoked":
        linked.ledger.revoke_share("share", at=NOW)
    else:
        linked.clock.now = NOW + (2 * DAY if how == "old" else 400 * DAY)

    found = seen(linked, url)

    assert found is not None
    assert (found.title, found.is_over) == ("", True)


def test_a_link_to_what_is_only_proposed_names_nothing(linked: World) -> None:
    preview = Preview("preview", "token-preview", asset().id, "Pricing guide v2", "lib@stowmark.example", NOW)
    linked.ledger.write(Written((preview,)), now=NOW)

    found = seen(linked, f"{TOUCHLINE}/o/token-preview")

    assert found == Glance(Target("open", "token-preview"))


def test_of_a_deal_nothing_is_said_to_all_whether_there_is_one_or_not(linked: World) -> None:
    [known, unknown] = [seen(linked, url) for url in (RECORD, "https://crm.test/006000000000009AAA")]

    assert known == Glance(Target("deal", deal().id))
    assert unknown == Glance(Target("deal", "006000000000009AAA"))


def test_at_most_five_links_of_a_message_are_shown_each_once(linked: World) -> None:
    urls = [f"https://crm.test/{one:018d}" for one in range(6_000, 6_010)]
    urls = [url.replace("/000", "/006") for url in urls]

    [(_id, glances, _details)] = shown(linked, *urls[:1] * 3, "https://elsewhere.test/x", *urls)

    assert list(glances) == urls[:MOST_SHOWN]


def test_links_that_nobody_made_are_left_alone(linked: World) -> None:
    shown(linked, f"{TOUCHLINE}/s/nobody-made-this")

    assert linked.messenger.glances == []


def test_what_was_shown_is_not_shown_again_for_nothing(linked: World) -> None:
    shown(linked, SHARE)
    show("links", linked.services, now=NOW)
    again = shown(linked, SHARE)
    turn(linked, after=SOON)

    assert len(again) == len(linked.messenger.glances) == 1
    assert linked.outbox.unsettled(REDRAW) == {}


def test_what_never_changes_or_has_no_place_yet_is_not_kept(linked: World) -> None:
    shown(linked, RECORD)
    shown(linked, SHARE, id="2", source="composer", channel="", ts="")

    assert len(linked.messenger.glances) == 2
    assert [linked.ledger.posted_links(one) for one in ("links", "2")] == [None, None]


@pytest.mark.parametrize("how", ["withdrawn", "replaced", "revoked", "renamed"])
def test_what_is_on_the_screen_follows_what_becomes_of_it(linked: World, how: str) -> None:
    turn(linked)
    shown(linked, SHARE)
    turn(linked, after=SOON)
    linked.clock.move(hours=3)
    newer = publish(linked.catalog, asset("Pricing 2027"), "The price is 6.").id
    match how:
        case "revoked":
            linked.ledger.revoke_share("share", at=linked.clock())
        case "renamed":
            published(linked, replace(asset(), title="Price list"))
        case _:
            published(
                linked, replace(asset(), status="archived", replaced_by=newer * (how == "replaced") or None)
            )

    for _time in range(2):
        turn(linked, after=timedelta(seconds=30))

    said = {"replaced": {"newer": "Pricing 2027"}, "renamed": {"title": "Price list"}}.get(how, {})
    expected = Glance(Target("share", "token-share"), is_over=how != "renamed", **said)
    assert [one[SHARE] for _id, one, _details in linked.messenger.glances[1:]] == [expected]


@pytest.mark.parametrize("how", ["asset", "link", "release"])
def test_what_is_on_the_screen_follows_the_calendar(linked: World, how: str) -> None:
    day = (NOW + 2 * DAY).date()
    changes: dict[str, dict[str, Any]] = {"asset": {"expires": day}, "release": {"released": day}, "link": {}}
    published(linked, replace(asset(), **changes[how]))
    linked.ledger.prolong_shares(["share"], until=NOW + (2.2 if how == "link" else 60) * DAY)
    shown(linked, SHARE)
    before = linked.messenger.glances[0][1].popitem()[1]
    ends = {
        "asset": datetime.combine(day + DAY, time(), UTC),
        "release": datetime.combine(day, time(), UTC),
        "link": NOW + 2.2 * DAY,
    }[how]
    turn(linked, after=SOON)
    turn(linked, after=ends - SOON - linked.clock())
    assert len(linked.messenger.glances) == 1

    turn(linked, after=2 * SOON)

    [_first, (_id, glances, _details)] = linked.messenger.glances
    after = glances.popitem()[1]
    assert bool(before.title) == (how != "release")
    assert bool(after.title) == (how == "release")


def test_what_replaced_an_asset_is_followed_too(linked: World) -> None:
    newer = publish(linked.catalog, asset("Pricing 2027"), "The price is 6.")
    published(linked, replace(asset(), status="archived", replaced_by=newer.id))
    turn(linked)
    shown(linked, SHARE)
    turn(linked, after=SOON)
    newest = publish(linked.catalog, asset("Pricing 2028"), "The price is 7.")
    published(linked, replace(newer, status="archived", replaced_by=newest.id))
    turn(linked, after=SOON)
    published(linked, replace(newest, title="Prices"))
    turn(linked, after=SOON)

    named = [one[SHARE].newer for _id, one, _details in linked.messenger.glances]
    assert named == ["Pricing 2027", "Pricing 2028", "Prices"]


def test_many_previews_are_drawn_anew_a_few_at_a_time(linked: World) -> None:
    turn(linked)
    many = range(MOST_A_TURN + 3)
    for number in many:
        shown(linked, SHARE, id=f"{number}", ts=f"{number}.0")
    linked.clock.move(minutes=5)
    linked.ledger.revoke_share("share", at=linked.clock())

    for turns in (1, 2, 3):
        turn(linked, after=timedelta(seconds=30))
        assert len(linked.messenger.glances) - len(many) == min(MOST_A_TURN * turns, len(many))


def test_what_is_gone_from_slack_or_long_ago_is_forgotten(linked: World) -> None:
    turn(linked)
    shown(linked, SHARE)
    shown(linked, OPEN, id="old", ts="2.0")
    linked.messenger.unreachable.add("1.0")
    linked.ledger.revoke_share("share", at=NOW)
    turn(linked, after=SOON)
    gone, old = linked.ledger.posted_links("links"), linked.ledger.posted_links("old")
    turn(linked, after=100 * DAY)

    assert gone is None
    assert old is not None
    assert linked.ledger.posted_links("old") is None
    assert len(linked.messenger.glances) == 2


def test_a_preview_that_could_not_be_drawn_is_drawn_later(linked: World) -> None:
    turn(linked)
    shown(linked, SHARE)
    linked.ledger.revoke_share("share", at=NOW)
    linked.messenger.failure = TryLater("Slack is away", seconds=1)
    turn(linked, after=SOON)
    linked.messenger.failure = None
    turn(linked, after=SOON)

    assert [one[SHARE].is_over for _id, one, _details in linked.messenger.glances] == [False, True]


def test_what_was_shown_and_is_not_known_any_more_leads_nowhere(linked: World) -> None:
    turn(linked)
    shown(linked, SHARE)
    kept = linked.ledger.posted_links("links")
    assert kept is not None
    lost = f"{TOUCHLINE}/s/token-of-nobody"
    linked.ledger.keep_posted_links([replace(kept, urls=(lost,))])
    turn(linked, after=SOON)

    assert linked.messenger.glances[-1][1] == {lost: Glance(Target("share", "token-of-nobody"), is_over=True)}


def test_details_are_not_offered_where_outsiders_read(linked: World) -> None:
    linked.messenger.shared_outside |= {"C2", "D-U2"}
    shown(linked, SHARE)
    shown(linked, SHARE, id="2", channel="C2")
    shown(linked, SHARE, id="3", channel="D-U2")
    shown(linked, SHARE, id="4", channel="D-U1")
    shown(linked, SHARE, id="5", source="composer", channel="", ts="")

    assert [has_details for *_, has_details in linked.messenger.glances] == [True, False, False, True, True]


def test_a_deal_is_shown_to_who_may_read_it_and_denied_as_if_it_were_not_there(linked: World) -> None:
    found = for_(linked, "U1", RECORD)
    theirs = refused(linked, "U2", RECORD)
    nobodys = refused(linked, "U2", "https://crm.test/006000000000009AAA")

    assert found == DealDetails(deal())
    assert theirs == nobodys
    linked.crm.is_down = True
    linked.clock.now += timedelta(minutes=2)
    assert refused(linked, "U2", RECORD) == refused(linked, "U2", "https://crm.test/006000000000009AAA")


@pytest.mark.parametrize("url", [SHARE, OPEN, RECORD])
def test_guests_and_readers_of_a_shared_channel_get_nothing_more(linked: World, url: str) -> None:
    linked.messenger.shared_outside.add("C2")

    assert "members of this workspace" in refused(linked, "U3", url)
    assert "other companies" in refused(linked, "U1", url, channel="C2")
    assert "other companies" in refused(linked, "U1", url, channel="")


def test_a_colleague_sees_the_asset_and_its_sharer_how_the_link_stands(linked: World) -> None:
    published(linked, replace(asset(), audience="internal"))
    internal = for_(linked, "U2", SHARE)
    published(linked, asset())
    mine, theirs = for_(linked, "U1", SHARE), for_(linked, "U2", SHARE)

    assert isinstance(internal, AssetDetails)
    assert internal.asset.audience == "internal"
    assert isinstance(mine, AssetDetails)
    assert mine.sent is not None
    assert mine.sent.share.recipient == "mia@buyer.example"
    assert theirs == AssetDetails(asset(), is_valid=True)


def test_only_who_was_suggested_an_asset_may_share_it_from_its_link(linked: World) -> None:
    mine, theirs = for_(linked, "U1", OPEN), for_(linked, "U2", OPEN)
    published(linked, replace(asset(), audience="internal"))
    internal = for_(linked, "U1", OPEN)

    found = [one.suggestion for one in (mine, theirs, internal) if isinstance(one, AssetDetails)]
    assert [one and one.email for one in found] == [ANNA, None, None]


def test_a_colleague_hears_what_took_an_assets_place(linked: World) -> None:
    newer = publish(linked.catalog, asset("Battlecard", audience="internal"), "Say this.")
    published(linked, replace(asset(), status="archived", replaced_by=newer.id))

    found = for_(linked, "U2", SHARE)

    assert isinstance(found, AssetDetails)
    assert (found.is_valid, found.newer, found.suggestion) == (False, newer, None)


def test_what_is_not_published_is_shown_to_nobody_else(linked: World) -> None:
    published(linked, replace(asset(), status="in_review"))

    assert "not published" in refused(linked, "U2", OPEN)


def turn(world: World, *, after: timedelta = timedelta(0)) -> None:
    """Let time pass, and do what is done twice a minute."""
    world.clock.now += after
    follow(world.services, now=world.clock())
    drain("write", KINDS["write"], world.services, owner="w")


def published(world: World, one: Asset) -> None:
    """Make an asset be as it is here."""
    publish(world.catalog, one, "The price is 5.")
