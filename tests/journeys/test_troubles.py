"""Slack says things four times, Salesforce has its moods: tried again with bounds, and what can't be done is kept."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from crm.client import DAILY_LIMIT_PAUSE_S
from enablement.model import Deal
from enablement.ports import Services
from jobs.kinds import KINDS
from jobs.lanes import MOST_ATTEMPTS, drain
from tests.journeys.people import COLLECTIONS, History, Person, Stack, wait_for

pytestmark = pytest.mark.xdist_group("stack")
REP = 8
PASSING = (
    pytest.param({"kind": "status", "status": 503, "times": 2}, 3, id="503"),
    pytest.param({"kind": "row_lock", "times": 1}, 2, id="row-locks"),
    pytest.param({"kind": "lost_reply", "times": 1}, 2, id="lost-replies"),
    pytest.param({"kind": "drop", "times": 1}, 2, id="dropped-connections"),
    pytest.param({"kind": "expire_session", "times": 1}, 1, id="expired-session"),
)


@pytest.fixture
def scene(stack: Stack) -> tuple[Person, Deal]:
    rep = stack.reps()[REP]
    return stack.person(rep, History()), stack.deals_of(rep)[0]


def touchline(stack: Stack, *arguments: str) -> dict[str, Any]:
    """Run a command beside the running stack and return what it prints."""
    settings = stack.demo.settings
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "SALESFORCE_"))
    }
    environ = {
        **kept,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "TOUCHLINE_DATA": str(settings.data_dir),
    }
    command = [str(Path(sys.executable).with_name("touchline")), *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def asked(person: Person, deal: Deal, mark: str) -> str:
    question = f"product overview for {deal.name} {mark}"
    person.ask(question, deal)
    return question


def test_an_event_delivered_four_times_at_once_is_answered_once(
    stack: Stack, scene: tuple[Person, Deal]
) -> None:
    person, deal = scene
    question = f"product overview for {deal.name} four-times"

    person.tell(question, deal, times=4)

    wait_for(lambda: person.answer(question), "the answer is shown")
    assert stack.judge(person.history, [person], of="four-times") == []


def test_a_form_sent_four_times_at_once_is_one_touch(stack: Stack, scene: tuple[Person, Deal]) -> None:
    person, deal = scene
    question = asked(person, deal, "four-forms")

    links = person.share(question, deal, ["four-forms@buyer.example"], times=4)

    assert len(links) == 1
    assert stack.judge(person.history, [person], of="four-forms") == []


def test_each_recipient_has_a_link_and_a_touch_of_their_own(stack: Stack, scene: tuple[Person, Deal]) -> None:
    person, deal = scene
    question, buyers = asked(person, deal, "own-link"), [f"own-link-{one}@buyer.example" for one in "ab"]

    links = person.share(question, deal, buyers)
    opened = [person.buyer_opens(links[0], question, deal, buyers[0]) for _ in range(3)]

    assert opened == [True, True, True]
    assert len(set(links)) == len(buyers)
    assert stack.judge(person.history, [person], of="own-link") == []
    assert len(stack.crm_rows("own-link")) == len(buyers) + 1


@pytest.mark.parametrize(("fault", "attempts"), PASSING)
def test_what_passes_is_tried_again(
    stack: Stack, scene: tuple[Person, Deal], fault: dict[str, Any], attempts: int
) -> None:
    person, deal = scene
    mark = f"passing-{fault['kind'].replace('_', '-')}"
    question = asked(person, deal, mark)
    form = person.open_form(question)

    stack.trouble(**fault, path_prefix=COLLECTIONS, method="PATCH")
    person.submit(form, question, deal, [f"{mark}@buyer.example"])

    assert stack.judge(person.history, [person], of=mark) == []
    [touch] = stack.ledger_touches(mark)
    letters = stack.demo.services.outbox.letters(states=("done",), limit=10_000)
    assert next(one.attempts for one in letters if one.kind == "crm.touch") == attempts
    assert stack.demo.services.crm.written(touch.ref) is not None


def test_the_daily_limit_is_waited_out(stack: Stack, scene: tuple[Person, Deal]) -> None:
    person, deal = scene
    question = asked(person, deal, "daily-limit")
    form = person.open_form(question)

    stack.trouble(
        kind="error_code",
        error_code="REQUEST_LIMIT_EXCEEDED",
        times=1,
        path_prefix=COLLECTIONS,
        method="PATCH",
    )
    person.submit(form, question, deal, ["daily-limit@buyer.example"])
    [waiting] = wait_for(
        lambda: [one for one in stack.work("crm.touch", "due") if one.attempts], "the touch waits"
    )

    services = stack.demo.services
    assert "REQUEST_LIMIT_EXCEEDED" in waiting.error
    assert waiting.due_at > services.clock() + timedelta(seconds=DAILY_LIMIT_PAUSE_S * 0.9)
    assert not stack.crm_rows("daily-limit")
    later = _ahead(services, timedelta(seconds=DAILY_LIMIT_PAUSE_S + 1))
    assert drain("write", KINDS["write"], later, owner="a later hour") == 1
    assert stack.judge(person.history, [person], of="daily-limit") == []
    # The worker would now hold back for minutes whatever can wait; another knows nothing of the limit.
    stack.demo.processes.kill("worker-write-0")


def test_what_never_passes_is_given_up_after_so_many_attempts(
    stack: Stack, scene: tuple[Person, Deal]
) -> None:
    person, deal = scene
    question = asked(person, deal, "never-passes")
    form = person.open_form(question)

    stack.trouble(kind="row_lock", times=-1, path_prefix=COLLECTIONS, method="PATCH")
    person.submit(form, question, deal, ["never-passes@buyer.example"])
    services = stack.demo.services
    wait_for(lambda: [one for one in stack.work("crm.touch", "due") if one.attempts], "the first attempt")
    for hours in range(1, MOST_ATTEMPTS + 1):
        drain("write", KINDS["write"], _ahead(services, timedelta(hours=hours)), owner="later hours")

    [letter] = stack.given_up("never-passes")
    assert letter.attempts == MOST_ATTEMPTS
    assert "UNABLE_TO_LOCK_ROW" in letter.error
    stack.peace()
    assert services.outbox.revive([letter.id], now=services.clock()) == 1
    assert stack.judge(person.history, [person], of="never-passes") == []


def test_a_refused_touch_is_a_dead_letter_until_its_cause_is_mended(
    stack: Stack, scene: tuple[Person, Deal]
) -> None:
    person, deal = scene
    question = asked(person, deal, "refused")
    form = person.open_form(question)

    stack.trouble(
        kind="error_code",
        error_code="INSUFFICIENT_ACCESS_OR_READONLY",
        times=-1,
        path_prefix=COLLECTIONS,
        method="PATCH",
    )
    person.submit(form, question, deal, ["refused@buyer.example"])
    [letter] = wait_for(lambda: stack.given_up("refused"), "the touch is given up")

    said = touchline(stack, "outbox", "--json")
    [shown] = [row for row in said["rows"] if row["id"] == letter.id]
    assert (shown["state"], shown["kind"], shown["lane"]) == ("dead", "crm.touch", "write")
    assert "INSUFFICIENT_ACCESS_OR_READONLY" in shown["error"]
    assert said["counts"]["write dead"] >= 1
    assert not stack.crm_rows("refused")
    stack.peace()
    assert touchline(stack, "outbox", letter.id, "--retry", "--json") == {"retried": 1}
    assert stack.judge(person.history, [person], of="refused") == []
    assert stack.given_up("refused") == []


def test_a_touch_on_a_deleted_opportunity_is_kept_and_named_while_others_get_through(
    stack: Stack, scene: tuple[Person, Deal]
) -> None:
    person, deal = scene
    gone = stack.deals_of(person.email)[1]
    doomed, healthy = asked(person, gone, "doomed"), asked(person, deal, "healthy")
    form = person.open_form(doomed)

    _delete_opportunity(stack, gone.id)
    person.submit(form, doomed, gone, ["doomed@buyer.example"])
    person.share(healthy, deal, ["healthy@buyer.example"])
    [letter] = wait_for(lambda: stack.given_up("doomed"), "the touch is given up")

    assert letter.attempts == 1
    assert "ENTITY_IS_DELETED" in letter.error or "INVALID_CROSS_REFERENCE_KEY" in letter.error
    assert [touch.recipient for touch in stack.ledger_touches("doomed")] == ["doomed@buyer.example"]
    assert wait_for(lambda: stack.crm_rows("healthy"), "the other touch is in the org")
    # Tried again with its cause still there it is a dead letter again, not lost.
    services = stack.demo.services
    assert services.outbox.revive([letter.id], now=services.clock()) == 1
    assert wait_for(lambda: stack.given_up("doomed"), "it is given up again")[0].id == letter.id


def test_a_queue_that_hangs_neither_delays_the_acknowledgement_nor_the_answer(
    stack: Stack, scene: tuple[Person, Deal]
) -> None:
    person, deal = scene
    mark = "hanging"

    with _hanging(stack, "queue"):
        question = asked(person, deal, mark)
        person.share(question, deal, [f"{mark}@buyer.example"])
        found = stack.judge(person.history, [person], of=mark)

    assert found == []
    assert {event.end for event in person.history.events} == {"invoke", "ok"}


def _ahead(services: Services, time: timedelta) -> Services:
    return replace(services, clock=lambda: services.clock() + time)


@contextmanager
def _hanging(stack: Stack, name: str) -> Iterator[None]:
    pid = stack.demo.processes.pid(name)
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _delete_opportunity(stack: Stack, record_id: str) -> None:
    settings = stack.demo.settings
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.salesforce_client_id,
        "client_secret": settings.salesforce_client_secret,
    }
    signed_in = requests.post(f"{settings.salesforce_url}/services/oauth2/token", data=form, timeout=10)
    address = f"{settings.salesforce_url}/services/data/v62.0/sobjects/Opportunity/{record_id}"
    bearer = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
    answer = requests.delete(address, headers=bearer, timeout=10)
    assert answer.status_code == requests.codes.no_content, answer.text
