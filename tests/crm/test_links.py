"""Links into the org: those to deals are known in every form that people copy, nothing else is taken for one."""

import pytest

from crm.links import deal_at

SHORT, WHOLE = "006Hs0000000099", "006Hs0000000099IAA"
ORG = "https://acme.my.salesforce.com"


@pytest.mark.parametrize(
    "url",
    [
        f"https://acme.lightning.force.com/lightning/r/Opportunity/{WHOLE}/view",
        f"https://acme.lightning.force.com/lightning/r/Opportunity/{SHORT}/view?ws=%2Flightning",
        f"https://ACME.my.salesforce.com/lightning/r/{WHOLE}/view",
        f"https://acme.my.salesforce.com/{SHORT}",
        f"https://acme.my.salesforce.com/{WHOLE}/e",
    ],
)
def test_a_deal_is_known_by_each_form_of_its_link(url: str) -> None:
    assert deal_at(url, ORG) == WHOLE
    assert deal_at(url, "https://acme.lightning.force.com") == WHOLE


@pytest.mark.parametrize(
    "url",
    [
        f"https://other.lightning.force.com/lightning/r/Opportunity/{WHOLE}/view",
        f"https://acme.lightning.force.com.evil.test/{WHOLE}",
        f"https://acme.lightning.force.com@evil.test/{WHOLE}",
        f"https://acme.my.salesforce.com:8443/{WHOLE}",
        f"https://acme.my.salesforce.com/{SHORT}IAB",
        "https://acme.my.salesforce.com/001Hs0000000099",
        f"https://acme.lightning.force.com/lightning/r/Account/{WHOLE}/view",
        f"ftp://acme.my.salesforce.com/{WHOLE}",
        "https://[acme/006",
        "",
    ],
)
def test_no_other_link_is_taken_for_a_deals(url: str) -> None:
    assert deal_at(url, ORG) == ""


def test_an_org_of_ones_own_is_known_by_its_address() -> None:
    box = "https://acme--box.sandbox.my.salesforce.com"

    assert deal_at(f"http://127.0.0.1:3302/{SHORT}", "http://127.0.0.1:3302") == WHOLE
    assert deal_at(f"https://acme--box.sandbox.lightning.force.com/{SHORT}", box) == WHOLE
    assert deal_at(f"https://acme.lightning.force.com/{SHORT}", box) == ""
