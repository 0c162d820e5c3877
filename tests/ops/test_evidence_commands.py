"""`touchline evidence …` as an operator types it, in processes of its own."""

import csv
import io
import json
import os
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.evidence import SqlEvidence
from enablement.adapters.sql.journal import SqlJournal
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.model import Effect, Interval, Plain, Run, RunState
from enablement.ports import HABITS
from tests.builders import NOW, asset, publish
from tests.ops.commands import touchline

OLD, NEW = "aa11" + 36 * "0", "bb22" + 36 * "0"
DECK = Effect(
    "deck",
    "winning",
    "",
    Interval(0.062, 0.021, 0.104),
    "helps",
    412,
    0.31,
    0.1,
    Plain("Proposal", 9, 31, 4, 52),
    1.38,
    Interval(0.05, -0.01, 0.11),
    90,
)
EFFECTS = (
    DECK,
    replace(DECK, segment="industry:Retail", deals=60, trial=None, trial_deals=0),
    replace(DECK, on="speed", interval=Interval(1.2, 1.05, 1.4), plain=None, trial=None, trial_deals=0),
    replace(DECK, asset_id="sheet", verdict="not_enough", deals=12, hidden=None, trial=None, trial_deals=0),
)


class Office:
    """An installation with two rounds of learning, the later one in use."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database = folder, Database(f"sqlite:///{folder / 'touchline.db'}")
        self.evidence = SqlEvidence(self.database)
        catalog = SqlCatalog(self.database)
        for one in (
            asset("=Deck [new]", id="deck"),
            asset("Data sheet", id="sheet"),
            asset("Data book", id="book"),
        ):
            publish(catalog, one)
        self._environ = {"PATH": os.environ["PATH"], "TOUCHLINE_DATA": str(folder), "COLUMNS": "240"}

    def learned(
        self, run_id: str, *effects: Effect, state: RunState = "in_use", days: int = 0, trouble: str = ""
    ) -> None:
        run = Run(run_id, state, NOW + timedelta(days), NOW, "", 1.0, 1200, 3400, "x", (), trouble)
        self.evidence.begin(run)
        self.evidence.save(run_id, HABITS, b"habits")
        self.evidence.finish(run, effects)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return touchline("evidence", *words, environ=self._environ)

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def office(tmp_path: Path, migrated_sqlite: Path) -> Office:
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    return Office(tmp_path)


@pytest.fixture
def learned(office: Office) -> Office:
    office.learned(OLD, DECK)
    office.learned(NEW, *EFFECTS, days=1)
    return office


def test_while_nothing_is_learned_that_is_said(office: Office) -> None:
    shown, listed = office.run(), office.run("runs")

    assert shown.returncode == 0
    assert "Nothing was learned yet" in shown.stdout
    assert "Nothing was learned yet" in listed.stdout
    assert office.json() == {"run": None, "last_run": None, "effects": []}


def test_effects_are_shown_with_interval_counts_and_what_could_overturn_them(learned: Office) -> None:
    shown = " ".join(learned.run().stdout.split())

    assert "From 1,200 closed deals and 3,400 uses" in shown
    assert (
        "=Deck [new] Helps +6 points (+2 to +10) 412 9 of 31 won, 4 of 52 lost that reached Proposal" in shown
    )
    assert "1.38 times +5 points (−1 to +11), 90 deals" in shown
    assert "1.2 times as fast" in shown or "1.20 times as fast" in shown
    assert "Data sheet Not enough evidence yet" in shown
    assert "Retail" not in shown


def test_an_asset_is_shown_with_all_its_segments_by_title_or_id(learned: Office) -> None:
    by_title, by_id = learned.json("--asset", "deck [new]"), learned.json("--asset", "deck")

    assert by_title == by_id
    told = [(one["on"], one["segment"], one["deals"]) for one in by_id["effects"]]
    assert told == [("winning", "", 412), ("winning", "industry:Retail", 60), ("speed", "", 412)]


def test_an_asset_that_is_unknown_or_not_the_only_one_is_an_error(learned: Office) -> None:
    unknown, several = learned.run("--asset", "Nothing"), learned.run("--asset", "data")

    assert (unknown.returncode, several.returncode) == (1, 1)
    assert "There is no asset “Nothing”" in unknown.stderr
    assert "Data book, Data sheet" in several.stderr


def test_a_segment_is_shown_alone_and_an_unknown_one_names_those_there_are(learned: Office) -> None:
    found, unknown = learned.json("--segment", "industry:Retail"), learned.run("--segment", "industry:Foo")

    assert [one["deals"] for one in found["effects"]] == [60]
    assert unknown.returncode == 1
    assert "Known are industry:Retail" in unknown.stderr


def test_the_document_has_what_is_known_of_each_effect(learned: Office) -> None:
    document = learned.json("--on", "winning")

    assert document["run"]["id"] == NEW
    assert document["effects"][0] == {
        "title": "=Deck [new]",
        "asset_id": "deck",
        "on": "winning",
        "segment": "",
        "verdict": "helps",
        "estimate": 0.062,
        "low": 0.021,
        "high": 0.104,
        "deals": 412,
        "logit": 0.31,
        "logit_error": 0.1,
        "plain": {"stage": "Proposal", "used_won": 9, "won": 31, "used_lost": 4, "lost": 52},
        "hidden": 1.38,
        "trial": {"estimate": 0.05, "low": -0.01, "high": 0.11, "deals": 90},
    }
    assert {one["on"] for one in document["effects"]} == {"winning"}


def test_the_table_is_csv_that_no_spreadsheet_runs(learned: Office) -> None:
    said = learned.run("--csv").stdout

    rows = list(csv.DictReader(io.StringIO(said.removeprefix("\ufeff"))))
    assert rows[0]["title"] == "'=Deck [new]"
    assert (rows[0]["trial_low"], rows[0]["lost"], rows[0]["hidden"]) == ("-0.01", "52", "1.38")
    assert [row["trial_low"] for row in rows[1:]] == ["", ""]


def test_the_picture_is_a_file(learned: Office) -> None:
    into = learned.folder / "forest.png"

    done = learned.run("--png", str(into))

    assert done.returncode == 0, done.stderr
    assert into.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--json", "--csv"), "Say one of"),
        (("--on", "luck"), "winning, speed"),
        (("--data", "nowhere"), "There is no deals.csv"),
    ],
)
def test_what_makes_no_sense_is_said(learned: Office, words: tuple[str, ...], said: str) -> None:
    done = learned.run(*words)

    assert done.returncode == 1
    assert said in done.stderr
    assert done.stdout == ""


def test_rounds_are_listed_with_what_became_of_them(learned: Office) -> None:
    learned.learned("cc33", state="refused", days=2, trouble="calibration: 0.2 instead of 0.05")

    listed, found = learned.run("runs").stdout, learned.json("runs")

    assert [(one["id"], one["state"]) for one in found] == [
        ("cc33", "refused"),
        (NEW, "in_use"),
        (OLD, "retired"),
    ]
    assert "calibration: 0.2 instead of 0.05" in listed
    # Who looks at effects hears that they are of an earlier one.
    assert "is refused: calibration" in learned.run().stdout


def test_one_goes_back_to_an_earlier_round_and_suggestions_follow(learned: Office) -> None:
    done = learned.run("use", "aa11")

    assert done.returncode == 0, done.stderr
    current = learned.evidence.current()
    assert current is not None
    assert current.id == OLD
    due = SqlOutbox(learned.database).letters(states=("due",), limit=9)
    assert [one.kind for one in due] == ["deals.renew"]
    audits = SqlJournal(learned.database).audits(limit=9)
    assert [(one.action, one.email, one.subject) for one in audits] == [("evidence.use", "operator", OLD)]


def test_a_round_that_is_unknown_or_unfit_is_not_used(learned: Office) -> None:
    learned.learned("cc33", state="refused", days=2)

    for named, said in (
        ("ff", "There is no run"),
        ("cc33", "No run “cc33” that was in use"),
        ("", "3 runs begin"),
    ):
        done = learned.run("use", named)
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert learned.json()["run"]["id"] == NEW


def test_learning_can_be_ordered_for_a_worker(learned: Office) -> None:
    ordered = learned.json("learn")

    due = SqlOutbox(learned.database).letters(states=("due",), limit=9)
    assert [(one.id, one.kind, one.lane) for one in due] == [(ordered["task"], "evidence.learn", "compute")]


def test_learning_here_and_now_says_where_there_is_too_little(office: Office) -> None:
    done = office.run("learn", "--now")

    assert done.returncode == 0, done.stderr
    assert "too little to learn from yet: it takes 30 closed deals" in done.stdout
    assert office.json("runs") == []
