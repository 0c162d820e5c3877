"""Slack's rules for an app manifest, as far as ours uses it: known keys, lengths, counts, and what belongs together."""

import re
from collections.abc import Callable, Iterator
from typing import Any

Judge = Callable[[Any], Iterator[str]]
# What an event or a feature can't do without.
SCOPE_OF_EVENT = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "app_home_opened": "",
    "app_context_changed": "",
    "app_uninstalled": "",
    "link_shared": "links:read",
    "tokens_revoked": "",
}
_SCOPE = re.compile(r"[a-z_]+(?:[:.][a-z_]+)*")


def problems(manifest: Any) -> list[str]:
    """Return what Slack would refuse."""
    return [*_MANIFEST(manifest), *_belongs_together(manifest)]


def text(most: int, *, least: int = 1, form: str = ".+") -> Judge:
    def judge(value: Any) -> Iterator[str]:
        if not isinstance(value, str) or not least <= len(value) <= most:
            yield f"should be a text of {least} to {most} characters"
        elif not re.fullmatch(form, value, re.DOTALL):
            yield f"“{value}” should be of the form {form}"

    return judge


def boolean(value: Any) -> Iterator[str]:
    if not isinstance(value, bool):
        yield "should be true or false"


def number(value: Any) -> Iterator[str]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield "should be a number"


def several(judge: Judge, most: int) -> Judge:
    def judge_all(values: Any) -> Iterator[str]:
        if not isinstance(values, list) or not 1 <= len(values) <= most:
            yield f"should be a list of 1 to {most}"
            return
        if len({str(value) for value in values}) < len(values):
            yield "says something twice"
        for place, value in enumerate(values):
            yield from (f"{place}: {said}" for said in judge(value))

    return judge_all


def shape(**parts: tuple[Judge, bool] | Judge) -> Judge:
    """Judge a mapping; a part given as (judge, False) may be left out, and nothing else may be there."""

    def judge(value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield "should be a mapping"
            return
        yield from (f"{name}: is not known" for name in value if name not in parts)
        for name, part in parts.items():
            check, is_needed = part if isinstance(part, tuple) else (part, True)
            if name in value:
                yield from (f"{name}: {said}" for said in check(value[name]))
            elif is_needed:
                yield f"{name}: is missing"

    return judge


_URL = text(3000, form=r"https://[a-z0-9.-]+/\S*")
_COMMAND = shape(
    command=text(32, form=r"/[a-z0-9_-]+"),
    description=text(2000),
    usage_hint=(text(1000), False),
    url=_URL,
    should_escape=boolean,
)
_SHORTCUT = shape(
    name=text(24), type=text(7, form="global|message"), callback_id=text(255), description=text(150)
)
_MANIFEST = shape(
    _metadata=(shape(major_version=number, minor_version=(number, False)), False),
    display_information=shape(
        name=text(35),
        description=(text(140), False),
        long_description=(text(4000, least=175), False),
        background_color=(text(7, form=r"#[0-9a-f]{3}(?:[0-9a-f]{3})?"), False),
    ),
    features=shape(
        app_home=shape(
            home_tab_enabled=boolean, messages_tab_enabled=boolean, messages_tab_read_only_enabled=boolean
        ),
        bot_user=shape(display_name=text(80), always_online=(boolean, False)),
        slash_commands=several(_COMMAND, 50),
        unfurl_domains=(several(text(255, form=r"[a-z0-9.-]+"), 5), False),
        shortcuts=(several(_SHORTCUT, 10), False),
        agent_view=shape(
            agent_description=text(300),
            suggested_prompts=(several(shape(title=text(100), message=text(2000)), 4), False),
        ),
    ),
    oauth_config=shape(scopes=shape(bot=several(text(255, form=_SCOPE.pattern), 255))),
    settings=shape(
        event_subscriptions=shape(request_url=_URL, bot_events=several(text(100), 100)),
        interactivity=shape(is_enabled=boolean, request_url=_URL),
        org_deploy_enabled=boolean,
        socket_mode_enabled=boolean,
        token_rotation_enabled=boolean,
    ),
)


def _belongs_together(manifest: Any) -> Iterator[str]:
    try:
        scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        events = manifest["settings"]["event_subscriptions"]["bot_events"]
        features = manifest["features"]
    except (KeyError, TypeError):
        return
    needed = {SCOPE_OF_EVENT.get(event, f"a scope for {event}") for event in events} - {""}
    needed |= {"commands"} if features.keys() & {"slash_commands", "shortcuts"} else set()
    needed |= {"assistant:write"} if "agent_view" in features else set()
    yield from (f"needs the scope {scope}" for scope in sorted(needed - scopes))
    if "agent_view" in features and not features["app_home"]["messages_tab_enabled"]:
        yield "an agent view needs the messages tab"
