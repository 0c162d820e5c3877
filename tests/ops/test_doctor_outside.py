"""`touchline doctor` and the world: where incidents are told, and where Outbound Messages may come from."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, Response, jsonify

from bot.gateway import SlackGateway
from doctor import Finding
from sandbox.slack.config import BOT_SCOPES
from sandbox.slack.server import Server
from tests.ops.installation import SLACK_TOKEN, WORKSPACE, Installation, local_slack

COLLEAGUE = {"id": "U0ANNA", "name": "anna", "real_name": "Anna", "email": "anna@harbourline.test"}
CHANNELS: tuple[dict[str, Any], ...] = (
    {"id": "C0OPS", "name": "ops", "members": ["U0BOT"]},
    {"id": "C0WINS", "name": "wins", "members": ["U0ANNA"]},
    {"id": "C0SECRET", "name": "secret", "members": ["U0ANNA"], "is_private": True},
    {"id": "C0BOTH", "name": "both", "members": ["U0BOT"], "is_ext_shared": True},
)
HOOKS = {
    "SALESFORCE_ORG_ID": "00D000000000001EAA",
    "SALESFORCE_OUTBOUND_PATH": "p" * 40,
    "SALESFORCE_OUTBOUND_NETWORKS": "192.0.2.0/24",
}


@pytest.fixture(scope="module")
def slack_with_channels() -> Iterator[str]:
    workspace = {**WORKSPACE, "users": [COLLEAGUE], "channels": CHANNELS}
    with local_slack(workspace=workspace) as url:
        yield url


def told_in(installation: Installation, channel: str, *, slack: str) -> Finding:
    """Return what is said of OPS_CHANNEL; the rest of Slack is well."""
    installation.environ |= {"OPS_CHANNEL": channel, "SLACK_API_URL": slack}
    found = [one for one in installation.examine() if one.part == "slack"]
    assert all(one.state == "ok" for one in found if "OPS_CHANNEL" not in one.said)
    [said] = [one for one in found if "OPS_CHANNEL" in one.said]
    return said


def test_a_channel_that_the_bot_is_in_is_well(installation: Installation, slack_with_channels: str) -> None:
    found = told_in(installation, "C0OPS", slack=slack_with_channels)

    assert (found.state, found.said) == ("ok", "incidents are told in OPS_CHANNEL C0OPS (#ops)")


def test_a_direct_message_is_well(installation: Installation, slack_with_channels: str) -> None:
    direct = SlackGateway(SLACK_TOKEN, slack_with_channels).open_dm("U0ANNA")

    found = told_in(installation, direct, slack=slack_with_channels)

    assert (found.state, direct in found.said) == ("ok", True)


@pytest.mark.parametrize(
    ("channel", "state", "said", "mend"),
    [
        ("C0WINS", "wrong", "the bot is not in OPS_CHANNEL C0WINS (#wins)", "/invite @Touchline"),
        ("C0SECRET", "wrong", "C0SECRET is not there, or hidden", "/invite @Touchline"),
        ("C0NOWHERE", "wrong", "C0NOWHERE is not there, or hidden", "Copy the id"),
        ("C0BOTH", "warning", "shared with another company", "a channel of your own"),
        ("D0NOWHERE", "wrong", "D0NOWHERE is not there, or hidden", "Copy the id"),
    ],
)
def test_a_channel_that_will_not_do_is_named_with_what_to_do(
    installation: Installation, slack_with_channels: str, channel: str, state: str, said: str, mend: str
) -> None:
    found = told_in(installation, channel, slack=slack_with_channels)

    assert found.state == state
    assert said in found.said
    assert mend in found.mend


def test_without_a_channel_it_says_that_the_log_alone_tells(installation: Installation) -> None:
    found = told_in(installation, "", slack=installation.environ["SLACK_API_URL"])

    assert (found.state, found.mend) == ("ok", "")


@contextmanager
def slack_with_archived_channel() -> Iterator[str]:
    app = Flask("slack")

    @app.post("/api/auth.test")
    def auth() -> Response:
        answer = jsonify(ok=True, team="Harbourline")
        answer.headers["X-OAuth-Scopes"] = ",".join(BOT_SCOPES)
        return answer

    @app.route("/api/conversations.info", methods=["GET", "POST"])
    def info() -> Response:
        channel = {"id": "C0OLD", "name": "old", "is_archived": True, "is_member": True}
        return jsonify(ok=True, channel=channel)

    with Server(app) as server:
        yield f"{server.url}/api/"


def test_an_archived_channel_is_wrong(installation: Installation) -> None:
    with slack_with_archived_channel() as url:
        found = told_in(installation, "C0OLD", slack=url)

    assert (found.state, "is archived" in found.said) == ("wrong", True)


def hooks(installation: Installation, **environ: str) -> list[tuple[str, str]]:
    """Return what is warned of, with what to do."""
    installation.environ |= environ
    found = [one for one in installation.examine() if one.part == "hooks"]
    return [(one.said, one.mend) for one in found if one.state == "warning"]


def test_networks_behind_a_proxy_that_is_not_named_are_warned_of(installation: Installation) -> None:
    [(said, mend)] = hooks(installation, **HOOKS)

    assert "seems to come from the proxy" in said
    assert "TRUSTED_PROXIES" in mend


@pytest.mark.parametrize(
    "well", [{"TRUSTED_PROXIES": "10.0.0.5"}, {"PUBLIC_URL": "http://127.0.0.1:3000"}], ids=str
)
def test_networks_with_a_named_proxy_or_without_any_are_well(
    installation: Installation, well: dict[str, str]
) -> None:
    assert hooks(installation, **HOOKS, **well) == []


def test_networks_without_a_path_are_warned_of(installation: Installation) -> None:
    [(said, mend)] = hooks(installation, **{**HOOKS, "SALESFORCE_OUTBOUND_PATH": ""})

    assert "no Outbound Messages are taken" in said
    assert "SALESFORCE_OUTBOUND_PATH" in mend


SECRETS = {
    "SALESFORCE_HOOK_SECRET": "whsec_" + "QUJD" * 8,
    "SALESFORCE_HOOK_SECRET_PREVIOUS": "whsec_" + "QUJE" * 8,
}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "the panel on the Opportunity can't ask, open or share"),
        (HOOKS, "the panel on the Opportunity can't ask, open or share"),
        (
            SECRETS,
            "of 00D000000000001EAA and the panel on its Opportunities are taken, with the previous secret too",
        ),
    ],
    ids=["nothing", "Outbound Messages alone", "secrets"],
)
def test_whether_the_panel_is_heard_is_said(
    installation: Installation, changes: dict[str, str], said: str
) -> None:
    installation.environ |= {"SALESFORCE_ORG_ID": HOOKS["SALESFORCE_ORG_ID"], **changes}

    found = [one.said for one in installation.examine() if one.part == "hooks"]

    assert any(said in one for one in found)
    assert not any(secret in one for one in found for secret in SECRETS.values())
