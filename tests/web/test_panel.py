"""The panel of Salesforce over real HTTP: what is shared there is one thing with what is shared in Slack."""

import json
import time
from typing import Any

import requests

from tests.crm.hook_requests import hook_headers
from tests.doors import BRYCE, MAYA, ROLLOUT, Stage, elements, until

PERSON = {"User-Agent": "Mozilla/5.0 (Macintosh) Safari/605", "Sec-Fetch-Dest": "document"}
AOIFE = {"name": "Aoife Brannigan", "email": "aoife@norfield.test"}
LIAM = {"name": "*Liam* <!channel> <https://evil.example|x>", "email": "liam@norfield.test"}


def press(stage: Stage, way: str, *, hook_id: str = "msg_1", **said: Any) -> requests.Response:
    """Press in the panel, as Apex sends it for Maya."""
    looks_at = {"user": stage.users["maya"], "opportunity": stage.deals[ROLLOUT]}
    raw = json.dumps({**looks_at, **said}).encode()
    headers = hook_headers(raw, at=time.time(), hook_id=hook_id)
    return requests.post(f"{stage.app_url}/salesforce/{way}", data=raw, headers=dict(headers), timeout=10)


def asset(stage: Stage, title: str) -> str:
    found = stage.services.catalog.asset_by_source(title)
    assert found is not None
    return found.id


def test_what_is_opened_from_the_panel_is_served_to_the_colleague(stage: Stage) -> None:
    answer = press(stage, "open", asset=asset(stage, "Korvane battlecard"))

    assert answer.status_code == 200
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        "application/json",
        "no-store",
    )
    served = requests.get(answer.json()["link"], headers=PERSON, timeout=10)
    assert "How to win against Korvane" in served.text
    assert [touch.kind for touch in stage.services.ledger.touches_of(stage.deals[ROLLOUT])] == ["opened"]


def test_what_is_shared_from_the_panel_is_on_the_opportunity_and_read_by_the_buyer(stage: Stage) -> None:
    answer = press(
        stage, "share", asset=asset(stage, "ROI calculator"), recipients=[AOIFE], note="As discussed"
    )
    stage.drain("write")

    [one] = answer.json()["links"]
    assert "payback" in requests.get(one["link"], headers=PERSON, timeout=10).text
    stage.drain("write")
    rows = [(row["Kind__c"], row["Recipient__c"], row["Actor__c"]) for row in stage.touch_rows()]
    to = "Aoife Brannigan <aoife@norfield.test>"
    assert sorted(rows) == [("Opened by buyer", to, stage.users["maya"]), ("Shared", to, stage.users["maya"])]


def test_what_is_shared_from_the_panel_is_seen_and_undone_in_slack(stage: Stage) -> None:
    press(stage, "share", asset=asset(stage, "ROI calculator"), recipients=[LIAM])
    stage.drain("write")

    answer = stage.ask(f"ROI calculator {ROLLOUT}")
    said = json.dumps(answer["blocks"])
    stage.click(answer, "share.manage")
    [view] = until(lambda: stage.views(MAYA))
    undo = elements(view, "share.undo")[0]
    pressed = {"view_id": view["id"], "action_id": "share.undo", "block_id": undo["block_id"]}
    stage.do("click", user=MAYA, **pressed)
    stage.drain("write")

    # What a contact is called is shown as it is written.
    assert "&lt;!channel&gt;" in said
    assert "<!channel>" not in said
    assert stage.touch_rows() == []


def test_a_deal_of_somebody_else_is_refused_like_one_that_is_not_there(stage: Stage) -> None:
    paper = asset(stage, "ROI calculator")
    before = stage.rows()

    hidden = press(stage, "share", asset=paper, recipients=[AOIFE], opportunity=stage.deals[BRYCE])
    nowhere = press(stage, "share", asset=paper, recipients=[AOIFE], opportunity="006000000000099AAA")

    assert hidden.status_code == nowhere.status_code == 422
    assert hidden.content == nowhere.content
    assert stage.rows() == before
