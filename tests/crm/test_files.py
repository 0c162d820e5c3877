"""Salesforce Files become assets: over real HTTP, from a local org that has libraries."""

import base64
import io
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from pptx import Presentation

from crm.check import file_problems
from crm.files import SalesforceFiles
from crm.gateway import SalesforceCrm
from crm.mapping import load_field_map
from enablement import governance
from enablement.adapters import crm_files
from enablement.adapters.crm_files import ACTOR, Followed, follow_files, source_of
from enablement.adapters.intake import files_in, take_in_files
from enablement.adapters.sql.database import Database
from enablement.model import Asset, Collection, Task
from enablement.ports import Services, TryLater
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.crm.conftest import Org
from tests.doors import CLIENT_ID, CLIENT_SECRET, INTEGRATION
from tests.fakes import FakeClock, World

ROOT = Path(__file__).parents[2]
CONTENT = "/services/data/v62.0/sobjects/ContentVersion"
DECKS, BATTLECARDS = "Sales decks", "Battlecards"
LIBRARIAN = "lib@stowmark.example"


def deck(*words: str) -> bytes:
    """Return a PowerPoint deck with a slide for each of these texts."""
    slides = Presentation()
    for text in words:
        slides.slides.add_slide(slides.slide_layouts[5]).shapes.title.text = text
    file = io.BytesIO()
    slides.save(file)
    return file.getvalue()


@dataclass
class Shelf:
    """An org with two libraries, the product that follows them, and a hand that fills them."""

    org: Org
    services: Services
    clock: FakeClock
    libraries: dict[str, str]

    def upload(self, name: str, data: bytes, library: str = DECKS, **more: Any) -> str:
        """Put a file into a library; return the id of its document."""
        facts = {"PathOnClient": name, "FirstPublishLocationId": self.libraries.get(library), **more}
        sent = {"VersionData": base64.b64encode(data).decode()}
        given = {key: value for key, value in {**facts, **sent}.items() if value is not None}
        version = self.org.hand.insert("ContentVersion", [given])[0]
        found = self.org.hand.query(f"SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{version}'")  # noqa: S608 an id
        return str(found[0]["ContentDocumentId"])

    def revise(self, document: str, data: bytes, name: str = "deck.pptx", **more: Any) -> None:
        self.upload(name, data, library="", ContentDocumentId=document, **more)

    def delete(self, document: str, sobject: str = "ContentDocument") -> None:
        self.org.hand._call("DELETE", f"/services/data/v62.0/sobjects/{sobject}/{document}")

    def undelete(self, document: str) -> None:
        self.org.hand._call("POST", "/_sandbox/undelete", json={"ids": [document]})

    def follow(self, **more: Any) -> dict[str, str]:
        """Follow the libraries; return what became of each file by its name."""
        return outcomes(follow_files(self.services, **more))

    def asset(self, document: str) -> Asset:
        found = self.services.catalog.asset_by_source(source_of(document))
        assert found is not None
        return found

    def downloads(self) -> int:
        return len([call for call in self.org.calls(CONTENT) if call["path"].endswith("/VersionData")])


def outcomes(followed: Followed) -> dict[str, str]:
    return {one.name: one.outcome for one in followed.files}


@pytest.fixture
def shelf(org: Org, migrated_sqlite: Path, tmp_path: Path) -> Iterator[Shelf]:
    shutil.copy(migrated_sqlite, tmp_path / "touchline.db")
    database = Database(f"sqlite:///{tmp_path / 'touchline.db'}")
    world = World(database, tmp_path / "index")
    crm = SalesforceCrm(
        org.client,
        load_field_map(),
        catalog=world.catalog,
        mirror=world.mirror,
        ledger=world.ledger,
        copies=world.services.copies,
        clock=world.clock,
        libraries=(DECKS, BATTLECARDS),
    )
    names = [{"Name": name} for name in (DECKS, BATTLECARDS, "Holiday pictures")]
    ids = org.hand.insert("ContentWorkspace", names)
    libraries = dict(zip((DECKS, BATTLECARDS, "Holiday pictures"), ids, strict=True))
    yield Shelf(org, replace(world.services, crm=crm), world.clock, libraries)
    database.close()


def test_the_files_of_the_chosen_libraries_become_assets(shelf: Shelf) -> None:
    data = deck("Payback in nine months", "Rollout")
    tags = "kind:deck, audience:customer, lang:fr, industry:Retail, industries:Manufacturing, Q3, mood:sunny"
    document = shelf.upload("C:\\decks\\roi.pptx", data, Title="ROI deck", TagCsv=tags)
    shelf.upload("korvane.txt", b"How to win against Korvane.", BATTLECARDS)
    shelf.upload("beach.txt", b"The sea.", "Holiday pictures")

    assert shelf.follow() == {"ROI deck.pptx": "added", "korvane.txt": "added"}
    asset = shelf.asset(document)
    assert (asset.title, asset.kind, asset.audience, asset.language) == (
        "ROI deck",
        "deck",
        "customer",
        "fr",
    )
    assert asset.facets.industries == ("Retail", "Manufacturing")
    assert (asset.owner, asset.collection, asset.status) == (INTEGRATION, DECKS, "published")
    assert shelf.services.catalog.data(asset.version_id) == data
    assert [page.title for page in shelf.services.catalog.pages(asset.version_id)] == [
        "Payback in nine months",
        "Rollout",
    ]


def test_without_tags_a_file_is_for_internal_use(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"The discount is ours to know.")

    shelf.follow()

    assert (shelf.asset(document).audience, shelf.asset(document).kind) == ("internal", "document")


def test_what_the_description_says_is_found(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"Nine months.", Description="For anxious treasurers")

    shelf.follow()

    page = shelf.services.catalog.page(shelf.asset(document).version_id, 1)
    assert page is not None
    assert page.text == "For anxious treasurers\n\nNine months."


def test_nothing_is_read_twice(shelf: Shelf) -> None:
    shelf.upload("a.txt", b"First words.")
    shelf.upload("b.txt", b"Other words.")
    shelf.follow()
    before = shelf.downloads()

    assert shelf.follow() == {}
    assert shelf.downloads() == before == 2
    newest = [call["soql"] for call in shelf.org.calls() if "FROM ContentVersion" in call.get("soql", "")][-1]
    assert "IsLatest = true AND ContentDocumentId IN (" in newest
    assert " AND SystemModstamp >= " in newest


def test_a_new_version_in_salesforce_is_one_here(shelf: Shelf) -> None:
    document = shelf.upload("deck.pptx", deck("Old"))
    shelf.follow()
    old = shelf.asset(document)

    new = deck("New")
    shelf.revise(document, new)

    assert shelf.follow() == {"deck.pptx": "new version"}
    asset = shelf.asset(document)
    assert (asset.id, asset.version) == (old.id, 2)
    assert shelf.services.catalog.data(asset.version_id) == new
    assert shelf.services.catalog.data(old.version_id) != new


def test_a_renamed_file_keeps_its_version(shelf: Shelf) -> None:
    document = shelf.upload("deck.pptx", deck("Same"))
    shelf.follow()

    change = {"id": document, "Title": "A better name"}
    shelf.org.hand.update("ContentDocument", [change])

    assert shelf.follow() == {"A better name.pptx": "updated"}
    assert (shelf.asset(document).title, shelf.asset(document).version) == ("A better name", 1)


def test_a_deleted_file_is_archived_and_comes_back_with_it(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"Some words.")
    shelf.follow()

    shelf.delete(document)
    gone, archived = shelf.follow(), shelf.asset(document).status
    shelf.clock.move(seconds=60)
    shelf.undelete(document)
    back = shelf.follow()

    assert (gone, archived) == ({"notes": "archived"}, "archived")
    assert back["notes"] == "restored"
    assert shelf.asset(document).status == "published"
    decisions = shelf.services.ledger.decisions(shelf.asset(document).id)
    assert [(one.kind, one.email) for one in decisions] == [("archived", ACTOR), ("restored", ACTOR)]


def test_a_file_that_leaves_its_library_is_archived(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"Some words.")
    shelf.follow()

    change = {"id": document, "ParentId": shelf.libraries["Holiday pictures"]}
    shelf.org.hand.update("ContentDocument", [change])

    assert shelf.follow() == {"notes": "archived"}


def test_a_file_that_moves_to_the_other_library_changes_its_collection(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"Some words.")
    shelf.follow()

    for library in (BATTLECARDS, DECKS, BATTLECARDS):
        shelf.org.hand.update("ContentDocument", [{"id": document, "ParentId": shelf.libraries[library]}])
        assert shelf.follow() == {"notes.txt": "updated"}
        assert shelf.asset(document).collection == library


def test_what_a_person_archived_stays_archived(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"Some words.")
    shelf.follow()
    asset = shelf.asset(document)
    governance.archive(asset.id, email=LIBRARIAN, services=shelf.services, now=shelf.clock())

    assert shelf.follow() == {}
    assert shelf.asset(document).status == "archived"


def test_the_same_bytes_uploaded_anew_are_a_new_asset(shelf: Shelf) -> None:
    old = shelf.upload("notes.txt", b"Some words.")
    shelf.follow()
    shelf.delete(old)
    new = shelf.upload("notes.txt", b"Some words.")

    assert shelf.follow() == {"notes": "archived", "notes.txt": "added"}
    assert (shelf.asset(old).status, shelf.asset(new).status) == ("archived", "published")


def test_a_file_on_disk_with_the_same_bytes_does_not_take_an_asset_over(shelf: Shelf, tmp_path: Path) -> None:
    document = shelf.upload("notes.txt", b"Some words.")
    shelf.follow()
    (tmp_path / "notes.txt").write_bytes(b"Some words.")

    catalog, ledger = shelf.services.catalog, shelf.services.ledger
    found = take_in_files(files_in([tmp_path / "notes.txt"]), catalog, ledger, clock=shelf.clock)

    assert [one.outcome for one in found] == ["added"]
    assert shelf.asset(document).source == source_of(document)


def test_a_session_that_ends_midway_is_renewed(shelf: Shelf) -> None:
    shelf.upload("a.txt", b"First words.")
    shelf.upload("b.txt", b"Other words.")
    shelf.org.fault("expire_session", path_prefix=CONTENT)
    before = shelf.org.logins()

    assert shelf.follow() == {"a.txt": "added", "b.txt": "added"}
    assert shelf.org.logins() == before + 2  # ours at first, and once again


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "times": 3, "status": 503},
        {"kind": "half_reply"},
        {"kind": "error_code", "error_code": "UNKNOWN_EXCEPTION"},
    ],
    ids=["503", "cut in the middle", "500"],
)
def test_what_fails_on_the_way_is_put_off_and_read_the_next_time(shelf: Shelf, fault: dict[str, Any]) -> None:
    shelf.upload("a.txt", b"First words " * 100_000)
    shelf.upload("b.txt", b"Other words.")
    shelf.org.fault(**fault, path_prefix=CONTENT)

    first = follow_files(shelf.services)

    assert outcomes(first) == {"a.txt": "put off", "b.txt": "added"}
    assert first.trouble == ""
    assert first.complaints()[0].startswith("“a.txt” is left for the next time: ")
    assert shelf.follow() == {"a.txt": "added"}


def test_when_the_day_is_spent_the_rest_is_not_even_asked_for(shelf: Shelf) -> None:
    shelf.upload("a.txt", b"First words.")
    shelf.upload("b.txt", b"Other words.")
    shelf.org.fault("error_code", error_code="REQUEST_LIMIT_EXCEEDED", path_prefix=CONTENT)

    assert shelf.follow() == {"a.txt": "put off", "b.txt": "put off"}
    assert len(shelf.org.calls(CONTENT)) == 1


def test_a_changed_file_that_failed_is_not_forgotten(shelf: Shelf) -> None:
    document = shelf.upload("a.txt", b"Old words.")
    shelf.follow()
    shelf.revise(document, b"New words.", "a.txt")
    newest = shelf.org.hand.query("SELECT Id FROM ContentVersion WHERE IsLatest = true")[0]["Id"]
    shelf.org.fault("half_reply", path_prefix=f"{CONTENT}/{newest}")
    shelf.org.hand._call("POST", "/_sandbox/clock", json={"advance_seconds": 3600})
    shelf.upload("b.txt", b"Later words.")

    assert shelf.follow() == {"a.txt": "put off", "b.txt": "added"}
    assert shelf.follow() == {"a.txt": "new version"}


@pytest.mark.parametrize("sent", [b"Other words", b"Some words. And far more than there should be.", b"Some"])
def test_bytes_that_are_not_the_files_are_not_taken(shelf: Shelf, sent: bytes) -> None:
    shelf.upload("notes.txt", b"Some words.")
    store = shelf.org.app.extensions["org"].store
    with store.transaction():
        store.run('UPDATE "content~" SET data = ?', [sent])

    followed = follow_files(shelf.services)

    assert outcomes(followed) == {"notes.txt": "put off"}
    assert shelf.services.catalog.assets() == []


def test_a_download_is_cut_off_where_it_should_have_ended(shelf: Shelf) -> None:
    shelf.upload("long.txt", b"x" * 3_000_000)
    version = shelf.org.hand.query("SELECT Id FROM ContentVersion")[0]["Id"]
    got = io.BytesIO()

    with pytest.raises(TryLater, match="more than 1000000 bytes"):
        shelf.org.client.download(f"sobjects/ContentVersion/{version}/VersionData", got, most=1_000_000)
    assert len(got.getvalue()) <= 1_000_000


def test_when_salesforce_is_away_the_run_ends_early(shelf: Shelf) -> None:
    for number in range(6):
        shelf.upload(f"{number}.txt", f"Words {number}.".encode())
    shelf.org.fault("error_code", times=-1, error_code="SERVER_UNAVAILABLE", path_prefix=CONTENT)

    followed = follow_files(shelf.services)

    assert "SERVER_UNAVAILABLE" in followed.trouble
    assert list(outcomes(followed).values()) == ["put off"] * 3


def test_a_file_that_we_may_not_have_is_refused_by_name(shelf: Shelf) -> None:
    shelf.upload("a.txt", b"First words.")
    shelf.upload("b.txt", b"Other words.")
    shelf.org.fault("error_code", error_code="INSUFFICIENT_ACCESS", path_prefix=CONTENT)

    followed = follow_files(shelf.services)

    assert outcomes(followed) == {"a.txt": "refused", "b.txt": "added"}
    assert followed.complaints()[0].startswith("“a.txt” can't be had from Salesforce: INSUFFICIENT_ACCESS")


def test_no_answer_to_a_question_is_tried_later(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"Some words.")
    shelf.follow()
    shelf.org.fault("status", times=-1, status=503, path_prefix="/services/data/v62.0/query")

    with pytest.raises(TryLater):
        follow_files(shelf.services)
    assert shelf.asset(document).status == "published"


def test_a_page_in_place_of_a_deck_is_refused_once_and_shown_when_asked(shelf: Shelf) -> None:
    document = shelf.upload("deck.pptx", b"<html><title>Sign in</title>Please sign in.</html>")
    shelf.upload("good.pptx", deck("Good"))

    first = follow_files(shelf.services)
    before = shelf.downloads()
    second, again = shelf.follow(), follow_files(shelf.services, again=True)
    shelf.revise(document, deck("Mended"))

    assert outcomes(first) == {"deck.pptx": "refused", "good.pptx": "added"}
    assert first.complaints() == [
        "“deck.pptx” is not a PowerPoint deck. Check that it is the file you meant."
    ]
    assert (second, shelf.downloads()) == ({}, before + 1)
    assert outcomes(again) == {"deck.pptx": "refused"}
    assert shelf.follow() == {"deck.pptx": "added"}


def test_what_is_too_large_or_of_no_use_is_not_even_fetched(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crm_files, "MOST_BYTES", 1_000_000)
    shelf.upload("huge.txt", b"x" * 1_000_001)
    shelf.upload("film.mp4", b"\0\0\0\x18ftyp")
    shelf.upload("no ending", b"words")

    followed = follow_files(shelf.services)

    assert set(outcomes(followed).values()) == {"refused"}
    assert "“huge.txt” is larger than 1 MB" in "\n".join(followed.complaints())
    assert shelf.downloads() == 0


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc-passwd.txt"),
        ("Q3/Q4 deck", "Q3-Q4 deck.txt"),
        ("..", "file.txt"),
        (".profile", "profile.txt"),
        ("Deck.txt", "Deck.txt"),
        ("a\x07b\\c", "a-b-c.txt"),
        ("汉" * 200, "汉" * 60 + ".txt"),
    ],
)
def test_no_name_leads_out_of_its_folder(shelf: Shelf, title: str, name: str) -> None:
    document = shelf.upload("x.txt", b"Some words.", Title=title)

    assert shelf.follow() == {name: "added"}
    version = shelf.services.catalog.version(shelf.asset(document).version_id)
    assert version is not None
    assert version.file_name == name


def test_a_bad_tag_is_named_and_the_mended_one_taken(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"Some words.", TagCsv="audience:everybody")
    shelf.upload("good.txt", b"Good words.")

    followed = follow_files(shelf.services)
    version = shelf.org.hand.query("SELECT Id FROM ContentVersion WHERE Title = 'notes'")[0]["Id"]
    shelf.org.hand.update("ContentVersion", [{"id": version, "TagCsv": "audience:customer"}])

    assert outcomes(followed) == {"notes.txt": "refused", "good.txt": "added"}
    assert "“audience” should be internal or customer, not “everybody”" in followed.complaints()[0]
    assert shelf.follow() == {"notes.txt": "added"}
    assert shelf.asset(document).audience == "customer"


def test_a_library_with_approvers_waits_for_them(shelf: Shelf) -> None:
    shelf.services.catalog.keep_collections([Collection(BATTLECARDS, ("jana@stowmark.example",))])
    document = shelf.upload("korvane.txt", b"How to win.", BATTLECARDS)

    followed = follow_files(shelf.services)

    assert shelf.asset(document).status == "in_review"
    assert followed.files[0].said == "It waits for jana@stowmark.example."


def test_a_tag_can_not_put_away_what_others_look_after(shelf: Shelf, tmp_path: Path) -> None:
    other = shelf.upload("other.txt", b"Other words.", Title="Other")
    shelf.follow()
    asset = shelf.asset(other)
    shelf.services.catalog.keep(replace(asset, owner="jana@stowmark.example"))
    shelf.upload("notes.txt", b"Some words.", TagCsv="replaces:Other")

    assert shelf.follow() == {"notes.txt": "refused"}
    assert shelf.asset(other).status == "published"


def test_nothing_is_archived_while_a_library_is_hidden(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"Some words.", BATTLECARDS)
    shelf.follow()
    members = (
        f"SELECT Id FROM ContentWorkspaceMember WHERE ContentWorkspaceId = '{shelf.libraries[BATTLECARDS]}'"  # noqa: S608 an id
    )
    shelf.delete(shelf.org.hand.query(members)[0]["Id"], "ContentWorkspaceMember")
    shelf.upload("new.txt", b"New words.", DECKS)

    followed = follow_files(shelf.services)

    assert outcomes(followed) == {"new.txt": "added"}
    assert followed.unseen == (BATTLECARDS,)
    assert "no library “Battlecards”" in followed.complaints()[0]
    assert shelf.asset(document).status == "published"


def test_when_time_is_up_the_next_run_goes_on(shelf: Shelf) -> None:
    for number in range(3):
        shelf.upload(f"{number}.txt", f"Words {number}.".encode())

    runs = [follow_files(shelf.services, until=shelf.clock()) for _ in range(4)]

    assert [len(run.files) for run in runs] == [1, 1, 1, 0]
    assert [run.more for run in runs] == [True, True, False, False]
    assert shelf.downloads() == 3


def test_a_file_on_two_shelves_is_one_asset_on_the_first(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"Some words.", BATTLECARDS)
    link = {"ContentDocumentId": document, "LinkedEntityId": shelf.libraries[DECKS], "ShareType": "I"}
    shelf.org.hand.insert("ContentDocumentLink", [link])

    shelf.follow()

    assert [one.collection for one in shelf.services.catalog.assets()] == [DECKS]


def test_without_a_chosen_library_nothing_is_asked_or_changed(shelf: Shelf) -> None:
    document = shelf.upload("notes.txt", b"Some words.")
    shelf.follow()
    before = len(shelf.org.calls())
    off = SalesforceCrm(
        shelf.org.client,
        load_field_map(),
        catalog=shelf.services.catalog,
        mirror=shelf.services.mirror,
        ledger=shelf.services.ledger,
        copies=shelf.services.copies,
        clock=shelf.services.clock,
    )

    assert follow_files(replace(shelf.services, crm=off)) == Followed()
    assert len(shelf.org.calls()) == before
    assert shelf.asset(document).status == "published"


def run_job(shelf: Shelf) -> list[Any]:
    task = Task(f"t{shelf.clock.move(seconds=400):%H%M%S}", "library.files", "compute", "")
    shelf.services.outbox.add([task], now=shelf.clock())
    drain(
        "compute", {"library.files": KINDS["compute"]["library.files"]}, shelf.services, owner="test compute"
    )
    return shelf.services.outbox.letters(states=("due", "dead"), limit=9)


def test_the_job_goes_on_where_it_ended_and_tells_what_was_refused(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("jobs.kinds.FILES_SLICE_S", 0.0)
    shelf.upload("deck.pptx", b"no deck")
    for number in range(3):
        shelf.upload(f"{number}.txt", f"Words {number}.".encode())

    assert [one for one in run_job(shelf) if one.kind == "library.files"] == []
    assert len(shelf.services.catalog.assets()) == 3
    assert "“deck.pptx” is not a PowerPoint deck" in caplog.text


def test_the_job_is_tried_again_when_salesforce_is_away(shelf: Shelf) -> None:
    for number in range(3):
        shelf.upload(f"{number}.txt", f"Words {number}.".encode())
    # Each download asks three times.
    shelf.org.fault("error_code", times=9, error_code="SERVER_UNAVAILABLE", path_prefix=CONTENT)

    waiting = run_job(shelf)

    assert [(one.state, "SERVER_UNAVAILABLE" in one.error) for one in waiting] == [("due", True)]
    assert run_job(shelf) == []
    assert len(shelf.services.catalog.assets()) == 3


def test_an_org_without_files_stops_nothing_and_says_so(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    for path in ("query", "sobjects"):
        prefix = f"/services/data/v62.0/{path}"
        shelf.org.fault("error_code", times=-1, error_code="INVALID_TYPE", path_prefix=prefix)

    assert run_job(shelf) == []
    assert "INVALID_TYPE" in caplog.text
    (problem,) = file_problems(shelf.org.client, (DECKS,))
    assert "Salesforce Files is switched off" in problem.said
    assert "SALESFORCE_FILE_LIBRARIES" in problem.mend


def test_the_doctor_names_a_library_that_is_not_there(shelf: Shelf) -> None:
    assert list(file_problems(shelf.org.client, (DECKS.upper(), BATTLECARDS))) == []
    (problem,) = file_problems(shelf.org.client, (DECKS, "Dekcs"))
    assert "“Dekcs”" in problem.said
    assert "Manage Members" in problem.mend


def test_many_files_are_asked_for_in_addresses_of_bearable_length(shelf: Shelf) -> None:
    rows = [
        {"PathOnClient": f"{number}.txt", "VersionData": "eA==", "FirstPublishLocationId": shelf.libraries[DECKS]}
        for number in range(401)
    ]  # fmt: skip
    shelf.org.hand.insert("ContentVersion", rows)
    files = SalesforceFiles(shelf.org.client, (DECKS,))
    held, _ = files.held()

    found = list(files.newest({one.file_id for one in held}, since=None))

    assert len({one.id for one in found}) == 401
    longest = max(len(requests.utils.quote(call.get("soql", ""))) for call in shelf.org.calls())  # type: ignore[attr-defined]  # requests re-exports it
    assert longest < 8_000


def test_a_late_commit_below_the_watermark_is_found(shelf: Shelf) -> None:
    document = shelf.upload("a.txt", b"Old words.")
    shelf.follow()
    newest = shelf.services.mirror.watermark("files")
    assert newest is not None
    shelf.services.mirror.set_watermark("files", newest + timedelta(minutes=9))

    shelf.revise(document, b"New words.", "a.txt")

    assert shelf.follow() == {"a.txt": "new version"}


def library_files(shelf: Shelf, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "PATH": os.environ["PATH"],
        "TOUCHLINE_DATA": str(folder),
        "TOUCHLINE_EMBEDDER": "off",
        "SLACK_SIGNING_SECRET": "unused",
        "SLACK_BOT_TOKEN": "xoxb-unused",
        "SALESFORCE_URL": shelf.org.url,
        "SALESFORCE_CLIENT_ID": CLIENT_ID,
        "SALESFORCE_CLIENT_SECRET": CLIENT_SECRET,
        "SALESFORCE_FILE_LIBRARIES": f"{DECKS}, {BATTLECARDS}",
    }
    command = [sys.executable, "-m", "cli", "library", "files", *options]
    return subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_command_says_what_became_of_each_file(shelf: Shelf, tmp_path: Path) -> None:
    shelf.upload("deck.pptx", b"no deck")
    document = shelf.upload("good.pptx", deck("Good"))

    said = json.loads(library_files(shelf, tmp_path / "var", "--json").stdout)
    again = library_files(shelf, tmp_path / "var")

    assert said["counts"] == {"refused": 1, "added": 1}
    assert [(one["name"], one["outcome"]) for one in said["files"]] == [
        ("deck.pptx", "refused"),
        ("good.pptx", "added"),
    ]
    assert said["files"][1]["source"] == source_of(document)
    assert (again.returncode, again.stdout) == (0, "1 refused.\n")
    assert again.stderr.startswith("“deck.pptx” is not a PowerPoint deck.")


def test_the_command_fails_where_a_library_is_not_seen(shelf: Shelf, tmp_path: Path) -> None:
    rows = shelf.org.hand.query("SELECT Id FROM ContentWorkspaceMember")
    shelf.delete(rows[0]["Id"], "ContentWorkspaceMember")

    ended = library_files(shelf, tmp_path / "var")

    assert ended.returncode == 1
    assert "There is no library “Sales decks”, or we are not a member" in ended.stderr
