"""What people do in Slack all day, one act after another, and which call of the app answers each of them."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Any

import requests

import app as composition
from bench import commands, library
from bench.crowd import Seller
from bench.figures import BenchFailed
from bench.slack_answers import Key, answers
from bot.blocks import CHANGE, OPEN, SAVE, SAY, SHARE, UNDO, UNSAVE, WHY
from bot.payload import read
from bot.share_blocks import TYPED
from bot.shortcuts import ANYWHERE, MESSAGE
from bot.signing import unsealed
from demo import Demo
from enablement.adapters.sql.database import Database

TIMEOUT_S = 30
# In a hundred acts; what opens a window, draws a Home tab or speaks in a channel is as rare as Slack's own pace has it.
SHARES: Mapping[str, int] = {
    "command": 39,
    "direct message": 15,
    "follow-up": 10,
    "mention": 5,
    "message shortcut": 3,
    "shortcut": 2,
    "why": 3,
    "save": 6,
    "feedback": 6,
    "share": 3,
    "home": 5,
    "link": 3,
}
FOLLOW_UPS = ("shorter", "in French", "for the CFO", "not that one", "in English", "longer")
# A form is filled in so many acts after it opened.
FILLED_IN_AFTER = 40
_numbers = itertools.count(1)


class NotTaken(Exception):
    """The app did not take what somebody did as Slack demands."""


@dataclass(frozen=True)
class Taken:
    """The app took an act: after so many seconds, and the call that answers it, if any does."""

    after_s: float
    answered_by: Key = ()


@dataclass(frozen=True)
class Act:
    """What somebody does: `do` returns once the app has taken it, and raises NotTaken."""

    kind: str
    do: Callable[[], Taken]


@dataclass
class Rep:
    """Somebody with an answer in their direct conversation, on which they act."""

    seller: Seller
    root: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)
    threads: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    has_saved: bool = False
    has_said: bool = False

    @property
    def id(self) -> str:
        return self.seller.slack_id

    @property
    def direct(self) -> str:
        return f"D{self.id[1:]}"


class Street:
    """The people and the place where they act: a hand in the local Slack."""

    def __init__(self, demo: Demo, reps: Sequence[Rep], channel: str, chance: Random) -> None:
        self._demo = demo
        self._channel = channel
        self._chance = chance
        # Each kind of acts on an answer has people of its own: what one does must not take the other's buttons away,
        # and who fills in a form opens no other window over it.
        own = {"save": reps[0::4], "feedback": reps[1::4], "share": reps[2::4]}
        own |= dict.fromkeys(("why", "shortcut"), reps[3::4])
        self._turns = {kind: itertools.cycle(own.get(kind, reps)) for kind in SHARES}
        self._opened: list[Rep] = []
        self._bot = str(commands.look(demo.slack_url, "workspace")["bot"]["user_id"])
        self._seal = composition.seal(Database(demo.settings.database_url))
        self._secret = demo.settings.slack_signing_secrets[0]
        self.reps = reps

    def prepare(self) -> None:
        """Let each rep ask once, and leave messages that others take up."""
        after = commands.position(self._demo.slack_url)
        for rep in self.reps:
            rep.root = str(self._post("say", rep, channel=rep.direct, text=self._question(rep))["ts"])
            roots = [
                self._post("say", rep, channel=self._channel, text="Notes of today")["ts"] for _ in range(2)
            ]
            reply = self._post(
                "say", rep, channel=self._channel, text=self._question(rep), thread_ts=roots[1]
            )["ts"]
            rep.threads = {"mention": (roots[0], ""), "message shortcut": (roots[1], reply)}
        wanted = {("chat.postMessage", rep.direct, rep.root) for rep in self.reps}
        ends = time.monotonic() + commands.ANSWERED_WITHIN_S
        while not wanted <= answers(commands.received(self._demo.slack_url, after=after), []).keys():
            if time.monotonic() > ends:
                raise BenchFailed("Not everybody's first question was answered.")
            time.sleep(commands.LOOK_EVERY_S)
        for rep in self.reps:
            rep.answer = self._first_answer(rep)

    def acts(self, count: int) -> list[Act]:
        """Return so many acts of all kinds, in the order in which they are done."""
        order = list(kinds(count, self._chance))
        asked = self.commands(order.count("command"))
        return [next(asked) if kind == "command" else self.act(kind) for kind in order]

    def act(self, kind: str) -> Act:
        """Return an act of any kind but a command, of whoever's turn it is."""
        rep = self._opened.pop(0) if kind == "submit" else next(self._turns[kind])
        if kind == "share":
            self._opened.append(rep)
        return Act(kind, lambda: getattr(self, f"_{kind.replace(' ', '_').replace('-', '_')}")(rep))

    def commands(self, count: int) -> Iterator[Act]:
        """Yield so many commands: only Slack has addresses to answer them to, and gives them beforehand."""
        reps = [next(self._turns["command"]) for _ in range(count)]
        forms = commands.forms(self._demo.slack_url, [one.id for one in reps], self._channel)
        for rep, form in zip(reps, forms, strict=True):
            command = commands.ask(form, self._question(rep), app_url=self._demo.app_url, secret=self._secret)
            yield Act("command", partial(_timed, command, "response_url", command.mark))

    def _direct_message(self, rep: Rep) -> Taken:
        said = self._post("say", rep, channel=rep.direct, text=self._question(rep))
        return _taken(said, "chat.postMessage", rep.direct, str(said["ts"]))

    def _follow_up(self, rep: Rep) -> Taken:
        text = self._chance.choice(FOLLOW_UPS)
        said = self._post("say", rep, channel=rep.direct, text=text, thread_ts=rep.root)
        return _taken(said, "chat.postMessage", rep.direct, rep.root)

    def _mention(self, rep: Rep) -> Taken:
        root, _ = rep.threads["mention"]
        text = f"<@{self._bot}> {self._question(rep)}"
        said = self._post("say", rep, channel=self._channel, text=text, thread_ts=root)
        return _taken(said, "chat.postEphemeral", rep.id, root)

    def _message_shortcut(self, rep: Rep) -> Taken:
        root, reply = rep.threads["message shortcut"]
        said = self._post("shortcut", rep, callback_id=MESSAGE, channel=self._channel, ts=reply)
        return _taken(said, "chat.postEphemeral", rep.id, root)

    def _shortcut(self, rep: Rep) -> Taken:
        said = self._post("shortcut", rep, callback_id=ANYWHERE)
        return _taken(said, "views.open", rep.id, ANYWHERE)

    def _why(self, rep: Rep) -> Taken:
        return _taken(self._post("click", rep, action_id=WHY, **self._at(rep)), "views.open", rep.id, WHY)

    def _share(self, rep: Rep) -> Taken:
        return _taken(self._post("click", rep, action_id=SHARE, **self._at(rep)), "views.open", rep.id, SHARE)

    def _submit(self, rep: Rep) -> Taken:
        views = self._screen(rep)["views"]
        if not views:
            raise NotTaken("the form to share with did not open")
        values = {TYPED: {TYPED: f"buyer{next(_numbers)}@customer.example"}}
        said = self._post("submit", rep, view_id=views[-1]["id"], values=values)
        return _taken(said)

    def _save(self, rep: Rep) -> Taken:
        rep.has_saved = not rep.has_saved
        return self._saying(rep, SAVE if rep.has_saved else UNSAVE)

    def _feedback(self, rep: Rep) -> Taken:
        rep.has_said = not rep.has_said
        if rep.has_said:
            return self._saying(rep, "snoozed")
        said = self._post("click", rep, action_id=UNDO, **self._at(rep))
        return _taken(said, "response_url", self._ask(rep))

    def _home(self, rep: Rep) -> Taken:
        return _taken(self._post("open_home", rep), "views.publish", rep.id)

    def _link(self, rep: Rep) -> Taken:
        [url, *_] = [one["url"] for one in _elements(rep.answer) if one["action_id"] == OPEN]
        ts = f"{time.time():.6f}"
        event = {"type": "link_shared", "channel": self._channel, "message_ts": ts, "user": rep.id}
        links = {"links": [{"domain": "127.0.0.1", "url": url}], "source": "conversations_history"}
        # The local Slack announces no address with a port, as the real one does not.
        sent = commands.event(event | links, app_url=self._demo.app_url, secret=self._secret)
        return _timed(sent, "chat.unfurl", ts)

    def _saying(self, rep: Rep, what: str) -> Taken:
        """Choose from the menu of the first asset."""
        menu = next(one for one in _elements(rep.answer) if one["action_id"] == SAY)
        carried = replace(read(unsealed(menu["options"][0]["value"])), says=what)
        value = self._seal.value(carried.to_json(), SAY)
        said = self._post("click", rep, action_id=SAY, option=value, **self._at(rep))
        return _taken(said, "response_url", self._ask(rep))

    def _ask(self, rep: Rep) -> str:
        """Return the id of the ask behind a rep's answer."""
        change = next(one for one in _elements(rep.answer) if one["action_id"] == CHANGE)
        return read(unsealed(change["value"])).id

    def _at(self, rep: Rep) -> dict[str, str]:
        return {"channel": rep.direct, "ts": str(rep.answer["ts"])}

    def _question(self, rep: Rep) -> str:
        language = self._chance.choices(list(library.SHARES), list(library.SHARES.values()))[0]
        topic = self._chance.choice(library.TOPICS[language])
        return f"{topic} {self._chance.choice(rep.seller.accounts)}"

    def _first_answer(self, rep: Rep) -> Mapping[str, Any]:
        channels = self._screen(rep)["channels"]
        messages = next(one["messages"] for one in channels if one["id"] == rep.direct)
        return next(one for one in messages if one.get("bot_id") and one["thread_ts"] == rep.root)

    def _screen(self, rep: Rep) -> dict[str, Any]:
        return commands.look(self._demo.slack_url, "state", **{"as": rep.id})

    def _post(self, act: str, rep: Rep, **fields: Any) -> dict[str, Any]:
        """Do something in the local Slack; raises NotTaken unless the app takes it."""
        url = f"{self._demo.slack_url}/_sandbox/{act}"
        answer = requests.post(url, json={"user": rep.id, **fields}, timeout=TIMEOUT_S)
        said: dict[str, Any] = answer.json()
        refused = [one for one in said.get("deliveries", []) if one["failure"] or one["status"] != 200]
        if not said.get("ok") or refused:
            raise NotTaken(f"{act}: {said.get('error') or said.get('errors') or refused}"[:300])
        return said


def _taken(said: Mapping[str, Any], *answered_by: str) -> Taken:
    return Taken(max((one["ms"] / 1000 for one in said["deliveries"]), default=0.0), answered_by)


def _timed(command: commands.Command, *answered_by: str) -> Taken:
    begun = time.monotonic()
    command.send()
    return Taken(time.monotonic() - begun, answered_by)


def _elements(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what can be pressed in a message."""
    found = []
    for block in message.get("blocks", []):
        parts = [*(block.get("elements", []) if block["type"] == "actions" else []), block.get("accessory")]
        found += [part for part in parts if part]
    return found


def kinds(count: int, chance: Random) -> Iterator[str]:
    """Yield kinds of acts by their shares; a form that was opened is submitted some acts later."""
    to_submit: list[int] = []
    for number in range(count):
        if to_submit and to_submit[0] <= number:
            to_submit.pop(0)
            yield "submit"
            continue
        [kind] = chance.choices(list(SHARES), list(SHARES.values()))
        # What is opened too late could not be submitted any more.
        if kind == "share" and number + FILLED_IN_AFTER + 5 > count:
            kind = "command"
        if kind == "share":
            to_submit.append(number + FILLED_IN_AFTER)
        yield kind
