"""Which call of the app answers what somebody did in Slack."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import requests

# Method, and what tells its calls apart.
Key = tuple[str, ...]
_MARK = re.compile(r"[0-9a-f]{40}")


def answers(calls: Sequence[Mapping[str, Any]], sent: Sequence[Mapping[str, Any]]) -> dict[Key, list[float]]:
    """Return when calls of the app were received that answer somebody, by what tells them apart.

    `sent` is what went to the app: which click or shortcut a window was opened for stands there alone.
    """
    triggers = {
        row["payload"]["trigger_id"]: _pressed(row["payload"])
        for row in sent
        if row["payload"].get("type") in ("shortcut", "block_actions")
    }
    found: dict[Key, list[float]] = defaultdict(list)
    for call in calls:
        if _went_well(call):
            for key in _keys(call["method"], call["arguments"], triggers):
                found[key].append(float(call["at"]))
    return found


def _went_well(call: Mapping[str, Any]) -> bool:
    # The local Slack takes no preview of an address with a port; that it was given one is all that can be seen.
    is_done = bool(call["result"] and call["result"]["ok"]) or call["method"] == "chat.unfurl"
    return is_done and bool(call["status"] == requests.codes.ok)


def _keys(method: str, said: Mapping[str, Any], triggers: Mapping[str, Key]) -> Iterator[Key]:
    match method:
        case "views.open":
            yield method, *triggers.get(said["trigger_id"], ())
        case "views.publish":
            yield method, said["user_id"]
        case "chat.unfurl":
            yield method, str(said.get("ts"))
        case "chat.postMessage":
            yield method, said["channel"], str(said.get("thread_ts"))
        case "chat.postEphemeral":
            yield method, said["user"], str(said.get("thread_ts"))
        case "response_url":
            for mark in set(_MARK.findall(json.dumps(said))):
                yield method, mark


def _pressed(payload: Mapping[str, Any]) -> Key:
    what = payload.get("callback_id") or payload["actions"][0]["action_id"]
    return payload["user"]["id"], what
