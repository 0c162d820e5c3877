"""The mirror follows the org: everything at first, then what changed, teams and contacts with it."""

from datetime import timedelta

import pytest

from crm.sync import OVERLAP, WATERMARK
from enablement.ports import TryLater
from tests.doors import BRYCE, CLOSED, HALDEN, RENEWAL, ROLLOUT, Stage, insert_deal


def deal_queries(stage: Stage) -> list[str]:
    return [call["soql"] for call in stage.org_calls() if "FROM Opportunity " in call.get("soql", "")]


def test_the_first_time_everything_is_read(stage: Stage) -> None:
    counts = stage.services.crm.sync(full=True)

    assert counts == {"people": 6, "roles": 2, "deals": 5}
    assert {stage.services.mirror.deal(one).name for one in stage.deals.values()} == {  # type: ignore[union-attr]  # all are there
        ROLLOUT,
        RENEWAL,
        HALDEN,
        CLOSED,
        BRYCE,
    }


def test_facts_team_and_contacts_come_along(stage: Stage) -> None:
    stage.org.insert(
        "OpportunityTeamMember",
        [
            {
                "OpportunityId": stage.deals[ROLLOUT],
                "UserId": stage.users["rafa"],
                "TeamMemberRole": "Sales Rep",
            }
        ],
    )
    stage.services.crm.sync(full=True)

    found = stage.services.mirror.deal(stage.deals[ROLLOUT])
    assert found is not None
    assert (found.industry, found.region, found.size, found.language) == (
        "Manufacturing",
        "Europe",
        "enterprise",
        "en",
    )
    assert found.team == (stage.users["rafa"],)
    assert [one.name for one in stage.services.mirror.contacts(found.id)] == [
        "Aoife Brannigan",
        "Liam Doyle",
        "Niamh Walsh",
    ]


def test_a_team_member_is_answered_for_the_deal(stage: Stage) -> None:
    stage.org.insert(
        "OpportunityTeamMember",
        [
            {
                "OpportunityId": stage.deals[ROLLOUT],
                "UserId": stage.users["rafa"],
                "TeamMemberRole": "Sales Rep",
            }
        ],
    )
    stage.services.crm.sync(full=True)

    assert ROLLOUT in stage.text(stage.ask("payback for the Norfield warehouse", user="U0RAFA"))


def test_afterwards_only_what_changed_is_read_with_an_overlap(stage: Stage) -> None:
    mirror = stage.services.mirror
    newest = mirror.watermark(WATERMARK)
    assert newest is not None

    stage.services.crm.sync(full=False)

    since = (newest - OVERLAP).isoformat(timespec="seconds")
    [asked] = [one for one in deal_queries(stage) if " WHERE SystemModstamp >= " in one]
    assert f"SystemModstamp >= {since}" in asked.replace("Z", "+00:00")


def test_a_change_is_seen_and_an_old_row_is_not_read_again(stage: Stage) -> None:
    stage.org.set_clock(stage.clock() + timedelta(hours=1))
    stage.org.update("Opportunity", [{"id": stage.deals[HALDEN], "StageName": "Closed Lost"}])
    stage.services.crm.sync(full=False)
    stage.org.set_clock(stage.clock() + timedelta(hours=2))
    stage.org.update("Opportunity", [{"id": stage.deals[RENEWAL], "Amount": 5}])

    counts = stage.services.crm.sync(full=False)

    closed, renewed = (stage.services.mirror.deal(stage.deals[name]) for name in (HALDEN, RENEWAL))
    assert counts["deals"] == 2, "this one, and the one within the overlap; not the other three"
    assert closed is not None
    assert closed.is_closed
    assert renewed is not None
    assert renewed.amount == 5


def test_a_late_commit_within_the_overlap_is_not_missed(stage: Stage) -> None:
    ahead = stage.clock() + timedelta(hours=1)
    stage.org.set_clock(ahead)
    stage.org.update("Opportunity", [{"id": stage.deals[HALDEN], "Amount": 1}])
    stage.services.crm.sync(full=False)
    stage.org.set_clock(ahead - timedelta(minutes=9))
    stage.org.update("Opportunity", [{"id": stage.deals[RENEWAL], "Amount": 77}])

    stage.services.crm.sync(full=False)

    late = stage.services.mirror.deal(stage.deals[RENEWAL])
    assert late is not None
    assert late.amount == 77


def test_a_contact_that_left_the_deal_is_gone(stage: Stage) -> None:
    [role] = stage.org.query(
        "SELECT Id FROM OpportunityContactRole WHERE Contact.Email = 'liam@norfield.test'"
    )
    stage.org_delete("OpportunityContactRole", role["Id"])

    stage.services.crm.sync(full=True)

    names = [one.name for one in stage.services.mirror.contacts(stage.deals[ROLLOUT])]
    assert names == ["Aoife Brannigan", "Niamh Walsh"]


def test_five_hundred_deals_are_read_in_parts(stage: Stage) -> None:
    facts = {"OwnerId": stage.users["maya"], "StageName": "Prospecting", "CloseDate": "2027-03-31"}
    made = stage.org.insert("Opportunity", [{"Name": f"Deal {number}", **facts} for number in range(500)])

    counts = stage.services.crm.sync(full=True)

    assert counts["deals"] == 505
    assert len(stage.services.mirror.deals(made)) == 500
    parts = [call for call in stage.org_calls() if "OpportunityTeamMember" in call.get("soql", "")]
    assert len(parts) >= 3


def test_a_sync_that_breaks_off_goes_on_where_it_was(stage: Stage) -> None:
    facts = {"OwnerId": stage.users["maya"], "StageName": "Prospecting", "CloseDate": "2027-03-31"}
    stage.org.set_clock(stage.clock() + timedelta(hours=1))
    made = stage.org.insert("Opportunity", [{"Name": f"Deal {number}", **facts} for number in range(10)])
    stage.org_fault("status", times=-1, path_prefix="/services/data")

    with pytest.raises(TryLater):
        stage.services.crm.sync(full=False)
    stage.org_calm()
    stage.services.crm.sync(full=False)

    assert len(stage.services.mirror.deals(made)) == 10


def test_a_manager_sees_what_those_below_own_and_a_peer_does_not(stage: Stage) -> None:
    readable, everything = stage.services.crm.readable, list(stage.deals.values())

    mine = {stage.deals[name] for name in (ROLLOUT, RENEWAL, HALDEN, CLOSED)}
    assert readable(stage.users["vera"], everything) == set(everything)
    assert readable(stage.users["maya"], everything) == mine
    assert readable(stage.users["rafa"], everything) == {stage.deals[BRYCE]}
    assert readable(stage.users["rafa"], []) == set()


def test_a_deal_that_is_not_in_salesforce_is_nobodys(stage: Stage) -> None:
    gone = insert_deal(stage.org, "Gone", stage.users["maya"])
    stage.org_delete("Opportunity", gone)

    assert stage.services.crm.readable(stage.users["maya"], [gone]) == set()
