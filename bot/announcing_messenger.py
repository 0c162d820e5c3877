"""Sends announcements: the part of the `Messenger` port that is about them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from slack_sdk.models.blocks import Block

from bot.announcement_blocks import message_blocks, message_text, reminder
from bot.gateway import NotLetIn, NotThere, SlackGateway
from enablement.announcing import is_channel
from enablement.model import Announcement, Asset, QuizAnswer, Receipt, Wording
from enablement.ports import Clock, TryLater, Undeliverable

# A message whose task was given up may be revived days later: so far back it is looked for.
LOOK_BACK = timedelta(days=14)
# Somebody has to mend the token or its scopes; meanwhile nobody's message is given up.
MENDED_AFTER_S = 300.0


class AnnouncingMessenger:
    """Posts announcements and looks for what may be there already, changes them, and reminds."""

    def __init__(self, gateway: SlackGateway, *, public_url: str, clock: Clock) -> None:
        self._gateway = gateway
        self._public_url = public_url
        self._clock = clock

    def members(self, channel: str) -> list[str]:
        with told_apart():
            return self._gateway.members(channel)

    def group_members(self, group: str) -> list[str]:
        with told_apart():
            return self._gateway.group_members(self._group(group) if group.startswith("@") else group)

    def _group(self, handle: str) -> str:
        for one in self._gateway.groups():
            if one.get("handle") == handle.removeprefix("@"):
                return str(one["id"])
        raise Undeliverable(f"no Slack group is called {handle}")

    def announce(
        self,
        one: Announcement,
        receipt: Receipt,
        wording: Wording,
        assets: Sequence[Asset],
        *,
        to: str,
        again: bool,
    ) -> tuple[str, str]:
        """Post an announcement; `again` says that it may be there already, from before a crash."""
        there = self.find_announcement(receipt, to=to) if again else None
        if there:
            return there
        blocks = message_blocks(one, receipt, wording, assets, public_url=self._public_url)
        # Straight to the person: to open each conversation first would be more calls than Slack takes.
        return self._post(to, blocks, message_text(one, wording), mark=_mark(receipt))

    def find_announcement(self, receipt: Receipt, *, to: str) -> tuple[str, str] | None:
        with told_apart():
            channel = to if is_channel(to) else self._gateway.open_dm(to)
            ts = self._posted(channel, mark=_mark(receipt))
        return (channel, ts) if ts else None

    def show_announcement(
        self,
        one: Announcement,
        receipt: Receipt,
        wording: Wording,
        assets: Sequence[Asset],
        *,
        answers: Sequence[QuizAnswer],
    ) -> None:
        blocks = message_blocks(one, receipt, wording, assets, public_url=self._public_url, answers=answers)
        with told_apart():
            self._gateway.update(receipt.channel, receipt.ts, blocks, message_text(one, wording))

    def remind(
        self, one: Announcement, receipt: Receipt, wording: Wording, *, number: int, again: bool
    ) -> None:
        """Send a reminder; `again` says that it may be there already, from before a crash."""
        name = {"receipt": receipt.id, "number": number}
        mark = {"event_type": "touchline_reminder", "event_payload": name}
        if again:
            with told_apart():
                if self._posted(receipt.channel, mark=mark):
                    return
        blocks, text = reminder(one, receipt, wording)
        self._post(receipt.channel, blocks, text, mark=mark)

    def _post(
        self, to: str, blocks: Sequence[Block], text: str, *, mark: Mapping[str, Any]
    ) -> tuple[str, str]:
        with told_apart():
            return self._gateway.post(to, blocks, text, thread="", mark=mark)

    def _posted(self, channel: str, *, mark: Mapping[str, Any]) -> str:
        since = self._clock() - LOOK_BACK
        if not channel.startswith("D"):
            try:
                return self._gateway.posted(channel, thread="", since=since, mark=mark)
            except (NotThere, Undeliverable):
                # We may write to a channel, but read back only direct messages: better told twice than not at all.
                return ""
        return self._gateway.posted(channel, thread="", since=since, mark=mark)


def _mark(receipt: Receipt) -> dict[str, Any]:
    return {"event_type": "touchline_announcement", "event_payload": {"receipt": receipt.id}}


@contextmanager
def told_apart() -> Iterator[None]:
    """Tell what is wrong with this reader or place, for good, from what is wrong with the app and will be mended."""
    try:
        yield
    except NotThere as error:
        raise Undeliverable(str(error)) from error
    except NotLetIn as error:
        raise TryLater(str(error), seconds=MENDED_AFTER_S) from error
