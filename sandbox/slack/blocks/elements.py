"""Interactive elements: buttons, menus, choices, inputs."""

from datetime import date
from typing import Any

from sandbox.slack.blocks import limits
from sandbox.slack.blocks.rich_text import RICH_TEXT
from sandbox.slack.blocks.shapes import (
    Check,
    array,
    at_least_one,
    boolean,
    complain,
    exactly_one,
    integer,
    matching,
    one_of,
    record,
    string,
    url,
)
from sandbox.slack.blocks.texts import (
    CHOICE_OPTION,
    CONFIRM,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    TYPE,
    initial_is_offered,
    plain,
    values_differ,
)
from sandbox.slack.errors import Json

_ACTION: dict[str, Check] = {"type": TYPE, "action_id": string(most=limits.ID)}
_CONFIRMED: dict[str, Check] = {**_ACTION, "confirm": CONFIRM}
_FIELD: dict[str, Check] = {**_ACTION, "focus_on_load": boolean, "placeholder": plain(limits.PLACEHOLDER)}
_MENU: dict[str, Check] = {**_FIELD, "confirm": CONFIRM}
_BUTTON_TEXT = plain(limits.BUTTON_TEXT)
_BUTTON_VALUE = string(most=limits.BUTTON_VALUE)
_LABEL = string(most=limits.BUTTON_TEXT)
_SOME = integer(least=1, most=limits.OPTIONS)
_DISPATCH = record(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), most=2)},
    required=("trigger_actions_on",),
)


def calendar_date(value: Any, at: str, found: list[str]) -> None:
    """Expect a day that exists, as YYYY-MM-DD."""
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        complain(found, at, "must be a date in the format YYYY-MM-DD")


def _lengths_fit(element: Json, at: str, found: list[str]) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", limits.TYPED)
    if least > most:
        complain(found, f"{at}/min_length", "must not be more than max_length")
    if len(element.get("initial_value", "")) > most:
        complain(found, f"{at}/initial_value", f"must be less than {most + 1} characters")


BUTTON = record(
    {
        **_CONFIRMED,
        "text": _BUTTON_TEXT,
        "value": _BUTTON_VALUE,
        "url": url(most=limits.URL),
        "style": one_of("primary", "danger"),
        "accessibility_label": _LABEL,
        "agent_prompt": string(most=limits.AGENT_PROMPT),
    },
    required=("text",),
)

ICON_BUTTON = record(
    {
        **_CONFIRMED,
        "icon": one_of("trash"),
        "text": _BUTTON_TEXT,
        "value": _BUTTON_VALUE,
        "accessibility_label": _LABEL,
        "visible_to_user_ids": array(matching(r"[UW][A-Z0-9]+", "a user id"), most=10),
    },
    required=("icon", "text"),
)

_FEEDBACK = record(
    {"text": _BUTTON_TEXT, "value": _BUTTON_VALUE, "accessibility_label": _LABEL}, required=("text", "value")
)
FEEDBACK_BUTTONS = record(
    {**_ACTION, "positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
    required=("positive_button", "negative_button"),
)

OVERFLOW = record(
    {**_CONFIRMED, "options": array(OVERFLOW_OPTION, most=limits.OPTIONS_OF_OVERFLOW)},
    required=("options",),
    rules=(values_differ,),
)


def _select(initial: str, *, several: bool) -> Check:
    fields = {
        **_MENU,
        "options": array(OPTION, most=limits.OPTIONS),
        "option_groups": array(OPTION_GROUP, most=limits.OPTION_GROUPS),
        initial: array(OPTION, most=limits.OPTIONS) if several else OPTION,
    }
    if several:
        fields["max_selected_items"] = _SOME
    rules = (exactly_one("options", "option_groups"), initial_is_offered(initial), values_differ)
    return record(fields, rules=rules)


def _external(initial: str, *, several: bool) -> Check:
    more: dict[str, Check] = {"min_query_length": integer(least=0, most=limits.OPTIONS)}
    if several:
        more |= {"max_selected_items": _SOME, initial: array(OPTION, most=limits.OPTIONS)}
    else:
        more[initial] = OPTION
    return record({**_MENU, **more})


def _picker(initial: str, target: Check, *, several: bool) -> Check:
    more: dict[str, Check] = {initial: array(target, most=limits.OPTIONS) if several else target}
    if several:
        more["max_selected_items"] = _SOME
    return record({**_MENU, **more})


def _choices(initial: str, *, several: bool) -> Check:
    fields = {
        **_CONFIRMED,
        "focus_on_load": boolean,
        "options": array(CHOICE_OPTION, most=limits.OPTIONS_OF_CHOICE),
        initial: array(CHOICE_OPTION, most=limits.OPTIONS_OF_CHOICE) if several else CHOICE_OPTION,
    }
    return record(fields, required=("options",), rules=(initial_is_offered(initial), values_differ))


def _conversations(initial: str, *, several: bool) -> Check:
    kinds = array(one_of("im", "mpim", "private", "public"), most=4)
    filtered = record(
        {"include": kinds, "exclude_external_shared_channels": boolean, "exclude_bot_users": boolean},
        rules=(at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),),
    )
    target = matching(r"[CDG][A-Z0-9]+", "a conversation id")
    more: dict[str, Check] = {
        initial: array(target, most=limits.OPTIONS) if several else target,
        "default_to_current_conversation": boolean,
        "filter": filtered,
    }
    more |= {"max_selected_items": _SOME} if several else {"response_url_enabled": boolean}
    return record({**_MENU, **more})


def _typed(**more: Check) -> Check:
    fields = {
        **_FIELD,
        "initial_value": string(most=limits.TYPED),
        "dispatch_action_config": _DISPATCH,
        **more,
    }
    return record(fields, rules=(_lengths_fit,) if "max_length" in more else ())


_USER = matching(r"[UW][A-Z0-9]+", "a user id")
_CHANNEL = matching(r"[CG][A-Z0-9]+", "a channel id")
_NUMERAL = matching(r"-?\d+(\.\d+)?", "a number in a string")

MENUS: dict[str, Check] = {
    "static_select": _select("initial_option", several=False),
    "external_select": _external("initial_option", several=False),
    "users_select": _picker("initial_user", _USER, several=False),
    "channels_select": _picker("initial_channel", _CHANNEL, several=False),
    "conversations_select": _conversations("initial_conversation", several=False),
}
MULTI_MENUS: dict[str, Check] = {
    "multi_static_select": _select("initial_options", several=True),
    "multi_external_select": _external("initial_options", several=True),
    "multi_users_select": _picker("initial_users", _USER, several=True),
    "multi_channels_select": _picker("initial_channels", _CHANNEL, several=True),
    "multi_conversations_select": _conversations("initial_conversations", several=True),
}
CHOICES: dict[str, Check] = {
    "checkboxes": _choices("initial_options", several=True),
    "radio_buttons": _choices("initial_option", several=False),
    "datepicker": record({**_MENU, "initial_date": calendar_date}),
    "timepicker": record(
        {
            **_MENU,
            "initial_time": matching(r"([01]\d|2[0-3]):[0-5]\d", "a time in the format HH:mm"),
            "timezone": string(most=limits.ID),
        }
    ),
}
DATETIME = record(
    {
        **_CONFIRMED,
        "focus_on_load": boolean,
        "initial_date_time": integer(least=10**9, most=10**10 - 1),
    }
)
INPUTS: dict[str, Check] = {
    "plain_text_input": _typed(
        multiline=boolean,
        min_length=integer(least=0, most=limits.TYPED),
        max_length=integer(least=1, most=limits.TYPED),
    ),
    "email_text_input": _typed(),
    "url_text_input": _typed(),
    "number_input": record(
        {
            **_FIELD,
            "is_decimal_allowed": boolean,
            "initial_value": _NUMERAL,
            "min_value": _NUMERAL,
            "max_value": _NUMERAL,
            "dispatch_action_config": _DISPATCH,
        },
        required=("is_decimal_allowed",),
    ),
    "rich_text_input": record({**_FIELD, "initial_value": RICH_TEXT, "dispatch_action_config": _DISPATCH}),
}

IN_SECTION: dict[str, Check] = {"button": BUTTON, "overflow": OVERFLOW, **MENUS, **MULTI_MENUS, **CHOICES}
IN_ACTIONS: dict[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    **MENUS,
    **CHOICES,
    "datetimepicker": DATETIME,
}
IN_INPUT: dict[str, Check] = {**INPUTS, **MENUS, **MULTI_MENUS, **CHOICES, "datetimepicker": DATETIME}
IN_CONTEXT_ACTIONS: dict[str, Check] = {"feedback_buttons": FEEDBACK_BUTTONS, "icon_button": ICON_BUTTON}
