"""Kill any process at any moment between the click and the CRM: nothing is lost and nothing is there twice."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

import pytest
import requests

from enablement.digests import DIGEST
from enablement.following import suggest
from enablement.model import Deal, Nudge, Task
from enablement.nudging import TELL, compose
from sandbox.world import ENABLEMENT
from tests.journeys.people import COLLECTIONS, QUERIES, History, Person, Stack, wait_for

pytestmark = pytest.mark.xdist_group("stack")
PARTS = ("worker-reply-0", "worker-write-0", "relay", "web", "queue")
SLOW_S = 0.8
TOLD = 6
Kill = Callable[[], None]
Moment = Callable[[Stack, Person, Deal, str, str, Kill], None]


def right_after_the_question(
    stack: Stack, person: Person, deal: Deal, question: str, buyer: str, kill: Kill
) -> None:
    person.ask(question, deal)
    kill()
    person.share(question, deal, [buyer])


def while_the_answer_is_computed(
    stack: Stack, person: Person, deal: Deal, question: str, buyer: str, kill: Kill
) -> None:
    stack.trouble(kind="slow", path_prefix=QUERIES, seconds=SLOW_S, times=-1)
    person.ask(question, deal)
    wait_for(lambda: stack.work("ask.answer", "leased"), "the question is being worked on")
    assert person.answer(question) is None
    kill()
    stack.peace()
    person.share(question, deal, [buyer])


def right_after_the_share(
    stack: Stack, person: Person, deal: Deal, question: str, buyer: str, kill: Kill
) -> None:
    person.ask(question, deal)
    person.share(question, deal, [buyer])
    kill()


def during_the_write(stack: Stack, person: Person, deal: Deal, question: str, buyer: str, kill: Kill) -> None:
    person.ask(question, deal)
    form = person.open_form(question)
    stack.trouble(kind="slow", path_prefix=COLLECTIONS, method="PATCH", seconds=SLOW_S, times=-1)
    person.submit(form, question, deal, [buyer])
    wait_for(lambda: stack.work("crm.touch", "leased"), "the touch is being written")
    assert not stack.crm_rows(buyer)
    kill()
    stack.peace()


def between_the_write_and_its_reply(
    stack: Stack, person: Person, deal: Deal, question: str, buyer: str, kill: Kill
) -> None:
    person.ask(question, deal)
    form = person.open_form(question)
    stack.trouble(kind="lost_reply", path_prefix=COLLECTIONS, method="PATCH", times=1)
    person.submit(form, question, deal, [buyer])
    wait_for(lambda: stack.crm_rows(buyer), "the touch is in the org")
    kill()


MOMENTS: tuple[Moment, ...] = (
    right_after_the_question,
    while_the_answer_is_computed,
    right_after_the_share,
    during_the_write,
    between_the_write_and_its_reply,
)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
@pytest.mark.parametrize("part", PARTS)
def test_a_killed_process_loses_nothing_and_doubles_nothing(stack: Stack, part: str, moment: Moment) -> None:
    history = History()
    # The CRM's word on who sees what is remembered for a minute: who is to wait for it must not have asked before.
    reps = stack.reps()
    first = len(PARTS) if moment is while_the_answer_is_computed else 0
    rep = reps[first + PARTS.index(part)]
    person, deal = stack.person(rep, history), stack.deals_of(rep)[MOMENTS.index(moment)]
    mark = f"{part}-{moment.__name__}".replace("_", "-")
    question, buyer = f"product overview for {deal.name} {mark}", f"{mark}@buyer.example"

    moment(stack, person, deal, question, buyer, lambda: stack.kill(part, history))

    wait_for(lambda: person.answer(question), "the answer is shown")
    wait_for(lambda: stack.crm_rows(buyer), "the touch is in the org")
    assert stack.judge(history, [person], of=mark) == []


def test_workers_killed_while_they_tell_people_tell_each_of_them_once(stack: Stack) -> None:
    history, slack, services = History(), stack.demo.slack_url, stack.demo.services
    people = [stack.person(email, history) for email in stack.reps()[:TOLD]]
    librarian = stack.person(ENABLEMENT, history)
    # What is sent arrives, and who sent it never hears so; the others are still to come.
    for fault in (
        {"method": "chat.postMessage", "kind": "lost_reply", "times": 100},
        {"method": "conversations.open", "kind": "slow", "seconds": SLOW_S, "times": TOLD},
    ):
        assert requests.post(f"{slack}/_sandbox/faults", json=fault, timeout=10).ok
    marks = {_about_to_be_told(stack, person): person for person in people}
    tasks = [
        Task(f"tell {mark}", TELL, "write", one.user, f"nudge {one.user}") for mark, one in marks.items()
    ]
    digest = Task("the digest", DIGEST, "compute", f"enablement {librarian.user} week")

    services.outbox.add([*tasks, digest], now=services.clock())
    there = marks | {digest.id: librarian}
    wait_for(lambda: _is_posted(stack, marks), "somebody was told")
    stack.kill("worker-write-0", history)
    stack.kill("worker-compute-0", history)
    requests.delete(f"{slack}/_sandbox/faults", timeout=10)

    def is_over() -> bool:
        return not any(stack.work(kind, "due", "leased") for kind in (TELL, DIGEST))

    wait_for(is_over, "all are told")
    assert _messages(stack, there) == dict.fromkeys(there, 1)
    states = {one.state for mark in marks for one in services.nudges.message(mark)}
    assert states == {"sent"}


def _about_to_be_told(stack: Stack, person: Person) -> str:
    """Let a deal of somebody's have moved on, and begin to tell them; return the message's id."""
    services = stack.demo.services
    now = services.clock()
    services.mirror.keep_profile(services.messenger.profile(person.user, now=now))
    deal, was = stack.deals_of(person.email)[0], ("before it moved", "")
    suggest([deal.id], services, now=now)
    name, to = f"killed {person.user}", (person.user, person.email)
    moved = Nudge(name, "deal_changed", *to, deal.id, "", "", was, "waiting", now, now)
    services.nudges.note({}, [moved], now=now)
    # At the first hour of the coming days at which they want to be told anything.
    hours = (now + timedelta(hours=one) for one in range(24 * 4))
    message = next(filter(None, (compose(person.user, services, now=hour) for hour in hours)))
    return message.id


def _is_posted(stack: Stack, marks: Collection[str]) -> bool:
    """Say whether Slack took a message with one of these marks."""
    calls = requests.get(f"{stack.demo.slack_url}/_sandbox/received", timeout=10).json()["calls"]
    posted = [str(one) for one in calls if one["method"] == "chat.postMessage" and one["status"] == 200]
    return any(mark in one for one in posted for mark in marks)


def _messages(stack: Stack, marks: Mapping[str, Person]) -> dict[str, int]:
    """Return how many messages with each of these marks stand in the conversation with whom it is for."""
    bearer = {"Authorization": f"Bearer {stack.demo.settings.slack_bot_token}"}
    found = Counter[str]()
    for mark, person in marks.items():
        which = {"channel": person.dm, "limit": 200, "include_all_metadata": "true"}
        address = f"{stack.demo.slack_url}/api/conversations.history"
        answer = requests.post(address, data=which, headers=bearer, timeout=10).json()
        payloads = [one["metadata"]["event_payload"] for one in answer["messages"] if "metadata" in one]
        found[mark] += sum(mark in one.values() for one in payloads)
    return dict(+found)
