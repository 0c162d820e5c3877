"""Draws Home tabs: the part of the `Messenger` port that does so."""

import hashlib
import json

from bot.gateway import NotThere, SlackGateway, TooLate
from bot.home_blocks import home_view
from bot.results_messenger import ResultsMessenger
from enablement.announcing import Shown
from enablement.home import Home
from enablement.ports import Clock, HomeMoved, TryLater, Undeliverable

# Addresses of messages never change; those of a day's readers are enough.
MOST_KNOWN = 10_000


class HomeMessenger(ResultsMessenger):
    """Draws a Home tab as what it is to show, and only over what was drawn before."""

    def __init__(self, gateway: SlackGateway, *, public_url: str, clock: Clock) -> None:
        super().__init__(gateway, public_url=public_url, clock=clock)
        self._links: dict[tuple[str, str], str] = {}

    def show_home(self, home: Home, *, always: bool) -> tuple[str, str]:
        slack_id, state = home.profile.slack_id, home.state
        links = {one.receipt.id: self._link(one) for one in (*home.waiting, *home.pinned)}
        view = home_view(home, links, public_url=self._public_url)
        shows = hashlib.sha256(json.dumps(view.to_dict(), sort_keys=True).encode()).hexdigest()[:40]
        if shows == state.shows and not always:
            return state.hash, shows
        try:
            return self._gateway.publish_home(slack_id, view, known=state.hash), shows
        except TooLate as error:
            raise HomeMoved(str(error)) from error

    def _link(self, one: Shown) -> str:
        at = (one.receipt.channel, one.receipt.ts)
        if at not in self._links:
            if len(self._links) >= MOST_KNOWN:
                self._links.clear()
            try:
                self._links[at] = self._gateway.permalink(*at)
            except (NotThere, TryLater, Undeliverable):
                return ""
        return self._links[at]
