"""The names a manifest may hold: scopes by the token they are for, events with the scopes they need.

Sources: docs.slack.dev/reference/scopes and /events, the types of @slack/web-api 8.2 and @slack/types 3.2.
Left out: what went with classic and workspace apps, and events that come to every app by themselves.
"""

_EITHER = """
    bookmarks:read bookmarks:write calls:read calls:write canvases:read canvases:write
    channels:history channels:read channels:write.invites channels:write.topic chat:write commands
    dnd:read emoji:read files:read files:write
    groups:history groups:read groups:write groups:write.invites groups:write.topic
    im:history im:read im:write im:write.topic incoming-webhook
    links.embed:write links:read links:write lists:read lists:write
    mpim:history mpim:read mpim:write mpim:write.invites mpim:write.topic
    pins:read pins:write reactions:read reactions:write reminders:read reminders:write
    remote_files:read remote_files:share
    search:read.files search:read.im search:read.mpim search:read.private search:read.public search:read.users
    team.billing:read team.preferences:read team:read tokens.basic triggers:read triggers:write
    usergroups:read usergroups:write users.profile:read users:read users:read.email users:write
"""
_BOT = """
    app_mentions:read assistant:write channels:join channels:manage chat:write.customize chat:write.public
    conversations.connect:manage conversations.connect:read conversations.connect:write
    datastore:read datastore:write mcp:connect metadata.message:read remote_files:write search:read.enterprise
    workflow.steps:execute
"""
_USER = """
    admin admin.analytics:read admin.app_activities:read admin.apps:read admin.apps:write
    admin.barriers:read admin.barriers:write admin.chat:read admin.chat:write
    admin.conversations:manage_objects admin.conversations:read admin.conversations:write
    admin.invites:read admin.invites:write admin.roles:read admin.roles:write admin.teams:read admin.teams:write
    admin.usergroups:read admin.usergroups:write admin.users:read admin.users:write
    admin.workflows:read admin.workflows:write apps.requests:write auditlogs:read channels:write dnd:write
    email hosting:read hosting:write identity.avatar identity.basic identity.email identity.team openid profile
    search:read stars:read stars:write users.profile:write
"""
SCOPES = {
    "bot": frozenset(_EITHER.split() + _BOT.split()),
    "user": frozenset(_EITHER.split() + _USER.split()),
}

# Scopes of which one is needed → the events that need it.
_EVENTS = {
    "": """
        agent_session_stopped agent_session_title_changed app_context_changed app_deleted app_home_opened
        app_installed app_requested app_uninstalled app_uninstalled_team assistant_thread_context_changed
        assistant_thread_started call_rejected channel_id_changed entity_details_requested function_executed
        grid_migration_finished grid_migration_started shared_channel_invite_accepted
        shared_channel_invite_approved shared_channel_invite_declined shared_channel_invite_received
        shared_channel_invite_requested team_access_granted team_access_revoked tokens_revoked
        user_huddle_changed user_profile_changed user_status_changed
        workflow_deleted workflow_published workflow_step_deleted workflow_step_execute workflow_unpublished
    """,
    "admin.invites:read": "invite_requested",
    "app_mentions:read": "app_mention",
    "channels:history": "message.channels",
    "channels:history groups:history mpim:history": "channel_history_changed",
    "channels:read": """
        channel_archive channel_created channel_deleted channel_left channel_rename channel_unarchive
    """,
    "channels:read groups:read": "channel_shared channel_unshared member_left_channel",
    "channels:read groups:read mpim:read": "member_joined_channel",
    "dnd:read": "dnd_updated dnd_updated_user",
    "emoji:read": "emoji_changed",
    "files:read": """
        file_change file_comment_added file_comment_deleted file_comment_edited file_created file_deleted
        file_public file_shared file_unshared
    """,
    "groups:history": "group_history_changed message.groups",
    "groups:read": """
        group_archive group_close group_deleted group_left group_open group_rename group_unarchive
    """,
    "im:history": "im_history_changed message.im",
    "im:read": "im_close im_created im_open",
    "links:read": "link_shared",
    "metadata.message:read": "message_metadata_deleted message_metadata_posted message_metadata_updated",
    "mpim:history": "message.mpim",
    "pins:read": "pin_added pin_removed",
    "reactions:read": "reaction_added reaction_removed",
    "stars:read": "star_added star_removed",
    "team:read": "email_domain_changed team_domain_change team_rename",
    "usergroups:read": """
        subteam_created subteam_members_changed subteam_self_added subteam_self_removed subteam_updated
    """,
    "users:read": "team_join user_change",
}
EVENTS = {event: tuple(scopes.split()) for scopes, events in _EVENTS.items() for event in events.split()}
