"""The facts about each Web API method: arguments, scopes, tier. Source: docs.slack.dev/reference/methods."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """One method. `arguments` maps a name to its kind: str, int, bool, json or list (commas or JSON).

    A scope such as `*:history` stands for the one of the conversation's kind, such as `im:history`.
    """

    arguments: dict[str, str]
    required: tuple[str, ...] = ()
    scope: str = ""
    tier: str = "4"
    reads: bool = False
    token: str = "bot"  # noqa: S105 - which kind of token: bot, app or configuration


_PAGE = {"cursor": "str", "limit": "int"}
_SPAN = {**_PAGE, "inclusive": "bool", "include_all_metadata": "bool", "latest": "str", "oldest": "str"}
_CONTENT = {
    "channel": "str",
    "text": "str",
    "blocks": "json",
    "attachments": "json",
    "markdown_text": "str",
    "as_user": "bool",
    "link_names": "bool",
    "parse": "str",
}
_LOOKS = {"icon_emoji": "str", "icon_url": "str", "username": "str"}
_VIEW = {"view": "json"}

METHODS: dict[str, Method] = {
    "auth.test": Method({}, tier="special", reads=True),
    "chat.postMessage": Method(
        {
            **_CONTENT,
            **_LOOKS,
            "thread_ts": "str",
            "reply_broadcast": "bool",
            "unfurl_links": "bool",
            "unfurl_media": "bool",
            "mrkdwn": "bool",
            "metadata": "json",
        },
        required=("channel",),
        scope="chat:write",
        tier="special",
    ),
    "chat.postEphemeral": Method(
        {**_CONTENT, **_LOOKS, "user": "str", "thread_ts": "str"},
        required=("channel", "user"),
        scope="chat:write",
    ),
    "chat.update": Method(
        {**_CONTENT, "ts": "str", "reply_broadcast": "bool", "metadata": "json"},
        required=("channel", "ts"),
        scope="chat:write",
        tier="3",
    ),
    "chat.delete": Method(
        {"channel": "str", "ts": "str", "as_user": "bool"},
        required=("channel", "ts"),
        scope="chat:write",
        tier="3",
    ),
    "conversations.open": Method(
        {"channel": "str", "users": "list", "return_im": "bool"},
        scope="im:write",
        tier="3",
    ),
    "conversations.info": Method(
        {"channel": "str", "include_locale": "bool", "include_num_members": "bool"},
        required=("channel",),
        scope="*:read",
        tier="3",
        reads=True,
    ),
    "conversations.list": Method(
        {**_PAGE, "exclude_archived": "bool", "types": "list"},
        scope="channels:read",
        tier="2",
        reads=True,
    ),
    "conversations.history": Method(
        {**_SPAN, "channel": "str"}, required=("channel",), scope="*:history", tier="3", reads=True
    ),
    "conversations.replies": Method(
        {**_SPAN, "channel": "str", "ts": "str"},
        required=("channel", "ts"),
        scope="*:history",
        tier="3",
        reads=True,
    ),
    "conversations.members": Method(
        {**_PAGE, "channel": "str"}, required=("channel",), scope="*:read", reads=True
    ),
    "users.info": Method(
        {"user": "str", "include_locale": "bool"}, required=("user",), scope="users:read", reads=True
    ),
    "users.list": Method({**_PAGE, "include_locale": "bool"}, scope="users:read", tier="2", reads=True),
    "users.lookupByEmail": Method(
        {"email": "str"}, required=("email",), scope="users:read.email", tier="3", reads=True
    ),
    "usergroups.list": Method(
        {"include_count": "bool", "include_disabled": "bool", "include_users": "bool", "team_id": "str"},
        scope="usergroups:read",
        tier="2",
        reads=True,
    ),
    "usergroups.users.list": Method(
        {"usergroup": "str", "include_disabled": "bool", "team_id": "str"},
        required=("usergroup",),
        scope="usergroups:read",
        tier="2",
        reads=True,
    ),
    "views.open": Method({**_VIEW, "trigger_id": "str"}, required=("trigger_id", "view")),
    "views.push": Method({**_VIEW, "trigger_id": "str"}, required=("trigger_id", "view")),
    "views.update": Method(
        {**_VIEW, "external_id": "str", "view_id": "str", "hash": "str"}, required=("view",)
    ),
    "views.publish": Method({**_VIEW, "user_id": "str", "hash": "str"}, required=("user_id", "view")),
    "assistant.threads.setStatus": Method(
        {**_LOOKS, "channel_id": "str", "thread_ts": "str", "status": "str", "loading_messages": "json"},
        required=("channel_id", "thread_ts", "status"),
        scope="chat:write",
        tier="special",
    ),
    "assistant.threads.setSuggestedPrompts": Method(
        {"channel_id": "str", "thread_ts": "str", "title": "str", "prompts": "json"},
        required=("channel_id", "prompts"),
        scope="assistant:write",
    ),
    "assistant.threads.setTitle": Method(
        {"channel_id": "str", "thread_ts": "str", "title": "str"},
        required=("channel_id", "thread_ts", "title"),
        scope="assistant:write",
    ),
    "chat.getPermalink": Method(
        {"channel": "str", "message_ts": "str"},
        required=("channel", "message_ts"),
        tier="special",
        reads=True,
    ),
    "chat.unfurl": Method(
        {
            "channel": "str",
            "ts": "str",
            "unfurl_id": "str",
            "source": "str",
            "unfurls": "json",
            "metadata": "json",
            "user_auth_required": "bool",
            "user_auth_message": "str",
            "user_auth_url": "str",
            "user_auth_blocks": "json",
        },
        scope="links:write",
        tier="3",
    ),
    "conversations.join": Method({"channel": "str"}, required=("channel",), scope="channels:join", tier="3"),
    "files.getUploadURLExternal": Method(
        {"filename": "str", "length": "int", "alt_txt": "str", "snippet_type": "str"},
        required=("filename", "length"),
        scope="files:write",
    ),
    "files.completeUploadExternal": Method(
        {
            "files": "json",
            "channel_id": "str",
            "channels": "list",
            "thread_ts": "str",
            "initial_comment": "str",
            "blocks": "json",
        },
        required=("files",),
        scope="files:write",
    ),
    "files.info": Method(
        {**_PAGE, "file": "str", "count": "int", "page": "int"},
        required=("file",),
        scope="files:read",
        reads=True,
    ),
    "bots.info": Method({"bot": "str"}, scope="users:read", tier="3", reads=True),
    "auth.revoke": Method({"test": "bool"}, tier="3"),
    "apps.connections.open": Method({}, tier="1", token="app"),  # noqa: S106 - a kind of token, no token
    "apps.manifest.validate": Method(
        {"manifest": "json", "app_id": "str"},
        required=("manifest",),
        tier="3",
        reads=True,
        token="configuration",  # noqa: S106 - the same
    ),
    "blocks.validate": Method({"blocks": "json", "view": "json", "message": "json"}, tier="3", reads=True),
}
