"""`touchline doctor`: is everything there that Touchline needs, and what to do where it is not."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import settings as _first  # noqa: F401 - before what brings numpy, which it keeps to one thread
from doctor.finding import Finding as Finding, guarded
from doctor.machine import folder_findings, settings_findings
from doctor.outside import SALESFORCE, hook_findings, salesforce_findings, slack_findings
from doctor.stores import (
    database_findings,
    index_findings,
    learning_findings,
    meaning_findings,
    outbox_findings,
    queue_findings,
)
from enablement.ports import Clock
from settings import Settings

LONGEST_TEXT = 400


def examine(environ: Mapping[str, str], *, clock: Clock, free_bytes: Callable[[Path], int]) -> list[Finding]:
    """Check every part; one that is broken or missing does not keep the others from being checked."""
    settings, found = settings_findings(environ)
    if settings is None:
        return found
    now = clock()
    found += guarded("data folder", lambda: folder_findings(settings, free_bytes), "Is TOUCHLINE_DATA right?")
    found += guarded(
        "database", lambda: database_findings(settings, now), "Is it running, is DATABASE_URL right?"
    )
    found += guarded(
        "index", lambda: index_findings(settings), "Delete its folder and run `touchline library add`."
    )
    found += guarded("meaning", lambda: meaning_findings(settings), "See docs/install.md, Meaning.")
    found += guarded("learning", lambda: learning_findings(settings), "See `touchline evidence runs`.")
    found += guarded("outbox", lambda: outbox_findings(settings, now), "See `touchline outbox`.")
    found += guarded("queue", lambda: queue_findings(settings), "Is it running, is REDIS_URL right?")
    found += guarded("slack", lambda: slack_findings(settings, now), "See docs/install.md, Slack.")
    found += guarded(
        "salesforce",
        lambda: salesforce_findings(settings),
        f"Is Salesforce well (status.salesforce.com)? {SALESFORCE}",
    )
    found += hook_findings(settings)
    secrets = _secrets(settings)
    return [
        Finding(one.part, one.state, *(_clean(text, secrets) for text in (one.said, one.mend)))
        for one in found
    ]


def _secrets(settings: Settings) -> list[str]:
    passwords = [urlsplit(url).password or "" for url in (settings.database_url, settings.redis_url)]
    said = [
        *settings.slack_signing_secrets,
        settings.slack_bot_token,
        settings.slack_app_token,
        settings.salesforce_client_secret,
        settings.salesforce_private_key,
        settings.salesforce_outbound_path,
        *settings.salesforce_hook_secrets,
        settings.openai_api_key,
        *passwords,
        *map(unquote, passwords),
    ]
    return sorted(filter(None, said), key=len, reverse=True)


def _clean(text: str, secrets: Iterable[str]) -> str:
    """Return a text on one line and of bearable length; drivers like to quote what they were given."""
    for secret in secrets:
        text = text.replace(secret, "…")
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"
