"""The Web API: /api/<method>. Authenticates, checks arguments, lets faults happen, keeps a record."""

import time
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from sandbox.slack import (
    api_apps,
    api_assistant,
    api_chat,
    api_conversations,
    api_files,
    api_links,
    api_usergroups,
    api_users,
    api_views,
)
from sandbox.slack.arguments import checked, raw_arguments, take_token
from sandbox.slack.errors import Json, RateLimited, SlackError
from sandbox.slack.methods import METHODS, Method
from sandbox.slack.misfortune import meet_fault
from sandbox.slack.scopes import needed_scope
from sandbox.slack.state import Slack

Handler = Callable[[Slack, Json], Json]

HANDLERS: dict[str, Handler] = {
    **api_chat.HANDLERS,
    **api_conversations.HANDLERS,
    **api_usergroups.HANDLERS,
    **api_users.HANDLERS,
    **api_views.HANDLERS,
    **api_assistant.HANDLERS,
    **api_apps.HANDLERS,
    **api_files.HANDLERS,
    **api_links.HANDLERS,
}


def blueprint(slack: Slack) -> Blueprint:
    """Return the routes of the Web API."""
    routes = Blueprint("web_api", __name__)

    @routes.route("/api/<name>", methods=["GET", "POST"])
    def call(name: str) -> Response:
        started = time.monotonic()
        fault = meet_fault(slack, name)
        if fault is not None and fault.instead is not None:
            answer, arguments = fault.instead, _arguments_for_record()
        else:
            answer, arguments = _answer(slack, name)
        _record(slack, name, arguments, answer, started)
        return answer

    return routes


def _answer(slack: Slack, name: str) -> tuple[Response, Json]:
    arguments: Json = {}
    wait = 0
    try:
        arguments = raw_arguments(request)
        body = {"ok": True, **_call(slack, name, arguments)}
    except SlackError as refusal:
        body = refusal.body()
        wait = refusal.seconds if isinstance(refusal, RateLimited) else 0
    answer = jsonify(body)
    if wait:
        answer.status_code = 429
        answer.headers["Retry-After"] = str(wait)
    answer.headers["x-oauth-scopes"] = ",".join(slack.config.scopes)
    method = METHODS.get(name)
    if method is not None and method.scope:
        answer.headers["x-accepted-oauth-scopes"] = method.scope
    return answer, arguments


def _call(slack: Slack, name: str, arguments: Json) -> Json:
    token = take_token(request, arguments)
    method = METHODS.get(name)
    if method is None:
        raise SlackError("unknown_method", req_method=name)
    with slack.lock:
        _check_token(slack, method, token)
        typed = checked(arguments, method)
        _check_scope(slack, method, typed)
        slack.pace.count(name, method.tier, channel=_paced_channel(slack, name, typed))
        result = HANDLERS[name](slack, typed)
        if not method.reads:
            slack.touch()
    return result


def _check_token(slack: Slack, method: Method, token: str) -> None:
    if not token:
        raise SlackError("not_authed")
    config = slack.config
    kinds = {config.configuration_token: "configuration", config.app_token: "app", config.bot_token: "bot"}
    kind = kinds.get(token)
    if kind is None:
        raise SlackError("invalid_auth")
    if kind == "bot" and slack.token_end:
        raise SlackError(slack.token_end)
    if kind != method.token:
        raise SlackError("not_allowed_token_type")


def _paced_channel(slack: Slack, name: str, arguments: Json) -> str | None:
    if name != "chat.postMessage":
        return None
    # A person's id and their direct conversation are the same place.
    channel: str = arguments["channel"]
    return f"D{channel[1:]}" if channel in slack.workspace.users else channel


def _check_scope(slack: Slack, method: Method, arguments: Json) -> None:
    needed = needed_scope(slack, method, arguments)
    if needed and needed not in slack.config.scopes:
        raise SlackError("missing_scope", needed=needed, provided=",".join(slack.config.scopes))


def _arguments_for_record() -> Json:
    try:
        arguments = raw_arguments(request)
    except SlackError:
        return {}
    take_token(request, arguments)
    return arguments


def _record(slack: Slack, name: str, arguments: Json, answer: Response, started: float) -> None:
    with slack.lock:
        slack.records.add_received(
            {
                "kind": "api",
                "method": name,
                "arguments": arguments,
                "status": answer.status_code,
                "result": answer.get_json(silent=True),
                "seconds": round(time.monotonic() - started, 4),
                "at": slack.clock.now(),
            }
        )
        slack.changed.notify_all()
