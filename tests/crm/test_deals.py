"""Salesforce's rows become deals, people and contacts: a fact that is not there is not guessed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crm.deals import deals_query, moment, to_contact, to_deal, to_role, to_user
from crm.mapping import BadMapping, FieldMap, load_field_map

FIELDS = load_field_map()
BARE: dict[str, Any] = {
    "Id": "006000000000001",
    "Name": "Norfield – Rollout",
    "StageName": "Prospecting",
    "Amount": None,
    "CloseDate": None,
    "IsClosed": False,
    "IsWon": False,
    "OwnerId": "005000000000001",
    "AccountId": None,
    "CreatedDate": "2026-10-01T08:00:00.000+0000",
    "SystemModstamp": "2026-11-20T09:30:00.000+0000",
    "Account": None,
}


def row(*, account: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {**BARE, "Account": account, **more}


def test_what_is_not_known_is_none_or_empty() -> None:
    deal = to_deal(BARE, FIELDS, ())

    assert (deal.amount, deal.close_date, deal.industry, deal.region, deal.size, deal.language) == (None,) * 6
    assert (deal.account, deal.competitors, deal.products, deal.team) == ("", (), (), ())
    assert deal.currency == FIELDS.default_currency


def test_an_account_of_nothing_but_a_name_adds_nothing_else() -> None:
    deal = to_deal(row(account={"Name": "Norfield"}), FIELDS, ())

    assert (deal.account, deal.industry, deal.region, deal.size, deal.language) == (
        "Norfield",
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("Ireland", "Europe"),
        ("Taiwan", "Asia Pacific"),
        ("Brazil", "Latin America"),
        ("Kenya", "Kenya"),
        ("", None),
    ],
)
def test_a_country_lies_in_a_region_or_is_its_own(country: str, region: str | None) -> None:
    assert to_deal(row(account={"BillingCountry": country}), FIELDS, ()).region == region


@pytest.mark.parametrize(
    ("employees", "size"),
    [
        (None, None),
        (0, None),
        (1, "small"),
        (249, "small"),
        (250, "mid"),
        (999, "mid"),
        (1000, "enterprise"),
        (2.4e3, "enterprise"),
    ],
)
def test_employees_say_the_size(employees: float | None, size: str | None) -> None:
    assert to_deal(row(account={"NumberOfEmployees": employees}), FIELDS, ()).size == size


@pytest.mark.parametrize(
    ("said", "tag"), [("French", "fr"), ("fr", "fr"), ("Klingon", "Klingon"), (None, None)]
)
def test_a_language_is_a_tag(said: str | None, tag: str | None) -> None:
    assert to_deal(row(account={"Language__c": said}), FIELDS, ()).language == tag


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Korvane; Palletary", ("Korvane", "Palletary")),
        ("Korvane,Palletary ,", ("Korvane", "Palletary")),
        (" ; ,", ()),
        ("", ()),
        (None, ()),
        ("李記、王記", ("李記、王記",)),
    ],
)
def test_competitors_are_split(said: str | None, names: tuple[str, ...]) -> None:
    assert to_deal(row(MainCompetitors__c=said), FIELDS, ()).competitors == names


def test_a_whole_row_is_a_whole_deal() -> None:
    account = {
        "Name": "Norfield Foods",
        "Industry": "Manufacturing",
        "BillingCountry": "Ireland",
        "NumberOfEmployees": 2400,
        "Language__c": "English",
    }
    whole = row(
        account=account,
        Amount=120000.5,
        CloseDate="2027-03-31",
        StageName="Closed Won",
        IsClosed=True,
        IsWon=True,
        MainCompetitors__c="Korvane",
        Product_Interest__c="Yard; Field",
    )

    deal = to_deal(whole, FIELDS, ["005B", "005A"])

    assert (deal.id, deal.owner_id) == ("006000000000001AAA", "005000000000001AAA")
    assert (deal.amount, deal.close_date, deal.is_closed, deal.is_won) == (
        120000.5,
        date(2027, 3, 31),
        True,
        True,
    )
    assert (deal.industry, deal.region, deal.size, deal.language) == (
        "Manufacturing",
        "Europe",
        "enterprise",
        "en",
    )
    assert (deal.competitors, deal.products, deal.team) == (("Korvane",), ("Yard", "Field"), ("005A", "005B"))
    assert deal.modified_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def test_a_currency_of_its_own_comes_before_the_default() -> None:
    fields = replace(FIELDS, currency="CurrencyIsoCode")

    assert to_deal(row(CurrencyIsoCode="SEK"), fields, ()).currency == "SEK"


def test_a_fact_that_the_org_does_not_keep_is_neither_asked_for_nor_guessed() -> None:
    bare = replace(
        FIELDS, competitors="", products="", industry="", region="", employees="", language="", currency=""
    )

    query, deal = deals_query(bare), to_deal(row(account={"Name": "Norfield"}), bare, ())

    assert "__c" not in query
    assert "Billing" not in query
    assert ", ," not in query
    assert (deal.industry, deal.competitors) == (None, ())


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-20T09:30:00.000+0000", 9),
        ("2026-11-20T09:30:00.000Z", 9),
        ("2026-11-20T09:30:00.123+0200", 7),
        ("2026-11-20T09:30:00-0330", 13),
    ],
)
def test_a_salesforce_moment_is_utc(text: str, hour: int) -> None:
    found = moment(text)

    assert (found.tzinfo, found.hour) == (UTC, hour)


def test_people_roles_and_contacts() -> None:
    user = to_user(
        {
            "Id": "005000000000001",
            "Email": "Maya@Harbourline.TEST",
            "Name": "Maya",
            "IsActive": True,
            "UserType": "Standard",
            "UserRoleId": None,
        }
    )
    role = to_role({"Id": "00E000000000002", "Name": "Sales EMEA", "ParentRoleId": "00E000000000001"})
    contact = to_contact(
        {"OpportunityId": "006000000000001", "ContactId": "003000000000001", "Role": None, "Contact": None}
    )

    assert (user.email, user.role_id) == ("maya@harbourline.test", None)
    assert (role.parent_id, role.name) == ("00E000000000001EAA", "Sales EMEA")
    assert (contact.name, contact.email, contact.role) == ("", "", "")


@pytest.mark.parametrize("kind", ["PowerPartner", "CspLitePortal", "Guest", "AutomatedProcess", None])
def test_users_who_are_no_employees_count_as_not_active(kind: str | None) -> None:
    row = {"Id": "005000000000001", "Email": "a@b.example", "Name": "A", "IsActive": True, "UserRoleId": None}

    assert to_user({**row, "UserType": "Standard"}).is_active
    assert not to_user({**row, "UserType": kind}).is_active
    assert not to_user({**row, "UserType": "Standard", "IsActive": False}).is_active


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        "deal: 1",
        "deal: {}\naccount: {}",
        "deal: [",
        "deal: {}\naccount: {}\nregions: 1\nlanguages: {}",
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mapping.yml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadMapping, match=r"mapping\.yml"):
        load_field_map(path)


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadMapping, match=r"nowhere\.yml"):
        load_field_map(tmp_path / "nowhere.yml")


def test_an_administrators_mapping_takes_the_place_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yml"
    path.write_text(
        "deal: {competitors: Rivals__c}\naccount: {region: Region__c}\nteam: false\n"
        "regions: {North: [Norway]}\nlanguages: {}\n",
        encoding="utf-8",
    )

    fields: FieldMap = load_field_map(path)

    assert fields.fields() == {"Opportunity": ("Rivals__c",), "Account": ("Region__c",)}
    assert (fields.team, fields.default_currency, fields.regions) == (False, "", {"Norway": "North"})
