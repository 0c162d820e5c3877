"""A Home tab as a whole: everything that somebody sees there now, made of what is kept here and one check of access."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time

from enablement import announcing
from enablement.access import plausible_deals
from enablement.announcing import Shown
from enablement.home.deals import DealsPage, deals_page
from enablement.home.library import LibraryPart, library_part
from enablement.home.looking import KEPT_UP, tabs_of
from enablement.home.operations import OpsPart, ops_part
from enablement.home.sent import SHARES_LOOKED_AT, Dealings, dealings
from enablement.home.team import LONG, TeamUse, people_below, team_use
from enablement.language import _
from enablement.model import Announcement, CrmUser, HomeState, HomeTab, Preferences, Profile, key
from enablement.people import NotServed, crm_user, known_colleague
from enablement.ports import AccessUnknown, Services
from enablement.preferences import preferences_of, quiet_hours_of
from enablement.roles import roles_of

MOST_ANNOUNCED = 5


@dataclass(frozen=True)
class RepPart:
    """A rep's deals and what became of what they sent; none of it where nobody says what they may see."""

    deals: DealsPage | None
    dealings: Dealings


@dataclass(frozen=True)
class TeamPart:
    """What a manager sees of the people below; nothing where nobody says what they may see. Pages start at 1."""

    use: TeamUse | None
    page: int


@dataclass(frozen=True)
class Home:
    """What stands in somebody's Home tab. `problem` says why there is nothing more, to that person."""

    profile: Profile
    state: HomeState
    at: datetime
    tabs: tuple[HomeTab, ...] = ()
    tab: HomeTab = ""
    part: RepPart | TeamPart | LibraryPart | OpsPart | None = None
    waiting: tuple[Shown, ...] = ()
    pinned: tuple[Shown, ...] = ()
    own: tuple[Announcement, ...] = ()
    may_announce: bool = False
    preferences: Preferences | None = None
    quiet_hours: tuple[time, time] = (time(), time())
    problem: str = ""


def home_of(profile: Profile, state: HomeState, services: Services, *, now: datetime, looks: bool) -> Home:
    """Return what somebody's Home tab shows; outsiders see one line. `looks`: they are there now."""
    with services.one_connection():
        return _home_of(profile, state, services, now=now, looks=looks)


def _home_of(profile: Profile, state: HomeState, services: Services, *, now: datetime, looks: bool) -> Home:
    if profile.standing != "member" or not profile.email:
        return Home(profile, state, now, problem=_("Touchline answers members of this workspace only."))
    slack_id = profile.slack_id
    roles = roles_of(slack_id, services)
    tabs = tabs_of(roles)
    tab = _tab(state, tabs, services)
    waiting, pinned = announcing.on_home(slack_id, services)
    may_announce = announcing.right_of(slack_id, services).whom != "nobody"
    own = services.announcements.listed(["running"], limit=MOST_ANNOUNCED, author=profile.email)
    whole = Home(
        profile,
        state,
        now,
        tabs=tabs,
        tab=tab,
        waiting=tuple(waiting[:MOST_ANNOUNCED]),
        pinned=tuple(pinned[:MOST_ANNOUNCED]),
        own=tuple(own) if may_announce else (),
        may_announce=may_announce,
        preferences=preferences_of(slack_id, services),
        quiet_hours=quiet_hours_of(slack_id, services),
    )
    if tab == "enablement":
        return replace(whole, part=library_part(profile.email, services))
    if tab == "ops":
        return replace(whole, part=ops_part(services, now=now, is_admin="admin" in roles))
    try:
        user = crm_user(profile, services)
    except NotServed as refusal:
        return replace(whole, problem=str(refusal))
    part = _team(user, state, services, now) if tab == "manager" else _rep(user, state, services, now, looks)
    return replace(whole, part=part)


def made_from(state: HomeState, services: Services, *, now: datetime) -> str:
    """Return what is the same as long as nothing changed that a Home tab is made of; nobody outside is asked."""
    slack_id = state.slack_id
    receipts = services.announcements.receipts_of(slack_id, limit=100)
    parts: list[object] = [
        now.date(),
        services.mirror.profile(slack_id),
        preferences_of(slack_id, services),
        [(one.id, one.shown_revision, one.acknowledged_revision, one.left_at) for one in receipts],
        services.homes.figures(),
    ]
    roles = roles_of(slack_id, services)
    tab = _tab(state, tabs_of(roles), services)
    user = known_colleague(slack_id, services)
    if user:
        parts += _made_from(user, tab, services, now)
    if tab == "enablement":
        profile = services.mirror.profile(slack_id)
        parts.append(library_part(profile.email if profile else "", services))
    if tab == "ops":
        parts.append(ops_part(services, now=now, is_admin="admin" in roles))
    return key(*parts)


def kept_up(services: Services, *, now: datetime) -> Iterable[HomeState]:
    """Return the Home tabs that somebody had open lately, the last one first."""
    return services.homes.opened_since(now - KEPT_UP)


def _tab(state: HomeState, tabs: tuple[HomeTab, ...], services: Services) -> HomeTab:
    """Return the tab that somebody chose; else their deals where they have some, else what their role is about."""
    if state.tab in tabs or not tabs:
        return state.tab if tabs else ""
    user = known_colleague(state.slack_id, services)
    # Whoever is only on the team of some has a role that is about something else.
    if user and services.mirror.deals_of({user.id}, team_member=""):
        return tabs[0]
    return next((one for one in tabs if one != "rep"), tabs[0])


def _rep(user: CrmUser, state: HomeState, services: Services, now: datetime, looks: bool) -> RepPart:
    try:
        page = deals_page(user, state, services, now=now, looks=looks)
        return RepPart(page, dealings(user, services, now=now))
    except AccessUnknown:
        return RepPart(None, Dealings())


def _team(user: CrmUser, state: HomeState, services: Services, now: datetime) -> TeamPart:
    try:
        return TeamPart(team_use(user, services, now=now), state.page)
    except AccessUnknown:
        return TeamPart(None, state.page)


def _made_from(user: CrmUser, tab: HomeTab, services: Services, now: datetime) -> list[object]:
    deals = plausible_deals(user, services.mirror)
    ids = [one.id for one in deals]
    emails = (
        {user.email, *(one.email for one in people_below(user, services))}
        if tab == "manager"
        else {user.email}
    )
    touches = services.ledger.touches_by(emails, since=now - LONG)
    shares = services.ledger.shares_by(user.email, limit=SHARES_LOOKED_AT)
    return [
        [(one.id, one.modified_at, one.stage, one.close_date, one.competitors) for one in deals],
        services.shortlists.firsts(ids, most=1),
        [(one.id, one.verdict) for one in services.ledger.feedback(*ids, email=user.email)],
        [one.id for one in touches],
        [(one.id, one.revoked_at) for one in shares],
        [one.asset_id for one in services.saved.of(user.email)],
    ]
