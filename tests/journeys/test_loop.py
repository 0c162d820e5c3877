"""The loop with Salesforce: what changes there is here by itself, what is undone here is gone there."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from enablement.access import is_valid
from enablement.model import Recommended
from tests.crm.hook_requests import hook_headers
from tests.doors import elements
from tests.journeys.people import History, Person, Stack, wait_for

pytestmark = pytest.mark.xdist_group("stack")
REP = 5
BEFORE, AFTER = "Negotiation/Review", "Proposal/Price Quote"


def move(stack: Stack, stage: str) -> None:
    """Move the demo's opportunity to a stage, as a person does on its page."""
    address = f"{stack.demo.salesforce_url}/_sandbox/opportunity/{stack.demo.opportunity}"
    answer = requests.post(address, json={"StageName": stage}, timeout=10)
    assert answer.ok, answer.text


def made_for(stack: Stack, stage: str) -> list[Recommended]:
    """Return what is kept for the demo's opportunity because of this stage."""
    rows = stack.demo.services.shortlists.of(stack.demo.opportunity)
    return [row for row in rows if any(stage in reason.values for reason in row.reasons)]


def rereadings(stack: Stack) -> int:
    """Return how often a hook had the demo's opportunity read again."""
    return sum(one.subject == stack.demo.opportunity for one in stack.work("deals.refresh", "done"))


@pytest.fixture
def at_negotiation(stack: Stack) -> Iterator[Stack]:
    yield stack
    move(stack, BEFORE)
    wait_for(lambda: made_for(stack, BEFORE), "the deal is as it was")


def test_a_stage_moved_in_salesforce_brings_new_suggestions(at_negotiation: Stack) -> None:
    stack = at_negotiation
    assert made_for(stack, AFTER) == []
    reread = rereadings(stack)

    move(stack, AFTER)
    wait_for(lambda: made_for(stack, AFTER), "suggestions for the new stage are kept")

    wait_for(lambda: rereadings(stack) > reread, "a hook had the deal read")
    assert made_for(stack, BEFORE) == []
    asked = {"user": stack.demo.user, "channel": stack.demo.channel, "command": "/content", "text": ""}
    requests.post(f"{stack.demo.slack_url}/_sandbox/command", json=asked, timeout=15)
    wait_for(lambda: f"made for the {AFTER} stage" in screen(stack), "/content shows them")


def test_an_undone_share_is_gone_from_salesforce(stack: Stack) -> None:
    rep = stack.reps()[REP]
    person, deal = stack.person(rep, History()), stack.deals_of(rep)[0]
    question = f"product overview for {deal.name} to-undo"
    person.ask(question, deal)
    [link] = person.share(question, deal, ["to-undo@buyer.example"])
    wait_for(lambda: stack.crm_rows("to-undo"), "the touch is in Salesforce")

    undo(person, question)

    wait_for(lambda: not stack.crm_rows("to-undo"), "the touch is gone from Salesforce")
    wait_for(lambda: not _managed(person, question), "the answer says no more of it")
    assert requests.get(link, timeout=10).status_code == 404
    assert stack.given_up("to-undo") == []


def test_a_share_pressed_in_salesforce_is_on_the_opportunity_with_its_opening(stack: Stack) -> None:
    services, settings = stack.demo.services, stack.demo.settings
    deal = stack.deals_of(stack.reps()[REP])[0]
    today = services.clock().date()
    papers = [one for one in services.catalog.assets() if one.audience == "customer" and not one.url]
    paper = next(one for one in papers if is_valid(one, on=today))
    said = {
        "user": deal.owner_id,
        "opportunity": deal.id,
        "asset": paper.id,
        "recipients": [{"name": "Pat", "email": "from-panel@buyer.example"}],
        "language": "fr",
    }
    raw, [secret, *_] = json.dumps(said).encode(), settings.salesforce_hook_secrets

    # As who presses twice, and as Apex that heard no answer and sends it again.
    answers = [
        requests.post(
            f"{stack.demo.app_url}/salesforce/share",
            data=raw,
            headers=dict(hook_headers(raw, at=time.time(), hook_id=hook_id, secret=secret)),
            timeout=20,
        )
        for hook_id in ("from-panel-1", "from-panel-1", "from-panel-2")
    ]

    assert {answer.status_code for answer in answers} == {200}, answers[0].text
    [link] = {one["link"] for answer in answers for one in answer.json()["links"]}
    wait_for(lambda: stack.crm_rows("from-panel"), "the touch is in Salesforce")
    browser = {"User-Agent": "Mozilla/5.0 (Macintosh) Safari/605", "Sec-Fetch-Dest": "document"}
    assert requests.get(link, headers=browser, timeout=10).status_code == 200
    wait_for(lambda: len(stack.crm_rows("from-panel")) == 2, "the opening is in Salesforce")
    assert {(row.deal, row.asset) for row in stack.crm_rows("from-panel")} == {(deal.id, paper.id)}
    assert stack.given_up("from-panel") == []


def undo(person: Person, question: str) -> None:
    """Press “Manage or undo” under the answer and undo the first share there."""
    message = wait_for(lambda: _managed(person, question), "the answer says with whom it was shared")
    person._act("click", channel=message["channel"], ts=message["ts"], **_place(message, "share.manage"))
    view = wait_for(lambda: person._screen()["views"], "the links are shown")[-1]
    person._act("click", view_id=view["id"], **_place(view, "share.undo"))
    # Told by what can still be pressed: each rep is spoken to in their own language.
    wait_for(lambda: not elements(person._screen()["views"][-1]), "the modal says that it is undone")
    person.close()


def screen(stack: Stack) -> str:
    """Return all that the demo's visitor sees in the deal's channel."""
    address = f"{stack.demo.slack_url}/_sandbox/state"
    channels = requests.get(address, params={"as": stack.demo.user}, timeout=15).json()["channels"]
    return str(next(one["messages"] for one in channels if one["id"] == stack.demo.channel))


def _managed(person: Person, question: str) -> dict[str, Any] | None:
    """Return the answer if it says that something of it was shared."""
    message = person.answer(question)
    return message if message and elements(message, "share.manage") else None


def _place(drawn: dict[str, Any], action_id: str) -> dict[str, str]:
    found = elements(drawn, action_id)[0]
    return {"block_id": found["block_id"], "action_id": action_id}
