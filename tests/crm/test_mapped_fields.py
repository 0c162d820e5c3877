"""A mapped field that goes is left out and said once; when it is back, what was missed is read."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crm.deals import to_stages
from crm.fields import LOOK_EVERY_S
from crm.mapping import load_field_map
from enablement.ports import Undeliverable
from tests.crm.conftest import Org
from tests.crm.org_reading import Reading, open_reading


@pytest.fixture
def reading(org: Org, tmp_path: Path) -> Iterator[Reading]:
    made = open_reading(org, tmp_path)
    yield made
    made.database.close()


def remove(org: Org, *fields: str, of: str = "Opportunity") -> object:
    """Take fields from an object as an administrator does; return what brings them back."""
    store = org.app.extensions["org"].store
    before = store.schema.get(of)
    left = {name: field for name, field in before.fields.items() if field.name not in fields}
    store.schema._sobjects[of.lower()] = replace(before, fields=left)
    return lambda: store.schema._sobjects.__setitem__(of.lower(), before)


def test_a_field_that_goes_is_said_once_and_the_rest_goes_on(reading: Reading) -> None:
    deal = reading.add(MainCompetitors__c="Korvane", Product_Interest__c="Yard", Amount=1)
    reading.sync()
    reading.at(hours=1)
    remove(reading.org, "MainCompetitors__c")

    for hours in (2, 3, 4):
        reading.at(hours=hours)
        reading.ticks += LOOK_EVERY_S + 1
        reading.change(deal, Amount=hours)
        reading.sync()

    assert (reading.deal(deal).amount, reading.deal(deal).products) == (4, ("Yard",))
    assert [one.partition(":")[0] for one in reading.alerts] == ["mapping Opportunity.MainCompetitors__c"]
    assert "correct the mapping" in reading.alerts[0]


def test_when_it_is_back_what_was_read_without_it_is_read_again(reading: Reading) -> None:
    deal, other = (
        reading.add(MainCompetitors__c="Korvane"),
        reading.add("Other", MainCompetitors__c="Palletary"),
    )
    reading.sync()
    bring_back = remove(reading.org, "MainCompetitors__c")
    reading.at(hours=1)
    reading.change(deal, Amount=5)
    reading.sync()
    without = reading.deal(deal).competitors
    reading.mended.clear()
    reading.at(hours=9)
    bring_back()  # type: ignore[operator]  # a function
    reading.ticks += LOOK_EVERY_S + 1

    reading.sync()

    assert without == ()
    assert reading.deal(deal).competitors == ("Korvane",)
    assert reading.deal(other).competitors == ("Palletary",)
    assert reading.mended == ["mapping Opportunity.MainCompetitors__c"]


def test_a_field_that_came_back_while_nobody_looked_is_said_to_be_well(reading: Reading) -> None:
    bring_back = remove(reading.org, "MainCompetitors__c")
    reading.sync()
    assert "mapping Opportunity.MainCompetitors__c" not in reading.mended
    bring_back()  # type: ignore[operator]  # a function

    reading.start_process()
    reading.sync()

    assert "mapping Opportunity.MainCompetitors__c" in reading.mended


def test_a_field_of_the_account_may_go_too(reading: Reading) -> None:
    [account] = reading.org.hand.insert("Account", [{"Name": "Norfield", "Language__c": "French"}])
    deal = reading.add(AccountId=account)
    remove(reading.org, "Language__c", of="Account")

    reading.sync()

    assert reading.deal(deal).language is None
    assert [one.partition(":")[0] for one in reading.alerts] == ["mapping Account.Language__c"]


def test_a_field_that_every_deal_needs_stops_the_reading(reading: Reading) -> None:
    reading.add()
    remove(reading.org, "OwnerId")

    with pytest.raises(Undeliverable, match="OwnerId"):
        reading.sync()

    assert reading.alerts == []


def test_another_mapping_reads_everything_anew(reading: Reading) -> None:
    deal = reading.add(NextStep="Call the CFO")
    reading.sync()
    reading.at(hours=9)

    reading.start_process(replace(reading.mapping, loss_reason="NextStep", trial_ends="CloseDate"))
    reading.sync()

    found = reading.deal(deal)
    assert found.loss_reason == "Call the CFO"
    assert found.trial_ends == found.close_date


def test_currencies_are_read_where_the_org_has_them() -> None:
    fields = load_field_map()
    single = {"Opportunity": {"MainCompetitors__c"}, "Account": {"Industry"}}
    several = {**single, "Opportunity": {"CurrencyIsoCode"}}

    assert fields.within(single).currency == ""
    assert fields.within(several).currency == "CurrencyIsoCode"
    assert fields.within(single).competitors == "MainCompetitors__c"
    assert (fields.within(single).products, fields.within(single).region) == ("", "")
    assert "auto" not in fields.fields()["Opportunity"]


def test_the_mapping_may_order_the_stages() -> None:
    rows = [
        {"ApiName": name, "SortOrder": place, "IsClosed": False, "IsWon": False}
        for place, name in enumerate(("A", "B", "C", "D"))
    ]
    fields = replace(load_field_map(), stages=("C", "A"))

    assert [(one.name, one.position) for one in to_stages(rows, fields)] == [
        ("C", 1),
        ("A", 2),
        ("B", 3),
        ("D", 4),
    ]
