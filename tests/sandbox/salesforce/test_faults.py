"""Misbehaviour on order, seen by clients at the other end of a connection."""

from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest

from tests.sandbox.salesforce.client import TOUCHES, OrgClient, touch


class PlainHttp(requests.adapters.HTTPAdapter):
    """Send what is meant for https to the local org."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        path = (request.url or "").split("/", 3)[3]
        request.url = f"{self._base}/{path}"
        return super().send(request, *args, **{**options, "verify": False})


@pytest.fixture
def salesforce(served: str, org: OrgClient) -> Any:
    with requests.Session() as session:
        session.mount("https://", PlainHttp(served))
        yield Salesforce(
            instance_url="https://org.test", session_id=org.token, version="62.0", session=session
        )


def order(org: OrgClient, kind: str, **facts: Any) -> None:
    org.control("POST", "/faults", json={"kind": kind, "times": 1, **facts})


def test_simple_salesforce_works_unchanged(salesforce: Any) -> None:
    account = salesforce.Account.create({"Name": "Norfield"})["id"]
    deal = {"Name": "Rollout", "AccountId": account, "StageName": "Prospecting", "CloseDate": "2026-12-31"}
    opportunity = salesforce.Opportunity.create(deal)["id"]
    salesforce.Opportunity.update(opportunity, {"Amount": 10})
    values = touch(opportunity, "ref")
    result = salesforce.restful(TOUCHES.lstrip("/"), method="PATCH", json={"records": [values]})

    found = salesforce.query_all("SELECT Id, Amount, Account.Name FROM Opportunity")["records"]

    assert result[0]["created"] is True
    assert (found[0]["Amount"], found[0]["Account"]["Name"]) == (10.0, "Norfield")
    assert salesforce.Content_Touch__c.get_by_custom_id("External_Ref__c", "ref")["Kind__c"] == "Shared"
    with pytest.raises(SalesforceMalformedRequest):
        salesforce.query("SELECT Nope FROM Opportunity")


def test_a_status_comes_as_a_page_so_many_times(org: OrgClient) -> None:
    order(org, "status", status=503, times=2, path_prefix="/services/data/v62.0/query", method="get")

    assert org.call("GET", "/limits").status_code == 200
    statuses = [org.call("GET", "/query?q=SELECT+Id+FROM+User").status_code for _ in range(3)]
    assert statuses == [503, 503, 200]


def test_an_error_code_comes_with_its_status(org: OrgClient) -> None:
    order(org, "error_code", error_code="REQUEST_LIMIT_EXCEEDED")

    assert org.refusal("GET", "/limits") == (403, "REQUEST_LIMIT_EXCEEDED")


def test_an_expired_session_stays_expired(org: OrgClient) -> None:
    order(org, "expire_session")

    assert [org.call("GET", "/limits").status_code for _ in range(2)] == [401, 401]


def test_a_row_lock_fails_so_many_rows_and_the_others_are_written(org: OrgClient) -> None:
    deal = org.deal()
    order(org, "row_lock", times=2)

    results = org.call("PATCH", TOUCHES, json={"records": [touch(deal, ref) for ref in "abc"]}).get_json()

    assert [row["success"] for row in results] == [False, False, True]
    assert results[0]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"


def test_a_dropped_call_is_not_done(org: OrgClient, served: str) -> None:
    order(org, "drop")

    with pytest.raises(requests.ConnectionError):
        requests.post(
            f"{served}/services/data/v62.0/sobjects/Account",
            json={"Name": "Norfield"},
            headers={"Authorization": f"Bearer {org.token}"},
            timeout=5,
        )
    assert org.query("SELECT Id FROM Account") == []


def test_a_call_whose_reply_is_lost_is_done(org: OrgClient, served: str) -> None:
    order(org, "lost_reply")

    with pytest.raises(requests.ConnectionError):
        requests.post(
            f"{served}/services/data/v62.0/sobjects/Account",
            json={"Name": "Norfield"},
            headers={"Authorization": f"Bearer {org.token}"},
            timeout=5,
        )
    assert len(org.query("SELECT Id FROM Account")) == 1


def test_a_slow_call_runs_into_the_timeout_of_its_client(org: OrgClient, served: str) -> None:
    order(org, "slow", seconds=0.4, times=-1)

    with pytest.raises(requests.Timeout):
        requests.get(f"{served}/services/data", timeout=0.1)
    org.control("DELETE", "/faults")
    assert requests.get(f"{served}/services/data", timeout=5).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{"kind": "gremlins", "times": 1}, {"kind": "drop"}, {"kind": "drop", "times": 1, "colour": "red"}],
)
def test_a_senseless_order_is_refused(org: OrgClient, body: dict[str, Any]) -> None:
    assert org.app.test_client().post("/_sandbox/faults", json=body).status_code == 400


def test_an_endless_address_is_refused(org: OrgClient) -> None:
    ids = ",".join(f"'{number:018}'" for number in range(800))

    assert (
        org.call("GET", "/query", query_string={"q": f"SELECT Id FROM User WHERE Id IN ({ids})"}).status_code  # noqa: S608 a value of this test
        == 414
    )
