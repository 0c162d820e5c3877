"""Shows results of announcements: the part of the `Messenger` port that authors and managers see."""

from datetime import timedelta

from bot.announcing_messenger import AnnouncingMessenger, told_apart
from bot.mrkdwn import escape, plain
from bot.results_blocks import progress
from enablement.announcing import Results
from enablement.model import ProgressMessage

# A row that was given up may be revived days later: so far back its file is looked for.
FILES_LAST = timedelta(days=14)
# What Slack takes to describe a picture.
LONGEST_ALT = 1000


class ResultsMessenger(AnnouncingMessenger):
    """Keeps authors' messages of how it goes up to date, and sends files."""

    def show_progress(
        self, found: Results, *, to: str, shown: ProgressMessage | None, again: bool
    ) -> tuple[str, str]:
        blocks, text = progress(found)
        mark = {
            "event_type": "touchline_progress",
            "event_payload": {"announcement": found.announcement.id},
        }
        with told_apart():
            there = (shown.channel, shown.ts) if shown else None
            if again:
                channel = self._gateway.open_dm(to)
                ts = self._posted(channel, mark=mark)
                there = (channel, ts) if ts else None
            if there is None:
                return self._gateway.post(to, blocks, text, thread="", mark=mark)
            self._gateway.update(*there, blocks, text)
            return there

    def send_file(
        self, to: str, name: str, data: bytes, *, title: str, text: str, alt: str, again: bool
    ) -> None:
        with told_apart():
            channel = self._gateway.open_dm(to)
            if again and self._gateway.has_file(channel, name, since=self._clock() - FILES_LAST):
                return
            self._gateway.upload(
                channel, name, data, title=title, text=escape(text), alt=plain(alt, most=LONGEST_ALT)
            )
