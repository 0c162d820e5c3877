"""What is known of deals and people, and who may see what."""

from collections.abc import Callable, Collection as Some, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from enablement.model import (
    Audit,
    Contact,
    Copy,
    CopyKind,
    CrmRole,
    CrmUser,
    Deal,
    DealChange,
    DealFilter,
    PersonLink,
    Profile,
    Recommended,
    Stage,
    StageHop,
    Task,
)

# The work that changes of deals cause; committed together with them.
WorkAfter = Callable[[Sequence[DealChange]], Sequence[Task]]


class Mirror(Protocol):
    """The CRM's deals, people and roles as last seen, and Slack's profiles."""

    def store(
        self,
        *,
        users: Iterable[CrmUser] = (),
        roles: Iterable[CrmRole] = (),
        stages: Iterable[Stage] = (),
        deals: Iterable[Deal] = (),
        contacts: Iterable[Contact] = (),
        hops: Iterable[StageHop] = (),
        work: WorkAfter | None = None,
        now: datetime | None = None,
    ) -> list[DealChange]:
        """Take over these rows as they are, and return what changed of deals; `work` needs `now`.

        The contacts of a stored deal are replaced as a whole. A deal is left as it is where a later state is known.
        """

    def forget(self, deal_ids: Some[str]) -> int:
        """Drop deals that the CRM no longer has; return how many were there."""

    def stages(self) -> list[Stage]:
        """Return the steps of the sales process, in order."""

    def hops(self, deal_id: str) -> list[StageHop]:
        """Return a deal's history, oldest first."""

    def deal(self, deal_id: str) -> Deal | None: ...

    def deals(self, ids: Some[str]) -> list[Deal]: ...

    def deals_of(self, owners: Some[str], *, team_member: str) -> list[Deal]:
        """Return the open deals owned by any of these users or with this user on the team, newest first."""

    def open_deals(self, *, after: str, limit: int, last: str = "") -> list[str]:
        """Return the ids of open deals in their order, after an id, and up to another where there is one."""

    def contacts(self, deal_id: str) -> list[Contact]: ...

    def users_by_email(self, email: str) -> list[CrmUser]: ...

    def user(self, user_id: str) -> CrmUser | None: ...

    def users(self, *, roles: Some[str] | None = None) -> list[CrmUser]:
        """Return the active users; or those who have one of these roles, active or not: they may still own deals."""

    def roles(self) -> list[CrmRole]: ...

    def profile(self, slack_id: str) -> Profile | None:
        """Return who is known in Slack by this id; their locale is the language that they chose, if any."""

    def keep_profile(self, profile: Profile) -> None: ...

    def profiles(self, *, email: str = "") -> list[Profile]:
        """Return everybody who is known in Slack (with this e-mail), guests and strangers too."""

    def keep_profiles(self, profiles: Iterable[Profile]) -> None: ...

    def time_zones(self) -> list[str]:
        """Return the time zones that profiles name, each once."""

    def owners_of(self, like: DealFilter) -> frozenset[str]:
        """Return who owns an open deal that a filter lets through."""

    def stamps(self) -> dict[str, datetime]:
        """Return when each deal changed last, as far as is known here."""

    def watermark(self, name: str) -> datetime | None: ...

    def watermarks(self, beginning: str) -> dict[str, datetime]:
        """Return the watermarks whose names begin so, by the rest of the name."""

    def set_watermark(self, name: str, at: datetime) -> None: ...


class People(Protocol):
    """Which Slack user is which CRM user, where an administrator said so, and who is in what roles come from."""

    def link(self, slack_id: str) -> PersonLink | None: ...

    def links(self) -> list[PersonLink]:
        """Return all links, by Slack id."""

    def keep(self, link: PersonLink, audit: Audit) -> None:
        """Store a link in place of the one of that Slack user, together with the note of it."""

    def drop(self, slack_id: str, audit: Audit) -> bool:
        """Remove a link, together with the note of it; False, and no note, when there was none."""

    def sources_of(self, *people: str) -> frozenset[str]:
        """Return in which sources of roles somebody is, by their Slack id or CRM user id."""

    def holders(self, source: str) -> frozenset[str]:
        """Return who was in a source of roles when it was last read: Slack ids, or CRM user ids."""

    def keep_holders(self, source: str, people: Some[str], audits: Sequence[Audit]) -> None:
        """Store who is in a source, in place of who was, together with notes of what that changed."""

    def sources(self) -> frozenset[str]:
        """Return the sources that somebody is in."""


class Shortlists(Protocol):
    """What is kept of each deal's suggestions between two changes of it."""

    def keep(self, lists: Mapping[str, Sequence[Recommended]]) -> None:
        """Store what fits each deal (by id) in place of what was kept for it; nothing removes it.

        A list that is another only in when it was made stays as it is.
        """

    def of(self, deal_id: str) -> list[Recommended]:
        """Return what is kept for a deal, best first."""

    def firsts(self, deal_ids: Some[str], *, most: int) -> dict[str, list[str]]:
        """Return of what is kept for these deals the ids of the first assets, best first."""


class Copies(Protocol):
    """What the CRM was last told of assets and of deals' suggestions, so that only what differs is written."""

    def told(self, kind: CopyKind, ids: Some[str] | None = None) -> dict[str, Copy]:
        """Return what was told of these, or of all; what the CRM never heard of is left out."""

    def keep(self, kind: CopyKind, copies: Mapping[str, Copy]) -> None:
        """Store what was told, in place of what was told before."""

    def forget(self, kind: CopyKind, ids: Some[str] | None = None) -> None:
        """Drop what was told of these, or of all: they count as never told."""


class Access(Protocol):
    """Knows who may see a deal now."""

    def readable(self, user_id: str, deal_ids: Sequence[str]) -> frozenset[str]:
        """Return which of these deals this user may read; raises AccessUnknown."""
