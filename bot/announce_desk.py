"""Somebody at the form of an announcement: what they write is read, kept as a draft, and drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.views import View

from bot.announce_audience import read_who
from bot.announce_draw import step, zone_of
from bot.announce_form import Form, read_what
from bot.announce_review import read_review
from bot.gateway import SlackGateway
from enablement import announcing
from enablement.announcing import CannotAnnounce
from enablement.language import _
from enablement.model import Announcement
from enablement.ports import Services

# Who types is not kept at each letter.
TYPING_KEPT_EVERY_S = 20
# Two changes of a form may arrive at once; then the later one is put upon what the earlier one left.
TRIES = 3


@dataclass(frozen=True)
class Desk:
    """Somebody at a form: who they are, what they write, and what is handed in."""

    slack_id: str
    services: Services
    gateway: SlackGateway

    def stored(self, form: Form) -> Announcement:
        """Return what a form is about, as it is kept; raises CannotAnnounce where it is not theirs to change."""
        now = self.services.clock()
        one = self.services.announcements.announcement(form.id)
        if one is None:
            return announcing.begin(self.slack_id, self.services, now=now, announcement_id=form.id)
        if form.edits and not announcing.may_change(one, self.slack_id, self.services):
            raise CannotAnnounce(_("Only its author and librarians may change this."))
        if not form.edits and one.author_slack_id != self.slack_id:
            raise CannotAnnounce(_("This is not yours."))
        return one

    def read(self, one: Announcement, form: Form, view: Mapping[str, Any]) -> Announcement:
        """Return an announcement with what stands in a step."""
        if form.step == "what":
            return read_what(one, form, view)
        if form.step == "who":
            return read_who(one, view)
        return read_review(one, view, zone=zone_of(self.slack_id, self.services))

    def keep(self, form: Form, view: Mapping[str, Any], *, rarely: bool = False) -> Announcement:
        """Keep what stands in a step as a draft, and return it; an edit is only read. Raises CannotAnnounce."""
        now = self.services.clock()
        for left in reversed(range(TRIES)):
            known = self.stored(form)
            one = self.read(known, form, view)
            is_soon = (
                rarely and known.version and (now - known.changed_at).total_seconds() < TYPING_KEPT_EVERY_S
            )
            if form.edits or is_soon or (one == known and known.version):
                return one
            try:
                return announcing.keep(one, self.services, now=now)
            except CannotAnnounce:
                if not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def draw(self, one: Announcement, form: Form, **more: Any) -> View:
        return step(one, form, self.slack_id, self.services, self.gateway, **more)
