"""The message of an incident: what is wrong, since when, how often; and that it is over."""

from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, ContextBlock

from bot.mrkdwn import escape
from bot.parts import mrkdwn, section
from enablement.model import Incident


def incident(said: Incident) -> tuple[list[Block], str]:
    """Return the blocks of an incident as it stands, and the text for notifications."""
    summary = escape(said.summary, most=1000)
    since = f"since {_at(said.opened_at)}"
    if said.resolved_at:
        over = f"Resolved after {_lasted(said.resolved_at - said.opened_at)}"
        blocks = [section(f":white_check_mark: *{over}*\n~{summary}~"), _small(since, _times(said))]
        return blocks, escape(f"{over}: {said.summary}", most=300)
    last = [f"last {_at(said.last_at)}"] if said.count > 1 else []
    small = _small(since, _times(said), *last, "`touchline status` says more, docs/operations.md what to do")
    return [section(f":red_circle: *This needs somebody*\n{summary}"), small], escape(said.summary, most=300)


def _small(*facts: str) -> ContextBlock:
    return ContextBlock(elements=[mrkdwn("  ·  ".join(facts))])


def _at(moment: datetime) -> str:
    # Slack shows it in the time zone of each reader.
    return f"<!date^{moment.timestamp():.0f}^{{date_short_pretty}} {{time}}|{moment:%d %b %H:%M} UTC>"


def _times(said: Incident) -> str:
    return "seen once" if said.count == 1 else f"seen {said.count} times"


def _lasted(span: timedelta) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} minute{'s' * (minutes > 1)}"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"
