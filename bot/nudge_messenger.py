"""Sends nudges and digests: the part of the `Messenger` port that tells people what they did not ask for."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from slack_sdk.models.blocks import Block

from bot.announcing_messenger import told_apart
from bot.digest_blocks import Chart, digest
from bot.links_messenger import LinksMessenger
from bot.nudge_blocks import nudges
from enablement.digests import Digest
from enablement.nudging import NudgeMessage
from enablement.ports import Undeliverable

# A row that was given up may be revived days later: so far back its message is looked for.
LOOK_BACK = timedelta(days=14)


class NudgeMessenger(LinksMessenger):
    """Sends direct messages, each once."""

    def nudge(self, message: NudgeMessage, *, again: bool) -> None:
        blocks, text = nudges(message, public_url=self._public_url)
        mark = {"event_type": "touchline_nudge", "event_payload": {"message": message.id}}
        self._send(message.slack_id, blocks, text, mark=mark, again=again)

    def send_digest(self, said: Digest, *, to: str, mark: str, again: bool) -> None:
        blocks, text = digest(said, now=self._clock())
        bears = {"event_type": "touchline_digest", "event_payload": {"id": mark}}
        try:
            self._send(to, blocks, text, mark=bears, again=again)
        except Undeliverable as error:
            # A Slack that draws no charts: all that is in one stands beside it in words.
            plainly = [one for one in blocks if not isinstance(one, Chart)]
            if "invalid_blocks" not in str(error) or len(plainly) == len(blocks):
                raise
            self._send(to, plainly, text, mark=bears, again=False)

    def _send(
        self, to: str, blocks: Sequence[Block], text: str, *, mark: Mapping[str, Any], again: bool
    ) -> None:
        with told_apart():
            channel = self._gateway.open_dm(to)
            since = self._clock() - LOOK_BACK
            if again and self._gateway.has_posted(channel, thread="", since=since, mark=mark):
                return
            self._gateway.post(channel, blocks, text, thread="", mark=mark)
