"""What a person shared for a deal: theirs alone, as it stands now."""

from datetime import timedelta

from enablement.model import Opening, Written
from enablement.sent import Sent, sent, still_sent
from enablement.sharing import revoke, shared_touch, take_back
from tests.builders import ANNA, NOW, deal, share, touch
from tests.fakes import World

BEN = "ben@seller.example"


def keep(world: World, *ids: str, **changes: object) -> None:
    """Write shares of Anna's with the touches that they made."""
    for number, share_id in enumerate(ids):
        one = share(id=share_id, made_at=NOW + timedelta(minutes=number), **changes)
        made = touch(id=shared_touch(share_id), share_id=share_id, email=one.email, deal_id=one.deal_id)
        world.ledger.write(Written(records=(one, made)), now=NOW)


def left(world: World, *, email: str = ANNA, deal_id: str = "") -> list[str]:
    found = still_sent(deal_id or deal().id, email=email, services=world.services)
    return [one.id for one in found]


def test_what_was_undone_is_left_out_and_the_rest_comes_in_order(world: World) -> None:
    keep(world, "second", "first", "third")

    take_back(shared_touch("first"), email=ANNA, services=world.services, now=NOW)

    assert left(world) == ["second", "third"]


def test_an_ended_link_is_still_something_shared(world: World) -> None:
    keep(world, "one")

    revoke("one", email=ANNA, services=world.services, now=NOW)

    assert left(world) == ["one"]


def test_shares_of_others_and_for_other_deals_are_not_mine(world: World) -> None:
    keep(world, "mine")
    keep(world, "bens", email=BEN)
    keep(world, "elsewhere", deal_id="006other")

    assert left(world) == ["mine"]
    assert left(world, email=BEN) == ["bens"]
    assert left(world, deal_id="006other") == ["elsewhere"]
    assert left(world, email="") == []


def test_each_share_says_how_it_stands(world: World) -> None:
    keep(world, "plain", "undone", "opened", "ended")
    world.ledger.write(Written(records=(Opening("opening", "opened", "Mozilla/5.0", NOW),)), now=NOW)
    take_back(shared_touch("undone"), email=ANNA, services=world.services, now=NOW)
    revoke("ended", email=ANNA, services=world.services, now=NOW)
    shares = [world.ledger.share(one) for one in ("opened", "plain", "undone", "ended")]

    found = sent([one for one in shares if one], world.services)

    assert [(one.share.id, one.is_undone, one.is_opened, one.is_open(NOW)) for one in found] == [
        ("opened", False, True, True),
        ("plain", False, False, True),
        ("undone", True, False, False),
        ("ended", False, False, False),
    ]


def test_a_link_is_open_until_it_expires() -> None:
    one = Sent(share(expires_at=NOW))

    assert one.is_open(NOW - timedelta(seconds=1))
    assert not one.is_open(NOW)


def test_of_nothing_nothing_stands(world: World) -> None:
    assert sent([], world.services) == []
    assert left(world) == []
