"""Which users have a profile or a permission set: what roles may hang on."""

from crm.client import SalesforceClient
from crm.ids import sf_id

_WITH_PROFILE = "SELECT Id FROM User WHERE IsActive = true AND Profile.Name = {name}"
_WITH_PERMISSION_SET = (
    "SELECT AssigneeId FROM PermissionSetAssignment "
    "WHERE Assignee.IsActive = true AND PermissionSet.Name = {name}"
)


def users_in(client: SalesforceClient, *, profile: str = "", permission_set: str = "") -> list[str]:
    """Return the ids of the active users with a profile, or with a permission set; raises TryLater, Undeliverable."""
    if profile:
        return [sf_id(row["Id"]) for row in client.query(_WITH_PROFILE, name=profile)]
    rows = client.query(_WITH_PERMISSION_SET, name=permission_set)
    return sorted({sf_id(row["AssigneeId"]) for row in rows})
