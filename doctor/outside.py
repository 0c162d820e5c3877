"""Slack and Salesforce as Touchline finds them, and what they may send here."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from slack_sdk.errors import SlackApiError

import app as composition
from bot.gateway import NotThere, SlackGateway
from crm import check
from crm.check import Problem
from crm.mapping import DEFAULT, load_field_map
from doctor.finding import Finding, NotChecked, State, guarded
from enablement.ports import Undeliverable
from settings import Settings

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "manifest.yml"
# A share of the day's API calls.
FEW_CALLS = 0.1
SALESFORCE = "See docs/install.md, Salesforce."


def slack_findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    part = "slack"
    if not settings.slack_bot_token:
        raise NotChecked("SLACK_BOT_TOKEN is not set")
    try:
        gateway = composition.gateway(settings)
        team, has = gateway.installed()
    except Undeliverable as error:
        # What Slack says of a token that was good once, and of no other.
        gone = any(word in str(error) for word in ("account_inactive", "token_revoked"))
        first = (
            "The app was uninstalled or its token revoked: install it again in Slack, then copy"
            if gone
            else "Copy"
        )
        mend = f"{first} the Bot User OAuth Token again: Slack app → OAuth & Permissions."
        mend += " Put it into SLACK_BOT_TOKEN and restart Touchline."
        yield Finding(part, "wrong", f"Slack refuses the bot token ({error})", mend)
        return
    yield Finding(part, "ok", f"signed in to {team}")
    yield from _scopes(has)
    yield from _socket(settings, gateway)
    yield from _ops_channel(gateway, settings.ops_channel, now)


def _scopes(has: frozenset[str]) -> Iterator[Finding]:
    part, wanted = "slack", manifest_scopes(MANIFEST)
    if missing := sorted(wanted - has):
        said = f"the bot token lacks {', '.join(missing)}"
        yield Finding(
            part, "wrong", said, "Slack app → OAuth & Permissions: add them, then reinstall the app."
        )
    else:
        yield Finding(part, "ok", f"all {len(wanted)} scopes of manifest.yml")
    if more := sorted(has - wanted):
        said = f"the bot token has more than it needs: {', '.join(more)}"
        yield Finding(
            part, "warning", said, "Remove them at Slack app → OAuth & Permissions, then reinstall."
        )


def _socket(settings: Settings, gateway: SlackGateway) -> Iterator[Finding]:
    if not settings.slack_app_token:
        return
    try:
        gateway.client.apps_connections_open(app_token=settings.slack_app_token)
    except SlackApiError as error:
        if error.response.get("error") == "ratelimited":
            said = "not checked: Slack opens few sockets a minute, and these were opened (SLACK_APP_TOKEN)"
            yield Finding("slack", "warning", said, "Look again in a minute.")
            return
        said = f"Slack opens no socket (SLACK_APP_TOKEN: {error.response.get('error', '')})"
        mend = (
            "Slack app → Settings → Socket Mode: switch it on; App-Level Tokens: one with connections:write."
        )
        yield Finding("slack", "wrong", said, mend)
    else:
        yield Finding("slack", "ok", "requests come over sockets that we open (SLACK_APP_TOKEN)")


def _ops_channel(gateway: SlackGateway, channel: str, now: datetime) -> Iterator[Finding]:
    part, invite = "slack", "Type `/invite @Touchline` in that channel."
    if not channel:
        yield Finding(part, "ok", "OPS_CHANNEL is not set: incidents are told in the log alone")
        return
    try:
        if channel.startswith("D"):
            # Of a direct message we may not ask what it is, but read what we said there.
            gateway.posted(channel, thread="", since=now, mark={})
            yield Finding(part, "ok", f"incidents are told in the direct message {channel} (OPS_CHANNEL)")
            return
        there = gateway.channel(channel)
    except (NotThere, Undeliverable) as error:
        mend = f"Copy the id from the end of the channel's details. Is the channel private? {invite}"
        yield Finding(part, "wrong", f"OPS_CHANNEL {channel} is not there, or hidden from us ({error})", mend)
        return
    named = f"OPS_CHANNEL {channel} (#{there.get('name', '')})"
    if there.get("is_archived"):
        mend = "Bring the channel back, or choose another."
        yield Finding(part, "wrong", f"{named} is archived: no incident is told there", mend)
    elif not there.get("is_member"):
        yield Finding(part, "wrong", f"the bot is not in {named}: no incident is told there", invite)
    elif there.get("is_ext_shared"):
        said = f"{named} is shared with another company, which reads there what is wrong here"
        yield Finding(part, "warning", said, "Choose a channel of your own.")
    else:
        yield Finding(part, "ok", f"incidents are told in {named}")


def manifest_scopes(path: Path) -> frozenset[str]:
    """Return the bot scopes of a Slack app manifest."""
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    return frozenset(said["oauth_config"]["scopes"]["bot"])


def salesforce_findings(settings: Settings) -> Iterator[Finding]:
    part = "salesforce"
    has_key = settings.salesforce_username and settings.salesforce_private_key
    if not (settings.salesforce_url and settings.salesforce_client_id):
        raise NotChecked("SALESFORCE_URL or SALESFORCE_CLIENT_ID is not set")
    if not (has_key or settings.salesforce_client_secret):
        raise NotChecked("neither a client secret nor a username with a key is set")
    client = composition.salesforce(settings)
    calls = client.limits()["DailyApiRequests"]
    yield Finding(part, "ok", f"signed in to {settings.salesforce_url}")
    yield calls_finding(int(calls["Remaining"]), int(calls["Max"]))
    mapping = str(settings.salesforce_mapping or DEFAULT.relative_to(ROOT))

    def reading() -> Iterator[Problem]:
        return check.reading_problems(client, load_field_map(settings.salesforce_mapping), mapping=mapping)

    libraries, org_id = settings.salesforce_file_libraries, settings.salesforce_org_id

    def filed() -> Iterator[Problem]:
        return check.file_problems(client, libraries)

    for look, well in (
        (lambda: check.touch_problems(client), "touches can be written"),
        (reading, "all fields that the deals need can be read"),
        (lambda: check.access_problems(client), "we can ask who may read a deal"),
        *([(lambda: check.org_problems(client, org_id), "hooks come from this org")] if org_id else []),
        *([(filed, f"the files of {', '.join(libraries)} can be read")] if libraries else []),
    ):
        yield from guarded(part, partial(_problems, look, well), SALESFORCE)
    # An org with an older package is well: its touches are written, and nothing else is shown.
    shown, well = partial(check.copy_problems, client), "assets and suggestions can be shown on deals"
    yield from guarded(part, partial(_problems, shown, well, state="warning"), SALESFORCE)


def hook_findings(settings: Settings) -> Iterator[Finding]:
    part, secrets = "hooks", settings.salesforce_hook_secrets
    if settings.salesforce_outbound_networks:
        yield from _networks(settings)
    if not (settings.salesforce_outbound_path or secrets):
        said = f"none are set up: changes in Salesforce are seen every {settings.sync_every_s} seconds"
        yield Finding(part, "ok", said)
        yield _panel(settings)
        return
    networks = ", ".join(map(str, settings.salesforce_outbound_networks)) or "any network"
    outbound = f"taken from {networks}" if settings.salesforce_outbound_path else "not set up"
    yield Finding(part, "ok", f"Outbound Messages are {outbound}")
    yield _panel(settings)


def _panel(settings: Settings) -> Finding:
    if not (secrets := settings.salesforce_hook_secrets):
        unable = "the panel on the Opportunity can't ask, open or share"
        return Finding("hooks", "ok", f"signed hooks are not set up (SALESFORCE_HOOK_SECRET): {unable}")
    both = ", with the previous secret too" if len(secrets) > 1 else ""
    said = f"signed hooks of {settings.salesforce_org_id} and the panel on its Opportunities are taken{both}"
    return Finding("hooks", "ok", said)


def _networks(settings: Settings) -> Iterator[Finding]:
    part = "hooks"
    if not settings.salesforce_outbound_path:
        said = "SALESFORCE_OUTBOUND_NETWORKS is set, but no Outbound Messages are taken"
        yield Finding(part, "warning", said, "Set SALESFORCE_OUTBOUND_PATH, or take the networks away.")
    elif urlsplit(settings.public_url).scheme == "https" and not settings.trusted_proxies:
        # Touchline itself speaks plain HTTP.
        said = "SALESFORCE_OUTBOUND_NETWORKS is set, but what comes through your proxy seems to come from the proxy"
        mend = "Put the proxy's address into TRUSTED_PROXIES; else Outbound Messages may be refused."
        yield Finding(part, "warning", said, mend)


def calls_finding(left: int, most: int) -> Finding:
    """Return what the API calls that are left today mean."""
    state: State = "wrong" if left <= 0 else "warning" if left < FEW_CALLS * most else "ok"
    mend = "" if state == "ok" else "Wait until tomorrow, find who uses them up, or buy more."
    return Finding("salesforce", state, f"{left} of {most} API calls left today", mend)


def _problems(
    check: Callable[[], Iterator[Problem]], well: str, *, state: State = "wrong"
) -> Iterator[Finding]:
    problems = list(check())
    for one in problems:
        yield Finding("salesforce", state, one.said, one.mend)
    if not problems:
        yield Finding("salesforce", "ok", well)
