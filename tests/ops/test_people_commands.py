"""`touchline people …` as an administrator types it, in processes of its own."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.journal import SqlJournal
from enablement.adapters.sql.mirror import SqlMirror
from tests.builders import user
from tests.ops.commands import touchline

ADMIN = "admin@stowmark.example"
ANNA, TWIN, GONE = "005Hs00000000AbIAI", "005Hs00000000AcIAI", "005Hs00000000AdIAI"


class Office:
    """An installation whose mirror knows three users, two of them with one e-mail."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'touchline.db'}")
        users = [user(id=ANNA), user(id=TWIN), user("gone", id=GONE, is_active=False)]
        SqlMirror(self.database).store(users=users)
        self.environ = {"PATH": os.environ["PATH"], "TOUCHLINE_DATA": str(folder), "COLUMNS": "200"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return touchline("people", *words, environ=self.environ)

    def links(self) -> list[tuple[str, str, str]]:
        said = json.loads(self.run("list", "--json").stdout)
        return [(one["slack_id"], one["crm_user_id"], one["set_by"]) for one in said]

    def notes(self) -> list[tuple[str, str, str]]:
        found = SqlJournal(self.database).audits(limit=99)
        return sorted((one.action, one.email, one.subject) for one in found)


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path) -> Office:
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    return Office(tmp_path)


def test_a_link_is_set_listed_and_taken_back_and_each_is_noted(office: Office) -> None:
    set_, listed = office.run("link", "U0ANNA", ANNA[:15], "--as", ADMIN.upper()), office.run("list")
    links = office.links()
    taken, again = (office.run("unlink", "U0ANNA", "--as", ADMIN) for _ in range(2))

    assert "U0ANNA is Anna" in set_.stdout
    assert "U0ANNA" in listed.stdout
    assert links == [("U0ANNA", ANNA, ADMIN)]
    assert "not linked any more" in taken.stdout
    assert (again.returncode, "is not linked" in again.stderr) == (1, True)
    assert office.links() == []
    assert office.notes() == [("people.link", ADMIN, "U0ANNA"), ("people.unlink", ADMIN, "U0ANNA")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("U0ANNA", "anna@stowmark.example", "--as", ADMIN), f"name one by its id:\n  {ANNA}"),
        (("U0ANNA", GONE, "--as", ADMIN), "No active Salesforce user"),
        (("U0ANNA", "nobody@stowmark.example", "--as", ADMIN), "No active Salesforce user"),
        (("U0ANNA", ANNA[:17] + "B", "--as", ADMIN), "neither an e-mail nor the id"),
        (("anna", ANNA, "--as", ADMIN), "begins with U or W"),
        (("U0ANNA", ANNA), "--as you@example.com"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_do(
    words: tuple[str, ...], said: str, office: Office
) -> None:
    done = office.run("link", *words)

    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert office.notes() == []


def test_forgetting_says_what_it_found_and_that_nothing_is_left(office: Office) -> None:
    office.run("link", "U0GONE", ANNA, "--as", ADMIN)

    done = office.run("forget", "U0GONE", "--as", ADMIN, "--yes")
    again = office.run("forget", "U0GONE", "--as", ADMIN, "--yes", "--json")
    unasked = office.run("forget", "U0GONE", "--as", ADMIN)

    assert "person_links" in done.stdout
    assert "Searched every column of text: nothing left." in done.stdout
    assert json.loads(again.stdout)["handled"] == []
    assert unasked.returncode == 1
    assert office.links() == []


def test_the_audit_says_who_did_what_since_when_and_to_whom(office: Office) -> None:
    office.run("link", "U0ANNA", ANNA, "--as", ADMIN)
    office.run("link", "U0TWIN", TWIN, "--as", ADMIN)

    def told(*words: str) -> list[str]:
        said = touchline("audit", "--json", *words, environ=office.environ).stdout
        return [one["subject"] for one in json.loads(said)]

    assert sorted(told()) == ["U0ANNA", "U0TWIN"]
    assert told("--person", "u0anna") == ["U0ANNA"]
    assert sorted(told("--person", ADMIN)) == ["U0ANNA", "U0TWIN"]
    assert told("--since", "2999-01-01") == []
    wrong = touchline("audit", "--since", "yesterday", environ=office.environ)
    assert (wrong.returncode, "is not a day" in wrong.stderr) == (1, True)
