"""Sharing an asset of an answer with a buyer: the form, the links, the touches."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from enablement.adapters.sql.ledger import SqlLedger
from enablement.model import Written
from tests.doors import DEALS, MAYA, RAFA, ROLLOUT, Stage, elements, until

QUESTION = "payback for the Norfield warehouse"
BUYER, OTHER = "aoife@norfield.test", "liam@norfield.test"


def opened_form(stage: Stage) -> dict[str, Any]:
    """Ask, press Share on the first asset and return the form."""
    stage.click(stage.ask(QUESTION), "find.share")
    return until(lambda: [one for one in stage.views() if one["callback_id"] == "share.submit"])[0]


def contact(view: dict[str, Any], name: str) -> str:
    """Return the value of a contact's checkbox."""
    options = _block(view, "contacts")["element"]["options"]
    return str(next(one["value"] for one in options if name in one["text"]["text"]))


def submit(stage: Stage, view: dict[str, Any], **values: Any) -> Any:
    """Fill the form in and submit it; values by block."""
    times = values.pop("times", 1)
    entered = {"log": ["on_record"], **values}
    fields = {block: {block: value} for block, value in entered.items()}
    answer = requests.post(
        f"{stage.slack_url}/_sandbox/submit",
        json=stage.drawn("submit", {"user": MAYA, "view_id": view["id"], "values": fields, "times": times}),
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def title(view: dict[str, Any]) -> str:
    return str(view["title"]["text"])


def text_of(view: dict[str, Any]) -> str:
    return json.dumps(view["blocks"], ensure_ascii=False)


def last_interaction(stage: Stage, kind: str) -> dict[str, Any]:
    """Return the payload of the last interaction of a kind that the local Slack sent."""
    sent = stage.see("sent")["requests"]
    return dict(next(one["payload"] for one in reversed(sent) if one["type"] == kind))


def _block(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    return dict(next(one for one in view["blocks"] if one["block_id"] == block_id))


def test_the_form_names_asset_deal_and_the_contacts_that_have_an_email(stage: Stage) -> None:
    view = opened_form(stage)

    offered = [one["text"]["text"] for one in _block(view, "contacts")["element"]["options"]]
    assert title(view) == "Share with the buyer"
    assert "ROI calculator" in text_of(view)
    assert ROLLOUT in text_of(view)
    assert offered == ["Aoife Brannigan (Economic Buyer)", "Liam Doyle (Influencer)"]


def test_a_contact_gets_a_link_that_works_and_salesforce_a_touch(stage: Stage) -> None:
    view = opened_form(stage)

    submit(stage, view, contacts=[contact(view, "Aoife")], note="As discussed")
    stage.drain("write")

    done = stage.views()[0]
    [share] = [stage.services.ledger.share(one.share_id) for one in _touches(stage)]
    assert share is not None
    [row] = stage.touch_rows()
    assert title(done) == "Your links"
    assert f"{stage.app_url}/s/{share.token}" in text_of(done)
    assert f"ROI calculator is ready to send for {ROLLOUT}" in text_of(done)
    assert "Logged on the deal." in text_of(done)
    assert (row["Kind__c"], row["Recipient__c"]) == ("Shared", f"Aoife Brannigan <{BUYER}>")
    assert (row["Opportunity__c"], row["Asset_Title__c"]) == (stage.deals[ROLLOUT], "ROI calculator")
    assert row["Actor__c"] == stage.users["maya"]
    assert requests.get(f"{stage.app_url}/s/{share.token}", timeout=5).status_code == 200


def test_the_mail_is_written_with_note_and_link(stage: Stage) -> None:
    view = opened_form(stage)

    submit(stage, view, contacts=[contact(view, "Aoife")], note="Bonjour & à bientôt <Aoife>?")

    texts = [block["text"]["text"] for block in stage.views()[0]["blocks"] if "text" in block]
    mail = next(text for text in texts if "mailto:" in text).partition("<")[2].partition("|")[0]
    assert mail.startswith(f"mailto:{BUYER}?subject=ROI%20calculator&body=")
    assert (
        unquote(mail).partition("body=")[2].startswith(f"Bonjour & à bientôt <Aoife>?\n\n{stage.app_url}/s/")
    )


def test_two_recipients_get_a_link_and_a_touch_each(stage: Stage) -> None:
    view = opened_form(stage)

    submit(
        stage, view, contacts=[contact(view, "Aoife")], typed=f"{OTHER}, new@norfield.test; {BUYER.upper()}"
    )
    stage.drain("write")

    recipients = {one.recipient for one in _touches(stage)}
    tokens = {share.token for share in _shares(stage)}
    assert recipients == {BUYER, OTHER, "new@norfield.test"}
    assert len(tokens) == 3
    assert len(stage.touch_rows()) == 3


def test_a_wrong_address_is_said_at_its_field_and_nothing_is_shared(stage: Stage) -> None:
    view = opened_form(stage)

    said = submit(stage, view, typed="aoife@norfield")

    assert said["errors"] == {"typed": "“aoife@norfield” is not an e-mail address."}
    assert stage.rows()["shares"] == 0


def test_no_recipient_is_said_at_the_contacts(stage: Stage) -> None:
    view = opened_form(stage)

    said = submit(stage, view)

    assert said["errors"] == {"contacts": "Choose a contact or type an e-mail address."}


def test_more_recipients_than_twenty_are_refused(stage: Stage) -> None:
    view = opened_form(stage)

    said = submit(stage, view, typed=", ".join(f"buyer{number}@norfield.test" for number in range(21)))

    assert said["errors"] == {"typed": "At most 20 recipients at once."}
    assert stage.rows()["shares"] == 0


def test_off_the_record_nothing_goes_to_salesforce(stage: Stage) -> None:
    view = opened_form(stage)

    submit(stage, view, contacts=[contact(view, "Aoife")], log=[])

    assert stage.drain("write") == 0
    assert len(_touches(stage)) == 1
    assert "Not logged on the deal, as you chose." in text_of(stage.views()[0])


@pytest.mark.parametrize("times", [2, 5])
def test_the_same_submit_sent_again_is_one_touch(stage: Stage, times: int) -> None:
    view = opened_form(stage)

    submit(stage, view, contacts=[contact(view, "Aoife")], times=times)
    stage.drain("write")

    assert (len(_touches(stage)), len(_shares(stage)), len(stage.touch_rows())) == (1, 1, 1)


def test_a_second_submit_with_its_own_signature_is_the_same_touch_and_link(stage: Stage) -> None:
    view = opened_form(stage)
    submit(stage, view, contacts=[contact(view, "Aoife")])
    payload = last_interaction(stage, "view_submission")
    first = _shares(stage)

    answer = stage.interact({**payload, "trigger_id": "2.2"})
    stage.drain("write")

    assert answer.status_code == 200
    assert first[0].token in answer.text
    assert _shares(stage) == first
    assert (len(_touches(stage)), len(stage.touch_rows())) == (1, 1)


def test_a_double_click_opens_one_form(stage: Stage) -> None:
    stage.click(stage.ask(QUESTION), "find.share", times=4)
    until(stage.views)

    assert len(stage.calls("views.open")) == 1


def test_another_persons_click_opens_nothing_to_share(stage: Stage) -> None:
    pressed = elements(stage.ask(QUESTION), "find.share")[0]
    stage.ask("pricing", user=RAFA)
    trigger = last_interaction(stage, "command")["trigger_id"]

    stage.interact(_click(pressed["value"], user=RAFA, trigger=trigger))

    [view] = until(lambda: stage.views(RAFA))
    assert title(view) == "Can't be shared"
    assert "is not yours or no longer there" in text_of(view)


def test_another_persons_submit_is_refused(stage: Stage) -> None:
    view = opened_form(stage)
    stage.ask("pricing", user=RAFA)
    submit(stage, view, typed="not an address")
    payload = last_interaction(stage, "view_submission")
    payload["view"]["state"]["values"]["typed"]["typed"]["value"] = BUYER

    answer = stage.interact({**payload, "user": {"id": RAFA}})

    assert answer.json()["response_action"] == "errors"
    assert "is not yours" in answer.text
    assert stage.rows()["shares"] == 0


def test_a_form_left_open_too_long_is_not_taken(stage: Stage) -> None:
    view = opened_form(stage)
    stage.clock.advance(minutes=15, seconds=1)

    submit(stage, view, contacts=[contact(view, "Aoife")])

    assert title(stage.views()[0]) == "Can't be shared"
    assert "open for too long" in text_of(stage.views()[0])
    assert stage.rows()["shares"] == 0


@pytest.mark.parametrize("note", ["", "{", "[]", "{}", '{"suggestion": 1, "opened_at": "soon"}'])
def test_a_form_of_another_make_is_not_taken(stage: Stage, note: str) -> None:
    view = opened_form(stage)
    submit(stage, view, typed="not an address")
    payload = last_interaction(stage, "view_submission")
    payload["view"]["private_metadata"] = stage.sign(note, "share.submit")

    answer = stage.interact(payload)

    assert answer.status_code == 200
    assert answer.json()["response_action"] == "update"
    assert stage.rows()["shares"] == 0


def test_a_trigger_that_ran_out_is_told_in_the_channel(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    command = last_interaction(stage, "command")
    stage.do("clock", advance_seconds=4)

    click = _click(
        elements(answer, "find.share")[0]["value"],
        user=MAYA,
        trigger=command["trigger_id"],
        response_url=command["response_url"],
    )
    stage.interact(click)

    until(lambda: "Slack was too slow to open the form." in stage.text(stage.last()))
    assert stage.calls("views.open")[0]["result"]["error"] == "expired_trigger_id"
    assert stage.views() == []


def test_a_refusal_whose_trigger_ran_out_is_told_in_the_channel(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    command = last_interaction(stage, "command")
    stage.do("clock", advance_seconds=4)
    stage.clock.advance(days=1)
    internal = elements(answer, "find.share")[0]["value"]
    stage.publish("ROI calculator", "payback", audience="internal")

    stage.interact(
        _click(internal, user=MAYA, trigger=command["trigger_id"], response_url=command["response_url"])
    )

    until(lambda: "internal" in stage.text(stage.last()))


@pytest.mark.parametrize("kind", ["429", "500", "drop"])
def test_when_slack_does_not_open_the_form_the_person_is_told(stage: Stage, kind: str) -> None:
    stage.slack_fault("views.open", kind, times=9)

    stage.click(stage.ask(QUESTION), "find.share")

    until(lambda: "press Share again" in stage.text(stage.last()))


def test_an_asset_that_became_internal_is_no_longer_shared(stage: Stage) -> None:
    view = opened_form(stage)
    stage.publish("ROI calculator", "payback", audience="internal")

    said = submit(stage, view, contacts=[contact(view, "Aoife")])

    assert said["errors"] == {"contacts": "“ROI calculator” is internal and can't be shared with a customer."}


def test_a_deal_that_was_taken_away_opens_no_form(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    stage.org.update("Opportunity", [{"id": stage.deals[ROLLOUT], "OwnerId": stage.users["rafa"]}])
    forget_access(stage)

    stage.click(answer, "find.share")

    [view] = until(stage.views)
    assert "You can no longer see this deal in Salesforce." in text_of(view)


def test_when_salesforce_cannot_be_asked_no_form_opens(stage: Stage) -> None:
    answer = stage.ask(QUESTION)
    forget_access(stage)
    stage.org_fault("status", times=-1, path_prefix="/services/data")

    stage.click(answer, "find.share")

    [view] = until(stage.views)
    assert "Salesforce can't be reached to check this deal." in text_of(view)


def _click(value: str, *, user: str, trigger: str, response_url: str = "") -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": user},
        "channel": {"id": DEALS},
        "trigger_id": trigger,
        "response_url": response_url,
        "actions": [{"type": "button", "action_id": "find.share", "block_id": "b", "value": value}],
    }


def _touches(stage: Stage) -> Any:
    return stage.services.ledger.touches_of(stage.deals[ROLLOUT])


def _shares(stage: Stage) -> Any:
    return [stage.services.ledger.share(one.share_id) for one in _touches(stage)]


def forget_access(stage: Stage) -> None:
    """Let the minute pass for which an answer about access is remembered."""
    known: Any = stage.services.access
    known._known.clear()


def test_a_share_waits_for_the_disk_and_a_question_does_not(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: dict[str, bool] = {}
    write = SqlLedger.write

    def watched(self: SqlLedger, written: Written, *, now: datetime, lazily: bool = False) -> bool:
        waited.update({type(record).__name__: not lazily for record in written.records})
        return write(self, written, now=now, lazily=lazily)

    monkeypatch.setattr(SqlLedger, "write", watched)
    view = opened_form(stage)
    submit(stage, view, contacts=[contact(view, "Aoife")])

    assert waited == {"Ask": False, "Answered": False, "Suggestion": False, "Share": True, "Touch": True}
