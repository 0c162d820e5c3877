"""`touchline library …` as an operator types it, in processes of its own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.ops.commands import touchline

JANA, PRIYA = "jana@stowmark.example", "priya@stowmark.example"
RULES = f"""
collections: {{Cards: {{approvers: [{JANA}]}}}}
rules: [{{match: "cards/**", collection: Cards, owner: {PRIYA}, review_every_days: 1}}]
"""


class Library:
    """A library of its own, on the command line."""

    def __init__(self, folder: Path) -> None:
        self.shelf = folder / "shelf"
        (self.shelf / "cards").mkdir(parents=True)
        (self.shelf / "library.yml").write_text(RULES)
        (self.shelf / "cards" / "card.md").write_text("# Dockwright\nThey are slow.")
        (self.shelf / "prices.md").write_text("# Prices\nThe price is 5.")
        (self.shelf / "broken.pdf").write_text("no PDF")
        self.environ = {
            "PATH": os.environ["PATH"],
            "TOUCHLINE_DATA": str(folder / "data"),
            "TOUCHLINE_LIBRARIANS": "lib@stowmark.example",
            "COLUMNS": "200",
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return touchline("library", *words, environ=self.environ)

    def said(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def refusal(self, *words: str) -> str:
        done = self.run(*words)
        assert (done.returncode, done.stdout) == (1, "")
        assert "Traceback" not in done.stderr
        return done.stderr.strip()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def test_an_operator_takes_in_looks_and_decides(library: Library) -> None:
    added = library.run("add", str(library.shelf))
    assert added.stdout.strip() == "2 added, 1 refused."
    assert "refused  “broken.pdf”" in added.stderr
    assert f"waits  card.md: for approval by {JANA}" in added.stderr

    assert [one["title"] for one in library.said("list", "--status", "in_review")] == ["Dockwright"]
    assert library.run("approve", "Dockwright", "--as", JANA).stdout == "“Dockwright” is published.\n"
    shown = library.said("show", "Dockwright")
    assert [one["kind"] for one in shown["decisions"]] == ["submitted", "approved"]
    assert shown["state"] == "published"

    library.run("archive", "Dockwright", "--as", PRIYA, "--replaced-by", str(library.shelf / "prices.md"))
    assert {one["title"]: one["state"] for one in library.said("list")} == {
        "Dockwright": "archived",
        "Prices": "published",
    }
    assert "waits for approval" in library.run("restore", "Dockwright", "--as", PRIYA).stdout
    assert library.run("decline", "Dockwright", "--as", JANA, "--note", "Old").stdout.endswith(
        "a draft again.\n"
    )


def test_what_is_not_allowed_or_not_there_is_one_clear_line(library: Library) -> None:
    library.run("add", str(library.shelf))
    (library.shelf / "copy.md").write_text("# Prices\nOther prices.")
    library.run("add", str(library.shelf))

    assert library.refusal("verify", "Dockwright", "--as", "x@y.example").startswith(
        "“Dockwright” is looked after"
    )
    assert (
        library.refusal("show", "Nothing")
        == "No asset is called “Nothing”. `touchline library list` shows all."
    )
    ambiguous = library.refusal("show", "Prices").splitlines()
    assert ambiguous[0] == "“Prices” could be 2 assets; say which by its id:"
    assert len(ambiguous) == 3
    assert library.said("show", ambiguous[1].split()[0])["title"] == "Prices"
    assert library.refusal("search", "price", "--deal", "Norfield").splitlines()[0]


def test_work_for_a_worker_is_handed_over(library: Library) -> None:
    said = library.said("add", str(library.shelf), "--background")

    assert said == {"waiting": 3, "files": []}
    assert library.said("list") == []
