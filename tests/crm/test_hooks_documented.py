"""What the manual says of the panel's requests is so: its example is signed as it stands, and taken."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from crm.hooks.door import HookDoor, HookSettings
from crm.hooks.signed import signing_key
from tests.builders import asset, deal, publish, user
from tests.crm.hook_requests import ORG
from tests.crm.hook_world import SOMEWHERE, Hooks

PANEL = (
    (Path(__file__).parents[2] / "docs" / "salesforce.md")
    .read_text(encoding="utf-8")
    .partition("## The panel")[2]
)


def test_the_example_of_a_share_is_taken_as_it_stands(hooks: Hooks) -> None:
    [secret] = re.findall(r"`(whsec_[^`…]+)`", PANEL)
    head, _, body = re.findall(r"```http\n(.+?)\n```", PANEL, re.DOTALL)[0].partition("\n\n")
    way, *lines = head.splitlines()
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    said = json.loads(body)
    hooks.world.clock.now = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    hooks.world.mirror.store(users=[user(id=said["user"])], deals=[deal(id=said["opportunity"])])
    hooks.world.crm.allow(said["user"], said["opportunity"])
    publish(hooks.world.catalog, asset(id=said["asset"]))
    door = HookDoor(hooks.world.services, HookSettings(org_id=ORG, keys=(signing_key(secret),)))

    answer = door.handle(way.split()[1].removeprefix("/salesforce/"), body.encode(), headers, SOMEWHERE)

    assert answer.status == 200, answer.body
    [link] = json.loads(answer.body)["links"]
    assert link.keys() == {"name", "email", "link", "expires"}
    assert all(f'"{name}": "…"' in PANEL for name in link)
    assert [
        one.note
        for one in hooks.world.ledger.shares([hooks.world.ledger.touches_of(said["opportunity"])[0].share_id])
    ] == [said["note"]]
