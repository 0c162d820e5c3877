"""What is SOQL and what is not."""

import pytest

from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.soql_parser import parse

VALID = [
    "SELECT Id FROM Account",
    "select id from account where name='a'",
    "SELECT Id FROM Account a WHERE a.Name = 'x'",
    "SELECT COUNT() FROM Account",
    "SELECT COUNT(Id) FROM Account",
    "SELECT COUNT_DISTINCT(Name) n FROM Account",
    "SELECT StageName, SUM(Amount) total FROM Opportunity GROUP BY StageName HAVING SUM(Amount) > 10",
    "SELECT Id, (SELECT Id FROM Contacts WHERE Name LIKE 'a%' ORDER BY Name LIMIT 5) FROM Account",
    "SELECT Id FROM Account WHERE (A = 1 OR B = 2) AND C = 3",
    "SELECT Id FROM Account WHERE NOT A = 1",
    "SELECT Id FROM Account WHERE A = 1 AND (NOT B = 2)",
    "SELECT Id FROM Account WHERE NOT (A = 1 OR B = 2)",
    "SELECT Id FROM Account WHERE ((A = 1))",
    "SELECT Id FROM Account WHERE A IN ('x') AND B NOT IN ('y', 'z')",
    "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Name = 'x')",
    "SELECT Id FROM Account WHERE Picks INCLUDES ('a;b', 'c') AND Picks EXCLUDES ('d')",
    "SELECT Id FROM Account WHERE D > 2026-01-01 AND T < 2026-01-01T00:00:00Z AND T != 2026-01-01T00:00:00+01:00",
    "SELECT Id FROM Account WHERE D = LAST_N_DAYS:30 OR D = TODAY",
    "SELECT Id FROM Account WHERE A = -1.5 OR A = 2",
    "SELECT Id FROM Account WHERE Name = 'it\\'s \\u0041 \\\\ \\n'",
    "SELECT Id FROM Account WHERE Name = null WITH USER_MODE ORDER BY Name ASC NULLS LAST, Id DESC LIMIT 1 OFFSET 2",
    "SELECT Id FROM Account LIMIT 1 FOR VIEW",
    "SELECT Id FROM Account ALL ROWS",
    "SELECT Id\r\n\tFROM Account\n",
]
INVALID = [
    "",
    "SELECT",
    "SELECT FROM Account",
    "SELECT Id",
    "SELECT Id Account",
    "SELECT Id, FROM Account",
    "SELECT * FROM Account",
    "SELECT Id FROM Account;",
    "SELECT Id FROM Account WHERE",
    "SELECT Id FROM Account WHERE Name",
    "SELECT Id FROM Account WHERE Name =",
    "SELECT Id FROM Account WHERE Name == 'a'",
    "SELECT Id FROM Account WHERE Name = 'a",
    'SELECT Id FROM Account WHERE Name = "a"',
    "SELECT Id FROM Account WHERE Name = 'a\\q'",
    "SELECT Id FROM Account WHERE Name = 'a\\%'",
    "SELECT Id FROM Account WHERE A = 1 AND B = 2 OR C = 3",
    "SELECT Id FROM Account WHERE A = 1 AND NOT B = 2",
    "SELECT Id FROM Account WHERE NOT NOT A = 1",
    "SELECT Id FROM Account WHERE (A = 1",
    "SELECT Id FROM Account WHERE A = 1)",
    "SELECT Id FROM Account WHERE A IN ()",
    "SELECT Id FROM Account WHERE A IN 'x'",
    "SELECT Id FROM Account WHERE A NOT = 1",
    "SELECT Id FROM Account WHERE A LIKE 5",
    "SELECT Id FROM Account WHERE D = LAST_N_DAYS",
    "SELECT Id FROM Account WHERE D = LAST_N_DAYS:x",
    "SELECT Id FROM Account WHERE D = 2026-1-1",
    "SELECT Id FROM Account WHERE D = 2026-01-01T00:00:00",
    "SELECT Id FROM Account LIMIT ten",
    "SELECT Id FROM Account LIMIT -1",
    "SELECT Id FROM Account LIMIT 1.5",
    "SELECT Id FROM Account OFFSET 1 LIMIT 1",
    "SELECT Id FROM Account ORDER Name",
    "SELECT Id FROM Account ORDER BY Name NULLS",
    "SELECT Id FROM Account GROUP Name",
    "SELECT Id FROM Account HAVING COUNT(Id) > 1",
    "SELECT Id FROM Account USING SCOPE mine",
    "SELECT Id FROM Account WITH DATA CATEGORY x",
    "SELECT Id FROM Account LIMIT 1 WHERE A = 1",
    "SELECT Id FROM Account, Contact",
    "SELECT SUM() FROM Account",
    "SELECT UPPER(Name) FROM Account",
    "SELECT (SELECT Id FROM Contacts FROM Account",
    "SELECT Id, (SELECT COUNT(Id) FROM Contacts) FROM Account",
    "SELECT Id FROM Account.Contacts",
    "SELECT Id FROM Account WHERE " + "(" * 100 + "A = 1" + ")" * 100,
    "SELECT Account . Name FROM Contact",
    "SELECT Id FROM Account WHERE A = 1e3",
    "SELECT Id FROM Account WHERE A = +1",
    "UPDATE Account SET Name = 'x'",
]


@pytest.mark.parametrize("statement", VALID)
def test_valid_statements_are_understood(statement: str) -> None:
    assert parse(statement).source


@pytest.mark.parametrize("statement", INVALID)
def test_invalid_statements_are_refused(statement: str) -> None:
    with pytest.raises(ApiError, match="MALFORMED_QUERY") as refused:
        parse(statement)

    assert "ERROR at Row:" in refused.value.message
