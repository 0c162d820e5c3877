"""The previews below messages, kept true: drawn, and drawn anew when what they show is no longer so.

What a preview is made of is kept with it, and when time alone may change it. A change of the library and a revoked link
so lead to the few previews that they touch; whatever slips through is found within a day.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from enablement.model import Asset, PostedLinks, Preview, Share, Task, key
from enablement.people import speaking_to
from enablement.ports import Services
from enablement.previews import Glance, LedTo, glance, led_to, outsiders_read, target
from enablement.sharing import OPEN_LINK_LASTS, PREVIEW_LASTS

FOLLOW, REDRAW = "links.follow", "links.redraw"
# Nobody scrolls back further to see how an asset stands.
KEPT = timedelta(days=90)
SEEN_WITHIN = timedelta(days=1)
# What changed while a preview was drawn is found then.
SOON = timedelta(minutes=1)
# Slack takes fifty a minute, and new links come first; a turn is half a minute.
MOST_A_TURN = 15
LOOKED_AT_ONCE = 200
CHANGES_AT_ONCE = 500
_MARK = "shown links"
# A link that was being ended while those were looked for.
_OVERLAP = timedelta(minutes=2)


def show(links_id: str, services: Services, *, now: datetime) -> None:
    """Show below a message what its links lead to, as it is now; raises TryLater."""
    posted = services.ledger.posted_links(links_id)
    if posted is None:
        return
    glances = _glances(posted, services, now)
    shows = _mark(glances)
    if shows == posted.shows:
        # Drawn already; when to look again is for the next turn to say.
        return
    if not glances or not _draw(posted, glances, services, now) or posted.source == "composer":
        # Nothing is there, or its place is not known: once it is posted, Slack tells of it anew.
        services.ledger.drop_posted_links(links_id)
        return
    about, moments = _made_of(posted, services, now)
    if not about:
        # What is said of a deal is always the same.
        services.ledger.drop_posted_links(links_id)
        return
    look_at = min([*moments, now + SOON])
    kept = replace(posted, urls=tuple(glances), shows=shows, about=about, look_at=look_at)
    services.ledger.keep_posted_links([kept])


def follow(services: Services, *, now: datetime) -> None:
    """Have those previews drawn anew that show what is no longer so: a few a turn, those first that wait longest."""
    _note_changes(services, now)
    same, old = list[PostedLinks](), list[Task]()
    for posted in services.ledger.old_posted_links(now=now, limit=LOOKED_AT_ONCE):
        if not posted.shows or now - posted.at > KEPT:
            services.ledger.drop_posted_links(posted.id)
            continue
        shows = _mark(_glances(posted, services, now))
        if shows == posted.shows:
            about, moments = _made_of(posted, services, now)
            same.append(replace(posted, about=about, look_at=min([*moments, now + SEEN_WITHIN])))
        elif len(old) < MOST_A_TURN:
            # What was given up is tried anew in the next hour.
            name = key(REDRAW, posted.id, posted.look_at, shows, f"{now:%Y-%m-%d %H}")
            old.append(Task(name, REDRAW, "write", posted.id, f"links {posted.channel}"))
    services.ledger.keep_posted_links(same)
    services.outbox.add(old, now=now, lazily=True)


def _note_changes(services: Services, now: datetime) -> None:
    """Have those previews looked at that show assets or links which changed since this was last done."""
    mark = services.nudges.stood([_MARK]).get(_MARK)
    number, since = (int(mark.value[0]), mark.at - _OVERLAP) if mark else (services.index.stands_at(), now)
    changes = services.catalog.changes(number, limit=CHANGES_AT_ONCE)
    about = {_asset(asset_id) for _number, asset_id in changes}
    about |= {_share(share_id) for share_id in services.ledger.ended_shares(since=since)}
    if about:
        services.ledger.look_at_links(about, now=now)
    services.nudges.note({_MARK: (str(changes[-1][0] if changes else number),)}, (), now=now)


def _draw(posted: PostedLinks, glances: dict[str, Glance], services: Services, now: datetime) -> bool:
    # Where a message that is still being written will stand, Slack does not say: who presses is looked at then.
    is_composed = posted.source == "composer"
    has_details = is_composed or not outsiders_read(posted.channel, posted.slack_id, services)
    with speaking_to(posted.slack_id, services, now=now):
        return services.messenger.show_links(posted, glances, has_details=has_details)


def _glances(posted: PostedLinks, services: Services, now: datetime) -> dict[str, Glance]:
    """Return what all may see of these links; of one that was shown, at least that it leads nowhere."""
    seen: dict[str, Glance] = {}
    for url in posted.urls:
        at = target(url, services)
        found = glance(at, services, now=now) if at else None
        if at and (found or posted.shows):
            seen[url] = found or Glance(at, is_over=True)
    return seen


def _made_of(
    posted: PostedLinks, services: Services, now: datetime
) -> tuple[tuple[str, ...], Sequence[datetime]]:
    """Return what the previews of these links are made of, and when they may change without anybody's doing."""
    about, moments = set[str](), set[datetime]()
    for url in posted.urls:
        at = target(url, services)
        found = led_to(at, services, now=now) if at and at.kind != "deal" else None
        if found:
            about |= {_share(found.of.id)} if isinstance(found.of, Share) else set()
            moments.add(_ends(found))
            for asset in _line(found.asset, services):
                about.add(_asset(asset.id))
                moments |= set(_days(asset))
    return tuple(sorted(about)), [one for one in moments if one > now]


def _line(asset: Asset, services: Services) -> Iterator[Asset]:
    """Yield an asset and what replaced it, replacement after replacement."""
    seen, following = set[str](), asset
    while True:
        yield following
        seen.add(following.id)
        other = services.catalog.asset(following.replaced_by) if following.replaced_by else None
        if other is None or other.id in seen:
            return
        following = other


def _ends(found: LedTo) -> datetime:
    of = found.of
    if isinstance(of, Share):
        return of.expires_at
    lasts = PREVIEW_LASTS if isinstance(of, Preview) else OPEN_LINK_LASTS
    return of.made_at + lasts + timedelta(seconds=1)


def _days(asset: Asset) -> Iterator[datetime]:
    """Yield when the days begin on which an asset becomes valid, and on which it is so no more."""
    if asset.released:
        yield datetime.combine(asset.released, time(), UTC)
    if asset.expires:
        yield datetime.combine(asset.expires + timedelta(days=1), time(), UTC)


def _mark(glances: dict[str, Glance]) -> str:
    return key("shown", *(part for url, one in glances.items() for part in (url, one)))


def _asset(asset_id: str) -> str:
    return f"asset {asset_id}"


def _share(share_id: str) -> str:
    return f"share {share_id}"
