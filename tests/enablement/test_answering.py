"""Answers drawn anew show what is true now."""

from dataclasses import replace

from enablement import answering
from enablement.model import Asset, Written
from tests.builders import NOW, ask, asset, deal, publish, user
from tests.fakes import World


def test_an_answer_drawn_again_leaves_out_what_has_expired_since(world: World) -> None:
    asked, pricing = _answered(world)
    publish(world.catalog, replace(pricing, expires=NOW.date().replace(year=2025)), "Pricing and discounts.")

    drawn = answering.redrawn(asked, world.services)

    assert drawn is not None
    assert [one.asset.title for one in drawn.shown] == ["Pricing for warehouses"]


def test_an_answer_drawn_again_is_the_same_while_nothing_has_changed(world: World) -> None:
    asked, _ = _answered(world)

    drawn = answering.redrawn(asked, world.services)

    assert drawn is not None
    assert {one.asset.title for one in drawn.shown} == {"Pricing guide", "Pricing for warehouses"}


def _answered(world: World) -> tuple[str, Asset]:
    anna = user()
    mine = deal(owner_id=anna.id)
    world.mirror.store(users=[anna], deals=[mine])
    world.crm.allow(anna.id, mine.id)
    pricing = publish(world.catalog, asset("Pricing guide"), "Pricing and discounts.")
    publish(world.catalog, asset("Pricing for warehouses"), "Pricing for warehouses of every size.")
    world.index.follow()
    asked = ask("pricing norfield", email=anna.email)
    world.ledger.write(Written(records=(asked,)), now=world.clock())
    reply = answering.answer(asked, world.services, now=world.clock())
    assert isinstance(reply, answering.Answer)
    assert len(reply.shown) == 2
    return asked.id, pricing
