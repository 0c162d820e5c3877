"""Shortcuts: global ones from the composer, message ones from a message's menu."""

from sandbox.slack import interactions
from sandbox.slack.config import Shortcut
from sandbox.slack.errors import Impossible
from sandbox.slack.people import has_the_app, person, place
from sandbox.slack.response_urls import new_response_url
from sandbox.slack.sender import Delivery, send_interaction, send_many
from sandbox.slack.state import Slack


def use_shortcut(
    slack: Slack, user_id: str, callback_id: str, *, channel_id: str = "", ts: str = "", times: int
) -> list[Delivery]:
    """Use a shortcut; `channel_id` and `ts` name the message of a message shortcut."""
    with slack.lock:
        user = person(slack, user_id)
        shortcut = _shortcut(slack, callback_id, "message" if ts else "global")
        if not has_the_app(user) or slack.token_end:
            raise Impossible(f"{user.id} is not offered {shortcut.name}")
        if not ts:
            payload = interactions.global_shortcut(slack, user, callback_id=callback_id)
        else:
            channel = place(slack, user, channel_id)
            message = slack.messages.find(channel.id, ts)
            if message is None or message.only_for:
                raise Impossible(f"there is no message {ts} with a menu")
            url = slack.tickets.url_for(user.id, channel.id, source_ts=None, thread_ts=None)
            payload = interactions.message_shortcut(
                slack,
                channel,
                user,
                message,
                callback_id=callback_id,
                response_url=new_response_url(slack, "app", url),
            )
    deliveries = send_many(times, lambda: [send_interaction(slack, payload)])
    for delivery in deliveries:
        if delivery.failure:
            slack.warn(
                user_id,
                f"{shortcut.name} didn’t work ({delivery.failure}).",
                channel=channel_id or None,
            )
    return deliveries


def _shortcut(slack: Slack, callback_id: str, kind: str) -> Shortcut:
    for shortcut in slack.config.shortcuts:
        if (shortcut.callback_id, shortcut.kind) == (callback_id, kind):
            return shortcut
    raise Impossible(f"there is no {kind} shortcut {callback_id}")
