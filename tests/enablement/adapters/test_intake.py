"""Taking files and folders in: rules of folders, sidecars, links, and what is refused in one clear line."""

from datetime import datetime
from pathlib import Path

import pytest

from enablement.adapters.intake import Intake, files_in, later, take_in_files, take_in_subjects
from enablement.model import Asset, Collection
from jobs.kinds import KINDS
from jobs.lanes import drain
from tests.builders import NOW
from tests.fakes import World

JANA = "jana@stowmark.example"
RULES = f"""
collections:
  Battlecards: {{approvers: [{JANA.title()}]}}
  Decks:
rules:
  - match: "decks/**"
    collection: Decks
    audience: customer
    products: [Yard]
  - match: "decks/fr/**"
    language: fr
    products: Warehouse
"""
LINK = """
url: https://tour.stowmark.example/yard?from=library#start
title: Product tour
audience: customer
text: |
  Seven minutes.
  No registration.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shelf"
    made.mkdir()
    return made


def write(folder: Path, name: str, text: str = "# A page\nSome words.") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def take(world: World, *paths: Path, now: datetime = NOW) -> dict[str, Intake]:
    taken = take_in_files(files_in(paths), world.catalog, world.ledger, clock=lambda: now)
    return {one.path.name: one for one in taken}


def named(world: World, name: str) -> Asset:
    (one,) = [one for one in world.catalog.assets() if one.source.endswith(name)]
    return one


def test_rules_of_a_folder_say_what_its_files_are(world: World, folder: Path) -> None:
    write(folder, "library.yml", RULES)
    for name in ("decks/a.md", "decks/fr/deep/b.md", "c.md"):
        write(folder, name)

    taken = take(world, folder)

    a, b, c = (named(world, name) for name in ("a.md", "b.md", "c.md"))
    assert set(taken) == {"a.md", "b.md", "c.md"}, "rules are no content"
    assert (a.collection, a.audience, a.facets.products, a.language) == ("Decks", "customer", ("Yard",), "en")
    assert (b.collection, b.language, b.facets.products) == ("Decks", "fr", ("Warehouse",))
    assert (c.collection, c.audience) == ("", "internal")
    assert world.catalog.collections() == [Collection("Battlecards", (JANA,)), Collection("Decks")]


def test_what_is_nearer_to_a_file_wins(world: World, folder: Path) -> None:
    write(folder, "library.yml", "rules: [{match: '**', kind: outer, owner: a@b.example, language: th}]")
    write(folder, "sub/library.yml", "rules: [{match: '*.md', kind: inner, language: ko}]")
    write(folder, "sub/one.md", "---\nlanguage: fr\ntitle: Own\n---\nWords.")
    write(folder, "sub/one.md.yml", "title: Sidecar's")

    take(world, folder)

    one = named(world, "one.md")
    assert (one.owner, one.kind, one.language, one.title) == ("a@b.example", "inner", "fr", "Sidecar's")


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("**", {"a.md", "decks/b.md", "decks/fr/c.md"}),
        ("*.md", {"a.md"}),
        ("decks/*", {"decks/b.md"}),
        ("decks/**", {"decks/b.md", "decks/fr/c.md"}),
        ("**/*.md", {"a.md", "decks/b.md", "decks/fr/c.md"}),
        ("**/fr/?.md", {"decks/fr/c.md"}),
        ("./a.md", {"a.md"}),
        ("a.m", set()),
        ("ecks/b.md", set()),
        ("a[.]md", set()),
    ],
)
def test_patterns_match_whole_paths(pattern: str, matching: set[str], world: World, folder: Path) -> None:
    write(folder, "library.yml", f"rules: [{{match: '{pattern}', kind: found}}]")
    for name in ("a.md", "decks/b.md", "decks/fr/c.md"):
        write(folder, name)

    take(world, folder)

    found = {one.source for one in world.catalog.assets() if one.kind == "found"}
    assert found == {str(folder.resolve() / name) for name in matching}


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("rules: [a, b", "is not YAML on line 1"),
        (
            "collections:\n  Cards: {approvers: [jana]}",
            "collection “Cards”: approver “jana” is not an e-mail",
        ),
        ("collections:\n  Cards: {aprovers: []}", "collection “Cards” can have “approvers” and nothing else"),
        (f"collections:\n  {'C' * 81}:", "has a name of more than 80 characters"),
        ("collections: [Cards]", "“collections” should name collections"),
        ("rules: {match: a}", "“rules” should be a list"),
        ("rules: [{kind: a}]", "rule 1 needs “match”"),
        ("rules:\n - {match: a}\n - {match: b, audience: all}", "rule 2: “audience” should be internal or"),
        ("rules: [{match: '*', expires: soon}]", "rule 1: “expires” should be a day"),
        ("- a", "should hold “key: value” lines"),
        ("a: &x [1]\nb: *x", "aliases are not allowed"),
        ("a: " + "[" * 4000, "is not YAML"),
    ],
)
def test_rules_that_are_not_understood_leave_their_files_as_they_are(
    rules: str, words: str, world: World, folder: Path
) -> None:
    write(folder, "bad/library.yml", rules)
    write(folder, "bad/a.md")
    write(folder, "good/b.md")

    taken = take(world, folder)

    refused = taken["library.yml"].refusal
    assert refused.startswith(str(folder.resolve() / "bad" / "library.yml"))
    assert words in refused
    assert "its 1 files stay as they are" in refused
    assert "\n" not in refused
    assert [one.source for one in world.catalog.assets()] == [str(folder.resolve() / "good" / "b.md")]


def test_keys_that_rules_do_not_know_are_named_once(world: World, folder: Path) -> None:
    write(folder, "library.yml", "ruls: []\nrules: [{match: '**', audiance: customer}]")
    write(folder, "a.md")

    taken = take(world, folder)

    assert taken["library.yml"].notes == ("unknown key “ruls”", "rule 1: unknown key “audiance”")
    assert taken["a.md"].notes == ()


def test_what_needs_approval_says_of_whom(world: World, folder: Path) -> None:
    write(folder, "library.yml", RULES)
    write(folder, "card.md", "---\ncollection: Battlecards\n---\nThey are slow.")

    taken = take(world, folder)["card.md"]

    assert (taken.outcome, taken.waits_for) == ("added", (JANA,))
    assert named(world, "card.md").status == "in_review"


def test_a_link_is_an_asset_that_leads_elsewhere(world: World, folder: Path) -> None:
    write(folder, "tour.link.yml", LINK)

    taken = take(world, folder)["tour.link.yml"]

    one = named(world, "tour.link.yml")
    version = world.catalog.version(one.version_id)
    (page,) = world.catalog.pages(one.version_id)
    assert (taken.outcome, taken.notes) == ("added", ())
    assert (one.title, one.audience) == ("Product tour", "customer")
    assert one.url == "https://tour.stowmark.example/yard?from=library#start"
    assert version
    assert version.media_type == "text/uri-list"
    assert (page.title, page.text) == ("Product tour", "Seven minutes.\nNo registration.")
    lines = world.catalog.data(one.version_id).decode().split("\r\n")
    assert [line for line in lines if line and not line.startswith("#")] == [one.url]


def test_what_a_link_says_of_its_owner_is_no_new_version(world: World, folder: Path) -> None:
    write(folder, "tour.link.yml", LINK)
    take(world, folder)

    write(folder, "tour.link.yml", f"{LINK}\nowner: {JANA}")
    updated = take(world, folder)["tour.link.yml"]
    write(folder, "tour.link.yml", LINK.replace("Seven", "Eight"))
    renewed = take(world, folder)["tour.link.yml"]

    assert (updated.outcome, renewed.outcome) == ("updated", "new version")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://files.stowmark.example/a",
        "javascript:alert(1)",
        "data:text/html,hello",
        "//stowmark.example/a",
        "https://",
        "https:///path",
        "https://anna:secret@stowmark.example/",
        "https://stowmark.example@evil.example/",
        "https://stowmark.example/a b",
        '"https://stowmark.example/a\\r\\nSet-Cookie: x=1"',
        "https://stowmark.example\\@evil.example",
        "https://stowmark.example:port/",
        "https://[::1",
        "https://例え.example/",
        f"https://stowmark.example/{'a' * 2000}",
        "''",
        "[https://stowmark.example]",
    ],
)
def test_an_address_that_is_not_safe_to_open_is_refused(url: str, world: World, folder: Path) -> None:
    write(folder, "x.link.yml", f"url: {url}\ntitle: X")
    write(folder, "fine.md")

    taken = take(world, folder)

    assert "url" in taken["x.link.yml"].refusal
    assert "\n" not in taken["x.link.yml"].refusal
    assert taken["fine.md"].outcome == "added"


@pytest.mark.parametrize(
    ("sidecar", "words"),
    [
        ("title: [", "its sidecar a.md.yml is not YAML on line 1"),
        ("title: a\n\tkind: b", "its sidecar a.md.yml is not YAML on line 2"),
        ("just words", "its sidecar a.md.yml should hold “key: value” lines"),
        (
            "review_every_days: soon",
            "“review_every_days” should be a number of days from 1 to 3650, not “soon”",
        ),
        ("review_every_days: 0", "“review_every_days” should be a number of days"),
        ("collection: " + "c" * 81, "“collection” is longer than 80 characters"),
        ("replaces: [a, b]", "“replaces” should be one value"),
        ("replaces: a.md", "“replaces” names the file itself"),
    ],
)
def test_a_sidecar_that_can_not_be_used_is_said_in_one_line(
    sidecar: str, words: str, world: World, folder: Path
) -> None:
    write(folder, "a.md")
    take(world, folder)
    write(folder, "a.md.yml", sidecar)

    refusal = take(world, folder)["a.md"].refusal

    assert refusal.startswith("a.md: ")
    assert words in refusal
    assert "\n" not in refusal


def test_characters_that_no_database_takes_are_left_out(world: World, folder: Path) -> None:
    write(folder, "a.md")
    write(folder, "a.md.yml", 'title: "Pri\\0ces"\nproducts: ["Ya\\0rd"]')

    assert take(world, folder)["a.md"].outcome == "added"
    one = named(world, "a.md")
    assert (one.title, one.facets.products) == ("Prices", ("Yard",))


def test_a_file_names_what_it_replaces_by_a_path_beside_it(world: World, folder: Path) -> None:
    write(folder, "old/prices.md", "The price is 5.")
    write(folder, "new/prices.md", "The price is 6.")
    write(folder, "new/prices.md.yml", "replaces: ../old/prices.md")
    write(folder, "third.md", "---\nreplaces: nowhere.md\n---\nWords.")

    taken = take(world, folder)
    again = take(world, folder)

    assert taken["third.md"].notes == (
        "“replaces”: no asset is called “nowhere.md”; add the file again when there is one",
    )
    old, new = named(world, "old/prices.md"), named(world, "new/prices.md")
    assert (old.status, old.replaced_by) == ("archived", new.id)
    assert {one.outcome for one in again.values()} <= {"unchanged", "updated"}


def test_files_that_wait_for_a_worker_are_taken_in_by_it(world: World, folder: Path) -> None:
    write(folder, "library.yml", RULES)
    for name in ("decks/a.md", "decks/b.md", "decks/c.md", "decks/d.md"):
        write(folder, name, f"# {name}\nWords of {name}.")
    write(folder, "empty.md", "")
    tasks, said = later(files_in([folder]), now=NOW)
    world.outbox.add(tasks, now=NOW)

    drain("compute", KINDS["compute"], world.services, owner="worker")

    assert said == []
    assert {one.collection for one in world.catalog.assets()} == {"Decks"}
    assert len(world.catalog.assets()) == 4
    (dead,) = world.outbox.letters(states=["dead"], limit=9)
    assert "empty.md" in dead.error
    assert "is empty" in dead.error


def test_doing_such_work_twice_changes_nothing(world: World, folder: Path) -> None:
    write(folder, "a.md")
    (task,) = later(files_in([folder]), now=NOW)[0]

    take_in_subjects([task.subject], world.services)
    changes = world.catalog.changes(0, limit=9)

    assert take_in_subjects([task.subject], world.services) == {}
    assert world.catalog.changes(0, limit=9) == changes


def test_bad_rules_and_long_paths_are_refused_before_any_work(world: World, folder: Path) -> None:
    write(folder, "bad/library.yml", "rules: 1")
    write(folder, "bad/a.md")
    write(folder, f"{'d' * 120}/{'e' * 120}/f.md")
    write(folder, "fine.md")

    tasks, said = later(files_in([folder]), now=NOW)

    assert [task.subject.rpartition("/./")[2] for task in tasks] == ["fine.md"]
    assert sorted(one.path.name for one in said) == ["f.md", "library.yml"]
    assert all(one.refusal for one in said)


def test_a_file_that_is_gone_by_then_is_said(world: World, folder: Path) -> None:
    path = write(folder, "a.md")
    (task,) = later(files_in([folder]), now=NOW)[0]
    path.unlink()

    assert take_in_subjects([task.subject], world.services) == {
        task.subject: f"{path.resolve().parent}/a.md is not there, or not on this machine"
    }
