"""Several people at work while processes die at random, about one a second; then the checker looks at everything."""

import itertools
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from enablement.model import Deal
from tests.journeys.checker import Killed
from tests.journeys.people import History, Person, Stack, wait_for

pytestmark = pytest.mark.xdist_group("stack")
PARTS = ("worker-reply-0", "worker-write-0", "relay", "web", "queue")
SEED = 20_261_122
PEOPLE, ROUNDS = 6, 6
CHAOS_S = 25.0


@pytest.mark.timeout(180)
def test_a_storm_of_kills_loses_nothing_and_doubles_nothing(stack: Stack) -> None:
    history, over = History(), threading.Event()
    people = [stack.person(rep, history) for rep in stack.reps()[:PEOPLE]]
    storm = threading.Thread(target=_storm, args=(stack, history, over), name="storm")

    storm.start()
    with ThreadPoolExecutor(PEOPLE) as pool:
        working = [pool.submit(_work, stack, person) for person in people]
    over.set()
    storm.join()
    wait_for(stack.all_well, "every process runs")
    stack.slack_catches_up(history)

    for one in working:
        one.result()
    assert stack.judge(history, people, of=f"{SEED}") == []
    done = Counter((type(event.what).__name__, event.end) for event in history.events)
    assert done["Asking", "ok"] >= PEOPLE * ROUNDS
    assert done["tuple", "ok"] >= PEOPLE * ROUNDS
    assert len([event for event in history.events if isinstance(event.what, Killed)]) >= PEOPLE


def _storm(stack: Stack, history: History, over: threading.Event) -> None:
    dice = random.Random(SEED)
    for _ in range(round(CHAOS_S)):
        if over.wait(dice.uniform(0.6, 1.4)):
            return
        name = dice.choice(PARTS)
        # One that has not come back yet is as dead as it can be.
        if stack.demo.processes.pid(name):
            stack.kill(name, history)


def _work(stack: Stack, person: Person) -> None:
    deals = stack.deals_of(person.email)
    dice = random.Random(f"{SEED} {person.email}")
    for number in range(ROUNDS):
        deal = dice.choice(deals)
        name = f"{person.email.split('.')[0]}-{number}-{SEED}"
        question = _ask_until_taken(stack, person, deal, name, private=dice.random() < 0.4)
        buyers = [f"{name}-{letter}@buyer.example" for letter in "ab"[: dice.choice((1, 1, 2))]]
        # A hurried thumb presses twice.
        links = _share_until_taken(person, question, deal, buyers, times=dice.choice((1, 1, 2)))
        if dice.random() < 0.3:
            _share_until_taken(person, question, deal, [f"{name}-later@buyer.example"], times=1)
        if dice.random() < 0.6:
            wait_for(lambda: person.buyer_opens(links[0], question, deal, buyers[0]), "the link opens")  # noqa: B023 - called at once


def _ask_until_taken(stack: Stack, person: Person, deal: Deal, name: str, *, private: bool) -> str:
    attempts = itertools.count()

    def ask() -> str | None:
        question = f"product overview for {deal.name} {name}-{next(attempts)}"
        op = (person.ask if private else person.tell)(question, deal)
        if person.history.ends()[op] == "ok":
            return question
        wait_for(stack.answers, "the web door answers")
        return None

    return wait_for(ask, "a question is taken")


def _share_until_taken(
    person: Person, question: str, deal: Deal, buyers: list[str], *, times: int
) -> list[str]:
    return wait_for(lambda: person.share(question, deal, buyers, times=times), "a share is taken")
