"""The Slack workspace is the same company as the org."""

from datetime import date
from typing import Any

import pytest

from sandbox.world import PROTAGONIST, generate, slack_workspace


@pytest.fixture(scope="module")
def workspace() -> dict[str, Any]:
    return slack_workspace(generate(today=date(2026, 11, 20)))


def test_every_colleague_is_there_under_the_same_address(workspace: dict[str, Any]) -> None:
    world = generate(today=date(2026, 11, 20))

    members = {user["email"]: user for user in workspace["users"]}

    for person in world.people:
        assert members[person.email]["real_name"] == person.name
        assert members[person.email]["locale"] == person.locale


def test_ids_are_unique_and_look_like_slack_ids(workspace: dict[str, Any]) -> None:
    ids = [thing["id"] for thing in (*workspace["users"], *workspace["channels"])]

    assert len(set(ids)) == len(ids)
    assert all(each[0] in "UC" and each.isalnum() and each.isupper() for each in ids)


def test_the_bot_is_in_all_channels_and_members_exist(workspace: dict[str, Any]) -> None:
    known = {user["id"] for user in workspace["users"]} | {workspace["bot"]["user_id"]}

    for channel in workspace["channels"]:
        assert workspace["bot"]["user_id"] in channel["members"]
        assert set(channel["members"]) <= known


def test_the_deal_channel_holds_maya_and_no_outsider(workspace: dict[str, Any]) -> None:
    users = {user["id"]: user for user in workspace["users"]}
    channel = next(channel for channel in workspace["channels"] if channel["name"] == "deal-norfield")

    members = [users[member] for member in channel["members"] if member in users]

    assert PROTAGONIST in [member["email"] for member in members]
    assert not any(member["is_stranger"] or member["is_restricted"] for member in members)


def test_guest_stranger_and_leaver_are_marked(workspace: dict[str, Any]) -> None:
    shared = next(channel for channel in workspace["channels"] if channel["is_ext_shared"])

    for mark, in_shared in (("is_restricted", True), ("is_stranger", True), ("deleted", False)):
        marked = [user for user in workspace["users"] if user[mark]]
        assert len(marked) == 1
        assert (marked[0]["id"] in shared["members"]) is in_shared
