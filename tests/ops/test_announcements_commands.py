"""`touchline announcements …` as an operator types it, in processes of its own."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from enablement.adapters.sql.announcements import SqlAnnouncements
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.journal import SqlJournal
from enablement.adapters.sql.mirror import SqlMirror
from enablement.model import CrmRole, QuizQuestion, Wording
from tests.builders import NOW, announcement, profile, receipt, user
from tests.ops.commands import touchline

PRICES, DECK = "aa11" + 36 * "0", "bb22" + 36 * "0"


class Office:
    """An installation where prices were announced to two people and a deck was drafted."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(f"sqlite:///{folder / 'touchline.db'}")
        mirror, announcements = SqlMirror(self.database), SqlAnnouncements(self.database)
        mirror.store(users=[user("anna", role_id="00E1")], roles=[CrmRole("00E1", None, "Sales [EMEA]")])
        mirror.keep_profiles([profile("U1", "Anna"), profile("U2", "Bo")])
        quiz = (QuizQuestion("Which price?", ("10", "20")),)
        wording = Wording("en", "Prices [new]", "Up", quiz)
        running = announcement(id=PRICES, state="running", version=1, wordings=(wording,), right=(1,))
        announcements.save(running, was=0)
        announcements.save(announcement(id=DECK, version=1, wordings=()), was=0)
        announcements.admit([receipt("U1", PRICES), receipt("U2", PRICES)])
        anna = receipt("U1", PRICES).id
        announcements.delivered(anna, channel="D1", ts="1.0", revision=1, at=NOW)
        announcements.acknowledged(anna, revision=1, at=NOW)
        self._environ = {"PATH": os.environ["PATH"], "TOUCHLINE_DATA": str(folder), "COLUMNS": "200"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return touchline("announcements", *words, environ=self._environ)

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json").stdout)

    def notes(self) -> list[tuple[str, str, str]]:
        found = SqlJournal(self.database).audits(limit=99)
        return [(one.action, one.email, one.subject) for one in found]


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path) -> Office:
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    return Office(tmp_path)


def test_announcements_are_listed_with_how_far_they_have_come(office: Office) -> None:
    listed, drafts = office.run("list"), office.json("list", "--state", "draft")
    found = {one["id"]: one for one in office.json("list")}

    assert "Prices [new]" in listed.stdout
    assert (found[PRICES]["done"], found[PRICES]["totals"]["meant"]) == (1, 2)
    assert [one["id"] for one in drafts] == [DECK]


def test_one_is_shown_by_how_its_id_begins(office: Office) -> None:
    shown, found, draft = office.run("show", "aa11"), office.json("show", "aa11"), office.run("show", "bb")

    assert "Sales [EMEA]" in shown.stdout
    assert "Not done: Bo" in shown.stdout
    assert [one["standing"] for one in found["people"]] == ["acknowledged", "waiting"]
    assert (found["totals"]["meant"], found["seconds_to_acknowledge"]) == (2, 0)
    assert (draft.returncode, "nothing written yet" in draft.stdout) == (0, True)


def test_an_end_is_noted_with_who_made_it(office: Office) -> None:
    asked = office.run("stop", "aa11")
    before = [one["state"] for one in office.json("list") if one["id"] == PRICES]
    done, again = office.json("stop", "aa11", "--yes"), office.run("stop", "aa11", "--yes")

    assert (asked.returncode, before) == (1, ["running"])
    assert done == {"id": PRICES, "state": "ended"}
    assert again.returncode == 0
    assert office.notes() == [("announcement.stop", "operator", PRICES)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "zz"), "There is no announcement “zz”. `touchline announcements list` shows them."),
        (("stop", "zz", "--yes"), "There is no announcement “zz”."),
        (("stop", "bb22", "--yes"), "This is not running. It is draft."),
        (("stop", "aa11", "--json"), "say --yes"),
        (("list", "--state", "gone"), "choose one of template, draft"),
        (("show", ""), "2 announcements begin with"),
    ],
)
def test_what_makes_no_sense_is_one_clear_line(words: tuple[str, ...], said: str, office: Office) -> None:
    done = office.run(*words)

    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert office.notes() == []
