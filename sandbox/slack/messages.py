"""Messages: posted once, with a time stamp nobody else has, edited, deleted, read back."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.clock import Clock
from sandbox.slack.errors import Json


@dataclass
class Message:
    """One message, as posted by a person or by the bot."""

    channel: str
    ts: str
    user: str
    text: str
    is_bot: bool
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    reply_broadcast: bool = False
    metadata: Json | None = None
    edited_ts: str | None = None
    only_for: str | None = None
    username: str | None = None
    files: list[str] = field(default_factory=list)
    # Previews of links, by address, as the app drew them.
    unfurls: dict[str, Json] = field(default_factory=dict)

    @property
    def hangings(self) -> list[Json]:
        """Return what hangs below it: own attachments, then previews of links."""
        previews = enumerate(self.unfurls.values(), len(self.attachments) + 1)
        return [*self.attachments, *({**row, "id": place} for place, row in previews)]

    @property
    def is_reply(self) -> bool:
        """Say whether it answers in a thread rather than starting one."""
        return self.thread_ts is not None and self.thread_ts != self.ts


class Messages:
    """All messages by channel, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_micros = 0
        self._by_channel: dict[str, dict[str, Message]] = {}
        self._replies: dict[tuple[str, str], list[Message]] = {}

    def next_ts(self) -> str:
        """Return a time stamp later than every one before it."""
        self._last_micros = max(int(self._clock.now() * 1_000_000), self._last_micros + 1)
        return f"{self._last_micros // 1_000_000}.{self._last_micros % 1_000_000:06d}"

    def add(self, channel: str, **fields: Any) -> Message:
        """Store a new message with a fresh time stamp."""
        message = Message(channel, self.next_ts(), **fields)
        self._by_channel.setdefault(channel, {})[message.ts] = message
        if message.thread_ts is not None and message.only_for is None:
            self._replies.setdefault((channel, message.thread_ts), []).append(message)
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        """Return the message, ephemeral ones included."""
        return self._by_channel.get(channel, {}).get(ts)

    def anywhere(self, ts: str) -> Message | None:
        """Return the message with this time stamp in whichever channel it is."""
        return next((rows[ts] for rows in self._by_channel.values() if ts in rows), None)

    def remove(self, message: Message) -> None:
        """Take the message away."""
        self._by_channel.get(message.channel, {}).pop(message.ts, None)
        siblings = self._replies.get((message.channel, message.thread_ts or ""), [])
        if message in siblings:
            siblings.remove(message)

    def shown_to(self, channel: str, user: str) -> list[Message]:
        """Return what this person sees in the channel, replies and own ephemerals included."""
        rows = self._by_channel.get(channel, {}).values()
        return [message for message in rows if message.only_for in (None, user)]

    def history(self, channel: str) -> list[Message]:
        """Return what everybody sees on the main line, newest first."""
        rows = self._by_channel.get(channel, {}).values()
        kept = [row for row in rows if row.only_for is None and (not row.is_reply or row.reply_broadcast)]
        return kept[::-1]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Return the parent and its replies, oldest first; empty when there is no parent."""
        parent = self.find(channel, ts)
        if parent is None or parent.only_for:
            return []
        return [parent, *self._replies.get((channel, ts), [])]
