"""Date functions, groups and what SOQL does not allow around them."""

from typing import Any

import pytest

from tests.sandbox.salesforce.client import OrgClient


@pytest.fixture
def dated(org: OrgClient) -> OrgClient:
    for day, amount in (("2025-12-31", 1), ("2026-01-01", 2), ("2026-01-31", 4), ("2026-03-07", 8)):
        org.deal(day, CloseDate=day, Amount=amount)
    return org


@pytest.mark.parametrize(
    ("call", "values"),
    [
        ("CALENDAR_YEAR(CloseDate)", [2025, 2026, 2026, 2026]),
        ("CALENDAR_QUARTER(CloseDate)", [4, 1, 1, 1]),
        ("CALENDAR_MONTH(CloseDate)", [12, 1, 1, 3]),
        ("DAY_IN_MONTH(CloseDate)", [31, 1, 31, 7]),
        ("DAY_IN_WEEK(CloseDate)", [4, 5, 7, 7]),
        ("DAY_IN_YEAR(CloseDate)", [365, 1, 31, 66]),
        ("WEEK_IN_MONTH(CloseDate)", [5, 1, 5, 1]),
        ("WEEK_IN_YEAR(CloseDate)", [53, 1, 5, 10]),
        ("FISCAL_YEAR(CloseDate)", [2025, 2026, 2026, 2026]),
        ("FISCAL_QUARTER(CloseDate)", [4, 1, 1, 1]),
    ],
)
def test_a_date_function_counts_as_the_calendar_does(dated: OrgClient, call: str, values: list[int]) -> None:
    days = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-03-07"]
    for value in set(values):
        wanted = [day for day, each in zip(days, values, strict=True) if each == value]
        found = dated.values(f"SELECT Name FROM Opportunity WHERE {call} = {value} ORDER BY Name")  # noqa: S608 values of this test
        assert found == wanted


def test_the_fiscal_year_is_the_calendar_year(dated: OrgClient) -> None:
    dated.set_clock("2026-02-15T00:00:00Z")
    for literal, days in (
        ("THIS_FISCAL_QUARTER", ["2026-01-01", "2026-01-31", "2026-03-07"]),
        ("LAST_FISCAL_YEAR", ["2025-12-31"]),
        ("LAST_N_FISCAL_QUARTERS:1", ["2025-12-31"]),
        ("N_FISCAL_YEARS_AGO:1", ["2025-12-31"]),
    ):
        found = dated.values(f"SELECT Name FROM Opportunity WHERE CloseDate = {literal} ORDER BY Name")  # noqa: S608 a value of this test
        assert found == days


def test_moments_have_days_and_hours(org: OrgClient) -> None:
    org.set_clock("2026-01-02T23:30:00Z")
    org.deal("late")
    org.set_clock("2026-01-03T00:10:00Z")
    org.deal("early")

    [day] = org.values("SELECT Name FROM Opportunity WHERE DAY_ONLY(CreatedDate) = 2026-01-02")
    hour = "HOUR_IN_DAY(convertTimezone(CreatedDate))"
    hours = org.query(f"SELECT {hour} h FROM Opportunity GROUP BY {hour}")  # noqa: S608 a value of this test

    assert (day, [row["h"] for row in hours]) == ("late", [0, 23])


def test_groups_are_made_by_function_and_kept_by_having(dated: OrgClient) -> None:
    statement = (
        "SELECT CALENDAR_YEAR(CloseDate) y, CALENDAR_QUARTER(CloseDate), SUM(Amount) total FROM Opportunity "
        "GROUP BY CALENDAR_YEAR(CloseDate), CALENDAR_QUARTER(CloseDate) "
        "HAVING SUM(Amount) > 1 AND CALENDAR_YEAR(CloseDate) = 2026 ORDER BY SUM(Amount) DESC"
    )

    [row] = dated.query(statement)

    assert (row["y"], row["expr0"], row["total"]) == (2026, 1, 14.0)


def test_having_compares_dates_and_groups_too(dated: OrgClient) -> None:
    kept = dated.query(
        "SELECT Name FROM Opportunity GROUP BY Name HAVING MAX(CloseDate) > 2026-01-15 ORDER BY Name"
    )
    named = dated.query(
        "SELECT Name FROM Opportunity GROUP BY Name HAVING Name LIKE '2026-01%' ORDER BY Name"
    )

    assert [row["Name"] for row in kept] == ["2026-01-31", "2026-03-07"]
    assert [row["Name"] for row in named] == ["2026-01-01", "2026-01-31"]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT CALENDAR_YEAR(CloseDate) FROM Opportunity", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity ORDER BY CALENDAR_YEAR(CloseDate)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(Name) = 2026", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(Nope) = 2026", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE HOUR_IN_DAY(CloseDate) = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(convertTimezone(CloseDate)) = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(CloseDate) = '2026'", "INVALID_FIELD"),
        (
            "SELECT Id FROM Opportunity WHERE CALENDAR_YEAR(CloseDate) IN (SELECT Id FROM Account)",
            "MALFORMED_QUERY",
        ),
        ("SELECT Id FROM Opportunity WHERE SUM(Amount) > 1", "MALFORMED_QUERY"),
        ("SELECT StageName FROM Opportunity GROUP BY StageName HAVING Name = 'a'", "MALFORMED_QUERY"),
        ("SELECT COUNT() FROM Opportunity GROUP BY StageName", "MALFORMED_QUERY"),
        ("SELECT COUNT() FROM Opportunity ORDER BY Name", "MALFORMED_QUERY"),
        ("SELECT SUM(Amount) FROM Opportunity LIMIT 5", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity GROUP BY SUM(Amount)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE Id IN (SELECT Id FROM Opportunity)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Opportunity LIMIT 1)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Id IN (SELECT Account.Id FROM Opportunity)", "MALFORMED_QUERY"),
        (
            "SELECT Id FROM User WHERE Manager.Manager.Manager.Manager.Manager.Manager.Name = 'a'",
            "MALFORMED_QUERY",
        ),
    ],
)
def test_what_the_platform_refuses_is_refused(still_org: OrgClient, statement: str, code: str) -> None:
    assert still_org.query(statement) == code


def test_a_refusal_says_where_the_field_stands(still_org: OrgClient) -> None:
    statement = "SELECT Id\nFROM Opportunity WHERE CALENDAR_YEAR(Nope__c) = 1"
    answer = still_org.call("GET", "/query", query_string={"q": statement})

    message = answer.get_json()[0]["message"]
    assert "ERROR at Row:2:Column:38" in message
    assert "No such column 'Nope__c' on entity 'Opportunity'" in message


def test_counting_counts_no_more_than_asked(dated: OrgClient) -> None:
    def total(statement: str) -> Any:
        return dated.call("GET", "/query", query_string={"q": statement}).get_json()["totalSize"]

    assert total("SELECT COUNT() FROM Opportunity") == 4
    assert total("SELECT COUNT() FROM Opportunity LIMIT 3") == 3


def test_the_relationship_of_a_semi_join_can_be_turned_round(org: OrgClient) -> None:
    with_deal, without = (org.create("Account", Name=name) for name in ("With", "Without"))
    org.deal(AccountId=with_deal)
    org.deal()
    inner = "(SELECT AccountId FROM Opportunity)"

    assert org.values(f"SELECT Id FROM Account WHERE Id IN {inner}") == [with_deal]  # noqa: S608 a value of this test
    assert org.values(f"SELECT Id FROM Account WHERE Id NOT IN {inner}") == [without]  # noqa: S608 a value of this test


def test_columns_are_described_as_the_command_line_wants_them(still_org: OrgClient) -> None:
    statement = "SELECT Id, Amount, Account.Owner.Name, (SELECT Id, Role FROM OpportunityContactRoles) FROM Opportunity"
    answer = still_org.call("GET", "/query", query_string={"q": statement, "columns": "true"}).get_json()

    columns = {column["columnName"]: column for column in answer["columnMetadata"]}
    assert (answer["entityName"], answer["idSelected"], answer["keyPrefix"]) == ("Opportunity", True, "006")
    assert (columns["Amount"]["numberType"], columns["Id"]["apexType"]) == (True, "Id")
    [owner] = columns["Account"]["joinColumns"]
    assert (owner["columnName"], owner["joinColumns"][0]["columnName"]) == ("Owner", "Name")
    children = columns["OpportunityContactRoles"]
    assert (children["aggregate"], [each["columnName"] for each in children["joinColumns"]]) == (
        True,
        ["Id", "Role"],
    )


def test_columns_of_groups_tell_names_from_aggregates(still_org: OrgClient) -> None:
    statement = "SELECT StageName, COUNT(Id), SUM(Amount) total FROM Opportunity GROUP BY StageName"
    answer = still_org.call("GET", "/query", query_string={"q": statement, "columns": "true"}).get_json()

    assert answer["groupBy"] is True
    shown = [
        (each["columnName"], each["displayName"], each["aggregate"]) for each in answer["columnMetadata"]
    ]
    assert shown == [
        ("StageName", "StageName", False),
        ("expr0", "count(Id)", True),
        ("total", "sum(Amount)", True),
    ]


def test_the_tooling_api_knows_no_object(still_org: OrgClient) -> None:
    path = "/tooling/query?q=SELECT+Id+FROM+SandboxProcess"

    assert still_org.refusal("GET", path) == (400, "INVALID_TYPE")
