"""Ending a link that was just made."""

import requests

from tests.bot.test_share import contact, opened_form, submit, text_of
from tests.doors import MAYA, ROLLOUT, Stage, elements, until


def test_an_ended_link_no_longer_opens_and_the_modal_says_so(stage: Stage) -> None:
    view = opened_form(stage)
    submit(stage, view, contacts=[contact(view, "Aoife")])
    [touch] = stage.services.ledger.touches_of(stage.deals[ROLLOUT])
    share = stage.services.ledger.share(touch.share_id)
    assert share is not None
    address = f"{stage.app_url}/s/{share.token}"
    assert requests.get(address, timeout=10).status_code == 200

    _end_the_link(stage)

    until(lambda: "The link ended." in text_of(stage.views()[0]))
    assert requests.get(address, timeout=10).status_code == 404


def test_sharing_again_after_the_link_ended_gives_a_link_that_opens(stage: Stage) -> None:
    view = opened_form(stage)
    submit(stage, view, contacts=[contact(view, "Aoife")])
    _end_the_link(stage)
    until(lambda: "The link ended." in text_of(stage.views()[0]))
    view = opened_form(stage)

    submit(stage, view, contacts=[contact(view, "Aoife")])

    touches = stage.services.ledger.touches_of(stage.deals[ROLLOUT])
    shares = [stage.services.ledger.share(touch.share_id) for touch in touches]
    opens = [requests.get(f"{stage.app_url}/s/{one.token}", timeout=10).ok for one in shares if one]
    assert sorted(opens) == [False, True]


def _end_the_link(stage: Stage) -> None:
    view = stage.views()[0]
    block = elements(view, "share.revoke")[0]["block_id"]
    stage.do("click", user=MAYA, view_id=view["id"], action_id="share.revoke", block_id=block)
