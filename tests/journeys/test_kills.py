"""Kill any process at any moment between the click and the CRM: nothing is lost and nothing is there twice."""

from collections.abc import Callable

import pytest

from enablement.model import Deal
from tests.journeys.people import COLLECTIONS, QUERIES, History, Person, Stack, wait_for

pytestmark = pytest.mark.xdist_group("stack")
PARTS = ("worker-reply-0", "worker-write-0", "relay", "web", "queue")
SLOW_S = 0.8
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
