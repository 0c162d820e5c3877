"""What people keep and what they miss: the same on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.journal import SqlJournal
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.adapters.sql.requests import SqlRequests, SqlSaved
from enablement.model import Asker, Audit, ContentRequest, SavedAsset, Task
from tests.builders import ANNA, NOW, asker, content_request, task
from tests.fakes import at_once


@pytest.fixture
def requests(database: Database) -> SqlRequests:
    return SqlRequests(database)


def never(_: ContentRequest) -> bool:
    return False


def always(_: ContentRequest) -> bool:
    return True


def nothing(_: Sequence[Asker]) -> list[Task]:
    return []


def test_what_is_saved_is_kept_once_and_newest_first(database: Database) -> None:
    saved = SqlSaved(database)
    first, second = (
        SavedAsset("1", ANNA, "a", "s1", NOW),
        SavedAsset("2", ANNA, "b", "s2", NOW + timedelta(1)),
    )

    for one in (first, second, replace(first, saved_at=NOW + timedelta(9))):
        saved.keep(one)
    saved.keep(SavedAsset("3", "ben@x.example", "a", "s3", NOW))

    assert saved.of(ANNA) == [second, first]
    saved.drop(email=ANNA, asset_id="a")
    saved.drop(email=ANNA, asset_id="a")
    assert saved.of(ANNA) == [second]
    assert len(saved.of("ben@x.example")) == 1


def test_a_request_comes_back_as_it_was_with_its_work(requests: SqlRequests, database: Database) -> None:
    made = content_request(products=("Flow",), competitors=("Korvane", "Oxley"))

    assert requests.add(made, asker(), is_same=never, tasks=[task()]) == made

    assert requests.get(made.id) == made
    assert requests.open() == [made]
    assert [one.id for one in SqlOutbox(database).letters(states=["due"], limit=9)] == ["task"]
    [one] = requests.askers([made.id])
    assert requests.asker(one.id) == one
    assert one.email == ANNA


def test_sent_again_it_is_the_same_request_with_one_asker(requests: SqlRequests) -> None:
    made = content_request()

    at_once(4, lambda _: requests.add(made, asker(), is_same=always, tasks=[]))

    assert requests.open() == [made]
    assert len(requests.askers([made.id])) == 1


def test_alike_requests_at_once_become_one_that_all_wait_for(requests: SqlRequests) -> None:
    people = [f"{number}@x.example" for number in range(4)]

    found = at_once(
        4,
        lambda number: requests.add(
            content_request(id=str(number)), asker(email=people[number]), is_same=always, tasks=[]
        ),
    )

    assert len({one.id for one in found}) == 1
    assert sorted(one.email for one in requests.askers([found[0].id])) == people


def test_a_request_is_decided_once(requests: SqlRequests) -> None:
    made = requests.add(content_request(), asker(), is_same=never, tasks=[])

    def filled(number: int) -> ContentRequest | None:
        return requests.decide(
            made.id, lambda one: replace(one, state="filled", asset_id=str(number)), tasks=nothing, now=NOW
        )

    done = [one for one in at_once(3, filled) if one]

    assert requests.get(made.id) == done[0]
    assert len(done) == 1
    assert requests.open() == []


def test_those_who_wait_for_a_merged_request_wait_for_the_other(requests: SqlRequests) -> None:
    both, alone = asker(email="both@x.example"), asker(email="alone@x.example")
    for name, who in (("one", both), ("two", both)):
        requests.add(content_request(id=name), who, is_same=never, tasks=[])
    joined = replace(content_request(id="three"))
    requests.add(joined, alone, is_same=lambda one: one.id == "two", tasks=[])

    requests.decide(
        "two", lambda one: replace(one, state="merged", merged_into="one"), tasks=nothing, now=NOW
    )

    assert sorted(one.email for one in requests.askers(["one"])) == ["alone@x.example", "both@x.example"]
    assert requests.askers(["two"]) == []
    assert [one.id for one in requests.of("alone@x.example", limit=5)] == ["one"]
    assert [one.id for one in requests.recent(limit=5)] == ["one"]


def test_nobody_is_made_to_wait_for_what_was_decided_meanwhile(requests: SqlRequests) -> None:
    for name in ("one", "two"):
        requests.add(content_request(id=name), asker(), is_same=never, tasks=[])

    def merged(number: int) -> ContentRequest | None:
        into, other = (("one", "two"), ("two", "one"))[number]
        return requests.decide(
            other, lambda one: replace(one, state="merged", merged_into=into), tasks=nothing, now=NOW
        )

    done = at_once(2, merged)

    assert len([one for one in done if one]) == 1
    [left] = requests.open()
    assert len(requests.askers([left.id])) == 1


def test_a_decision_and_its_note_are_one(requests: SqlRequests, database: Database) -> None:
    requests.add(content_request(), asker(), is_same=never, tasks=[])
    note = Audit("audit", ANNA, "request.declined", "request", "", NOW)

    for _ in range(2):
        requests.decide(
            content_request().id,
            lambda one: replace(one, state="declined"),
            tasks=nothing,
            now=NOW,
            audit=note,
        )

    assert SqlJournal(database).audits(limit=9) == [note]


def test_what_was_told_is_noted_once(requests: SqlRequests) -> None:
    made = requests.add(content_request(), asker(), is_same=never, tasks=[])

    requests.told([made.id], at=NOW)
    requests.told([made.id], at=NOW + timedelta(1))

    assert requests.open() == [replace(made, told_at=NOW)]
