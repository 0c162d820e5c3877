"""A world goes into an org through its REST API and comes out as it was drawn."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from simple_salesforce.format import format_soql

from sandbox.world import (
    PEER,
    PROTAGONIST,
    PROTAGONIST_MANAGER,
    ROLLOUT_NAME,
    Loaded,
    LoadError,
    World,
    generate,
    load,
)
from sandbox.world.org_client import OrgClient
from tests.sandbox.world.conftest import RunningOrg

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def world() -> World:
    return generate(today=TODAY, accounts=24, opportunities=120)


@pytest.fixture(scope="module")
def progress() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def loaded(world: World, org: RunningOrg, progress: list[tuple[int, int]]) -> Loaded:
    return load(
        world,
        org.base_url,
        org.client_id,
        org.client_secret,
        progress=lambda done, total: progress.append((done, total)),
    )


@pytest.fixture
def client(org: RunningOrg, loaded: Loaded) -> Iterator[OrgClient]:
    with OrgClient(org.base_url, org.client_id, org.client_secret) as client:
        yield client


def _count(client: OrgClient, object_name: str) -> int:
    count: int = client.query(format_soql("SELECT COUNT(Id) n FROM {:literal}", object_name))[0]["n"]
    return count


def test_every_row_arrives_once(world: World, loaded: Loaded, client: OrgClient) -> None:
    assert _count(client, "Account") == len(world.accounts)
    assert _count(client, "Contact") == len(world.contacts)
    assert (
        _count(client, "Opportunity") == len(set(loaded.opportunities.values())) == len(world.opportunities)
    )
    assert _count(client, "OpportunityContactRole") == sum(
        len(deal.contact_roles) for deal in world.opportunities
    )
    assert set(loaded.users) == {person.email for person in world.people}


def test_progress_ends_at_the_total(loaded: Loaded, progress: list[tuple[int, int]]) -> None:
    assert progress[-1] == (loaded.rows, loaded.rows)
    assert progress == sorted(progress)


def test_each_deal_stands_where_the_world_says(world: World, loaded: Loaded, client: OrgClient) -> None:
    rows = client.query("SELECT Id, Name, StageName, Amount, IsClosed, Owner.Email FROM Opportunity")

    found = {row["Id"]: row for row in rows}

    for deal in world.opportunities:
        row = found[loaded.opportunities[deal.key]]
        assert (row["Name"], row["StageName"], row["IsClosed"]) == (deal.name, deal.stage, deal.is_closed)
        assert row["Amount"] == deal.amount
        assert row["Owner"]["Email"] == deal.owner


def test_histories_carry_the_week_in_which_they_happened(
    world: World, loaded: Loaded, client: OrgClient
) -> None:
    rollout = next(deal for deal in world.opportunities if deal.name == ROLLOUT_NAME)
    deal_id = loaded.opportunities[rollout.key]

    soql = (
        "SELECT StageName, CreatedDate FROM OpportunityHistory WHERE OpportunityId = {} ORDER BY CreatedDate"
    )
    rows = client.query(format_soql(soql, deal_id))

    stages = [row["StageName"] for row in rows]
    weeks = [
        datetime.strptime(row["CreatedDate"], "%Y-%m-%dT%H:%M:%S.%f%z").isocalendar()[:2] for row in rows
    ]
    assert stages == [change.stage for change in rollout.history]
    assert weeks == [change.at.isocalendar()[:2] for change in rollout.history]


def test_the_clock_runs_in_real_time_afterwards(client: OrgClient) -> None:
    started = datetime.now(UTC)

    [deal_id] = client.insert(
        "Opportunity", [{"Name": "After the load", "StageName": "Prospecting", "CloseDate": "2027-01-31"}]
    )
    [row] = client.query(format_soql("SELECT CreatedDate FROM Opportunity WHERE Id = {}", deal_id))

    assert (
        abs((datetime.strptime(row["CreatedDate"], "%Y-%m-%dT%H:%M:%S.%f%z") - started).total_seconds()) < 60
    )
    client.update("Opportunity", [{"id": deal_id, "Name": "After the load, renamed"}])


@pytest.mark.parametrize(
    ("email", "may_read"), [(PROTAGONIST, True), (PROTAGONIST_MANAGER, True), (PEER, False)]
)
def test_only_owner_team_and_those_above_see_the_rollout(
    email: str, may_read: bool, world: World, loaded: Loaded, client: OrgClient
) -> None:
    rollout = next(deal for deal in world.opportunities if deal.name == ROLLOUT_NAME)

    soql = "SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = {} AND RecordId = {}"
    [answer] = client.query(format_soql(soql, loaded.users[email], loaded.opportunities[rollout.key]))

    assert answer["HasReadAccess"] is may_read


def test_loading_twice_is_refused_in_words(world: World, loaded: Loaded, org: RunningOrg) -> None:
    with pytest.raises(LoadError, match="DUPLICATE"):
        load(world, org.base_url, org.client_id, org.client_secret)


def test_a_wrong_secret_is_refused_in_words(world: World, org: RunningOrg) -> None:
    with pytest.raises(LoadError, match="signing in"):
        load(world, org.base_url, org.client_id, "wrong")
