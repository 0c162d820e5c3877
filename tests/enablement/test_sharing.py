"""Sharing: one link for one recipient, one touch, and only what a customer may have, while they may have it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given, strategies as st

from enablement.model import Asset, Share, Touch, Written
from enablement.sharing import (
    MOST_RECIPIENTS,
    ONE_READING,
    OPEN_LINK_LASTS,
    CannotShare,
    NoSuchLink,
    Recipient,
    Withdrawn,
    emails,
    link,
    own_suggestion,
    serve_share,
    serve_suggestion,
    share,
    shareable,
)
from tests.builders import ANNA, NOW, asset, deal, publish, suggestion, user
from tests.fakes import World, at_once

MIA = Recipient("Mia Lund", "mia@buyer.example")
JON = Recipient("Jon Berg", "jon@buyer.example")
DAY = timedelta(days=1)


@pytest.fixture
def paper(world: World) -> Asset:
    """An asset that was suggested to Anna for her deal."""
    one = publish(world.catalog, asset(), "The price is 5.")
    world.mirror.store(users=[user()], deals=[deal()])
    world.crm.allow(user().id, deal().id)
    world.ledger.write(Written(records=(suggestion(),)), now=NOW)
    return one


def shared(
    world: World,
    *recipients: Recipient,
    on_record: bool = True,
    note: str = "",
    days: int | None = None,
) -> list[Share]:
    what = shareable("suggestion", user=user(), services=world.services, now=world.clock.now)
    return share(
        what,
        recipients or (MIA,),
        note=note,
        on_record=on_record,
        days=days,
        services=world.services,
        now=world.clock.now,
    )


def opened(world: World, one: Share, *, by_person: bool = True) -> bytes:
    return serve_share(
        one.token, world.services, agent="Mozilla/5.0", by_person=by_person, now=world.clock.now
    ).data


def touches(world: World, kind: str) -> list[Touch]:
    return [one for one in world.ledger.touches_of(deal().id) if one.kind == kind]


def test_sharing_makes_a_link_a_touch_and_work_for_the_crm(world: World, paper: Asset) -> None:
    (one,) = shared(world, note="As discussed")

    (touch,) = touches(world, "shared")
    assert (one.recipient, one.recipient_name, one.note, one.version_id) == (
        MIA.email,
        MIA.name,
        "As discussed",
        paper.version_id,
    )
    assert one.expires_at == NOW + timedelta(days=world.services.link_days)
    assert (touch.share_id, touch.recipient, touch.email, touch.deal_id) == (
        one.id,
        MIA.email,
        ANNA,
        deal().id,
    )
    assert world.outbox.letters(states=["due"], limit=9)[0].subject == touch.id
    assert world.work.woken == ["write"]
    assert opened(world, one, by_person=False) == b"The price is 5."
    assert link(one, "http://touchline.example") == f"http://touchline.example/s/{one.token}"


def test_a_double_submission_is_one_share_and_one_touch(world: World, paper: Asset) -> None:
    first = shared(world)
    world.clock.move(5)

    second = shared(world, replace(MIA, email="MIA@buyer.example"))

    assert first == second
    assert len(touches(world, "shared")) == 1
    assert world.outbox.counts() == {("write", "due"): 1}


def test_shared_again_the_same_link_works_for_as_long_as_was_said_last(world: World, paper: Asset) -> None:
    (first,) = shared(world, days=7)
    world.clock.move(60)
    until = world.clock.now + timedelta(days=30)

    (longer,) = shared(world, days=30)
    (unsaid,) = shared(world)

    assert (longer.token, longer.expires_at) == (first.token, until)
    assert unsaid == longer
    assert len(touches(world, "shared")) == 1


def test_submissions_at_the_same_moment_are_one_share_and_one_touch(world: World, paper: Asset) -> None:
    links = at_once(6, lambda _: shared(world))

    assert {one.token for (one,) in links} == {links[0][0].token}
    assert len(touches(world, "shared")) == 1


def test_a_second_recipient_has_a_link_and_a_touch_of_their_own(world: World, paper: Asset) -> None:
    (mia,) = shared(world, MIA)

    again, jon = shared(world, MIA, JON)

    assert again == mia
    assert jon.token != mia.token
    assert sorted(one.recipient for one in touches(world, "shared")) == [JON.email, MIA.email]


def test_the_same_address_twice_in_one_list_is_one_recipient(world: World, paper: Asset) -> None:
    links = shared(world, MIA, replace(MIA, name="Mia", email="Mia@Buyer.Example"))

    assert len(links) == 1


def test_what_is_off_the_record_is_kept_but_not_written_to_the_crm(world: World, paper: Asset) -> None:
    (one,) = shared(world, on_record=False)
    opened(world, one)

    assert len(touches(world, "shared")) == len(touches(world, "opened_by_buyer")) == 1
    assert world.outbox.counts() == {}


@pytest.mark.parametrize("count", [0, MOST_RECIPIENTS + 1])
def test_nobody_or_too_many_are_refused(count: int, world: World, paper: Asset) -> None:
    what = shareable("suggestion", user=user(), services=world.services, now=NOW)
    many = [Recipient("", f"p{n}@buyer.example") for n in range(count)]

    with pytest.raises(CannotShare):
        share(what, many, note="", on_record=True, services=world.services, now=NOW)

    assert world.ledger.touches_of(deal().id) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"audience": "internal"}, "is internal"),
        ({"expires": NOW.date() - DAY}, "is not valid any more"),
        ({"released": NOW.date() + DAY}, "is not released before 21 Nov 2026"),
    ],
    ids=["internal", "expired", "not released"],
)
def test_what_a_customer_may_not_have_is_not_shared_and_its_old_link_leads_nowhere(
    change: dict[str, object], words: str, world: World, paper: Asset
) -> None:
    (old,) = shared(world)
    publish(world.catalog, replace(paper, **change), "The price is 5.")  # type: ignore[arg-type] # fields of an asset

    with pytest.raises(CannotShare, match=words):
        shareable("suggestion", user=user(), services=world.services, now=NOW)
    with pytest.raises(Withdrawn, match="no longer in use"):
        opened(world, old)

    assert touches(world, "opened_by_buyer") == []


def test_the_last_day_of_an_asset_still_counts(world: World, paper: Asset) -> None:
    publish(world.catalog, replace(paper, expires=NOW.date()), "The price is 5.")

    (one,) = shared(world)

    assert opened(world, one)


@pytest.mark.parametrize("email", ["bo@stowmark.example", "", "ANNA@stowmark.example "])
def test_a_foreign_suggestion_is_refused(email: str, world: World, paper: Asset) -> None:
    world.mirror.store(users=[user("bo", id="005B")])
    world.crm.allow("005B", deal().id)

    with pytest.raises(CannotShare, match="not yours"):
        own_suggestion("suggestion", email=email, services=world.services, now=NOW)


def test_an_unknown_suggestion_is_refused_in_the_same_words(world: World, paper: Asset) -> None:
    with pytest.raises(CannotShare) as foreign:
        own_suggestion("suggestion", email="bo@stowmark.example", services=world.services, now=NOW)
    with pytest.raises(CannotShare) as unknown:
        own_suggestion("unknown", email="bo@stowmark.example", services=world.services, now=NOW)

    assert str(foreign.value) == str(unknown.value)


def test_a_deal_that_is_no_longer_seen_is_refused(world: World, paper: Asset) -> None:
    world.crm.readers.clear()

    with pytest.raises(CannotShare, match="no longer see"):
        shareable("suggestion", user=user(), services=world.services, now=NOW)


def test_when_the_crm_can_not_be_asked_nothing_is_shared(world: World, paper: Asset) -> None:
    world.crm.is_down = True

    with pytest.raises(CannotShare, match="can't be reached"):
        shareable("suggestion", user=user(), services=world.services, now=NOW)


def test_a_link_ends_with_its_last_day(world: World, paper: Asset) -> None:
    (one,) = shared(world)

    world.clock.now = one.expires_at - timedelta(microseconds=1)
    assert opened(world, one)
    world.clock.now = one.expires_at
    with pytest.raises(NoSuchLink, match="expired"):
        opened(world, one)


def test_a_revoked_link_leads_nowhere(world: World, paper: Asset) -> None:
    (one,) = shared(world)

    world.ledger.revoke_share(one.id, at=NOW)

    with pytest.raises(NoSuchLink, match="expired"):
        opened(world, one)
    assert touches(world, "opened_by_buyer") == []


@pytest.mark.parametrize("token", ["", "x", "../../etc/passwd", "' OR 1=1 --"])
def test_an_unknown_link_leads_nowhere(token: str, world: World, paper: Asset) -> None:
    shared(world)

    with pytest.raises(NoSuchLink, match="not known"):
        serve_share(token, world.services, agent="", by_person=True, now=NOW)


def test_a_link_leads_to_the_version_that_was_shared(world: World, paper: Asset) -> None:
    (one,) = shared(world)
    publish(world.catalog, replace(paper, version=2, version_id="v2"), "The price is 6.")

    assert opened(world, one) == b"The price is 5."


def test_openings_within_half_an_hour_are_one_reading(world: World, paper: Asset) -> None:
    (one,) = shared(world)

    for minutes in (0, 1, 29, 29.9):
        world.clock.now = NOW + timedelta(minutes=minutes)
        opened(world, one)
    within = len(touches(world, "opened_by_buyer"))
    world.clock.now = NOW + ONE_READING
    opened(world, one)

    assert (within, len(touches(world, "opened_by_buyer"))) == (1, 2)
    assert world.outbox.counts() == {("write", "due"): 3}, "one for the share, one for each reading"
    assert timedelta(minutes=30) == ONE_READING


def test_openings_at_the_same_moment_are_one_reading(world: World, paper: Asset) -> None:
    (one,) = shared(world)

    at_once(6, lambda _: opened(world, one))

    assert len(touches(world, "opened_by_buyer")) == 1


def test_readings_of_two_recipients_are_two(world: World, paper: Asset) -> None:
    for one in shared(world, MIA, JON):
        opened(world, one)

    assert sorted(one.recipient for one in touches(world, "opened_by_buyer")) == [JON.email, MIA.email]


def test_a_robot_reads_but_does_not_count(world: World, paper: Asset) -> None:
    (one,) = shared(world)

    assert opened(world, one, by_person=False) == b"The price is 5."
    assert touches(world, "opened_by_buyer") == []
    opened(world, one)
    assert len(touches(world, "opened_by_buyer")) == 1, "a robot before does not hide the person"


def test_the_rep_opens_a_suggestion_for_a_day(world: World, paper: Asset) -> None:
    token = suggestion().open_token

    last = serve_suggestion(token, world.services, by_person=True, now=NOW + OPEN_LINK_LASTS)
    serve_suggestion(token, world.services, by_person=True, now=NOW + OPEN_LINK_LASTS)

    assert last.data == b"The price is 5."
    assert len(touches(world, "opened")) == 1
    assert world.outbox.counts() == {}, "what reps open stays here"
    with pytest.raises(NoSuchLink):
        serve_suggestion(
            token, world.services, by_person=True, now=NOW + OPEN_LINK_LASTS + timedelta(microseconds=1)
        )
    with pytest.raises(NoSuchLink):
        serve_suggestion("unknown", world.services, by_person=True, now=NOW)


NAMES = st.from_regex(r"[a-z0-9][a-z0-9.+_-]{0,20}", fullmatch=True)
DOMAINS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}(\.[a-z]{2,6}){1,2}", fullmatch=True)
ADDRESSES = st.builds("{}@{}".format, NAMES, DOMAINS)
BETWEEN = st.sampled_from([", ", ";", " ", "\n", ",\t", " ; "])


@given(st.lists(ADDRESSES, min_size=1, max_size=6), BETWEEN)
def test_a_list_of_addresses_is_read_however_it_is_divided(addresses: list[str], between: str) -> None:
    assert emails(between.join(addresses)) == addresses


@given(st.lists(ADDRESSES, min_size=1, max_size=3), st.sampled_from(["Mia Lund", "“Lund”", "M."]))
def test_names_before_addresses_are_left_out(addresses: list[str], name: str) -> None:
    assert emails(", ".join(f"{name} <{address.upper()}>" for address in addresses)) == addresses


@given(st.text(max_size=60))
@example("mia@")
@example("@buyer.example")
@example("mia@@buyer.example")
@example("mia@buyer")
@example("mia@buyer..example")
@example("a@b.c")
def test_any_text_gives_addresses_or_is_refused_in_words(text: str) -> None:
    try:
        found = emails(text)
    except CannotShare:
        return
    for one in found:
        name, at, domain = one.partition("@")
        assert (name and at and "@" not in domain and "." in domain and one == one.lower()) is True
        assert not set(one) & set(" ,;<>\"'\n\t")
    assert bool(found) == bool(
        text.replace(",", " ").replace(";", " ").replace("<", " ").replace(">", " ").split()
    )


@pytest.mark.parametrize("wrong", ["mia@", "@buyer.example", "mia@@buyer.example", "mia@buyer", "Mia Lund"])
def test_what_is_no_address_is_named(wrong: str) -> None:
    with pytest.raises(CannotShare, match=wrong):
        emails(wrong)


def test_nothing_typed_is_nobody() -> None:
    assert emails(" \n, ;") == []


def withdrawal(world: World, one: Share) -> str:
    with pytest.raises(Withdrawn) as gone:
        opened(world, one)
    return str(gone.value)


GONE = "The document behind this link is no longer in use. Please ask the person who sent you the link."


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "archived"},
        {"status": "in_review"},
        {"status": "draft"},
        {"expires": NOW.date() - DAY},
        {"audience": "internal"},
    ],
    ids=str,
)
def test_what_is_withdrawn_is_not_served_and_leaves_no_opening(
    changes: dict[str, object], world: World, paper: Asset
) -> None:
    (one,) = shared(world)
    world.catalog.keep(replace(paper, **changes))  # type: ignore[arg-type]  # a few fields of an asset

    assert withdrawal(world, one) == GONE
    assert touches(world, "opened_by_buyer") == []
    with pytest.raises(CannotShare):
        shared(world, JON)
    with pytest.raises(CannotShare):
        own_suggestion("suggestion", email=ANNA, services=world.services, now=NOW)


@pytest.mark.parametrize(
    ("successor", "is_named"),
    [
        ({}, True),
        ({"audience": "internal"}, False),
        ({"status": "in_review"}, False),
        ({"expires": NOW.date() - DAY}, False),
        ({"released": NOW.date() + DAY}, False),
    ],
    ids=str,
)
def test_a_buyer_hears_of_what_replaces_it_only_when_they_may_have_that(
    successor: dict[str, object], is_named: bool, world: World, paper: Asset
) -> None:
    (one,) = shared(world)
    publish(world.catalog, asset("Prices 2027", **successor))
    world.catalog.keep(replace(paper, status="archived", replaced_by="Prices 2027"))

    said = withdrawal(world, one)

    assert ("Prices 2027" in said) is is_named
    assert (said == GONE) is not is_named


def test_a_link_that_ended_says_nothing_of_what_came_after(world: World, paper: Asset) -> None:
    (one,) = shared(world)
    publish(world.catalog, asset("Prices 2027"))
    world.catalog.keep(replace(paper, status="archived", replaced_by="Prices 2027"))
    world.ledger.revoke_share(one.id, at=NOW)

    with pytest.raises(NoSuchLink) as gone:
        opened(world, one)

    assert not isinstance(gone.value, Withdrawn)
    assert "2027" not in str(gone.value)


def test_a_rep_hears_what_to_ask_for_instead(world: World, paper: Asset) -> None:
    publish(world.catalog, asset("Prices 2027"))
    world.catalog.keep(replace(paper, status="archived", replaced_by="Prices 2027"))
    instead = "“Pricing guide” was replaced by “Prices 2027”: ask again with /content Prices 2027"

    with pytest.raises(CannotShare, match=instead):
        own_suggestion("suggestion", email=ANNA, services=world.services, now=NOW)
    with pytest.raises(Withdrawn, match=instead):
        serve_suggestion("open-suggestion", world.services, by_person=True, now=NOW)


def test_a_shared_link_leads_to_where_it_lies_now_and_is_an_opening(world: World, paper: Asset) -> None:
    world.catalog.keep(replace(paper, url="https://old.example/a"))
    (one,) = shared(world)
    world.catalog.keep(replace(paper, url="https://new.example/a"))

    served = serve_share(one.token, world.services, agent="Mozilla/5.0", by_person=True, now=NOW)

    assert served.url == "https://new.example/a"
    assert len(touches(world, "opened_by_buyer")) == 1
