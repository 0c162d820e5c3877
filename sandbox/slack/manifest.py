"""The judge of app manifests. Source: Slack's published manifest schema, version 2."""

from typing import Any

from sandbox.slack.blocks.shapes import (
    Check,
    array,
    boolean,
    complain,
    integer,
    matching,
    one_of,
    record,
    string,
)
from sandbox.slack.errors import Json
from sandbox.slack.manifest_sense import check_sense, problem

NAME, DESCRIPTION, LONG_LEAST, LONG_MOST = 35, 140, 175, 4_000
BOT_NAME = 80
SHORTCUTS, SHORTCUT_NAME, SHORTCUT_DESCRIPTION, CALLBACK_ID = 10, 24, 150, 255
COMMANDS, COMMAND, COMMAND_DESCRIPTION, USAGE_HINT, COMMAND_URL = 50, 32, 2_000, 1_000, 3_000
DOMAINS, DOMAIN = 5, 255
AGENT_DESCRIPTION, PROMPTS = 300, 4
REDIRECTS, REDIRECT, SCOPES, SCOPE = 1_000, 2_500, 255, 50
EVENTS, EVENT, METADATA_EVENTS = 100, 50, 20
FUNCTIONS, PARAMETERS, SERVERS = 50, 50, 20
REQUEST_URL = 3_500


def _address(most: int) -> Check:
    length, form = string(most=most), matching(r"https?://\S+", "a URL that starts with http:// or https://")

    def check(value: Any, at: str, found: list[str]) -> None:
        before = len(found)
        length(value, at, found)
        if len(found) == before:
            form(value, at, found)

    return check


def _each_once(items: Check) -> Check:
    def check(value: Any, at: str, found: list[str]) -> None:
        before = len(found)
        items(value, at, found)
        if len(found) == before and len({str(part) for part in value}) != len(value):
            complain(found, at, "items must be unique")

    return check


def _by_name(item: Check, *, most: int) -> Check:
    def check(value: Any, at: str, found: list[str]) -> None:
        if not isinstance(value, dict):
            complain(found, at, "must provide an object")
            return
        if len(value) > most:
            complain(found, at, f"no more than {most} items allowed")
        for name, part in value.items():
            item(part, f"{at}/{name}", found)

    return check


def _names(most: int, length: int) -> Check:
    return array(string(most=length), most=most, least=0)


def _domain(value: Any, at: str, found: list[str]) -> None:
    matching(r"(?![.\-])[-a-z0-9.]+[a-z0-9]", "a domain without scheme, path or port")(value, at, found)
    string(most=DOMAIN)(value, at, found)


def _parameter(value: Any, at: str, found: list[str]) -> None:
    # Of a parameter Slack's schema asks for a type and takes whatever else is said.
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        complain(found, at, "missing required field: type")


_TEXT = string(most=4_000)
_PROMPT = record({"title": _TEXT, "message": _TEXT}, required=("title", "message"))
_VIEW_ACTION = record({"name": _TEXT, "description": _TEXT}, required=("name", "description"))
_FEATURES: dict[str, Check] = {
    "app_home": record(
        dict.fromkeys(("home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"), boolean)
    ),
    "bot_user": record(
        {"display_name": string(most=BOT_NAME), "always_online": boolean}, required=("display_name",)
    ),
    "shortcuts": array(
        record(
            {
                "name": string(most=SHORTCUT_NAME),
                "type": one_of("message", "global"),
                "callback_id": string(most=CALLBACK_ID),
                "description": string(most=SHORTCUT_DESCRIPTION),
            },
            required=("name", "type", "callback_id", "description"),
        ),
        most=SHORTCUTS,
    ),
    "slash_commands": array(
        record(
            {
                "command": matching(
                    rf"/\S{{1,{COMMAND - 1}}}", f"a / and at most {COMMAND - 1} characters more"
                ),
                "url": _address(COMMAND_URL),
                "description": string(most=COMMAND_DESCRIPTION),
                "usage_hint": string(most=USAGE_HINT),
                "should_escape": boolean,
            },
            required=("command", "description"),
        ),
        most=COMMANDS,
    ),
    "unfurl_domains": _each_once(array(_domain, most=DOMAINS)),
    "agent_view": record(
        {
            "agent_description": string(most=AGENT_DESCRIPTION),
            "suggested_prompts": array(_PROMPT, most=PROMPTS, least=0),
            "actions": array(_VIEW_ACTION, most=100, least=0),
        }
    ),
    "assistant_view": record(
        {
            "assistant_description": _TEXT,
            "suggested_prompts": array(_PROMPT, most=PROMPTS, least=0),
        },
        required=("assistant_description",),
    ),
}
_SCOPES = _names(SCOPES, SCOPE)
_OAUTH: dict[str, Check] = {
    "redirect_urls": _each_once(_names(REDIRECTS, REDIRECT)),
    "scopes": record(dict.fromkeys(("bot", "user", "bot_optional", "user_optional"), _SCOPES)),
    "token_management_enabled": boolean,
    "pkce_enabled": boolean,
}
_SUBSCRIBED = _each_once(_names(EVENTS, EVENT))
_SETTINGS: dict[str, Check] = {
    "event_subscriptions": record(
        {
            "request_url": _address(REQUEST_URL),
            "bot_events": _SUBSCRIBED,
            "user_events": _SUBSCRIBED,
            "metadata_subscriptions": _each_once(
                array(
                    record(
                        {"app_id": _TEXT, "event_type": string(most=EVENT)}, required=("app_id", "event_type")
                    ),
                    most=METADATA_EVENTS,
                )
            ),
        }
    ),
    "interactivity": record(
        {
            "is_enabled": boolean,
            "request_url": _address(REQUEST_URL),
            "message_menu_options_url": _address(REQUEST_URL),
        },
        required=("is_enabled",),
    ),
    "incoming_webhooks": record({"incoming_webhooks_enabled": boolean}),
    "allowed_ip_address_ranges": _each_once(array(_TEXT, most=50)),
    "function_runtime": one_of("remote", "local", "slack"),
    **dict.fromkeys(
        (
            "org_deploy_enabled",
            "socket_mode_enabled",
            "token_rotation_enabled",
            "is_hosted",
            "is_mcp_enabled",
        ),
        boolean,
    ),
}
_PARAMETERS = record(
    {"properties": _by_name(_parameter, most=PARAMETERS), "required": _names(PARAMETERS, 255)},
    required=("properties",),
)
_FUNCTION = record(
    {"title": _TEXT, "description": _TEXT, "input_parameters": _PARAMETERS, "output_parameters": _PARAMETERS},
    required=("title", "description", "input_parameters", "output_parameters"),
)
_SERVER = record(
    {
        "url": matching(r"https://\S{1,492}", "a URL that starts with https://, at most 500 characters"),
        "auth_type": one_of("dynamic_client_registration", "no_auth", "manual_auth", "slack_identity_auth"),
        "auth_provider_key": string(most=255),
        "headers": _by_name(_TEXT, most=100),
    },
    required=("url", "auth_type"),
)
_NUMBER = integer(least=0, most=1_000)
_MANIFEST = record(
    {
        "$schema": _TEXT,
        "_metadata": record(
            dict.fromkeys(("major_version", "minor_version", "schema_version", "min_version"), _NUMBER)
        ),
        "display_information": record(
            {
                "name": string(most=NAME),
                "description": string(most=DESCRIPTION),
                "long_description": string(most=LONG_MOST, least=LONG_LEAST),
                "background_color": matching(r"#([0-9a-fA-F]{3}){1,2}", "a colour such as #2f6f9f"),
            },
            required=("name",),
        ),
        "features": record(_FEATURES),
        "oauth_config": record(_OAUTH),
        "settings": record(_SETTINGS),
        "functions": _by_name(_FUNCTION, most=FUNCTIONS),
        "mcp_servers": _by_name(_SERVER, most=SERVERS),
    },
    required=("display_information",),
)


def check_manifest(manifest: Any) -> list[Json]:
    """Return what Slack would refuse as {code, message, pointer}; empty when the manifest is right."""
    found: list[str] = []
    _MANIFEST(manifest, "", found)
    return [_misshapen(one) for one in found] or list(check_sense(manifest))


def _misshapen(complaint: str) -> Json:
    message, _, pointer = complaint.rpartition(" [json-pointer:")
    return problem("failed_constraint", message, pointer.removesuffix("]"))
