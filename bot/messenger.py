"""Reaches people in Slack: the `Messenger` port."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot import downloads
from bot.blocks import reply as draw
from bot.gateway import NotThere, SlackGateway
from bot.incident_blocks import incident as draw_incident
from bot.library_blocks import notice as draw_notice
from bot.nudge_messenger import NudgeMessenger
from bot.request_blocks import tidings
from bot.working import Working
from enablement.announcing import Told
from enablement.answering import Reply
from enablement.coverage import View
from enablement.holdings import Holdings
from enablement.model import Ask, Asset, Fetched, Incident, Notice, Place, Profile, Standing
from enablement.people import in_words_of
from enablement.ports import Clock, TryLater, Undeliverable
from enablement.requests import Decided, NewRequests, RequestsPage
from enablement.saved import SavedPage
from enablement.uploads import Offer

log = logging.getLogger(__name__)
RESPONSE_LASTS = timedelta(minutes=29)
CHANNEL_IS_FRESH = timedelta(seconds=60)
# A notice that was given up may be revived days later: so far back it is looked for.
NOTICES_LAST = timedelta(days=14)


class SlackMessenger(NudgeMessenger):
    """Shows replies where they were asked for, to the asker alone."""

    def __init__(
        self,
        gateway: SlackGateway,
        *,
        public_url: str,
        clock: Clock,
        language_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        """`language_of` says which language somebody (by Slack id) chose; nothing for that of their Slack."""
        super().__init__(gateway, public_url=public_url, clock=clock)
        self._language_of = language_of
        self._outside: dict[str, tuple[bool, datetime]] = {}
        self._working = Working(gateway)

    def profile(self, slack_id: str, *, now: datetime) -> Profile:
        try:
            user = self._gateway.user(slack_id)
        except (NotThere, Undeliverable):
            return Profile(slack_id, "", "", "", "", "stranger", now)
        return self._profile(user, now)

    def colleagues(self, *, now: datetime) -> Iterator[Profile]:
        return (self._profile(user, now) for user in self._gateway.users() if not _is_bot(user))

    def find(self, email: str, *, now: datetime) -> Profile | None:
        try:
            user = self._gateway.user_by_email(email)
            # Only this tells their language.
            return self._profile(self._gateway.user(str(user["id"])), now)
        except NotThere:
            return None

    def direct(self, slack_id: str) -> str:
        return self._gateway.open_dm(slack_id)

    def is_shared_outside(self, channel: str) -> bool:
        now = self._clock()
        known = self._outside.get(channel)
        if known and now - known[1] < CHANNEL_IS_FRESH:
            return known[0]
        try:
            facts = self._gateway.channel(channel)
        except (NotThere, TryLater, Undeliverable):
            # Not to know who reads along means to expect the worst.
            return True
        outside = any(facts.get(name) for name in ("is_ext_shared", "is_pending_ext_shared", "is_org_shared"))
        self._outside[channel] = (outside, now)
        return outside

    def working(self, ask: Ask) -> None:
        self._working.begin(ask)

    def show(
        self,
        reply: Reply | Offer | Holdings | Told | View | SavedPage | RequestsPage,
        *,
        ask: Ask,
        again: bool,
    ) -> tuple[str, str] | None:
        """Show a reply; `again` says that it may be there already, from before a crash."""
        now = self._clock()
        self._working.end(ask)
        blocks, text = draw(reply, public_url=self._public_url, now=now)
        in_time = bool(ask.response_url) and now - ask.asked_at < RESPONSE_LASTS
        if in_time and self._gateway.respond(ask.response_url, blocks, text, replace=ask.replaces):
            return None
        place = ask.place
        if not place.is_direct:
            try:
                self._gateway.post_ephemeral(place.channel, ask.slack_id, blocks, text, thread=place.thread)
                return None
            except NotThere:
                # The bot was never let into this channel: the asker still gets the answer.
                place = Place(is_direct=True)
        if not place.channel:
            place = Place(self._gateway.open_dm(ask.slack_id), is_direct=True)
        mark = {"event_type": "touchline_reply", "event_payload": {"ask": ask.id}}
        since, thread = ask.asked_at, place.thread
        ts = self._gateway.posted(place.channel, thread=thread, since=since, mark=mark) if again else ""
        ts = ts or self._gateway.post(place.channel, blocks, text, thread=thread, mark=mark)[1]
        return None if thread else (place.channel, ts)

    def notify(self, notice: Notice, asset: Asset, *, again: bool) -> None:
        """Send a direct message; `again` says that it may be there already, from before a crash."""
        now = self._clock()
        member = self.find(notice.to, now=now)
        if member is None:
            raise Undeliverable(f"Slack knows no active member with the e-mail {notice.to}")
        if member.standing != "member":
            raise Undeliverable(f"{notice.to} is not a full member of this Slack workspace")
        channel = self._gateway.open_dm(member.slack_id)
        mark = {"event_type": "touchline_notice", "event_payload": {"notice": notice.id}}
        if again and self._gateway.has_posted(channel, thread="", since=now - NOTICES_LAST, mark=mark):
            return
        with in_words_of(replace(member, locale=self._language_of(member.slack_id) or member.locale)):
            blocks, text = draw_notice(notice, asset, public_url=self._public_url)
        self._gateway.post(channel, blocks, text, thread="", mark=mark)

    def tell(self, said: NewRequests | Decided, *, to: str, mark: str, again: bool) -> None:
        """Tell somebody of requests in a direct message; `again` says that it may be there already."""
        channel = self._gateway.open_dm(to)
        known = {"event_type": "touchline_request", "event_payload": {"id": mark}}
        since = self._clock() - NOTICES_LAST
        if again and self._gateway.has_posted(channel, thread="", since=since, mark=known):
            return
        blocks, text = tidings(said)
        self._gateway.post(channel, blocks, text, thread="", mark=known)

    def report(self, incident: Incident, *, again: bool, now: datetime) -> str:
        """Post an incident to its channel, or change its message; return the message's ts."""
        blocks, text = draw_incident(incident)
        channel, ts = incident.channel, incident.ts
        mark = {"event_type": "touchline_incident", "event_payload": {"incident": incident.id}}
        if again:
            ts = self._found(channel, since=now - NOTICES_LAST, mark=mark)
        try:
            if ts:
                self._gateway.update(channel, ts, blocks, text)
                return ts
        except NotThere:
            # Somebody deleted the message: what is still wrong is said again.
            log.info("the message of an incident is gone: a new one is posted")
        try:
            return self._gateway.post(channel, blocks, text, thread="", mark=mark)[1]
        except NotThere as error:
            raise Undeliverable(f"OPS_CHANNEL {channel}: {error}. Invite the bot to it.") from error

    def _found(self, channel: str, *, since: datetime, mark: Mapping[str, Any]) -> str:
        try:
            return self._gateway.posted(channel, thread="", since=since, mark=mark)
        except (NotThere, Undeliverable):
            # We may write to a channel, but read back only direct messages: better told twice than not at all.
            return ""

    def fetch(self, file_id: str, *, most: int) -> Fetched:
        return downloads.fetch(self._gateway, file_id, most=most)

    def _profile(self, user: Mapping[str, Any], now: datetime) -> Profile:
        about = user.get("profile") or {}
        return Profile(
            slack_id=str(user["id"]),
            email=str(about.get("email") or "").lower(),
            name=str(user.get("real_name") or user.get("name") or ""),
            locale=str(user.get("locale") or "en-US"),
            time_zone=str(user.get("tz") or "UTC"),
            standing=_standing(user) if self._gateway.is_of_ours(user) else "stranger",
            seen_at=now,
        )


def _is_bot(user: Mapping[str, Any]) -> bool:
    # Slack's own bot is in the list too, and is not called one.
    return bool(user.get("is_bot")) or user.get("id") == "USLACKBOT"


def _standing(said: Mapping[str, Any]) -> Standing:
    if said.get("deleted"):
        return "deactivated"
    if said.get("is_stranger") or said.get("is_bot"):
        return "stranger"
    if said.get("is_restricted") or said.get("is_ultra_restricted"):
        return "guest"
    return "stranger" if said.get("is_email_confirmed") is False else "member"
