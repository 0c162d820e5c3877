"""`touchline deals check|repair` as an operator types it."""

import os
import subprocess

import pytest

from sandbox.world.org_client import OrgClient
from tests.ops.commands import touchline
from tests.ops.installation import CLIENT_SECRET, Installation, local_org


def deals(installation: Installation, *words: str) -> "subprocess.CompletedProcess[str]":
    environ = {"PATH": os.environ["PATH"], "COLUMNS": "60", **installation.environ}
    return touchline("deals", *words, environ=environ)


@pytest.mark.parametrize("count", [1, 12])
def test_deals_that_differ_are_named_with_their_addresses_and_repaired(
    installation: Installation, count: int
) -> None:
    with local_org(deals=[f"Deal {n}" for n in range(count)]) as url:
        installation.environ["SALESFORCE_URL"] = url
        deals(installation, "sync")
        with OrgClient(url, "touchline", CLIENT_SECRET) as org:
            rows = org.query("SELECT Id FROM Opportunity ORDER BY Id")
            org.update("Opportunity", [{"id": row["Id"], "Amount": 5} for row in rows])

        checked, repaired = deals(installation, "check"), deals(installation, "repair")
        again = deals(installation, "check")

    lines = checked.stdout.splitlines()
    addresses = {f"  {url}/lightning/r/Opportunity/{row['Id']}/view" for row in rows}
    shown = [line for line in lines if line in addresses]
    assert len(set(shown)) == min(count, 10)
    assert ("  …and 2 more deals" in lines) == (count == 12)
    assert lines[-1] == "`touchline deals repair` puts this right."
    assert repaired.stdout.splitlines()[-1] == f"0 touches were written, {count} deals read again."
    assert "lightning" not in again.stdout
