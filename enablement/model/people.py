"""Who asks and who may see what: people in Slack, users of the CRM, and the links between them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Standing = Literal["member", "guest", "stranger", "deactivated"]
Role = Literal["rep", "manager", "enablement", "ops", "admin"]
ROLES: tuple[Role, ...] = ("rep", "manager", "enablement", "ops", "admin")


@dataclass(frozen=True)
class RoleRule:
    """That those of a source have a role.

    The source is an e-mail, a Slack group (@handle or S…), profile:NAME or permission-set:NAME of the CRM.
    """

    role: Role
    source: str


@dataclass(frozen=True)
class PersonLink:
    """An administrator's word that a Slack user is this CRM user, where their e-mails differ."""

    slack_id: str
    crm_user_id: str
    set_by: str
    at: datetime


@dataclass(frozen=True)
class Audit:
    """Who did what to what, for those who must answer for it; `detail` holds no secret and no content."""

    id: str
    email: str
    action: str
    subject: str
    detail: str
    at: datetime


@dataclass(frozen=True)
class CrmUser:
    """A person as the CRM knows them; superiors are the role ids above theirs.

    `is_active`: a colleague who may sign in now. Partners and customers, who have users too, are not.
    """

    id: str
    email: str
    name: str
    role_id: str | None
    is_active: bool


@dataclass(frozen=True)
class CrmRole:
    """A place in the role hierarchy; who stands above sees what those below own."""

    id: str
    parent_id: str | None
    name: str = ""


@dataclass(frozen=True)
class Profile:
    """A colleague as Slack knows them, as of `seen_at`."""

    slack_id: str
    email: str
    name: str
    locale: str
    time_zone: str
    standing: Standing
    seen_at: datetime
