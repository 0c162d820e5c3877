"""usergroups.*: groups of people that can be called together. docs.slack.dev/reference/methods/usergroups.list"""

from sandbox.slack.errors import Json, SlackError
from sandbox.slack.state import Slack
from sandbox.slack.workspace import UserGroup


def listing(slack: Slack, arguments: Json) -> Json:
    """Return the groups, without disabled ones unless asked for."""
    all_too = arguments.get("include_disabled", False)
    groups = [one for one in slack.workspace.usergroups.values() if all_too or not one.disabled]
    return {"usergroups": [_group(slack, one, arguments) for one in groups]}


def members(slack: Slack, arguments: Json) -> Json:
    """Return the ids of those in a group."""
    group = slack.workspace.usergroups.get(arguments["usergroup"])
    if group is None or (group.disabled and not arguments.get("include_disabled", False)):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def _group(slack: Slack, one: UserGroup, arguments: Json) -> Json:
    found: Json = {
        "id": one.id,
        "team_id": slack.workspace.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": one.name,
        "description": "",
        "handle": one.handle,
        "is_external": False,
        "date_create": 1700000000,
        "date_update": 1700000000,
        "date_delete": 1700000000 if one.disabled else 0,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
    }
    if arguments.get("include_users", False):
        found["users"] = list(one.users)
    if arguments.get("include_count", False):
        # A string, as Slack has it.
        found["user_count"] = str(len(one.users))
    return found


HANDLERS = {"usergroups.list": listing, "usergroups.users.list": members}
