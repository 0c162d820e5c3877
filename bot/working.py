"""Says in the agent's conversation that an answer is being worked on; whoever answers does not wait for that."""

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

from bot.gateway import NotThere, SlackGateway
from enablement.language import _
from enablement.model import Ask
from enablement.ports import TryLater, Undeliverable

log = logging.getLogger(__name__)
AT_ONCE = 4
# Answers that did not come are forgotten: Slack takes their status away after two minutes.
MOST_KNOWN = 200


class Working:
    """The status of asks that are being answered."""

    def __init__(self, gateway: SlackGateway) -> None:
        self._gateway = gateway
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="status")
        self._answered: dict[str, Event] = {}

    def begin(self, ask: Ask) -> None:
        """Show that an ask in a thread of a direct conversation is being answered; return at once."""
        if not (ask.place.is_direct and ask.place.thread) or ask.replaces:
            return
        for old in list(self._answered)[:-MOST_KNOWN]:
            self._answered.pop(old, None)
        answered = self._answered.setdefault(ask.id, Event())
        # In the words of who asks: those of the thread that says so.
        status = _("is looking for content…")
        loading = [_("Reading the deal…"), _("Searching the library…"), _("Choosing what fits…")]
        self._pool.submit(self._show, ask, status, loading, answered)

    def end(self, ask: Ask) -> None:
        """Note that the answer comes now: Slack takes the status away when it is posted."""
        answered = self._answered.pop(ask.id, None)
        if answered:
            answered.set()

    def _show(self, ask: Ask, status: str, loading: list[str], answered: Event) -> None:
        if answered.is_set():
            return
        try:
            self._set(ask, status, loading)
        except TryLater as error:
            # Slack may have taken it all the same: who did not hear of that in time must still take it away.
            log.info("perhaps no status was shown: %s", error)
        except (NotThere, Undeliverable) as error:
            log.info("no status was shown: %s", error)
            return
        if answered.is_set():
            # It came too late, perhaps after the answer: nothing would take it away.
            with suppress(NotThere, TryLater, Undeliverable):
                self._set(ask, "", [])

    def _set(self, ask: Ask, status: str, loading: list[str]) -> None:
        self._gateway.set_status(ask.place.channel, ask.place.thread, status, loading=loading)
