"""Each kind of change in the org comes into the mirror by the next sweep, whatever stamp it leaves."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from crm.sync import WATERMARK
from enablement.model import Stage
from enablement.ports import TryLater
from tests.crm.conftest import Org
from tests.crm.org_reading import T0, Reading, open_reading


@pytest.fixture
def reading(org: Org, tmp_path: Path) -> Iterator[Reading]:
    made = open_reading(org, tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def deal(reading: Reading) -> str:
    """A deal that was read long ago; an hour has passed."""
    [account] = reading.org.hand.insert("Account", [{"Name": "Norfield Foods", "Industry": "Manufacturing"}])
    made = reading.add("Norfield", AccountId=account, Amount=1000)
    reading.sync()
    reading.at(hours=1)
    return made


def test_a_new_deal_has_its_account_its_age_and_its_history(reading: Reading, deal: str) -> None:
    found = reading.deal(deal)

    assert found.account_id.startswith("001")
    assert found.created_at
    assert abs(found.created_at - T0) < timedelta(seconds=1)
    assert [(hop.stage, hop.amount, hop.close_date, hop.at) for hop in reading.mirror.hops(deal)] == [
        ("Prospecting", 1000, date(2027, 1, 31), found.created_at)
    ]


def test_each_hop_between_two_sweeps_is_kept(reading: Reading, deal: str) -> None:
    for minutes, stage in ((61, "Qualification"), (62, "Negotiation/Review"), (63, "Qualification")):
        reading.at(minutes=minutes)
        reading.change(deal, StageName=stage)

    reading.sync()

    hops = reading.mirror.hops(deal)
    assert [hop.stage for hop in hops] == [
        "Prospecting",
        "Qualification",
        "Negotiation/Review",
        "Qualification",
    ]
    assert all(hop.by.startswith("005") for hop in hops)


def test_a_change_makes_its_work_and_the_first_reading_none(reading: Reading, deal: str) -> None:
    assert reading.changes == []

    reading.change(deal, Amount=2000)
    reading.sync()

    # What was new is said twice: once to find out, once when it is written.
    assert {(one.deal.id, one.fields) for one in reading.changes} == {(deal, ("amount", "modified_at"))}
    assert [one.subject for one in reading.outbox.letters(states=("due",), limit=9)] == [deal]


def test_what_happens_to_an_account_happens_to_its_deals(reading: Reading, deal: str) -> None:
    [account] = reading.org.hand.query("SELECT Id FROM Account")

    reading.org.hand.update(
        "Account", [{"id": account["Id"], "Industry": "Retail", "BillingCountry": "Ireland"}]
    )
    reading.sync()

    assert (reading.deal(deal).industry, reading.deal(deal).region) == ("Retail", "Europe")


def test_a_deal_whose_account_was_merged_has_the_other_account(reading: Reading, deal: str) -> None:
    """A merge may leave the deal's own stamp as it is: it is seen at the account that stays."""
    [stays] = reading.org.hand.insert("Account", [{"Name": "Norfield Group", "Industry": "Retail"}])
    store = reading.org.app.extensions["org"].store
    with store.transaction():
        store.update(store.schema.get("Opportunity"), deal, {"AccountId": stays})

    reading.sync()

    found = reading.deal(deal)
    assert (found.account, found.account_id, found.industry) == ("Norfield Group", stays, "Retail")


def test_a_contact_comes_changes_and_goes(reading: Reading, deal: str) -> None:
    met, role = reading.contact(deal, "brannigan")
    reading.sync()
    first = reading.mirror.contacts(deal)
    reading.at(hours=2)
    reading.org.hand.update("Contact", [{"id": met, "Email": "new@norfield.test"}])
    reading.sync()
    second = reading.mirror.contacts(deal)
    reading.at(hours=3)
    reading.delete("OpportunityContactRole", role)
    reading.sync()

    assert [(one.name, one.email) for one in first] == [("brannigan", "brannigan@norfield.test")]
    assert [one.email for one in second] == ["new@norfield.test"]
    assert reading.mirror.contacts(deal) == []


def test_a_team_member_comes_and_goes(reading: Reading, deal: str) -> None:
    rafa = reading.person("rafa")
    row = {"OpportunityId": deal, "UserId": rafa, "TeamMemberRole": "Sales Rep"}
    [member] = reading.org.hand.insert("OpportunityTeamMember", [row])
    reading.sync()
    first = reading.deal(deal).team
    reading.at(hours=2)
    reading.delete("OpportunityTeamMember", member)
    reading.sync()

    assert (first, reading.deal(deal).team) == ((rafa,), ())


def test_another_owner_is_seen(reading: Reading, deal: str) -> None:
    rafa = reading.person("rafa")

    reading.change(deal, OwnerId=rafa)
    reading.sync()

    assert reading.deal(deal).owner_id == rafa


def test_a_deal_is_won_and_opened_again(reading: Reading, deal: str) -> None:
    reading.change(deal, StageName="Closed Won")
    reading.sync()
    won = reading.deal(deal)
    reading.at(hours=2)
    reading.change(deal, StageName="Negotiation/Review")
    reading.sync()
    again = reading.deal(deal)

    assert (won.is_closed, won.is_won, again.is_closed, again.is_won) == (True, True, False, False)


def test_a_deleted_deal_is_forgotten_and_comes_back_with_its_history(reading: Reading, deal: str) -> None:
    before = reading.mirror.hops(deal)
    reading.delete("Opportunity", deal)
    reading.sync()
    gone = (reading.mirror.deal(deal), reading.mirror.hops(deal))
    reading.at(hours=2)
    reading.undelete(deal)
    reading.sync()

    assert gone == (None, [])
    assert reading.deal(deal).name == "Norfield"
    assert reading.mirror.hops(deal) == before


def test_a_late_commit_within_the_overlap_is_not_missed(reading: Reading, deal: str) -> None:
    other = reading.add("Other")
    reading.sync()
    reading.at(minutes=51)
    reading.change(deal, Amount=77)

    reading.sync()

    assert reading.deal(deal).amount == 77
    assert reading.deal(other).name == "Other"


def test_the_stages_are_known_in_their_order(reading: Reading) -> None:
    reading.sync()

    stages = reading.mirror.stages()
    assert stages[0] == Stage("Prospecting", 1, is_closed=False, is_won=False)
    assert [one.position for one in stages] == list(range(1, len(stages) + 1))
    assert next(one for one in stages if one.is_won).name == "Closed Won"


def test_refreshing_says_which_deals_are_there(reading: Reading, deal: str) -> None:
    gone = reading.add("Gone")
    reading.sync()
    reading.delete("Opportunity", gone)
    reading.change(deal, Amount=5)
    unknown = "006000000000999AAA"

    there = reading.reader.refresh([deal, gone, unknown, deal[:15]])

    assert there == [deal]
    assert reading.deal(deal).amount == 5
    assert reading.mirror.deal(gone) is None


def test_many_deals_are_refreshed_in_parts(reading: Reading) -> None:
    rows = [{"Name": f"D{n}", "StageName": "Prospecting", "CloseDate": "2027-01-31"} for n in range(450)]
    made = reading.org.hand.insert("Opportunity", rows)
    before = len(reading.org.calls())

    there = reading.reader.refresh(made)

    assert there == made
    assert len(reading.mirror.deals(made)) == 450
    assert len(reading.org.calls()) - before == 3 * 4 + 2, (
        "deals, team, contacts, history; and two objects described"
    )


def test_refreshing_nothing_asks_nothing(reading: Reading) -> None:
    before = len(reading.org.calls())

    assert reading.reader.refresh([]) == []
    assert len(reading.org.calls()) == before


def test_an_outage_forgets_nothing(reading: Reading, deal: str) -> None:
    reading.org.fault("status", times=-1, path_prefix="/services/data")

    with pytest.raises(TryLater):
        reading.reader.refresh([deal])

    assert reading.deal(deal).name == "Norfield"


def add_many(reading: Reading) -> list[str]:
    """Add 450 deals, 200 and 50 at a time within a minute."""
    rows = [{"Name": f"D{n}", "StageName": "Prospecting", "CloseDate": "2027-01-31"} for n in range(450)]
    made: list[str] = []
    for start in range(0, len(rows), 200):
        reading.at(hours=1, seconds=start / 10)
        made += reading.org.hand.insert("Opportunity", rows[start : start + 200])
    return made


def test_a_sweep_that_is_cut_short_goes_on_where_it_was(reading: Reading, deal: str) -> None:
    made = add_many(reading)

    counts = [reading.sync(until=reading.clock) for _ in range(4)]

    # All within the overlap, and 200 at a time with one stamp: each slice must still come further.
    assert counts[0] == 200
    assert max(counts) <= 400
    assert len(reading.mirror.deals(made)) == 450


def test_a_sweep_that_dies_half_way_goes_on_and_misses_nothing(reading: Reading, deal: str) -> None:
    made = add_many(reading)
    store, known = reading.mirror.store, reading.mirror.watermark(WATERMARK)
    told: list[int] = []

    def dying(**given: object) -> object:
        told.append(len(told))
        if len(told) == 4:
            raise KeyboardInterrupt
        return store(**given)  # type: ignore[arg-type]  # passed on as it came

    reading.mirror.store = dying  # type: ignore[method-assign,assignment]  # the process dies here
    with pytest.raises(KeyboardInterrupt):
        reading.sync()
    reading.mirror.store = store  # type: ignore[method-assign]
    half_way = reading.mirror.watermark(WATERMARK)
    reading.start_process()
    counted = reading.sync()

    assert half_way == known, "what was not read to the end is not known"
    assert len(reading.mirror.deals(made)) == 450
    assert counted < 451, "what was stored is not read again"


def test_the_same_sweep_again_changes_nothing(reading: Reading, deal: str) -> None:
    reading.change(deal, Amount=5)
    reading.sync()
    said, known = list(reading.changes), reading.mirror.watermark(WATERMARK)

    reading.sync()

    assert (reading.changes, reading.mirror.watermark(WATERMARK)) == (said, known)
    assert known == T0 + timedelta(hours=1)


def test_when_nothing_happens_nothing_is_read_again(reading: Reading, deal: str) -> None:
    reading.change(deal, Amount=5)
    reading.org.hand.update("Account", [{"id": reading.deal(deal).account_id, "Industry": "Retail"}])
    reading.sync()
    reading.at(hours=2)

    counted = [reading.sync(), reading.sync()]

    assert counted == [0, 0] or counted == [1, 0], "an hour of quiet is longer than the overlap"


def test_what_changes_round_about_during_the_first_reading_is_not_missed(reading: Reading) -> None:
    [account] = reading.org.hand.insert("Account", [{"Name": "Norfield", "Industry": "Retail"}])
    made = add_many(reading)
    reading.change(made[0], AccountId=account)
    reading.at(hours=2)
    reading.sync(until=reading.clock)
    reading.org.hand.update("Account", [{"id": account, "Industry": "Utilities"}])
    reading.contact(made[0], "brannigan")
    for hours in range(3, 9):
        reading.at(hours=hours)
        reading.sync(until=reading.clock)

    assert reading.deal(made[0]).industry == "Utilities"
    assert [one.name for one in reading.mirror.contacts(made[0])] == ["brannigan"]


def test_a_late_commit_between_two_slices_is_not_missed(reading: Reading, deal: str) -> None:
    reading.at(minutes=30)
    late = reading.add("Late")
    reading.sync()
    made = add_many(reading)
    reading.at(hours=1, minutes=5)
    reading.sync(until=reading.clock)
    # It bears a stamp from before the slice, and the next slice comes much later.
    reading.at(minutes=59)
    reading.change(late, Amount=77)
    reading.at(hours=4)
    for _ in range(4):
        reading.sync(until=reading.clock)

    assert len(reading.mirror.deals(made)) == 450
    assert reading.deal(late).amount == 77
