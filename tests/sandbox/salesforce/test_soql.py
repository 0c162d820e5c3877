"""What SOQL statements find."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from sandbox.salesforce import OrgConfig, create_app
from sandbox.salesforce.soql_dates import days_meant
from tests.sandbox.salesforce.client import OrgClient, log_in, touch


def fill(org: OrgClient) -> OrgClient:
    """Add four deals: A and B of Norfield, C without account, one with accents."""
    org.set_clock("2026-06-10T12:00:00Z")
    norfield = org.create("Account", Name="Norfield", Industry="Manufacturing", NumberOfEmployees=500)
    org.deal("A", AccountId=norfield, Amount=100, CloseDate="2026-06-10", NextStep="100% sure_thing")
    org.deal("B", AccountId=norfield, Amount=300, CloseDate="2026-05-31", StageName="Closed Won")
    org.deal("C", CloseDate="2026-07-01", NextStep="back\\slash")
    org.deal("École d'Été", Amount=200, CloseDate="2027-01-01", NextStep="1000 sure things")
    return org


@pytest.fixture(scope="module")
def world(config: OrgConfig) -> Iterator[OrgClient]:
    """Share the filled org among tests that only ask."""
    app = create_app(config)
    yield fill(log_in(app))
    app.extensions["org"].store.close()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Name = 'a'", "A"),
        ("Name = 'éCOLE D\\'éTÉ'", "É"),
        ("Name != 'A'", "BCÉ"),
        ("Name <> 'A' AND Name > 'a'", "BCÉ"),
        ("Amount = null", "C"),
        ("Amount != null", "ABÉ"),
        ("Amount != 100", "BCÉ"),
        ("Amount > 100", "BÉ"),
        ("NOT Amount > 100", "AC"),
        ("(NOT Amount > 100) AND Account.Name = null", "C"),
        ("Amount >= 100.0 AND (Name LIKE 'a%' OR Name LIKE 'É%')", "AÉ"),
        ("NextStep LIKE '100%'", "AÉ"),
        ("NextStep LIKE '100\\%%'", "A"),
        ("NextStep LIKE '%sure_thing_'", "É"),
        ("NextStep LIKE '%sure\\_thing%'", "A"),
        ("NextStep LIKE '%\\\\%'", "C"),
        ("NextStep = ''", "B"),
        ("Name IN ('a', 'B', 'zzz')", "AB"),
        ("Name NOT IN ('a', 'B')", "CÉ"),
        ("NextStep NOT IN ('x')", "ABCÉ"),
        ("Amount IN (100, null)", "AC"),
        ("IsWon = true", "B"),
        ("IsClosed = false AND Account.Industry = 'MANUFACTURING'", "A"),
        ("Account.Industry != 'Retail'", "ABCÉ"),
        ("Account.Owner.Username LIKE 'touchline@%'", "AB"),
        ("CloseDate = TODAY", "A"),
        ("CloseDate < TODAY", "B"),
        ("CloseDate >= 2026-07-01", "CÉ"),
        ("CloseDate = LAST_N_DAYS:10", "AB"),
        ("CloseDate = THIS_MONTH", "A"),
        ("CloseDate = NEXT_N_MONTHS:1", "C"),
        ("CloseDate > THIS_YEAR", "É"),
        ("CloseDate IN (TODAY, 2027-01-01)", "AÉ"),
        ("CreatedDate = TODAY AND CreatedDate >= 2026-06-10T14:00:00.002+02:00", "BCÉ"),
        ("Opportunity.Name = 'A'", "A"),
        ("Id IN (SELECT OpportunityId FROM OpportunityHistory WHERE StageName = 'Closed Won')", "B"),
        ("AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'Norfield')", "CÉ"),
    ],
)
def test_a_condition_finds_what_the_platform_finds(world: OrgClient, condition: str, expected: str) -> None:
    found = world.values(f"SELECT Name FROM Opportunity WHERE {condition} ORDER BY Name")  # noqa: S608 a value of this test

    assert "".join(name[0] for name in found) == expected


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("ORDER BY Amount", "CAÉB"),
        ("ORDER BY Amount DESC NULLS LAST", "BÉAC"),
        ("ORDER BY Account.Name NULLS LAST, Name DESC", "BAÉC"),
        ("ORDER BY Name LIMIT 2", "AB"),
        ("ORDER BY Name LIMIT 2 OFFSET 1", "BC"),
        ("WHERE Name LIKE '%' WITH USER_MODE ORDER BY Name ALL ROWS", "ABCÉ"),
        ("WITH SECURITY_ENFORCED LIMIT 1", "A"),
    ],
)
def test_rows_come_in_the_order_asked_for(world: OrgClient, ending: str, expected: str) -> None:
    found = world.values(f"SELECT Name FROM Opportunity {ending}")  # noqa: S608 a value of this test

    assert "".join(name[0] for name in found) == expected


def test_short_and_long_ids_are_equal(world: OrgClient) -> None:
    [row] = world.query("SELECT Id FROM Opportunity WHERE Name = 'A'")

    assert world.values(f"SELECT Name FROM Opportunity WHERE Id = '{row['Id'][:15]}'") == ["A"]  # noqa: S608 a value of this test


def test_parents_nest_and_a_missing_parent_is_null(world: OrgClient) -> None:
    rows = world.query(
        "select name, account.name, account.owner.name from opportunity o order by o.name limit 3"
    )

    assert rows[0]["Account"]["Owner"]["Name"] == "Touchline Integration"
    assert rows[0]["Account"]["attributes"]["type"] == "Account"
    assert rows[2] == {"attributes": rows[2]["attributes"], "Name": "C", "Account": None}


def test_children_come_along(org: OrgClient) -> None:
    world = fill(org)
    deals = world.values("SELECT Id FROM Opportunity ORDER BY Name")
    for ref in "ab":
        world.create("Content_Touch__c", **touch(deals[0], ref))

    rows = world.query(
        "SELECT Name, (SELECT External_Ref__c, Opportunity__r.Name FROM Content_Touches__r "
        "WHERE Kind__c = 'shared' ORDER BY External_Ref__c DESC LIMIT 1) FROM Opportunity ORDER BY Name LIMIT 2"
    )

    [child] = rows[0]["Content_Touches__r"]["records"]
    assert (child["External_Ref__c"], child["Opportunity__r"]["Name"]) == ("b", "A")
    assert rows[1]["Content_Touches__r"] is None


def test_groups_are_summed(world: OrgClient) -> None:
    rows = world.query(
        "SELECT Account.Industry, COUNT(Id) deals, SUM(Amount), AVG(Amount), MAX(CloseDate) FROM Opportunity "
        "GROUP BY Account.Industry HAVING COUNT(Id) > 1 ORDER BY COUNT(Id) DESC, Account.Industry NULLS LAST"
    )

    told = [{key: value for key, value in row.items() if key != "attributes"} for row in rows]
    assert told == [
        {"Industry": "Manufacturing", "deals": 2, "expr0": 400.0, "expr1": 200.0, "expr2": "2026-06-10"},
        {"Industry": None, "deals": 2, "expr0": 200.0, "expr1": 200.0, "expr2": "2027-01-01"},
    ]


def test_count_answers_with_the_size_alone(world: OrgClient) -> None:
    answer = world.call(
        "GET", "/query", query_string={"q": "SELECT COUNT() FROM Opportunity WHERE IsWon = false"}
    )

    assert answer.get_json() == {"totalSize": 3, "done": True, "records": []}


def test_long_results_come_in_pages_of_one_snapshot(org: OrgClient) -> None:
    rows = [{"attributes": {"type": "Account"}, "Name": f"{number:03}"} for number in range(200)]
    for _ in range(3):
        org.call("POST", "/composite/sobjects", json={"records": rows})
    statement = {"q": "SELECT Name FROM Account ORDER BY Name"}
    headers = {"Sforce-Query-Options": "batchSize=250"}

    page = org.call("GET", "/query", query_string=statement, headers=headers).get_json()
    names = [row["Name"] for row in page["records"]]
    org.create("Account", Name="000")
    while not page["done"]:
        following = page["nextRecordsUrl"].removeprefix("/services/data/v62.0")
        page = org.call("GET", following, headers=headers).get_json()
        names += [row["Name"] for row in page["records"]]

    assert (page["totalSize"], len(names), names) == (600, 600, sorted(names))


def test_a_locator_belongs_to_its_user(still_org: OrgClient) -> None:
    assert still_org.refusal("GET", "/query/01gHs0000000001AAA-2000") == (400, "INVALID_QUERY_LOCATOR")


def test_for_view_is_remembered_for_the_user_of_the_session(org: OrgClient) -> None:
    world = fill(org)
    world.query("SELECT Id FROM Opportunity WHERE Name = 'B' FOR VIEW")
    world.set_clock("2026-06-10T13:00:00Z")
    world.query("SELECT Id FROM Opportunity WHERE Name = 'A' FOR VIEW")

    assert world.values("SELECT Name FROM RecentlyViewed ORDER BY LastViewedDate DESC") == ["A", "B"]


def test_an_error_points_at_its_place(still_org: OrgClient) -> None:
    statement = "SELECT Id,\n  Nope__c FROM Opportunity"

    [error] = still_org.call("GET", "/query", query_string={"q": statement}).get_json()

    assert error["errorCode"] == "INVALID_FIELD"
    assert "ERROR at Row:2:Column:3\nNo such column 'Nope__c' on entity 'Opportunity'" in error["message"]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT Id FROM Nope__c", "INVALID_TYPE"),
        ("SELECT Account.Nope FROM Opportunity", "INVALID_FIELD"),
        ("SELECT Nope__r.Name FROM Opportunity", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE Nope = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity ORDER BY Nope", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE Amount = '1'", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE Name = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE CreatedDate = 2026-01-01", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE Amount LIKE 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE StageName INCLUDES ('x')", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE Id = 'rubbish'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id, (SELECT Id FROM Nopes) FROM Opportunity", "INVALID_TYPE"),
        ("SELECT Name, COUNT(Id) FROM Opportunity", "MALFORMED_QUERY"),
        ("SELECT Amount, COUNT(Id) FROM Opportunity GROUP BY Amount", "INVALID_FIELD"),
        ("SELECT SUM(Name) FROM Opportunity", "MALFORMED_QUERY"),
        ("SELECT Name, Name FROM Opportunity", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
        ("SELECT Id FROM Opportunity WHERE CloseDate = 2026-02-30", "MALFORMED_QUERY"),
        (
            "SELECT Id FROM Account WHERE Name = 'a' OR Id IN (SELECT AccountId FROM Contact)",
            "MALFORMED_QUERY",
        ),
        ("SELECT Id FROM Account WHERE Id IN (SELECT RecordId FROM UserRecordAccess)", "MALFORMED_QUERY"),
    ],
)
def test_a_wrong_statement_is_refused(still_org: OrgClient, statement: str, code: str) -> None:
    assert still_org.query(statement) == code


@pytest.mark.parametrize(
    ("literal", "count", "first", "after"),
    [
        ("LAST_N_DAYS", 7, date(2026, 3, 8), date(2026, 3, 16)),
        ("NEXT_N_DAYS", 2, date(2026, 3, 16), date(2026, 3, 18)),
        ("THIS_WEEK", 0, date(2026, 3, 15), date(2026, 3, 22)),
        ("LAST_MONTH", 0, date(2026, 2, 1), date(2026, 3, 1)),
        ("NEXT_QUARTER", 0, date(2026, 4, 1), date(2026, 7, 1)),
        ("N_MONTHS_AGO", 3, date(2025, 12, 1), date(2026, 1, 1)),
        ("LAST_N_YEARS", 2, date(2024, 1, 1), date(2026, 1, 1)),
    ],
)
def test_relative_dates_cover_their_days(literal: str, count: int, first: date, after: date) -> None:
    sunday = date(2026, 3, 15)

    assert days_meant(literal, count, today=sunday) == (first, after)


def test_values_cannot_leave_their_quotes(world: OrgClient) -> None:
    evil: Any = world.query("SELECT Id FROM Opportunity WHERE Name = 'x\\' OR Name != \\'x'")

    assert evil == []
