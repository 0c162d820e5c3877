"""Shows below messages what their links lead to: the part of the `Messenger` port that does so."""

import logging
from collections.abc import Mapping

from bot.gateway import NotThere
from bot.home_messenger import HomeMessenger
from bot.unfurl_blocks import glance_blocks
from enablement.model import PostedLinks
from enablement.previews import Glance

log = logging.getLogger(__name__)


class LinksMessenger(HomeMessenger):
    """Shows links as they may be seen by all who read the message."""

    def show_links(self, posted: PostedLinks, glances: Mapping[str, Glance], *, has_details: bool) -> bool:
        drawn = {url: glance_blocks(one, has_details=has_details) for url, one in glances.items()}
        try:
            # What is shown already is changed at its place: how long Slack knows it by an id, it does not say.
            if posted.unfurl_id and not posted.shows:
                self._gateway.unfurl(posted.unfurl_id, posted.source, drawn)
            else:
                self._gateway.unfurl_at(posted.channel, posted.ts, drawn)
        except NotThere as error:
            # The message was deleted or changed, or its preview was taken away, before we came.
            log.info("links are not shown: %s", error)
            return False
        return True
