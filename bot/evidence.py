"""Look at evidence and coverage: `/content evidence`, and the buttons that lead from one page of it to another."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext

from bot.asks import accept, carried, new_ask
from bot.evidence_blocks import TURN
from bot.mrkdwn import unescape
from enablement.coverage import VIEW, Wish, wish
from enablement.model import Place
from enablement.ports import Services

COMMAND, WORD = "/content", "evidence"
_TURNS = re.compile(rf"{re.escape(TURN)}\..*")


def asks_for_evidence(command: Mapping[str, Any]) -> bool:
    """Say whether somebody typed `/content evidence`; with other words behind it, it is a question like any other."""
    return _wished(str(command.get("text") or "")) is not None


def show(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Answer with what was asked for, to the asker alone."""
    wanted = _wished(str(body.get("text") or "")) or Wish()
    channel = str(body["channel_id"])
    ask = new_ask(
        context,
        surface="command",
        slack_id=str(body["user_id"]),
        question=wanted.words(),
        place=Place(channel, "", channel.startswith("D")),
        response_url=str(body.get("response_url") or ""),
        now=services.clock(),
    )
    accept(ask, VIEW, context, services)
    ack()


def turn(ack: Ack, body: Mapping[str, Any], context: BoltContext, *, services: Services) -> None:
    """Show another page in place of this one."""
    channel = str((body.get("channel") or {}).get("id") or "")
    ask = new_ask(
        context,
        surface="command",
        slack_id=str(body["user"]["id"]),
        question=carried(body),
        place=Place(channel, "", channel.startswith("D")),
        response_url=str(body.get("response_url") or ""),
        now=services.clock(),
        replaces=True,
    )
    accept(ask, VIEW, context, services)
    ack()


def register(app: App, services: Services) -> None:
    """Listen; before whatever else hears the command, which takes all other words."""
    app.command(COMMAND, matchers=[asks_for_evidence])(partial(show, services=services))
    app.action(_TURNS)(partial(turn, services=services))


def _wished(text: str) -> Wish | None:
    word, _, rest = unescape(text).strip().partition(" ")
    return wish(rest) if word.lower() == WORD else None
