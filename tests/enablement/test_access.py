"""Who may see what: one place decides, and not knowing means no."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from enablement.access import (
    ASKED_AT_ONCE,
    REMEMBERED,
    CachedAccess,
    asset_filter,
    is_valid,
    plausible_deals,
    roles_below,
)
from enablement.adapters.sql.mirror import SqlMirror
from enablement.model import Audit, CrmRole, CrmUser, Deal, PersonLink, Profile, Standing
from enablement.people import NotServed, colleague, known_colleague
from enablement.ports import AccessUnknown, TryLater
from tests.builders import NOW, ask, asset, deal, user
from tests.fakes import FakeClock, FakeCrm, World

DAY = timedelta(days=1)
DECISIONS = 2000


def test_roles_below_are_all_levels_under_a_role_and_not_itself() -> None:
    parents = {"ceo": None, "vp": "ceo", "emea": "vp", "rep": "emea", "hr": "ceo"}

    assert roles_below("vp", parents) == {"emea", "rep"}
    assert roles_below("ceo", parents) == {"vp", "emea", "rep", "hr"}
    assert roles_below("rep", parents) == set()
    assert roles_below(None, parents) == set()
    assert roles_below("unknown", parents) == set()


def test_a_circle_of_roles_ends_the_climb() -> None:
    parents: dict[str, str | None] = {
        "a": "b",
        "b": "c",
        "c": "a",
        "below": "a",
        "own": "own",
        "lost": "nowhere",
    }

    assert roles_below("a", parents) == {"b", "c", "below"}
    assert roles_below("own", parents) == set()
    assert roles_below("nowhere", parents) == {"lost"}


def test_an_asset_is_valid_from_its_first_to_its_last_day() -> None:
    one = asset(released=date(2026, 3, 1), expires=date(2026, 3, 31))

    valid = [day for day in range(-1, 33) if is_valid(one, on=date(2026, 3, 1) + day * DAY)]

    assert valid == list(range(31))
    assert is_valid(asset(), on=date.min)
    assert is_valid(asset(), on=date.max)


def test_where_outsiders_read_only_what_customers_may_have_is_shown() -> None:
    assert asset_filter(shared_outside=True, now=NOW).audiences == ("customer",)
    assert set(asset_filter(shared_outside=False, now=NOW).audiences) == {"customer", "internal"}
    assert asset_filter(shared_outside=False, now=NOW).on == NOW.date()


def test_the_answer_of_the_crm_is_remembered_for_a_minute_and_no_longer() -> None:
    crm, clock = FakeCrm([("U", "D1")]), FakeClock()
    access = CachedAccess(crm.readable, clock)

    first = access.readable("U", ["D1", "D2"])
    crm.readers = {("U", "D2")}
    clock.now = NOW + REMEMBERED - timedelta(microseconds=1)
    remembered = access.readable("U", ["D1", "D2"])
    asked_by_then = len(crm.asked)
    clock.now = NOW + REMEMBERED
    fresh = access.readable("U", ["D1", "D2"])

    assert [set(one) for one in (first, remembered, fresh)] == [{"D1"}, {"D1"}, {"D2"}]
    assert (asked_by_then, len(crm.asked)) == (1, 2)
    assert timedelta(seconds=60) == REMEMBERED


def test_one_persons_answer_is_nobody_elses() -> None:
    crm = FakeCrm([("U", "D1")])
    access = CachedAccess(crm.readable, FakeClock())
    access.readable("U", ["D1"])

    assert access.readable("other", ["D1"]) == frozenset()


def test_without_an_answer_nobody_may_and_nothing_is_remembered() -> None:
    crm = FakeCrm([("U", "D1")])
    crm.is_down = True
    access = CachedAccess(crm.readable, FakeClock())

    with pytest.raises(AccessUnknown):
        access.readable("U", ["D1"])

    crm.is_down = False
    assert access.readable("U", ["D1"]) == {"D1"}


def test_deals_are_asked_for_at_most_two_hundred_at_once_and_each_once() -> None:
    ids = [f"D{number}" for number in range(501)]
    crm = FakeCrm([("U", deal_id) for deal_id in ids])
    access = CachedAccess(crm.readable, FakeClock())

    allowed = access.readable("U", [*ids, *ids])

    assert allowed == set(ids)
    assert [len(asked) for _, asked in crm.asked] == [200, 200, 101]
    assert ASKED_AT_ONCE == 200
    assert [deal_id for _, asked in crm.asked for deal_id in asked] == ids


def test_only_what_is_not_known_is_asked_again() -> None:
    crm = FakeCrm([("U", "D2")])
    access = CachedAccess(crm.readable, FakeClock())
    access.readable("U", ["D1"])

    allowed = access.readable("U", ["D1", "D2"])

    assert allowed == {"D2"}
    assert crm.asked[1] == ("U", ("D2",))


def test_asking_for_nothing_asks_nobody() -> None:
    crm = FakeCrm()

    assert CachedAccess(crm.readable, FakeClock()).readable("U", []) == frozenset()
    assert crm.asked == []


def test_what_was_remembered_is_forgotten_in_time() -> None:
    crm, clock = FakeCrm(), FakeClock()
    access = CachedAccess(crm.readable, clock)
    for number in range(50):
        access.readable("U", [f"D{number}"])
        clock.move(60)

    assert len(access._known) == 1


def by_the_book(
    person: CrmUser, one: Deal, users: dict[str, CrmUser], parents: dict[str, str | None]
) -> bool:
    """Say whether a deal is plausible for a person, as the rules read: open, and owned, teamed, or owned below."""
    if one.is_closed:
        return False
    if person.id == one.owner_id or person.id in one.team:
        return True
    owner = users.get(one.owner_id)
    if owner is None or person.role_id is None:
        return False
    role, steps = owner.role_id, 0
    while role is not None and steps <= len(parents):
        role, steps = parents.get(role), steps + 1
        if role == person.role_id:
            return owner.role_id != person.role_id
    return False


@pytest.mark.parametrize("seed", range(10))
def test_two_thousand_decisions_agree_with_the_rules_read_aloud(seed: int, world: World) -> None:
    chance = random.Random(seed)
    role_ids = [f"R{number}" for number in range(8)]
    parents = {role: chance.choice([None, *role_ids]) for role in role_ids}
    users = {
        f"U{n}": user(
            f"u{n}", id=f"U{n}", role_id=chance.choice([None, *role_ids]), is_active=chance.random() < 0.9
        )
        for n in range(10)
    }
    deals = [
        deal(
            f"Deal {n}",
            owner_id=f"U{chance.randrange(12)}",
            team=tuple(chance.sample(sorted(users), chance.randrange(3))),
            is_closed=chance.random() < 0.3,
        )
        for n in range(DECISIONS // 10 // 10)
    ]
    world.mirror.store(
        users=users.values(), roles=[CrmRole(role, above) for role, above in parents.items()], deals=deals
    )

    wrong = [
        (person.id, one.id)
        for person in users.values()
        for one in deals
        if (one in plausible_deals(person, world.mirror)) != by_the_book(person, one, users, parents)
    ]

    assert wrong == []
    assert len(users) * len(deals) == DECISIONS // 10


def test_both_databases_agree_on_what_is_plausible(mirror: SqlMirror) -> None:
    boss, rep = user("boss", id="005B", role_id="top"), user("rep", id="005R", role_id="low")
    below = deal("below", owner_id="005R", modified_at=NOW)
    teamed = deal("teamed", owner_id="005X", team=("005B",), modified_at=NOW - DAY)
    foreign = deal("foreign", owner_id="005X")
    mirror.store(
        users=[boss, rep],
        roles=[CrmRole("top", None), CrmRole("low", "top")],
        deals=[foreign, teamed, below, replace(below, id="closed", is_closed=True)],
    )

    assert plausible_deals(boss, mirror) == [below, teamed]
    assert plausible_deals(rep, mirror) == [below]


@pytest.mark.parametrize(
    "answer",
    [
        *(None, True, 1, "D1", "D1 D2", b"D1", ["D1"], ("D1",), {"D1": True}, object()),
        *(frozenset({"D1", "D9"}), {"D9"}, frozenset({1}), frozenset({None, "D1"}), iter(("D1",))),
    ],
)
def test_an_answer_that_is_none_opens_nothing(answer: object) -> None:
    access = CachedAccess(lambda *_: answer, FakeClock())  # type: ignore[arg-type]  # garbage is the point

    with pytest.raises(AccessUnknown):
        access.readable("U", ["D1", "D2"])


@pytest.mark.parametrize(
    "error",
    [ValueError("?"), TimeoutError(), KeyError("HasReadAccess"), OSError(), TypeError(), MemoryError()],
)
def test_a_check_that_breaks_opens_nothing_and_is_asked_again(error: Exception) -> None:
    answers: list[object] = [error, frozenset({"D1"})]

    def ask(user_id: str, deal_ids: object) -> frozenset[str]:
        said = answers.pop(0)
        if isinstance(said, Exception):
            raise said
        assert isinstance(said, frozenset)
        return said

    access = CachedAccess(ask, FakeClock())

    with pytest.raises(AccessUnknown):
        access.readable("U", ["D1"])
    assert access.readable("U", ["D1"]) == {"D1"}


def test_what_an_answer_leaves_out_is_closed() -> None:
    access = CachedAccess(lambda *_: frozenset({"D2"}), FakeClock())

    assert access.readable("U", ["D1", "D2", "D3"]) == {"D2"}


def test_a_check_that_breaks_half_way_opens_nothing_of_the_first_half() -> None:
    ids = [f"D{n}" for n in range(ASKED_AT_ONCE + 1)]

    def ask(user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        if ids[0] not in deal_ids:
            raise TryLater("away")
        return frozenset(deal_ids)

    with pytest.raises(AccessUnknown):
        CachedAccess(ask, FakeClock()).readable("U", ids)


def test_members_are_matched_by_email_whatever_its_case(world: World) -> None:
    world.mirror.store(users=[user(email="anna@stowmark.example")])
    world.messenger.profiles["U1"] = Profile("U1", "ANNA@Stowmark.example", "", "", "", "member", NOW)

    assert colleague(ask(slack_id="U1", email=""), world.services, now=NOW) == user()
    assert known_colleague("U1", world.services) == user()


@pytest.mark.parametrize("standing", ["guest", "stranger", "deactivated"])
def test_who_is_no_member_is_nobody_whatever_is_linked(standing: Standing, world: World) -> None:
    world.mirror.store(users=[user()])
    world.messenger.profiles["U1"] = Profile("U1", user().email, "", "", "", standing, NOW)
    world.services.people.keep(PersonLink("U1", user().id, "", NOW), Audit("a", "", "", "U1", "", NOW))

    with pytest.raises(NotServed, match="members of this workspace only"):
        colleague(ask(slack_id="U1", email=""), world.services, now=NOW)
    assert known_colleague("U1", world.services) is None


def test_two_of_one_email_are_nobody_until_an_administrator_says_which(world: World) -> None:
    twin = user(id="005000000000002AAA")
    world.mirror.store(users=[user(), twin])
    world.messenger.profiles["U1"] = Profile("U1", user().email, "", "", "", "member", NOW)
    asked = ask(slack_id="U1", email="")

    with pytest.raises(NotServed, match="2 Salesforce users"):
        colleague(asked, world.services, now=NOW)
    world.services.people.keep(PersonLink("U1", twin.id, "", NOW), Audit("a", "", "", "U1", "", NOW))

    assert colleague(asked, world.services, now=NOW) == twin
    world.mirror.store(users=[replace(twin, is_active=False)])
    with pytest.raises(NotServed, match="is not active"):
        colleague(asked, world.services, now=NOW)
