"""People at work in a running demo, by what they do and see on their screens; all of it goes into a history."""

import itertools
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

import app as composition
from bot.payload import read
from bot.signing import unsealed
from demo import Demo
from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.deals import Choice, named
from enablement.model import Deal, Letter, Suggestion
from sandbox.world import generate
from tests.journeys.checker import Asking, End, Event, Killed, Logged, Shown, Violation, check

T = TypeVar("T")
PATIENCE_S = 40.0
LOOK_EVERY_S = 0.1
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
COLLECTIONS = "/services/data/v62.0/composite/sobjects"
QUERIES = "/services/data/v62.0/query"
_KINDS = {"Shared": "shared", "Opened by buyer": "opened_by_buyer"}
_LINK = re.compile(r"```(\S+/s/\S+?)```")


def wait_for(look: Callable[[], T | None], what: str, *, seconds: float = PATIENCE_S) -> T:
    """Return what is looked for as soon as it is there; fails with what was waited for."""
    ends = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < ends, f"{what}: not within {seconds:.0f} s"
        time.sleep(LOOK_EVERY_S)
    return found


@dataclass
class History:
    """What people did and were promised, in order."""

    events: list[Event] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def begin(self, who: str, what: Asking | tuple[Logged, ...]) -> str:
        op = f"op {next(self._numbers)}"
        self.events.append(Event(time.time(), "invoke", op, who, what))
        return op

    def end(self, op: str, end: End) -> None:
        begun = next(event for event in self.events if event.op == op)
        self.events.append(Event(time.time(), end, op, begun.who, begun.what))

    def ends(self) -> dict[str, End]:
        """Return the newest end of each act."""
        return {event.op: event.end for event in self.events if event.op}

    def killed(self, name: str) -> None:
        self.events.append(Event(time.time(), "ok", "", "", Killed(name)))


@dataclass(frozen=True)
class Stack:
    """The running demo, and what can be looked up from outside."""

    demo: Demo

    def deals_of(self, email: str) -> list[Deal]:
        """Return a rep's own open deals that their names tell apart from each other."""
        mirror = self.demo.services.mirror
        user = mirror.users_by_email(email)[0]
        mine = mirror.deals_of([user.id], team_member=user.id)
        return sorted((deal for deal in mine if isinstance(named(deal.name, mine), Choice)), key=_name)

    def reps(self) -> list[str]:
        """Return the e-mails of those with open deals, the protagonist first."""
        world = generate(today=self.demo.services.clock().date())
        return [person.email for person in world.people if person.job == "rep"]

    def kill(self, name: str, history: History) -> None:
        """Kill a process and all it started; the keeper starts it again."""
        wait_for(lambda: self.demo.processes.pid(name), f"{name} runs")
        self.demo.processes.kill(name)
        history.killed(name)

    def all_well(self) -> bool:
        """Say whether every process runs and the web door answers."""
        processes = self.demo.processes
        return all(processes.pid(name) for name in processes.names()) and self.answers()

    def answers(self) -> bool:
        """Say whether the web door answers."""
        try:
            return requests.get(f"{self.demo.app_url}/readyz", timeout=2).ok
        except requests.RequestException:
            return False

    def trouble(self, **fault: Any) -> None:
        """Order a fault of the org."""
        answer = requests.post(f"{self.demo.salesforce_url}/_sandbox/faults", json=fault, timeout=10)
        assert answer.ok, answer.text

    def slack_catches_up(self, history: History) -> None:
        """Let Slack's clock run until it has sent again all that was not taken; what is taken now is promised now."""
        for seconds in (60, 300):
            self._slack("clock", advance_seconds=seconds)
        requests_sent = requests.get(f"{self.demo.slack_url}/_sandbox/sent", timeout=10).json()["requests"]
        events = [one["payload"].get("event", {}) for one in requests_sent if not one["failure"]]
        heard = {event.get("text") for event in events}
        unknown = {op for op, end in history.ends().items() if end == "info"}
        for event in [one for one in history.events if one.op in unknown and one.end == "info"]:
            if isinstance(event.what, Asking) and not event.what.private and event.what.question in heard:
                history.end(event.op, "ok")

    def _slack(self, what: str, **said: Any) -> None:
        answer = requests.post(f"{self.demo.slack_url}/_sandbox/{what}", json=said, timeout=60)
        assert answer.ok, answer.text

    def peace(self) -> None:
        """Forget all faults of the org."""
        requests.delete(f"{self.demo.salesforce_url}/_sandbox/faults", timeout=10)

    def work(self, kind: str, *states: str) -> list[Letter]:
        letters = self.demo.services.outbox.letters(states=states, limit=10_000)
        return [one for one in letters if one.kind == kind]

    def given_up(self, of: str) -> list[Letter]:
        """Return the dead letters of touches whose recipient's address contains this."""
        refs = {touch.ref for touch in self.ledger_touches(of)}
        return [one for one in self.work("crm.touch", "dead") if one.subject in refs]

    def is_done(self) -> bool:
        """Say whether no answer and no touch waits or is being worked on."""
        return not any(self.work(kind, "due", "leased") for kind in ("ask.answer", "crm.touch"))

    def crm_rows(self, of: str = "") -> list[Logged]:
        """Return the touches in the org whose recipient's address contains this."""
        client = composition.salesforce(self.demo.settings)
        fields = "External_Ref__c, Opportunity__c, Recipient__c, Asset_Ref__c, Kind__c"
        rows = [
            Logged(
                kind=_KINDS[row["Kind__c"]],  # type: ignore[arg-type]  # one of the two by the dictionary
                deal=row["Opportunity__c"],
                asset=row["Asset_Ref__c"],
                recipient=row["Recipient__c"],
                ref=row["External_Ref__c"],
            )
            for row in client.query(f"SELECT {fields} FROM Content_Touch__c")  # noqa: S608 - names of ours
        ]
        return [row for row in rows if of in row.recipient]

    def ledger_touches(self, of: str = "") -> list[Logged]:
        """Return the touches in the ledger that belong in the CRM and whose recipient's address contains this."""
        database = Database(self.demo.settings.database_url)
        query = tables.touches.select().where(tables.touches.c.kind.in_(_KINDS.values()))
        with database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        database.close()
        return [
            Logged(row["kind"], row["deal_id"], row["asset_id"], row["recipient"], row["id"])
            for row in rows
            if of in row["recipient"]
        ]

    def person(self, email: str, history: History) -> "Person":
        workspace = requests.get(f"{self.demo.slack_url}/_sandbox/workspace", timeout=10).json()
        user = next(one["id"] for one in workspace["users"] if one["email"] == email)
        return Person(self.demo, email, user, history)

    def judge(self, history: History, people: Sequence["Person"], of: str) -> list[Violation]:
        """Let all work end, look at all that bears this mark from outside, and return what the checker finds."""
        wait_for(self.is_done, "all work is done")
        for person in people:
            seen = [one for one in person.answers() if of in one.question]
            history.events += [Event(one.at, "ok", "", one.to, one) for one in seen]
        return check(history.events, self.crm_rows(of), self.ledger_touches(of))


@dataclass
class Person:
    """A colleague in front of Slack, doing one thing after another."""

    demo: Demo
    email: str
    user: str
    history: History
    # What the ledger says once of a button and of an ask, it says for ever.
    suggested: dict[str, Suggestion] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)

    @property
    def dm(self) -> str:
        return f"D{self.user[1:]}"

    def ask(self, question: str, deal: Deal, *, times: int = 1) -> str:
        """Ask by command, for a private answer; return the act."""
        op = self.history.begin(self.user, Asking(question, deal.id, private=True))
        said = self._act("command", channel=self.dm, command="/content", text=question, times=times)
        self.history.end(op, "ok" if _taken(said) else "info")
        return op

    def tell(self, question: str, deal: Deal, *, times: int = 1) -> str:
        """Ask in a direct message; return the act."""
        op = self.history.begin(self.user, Asking(question, deal.id, private=False))
        said = self._act("say", channel=self.dm, text=question, times=times)
        self.history.end(op, "ok" if _taken(said) else "info")
        return op

    def answers(self) -> list[Shown]:
        """Return the answers on this person's screen, told apart by their questions."""
        return [shown for shown, _ in self._answers()]

    def answer(self, question: str) -> dict[str, Any] | None:
        """Return the newest message that answers a question."""
        return next((raw for shown, raw in reversed(self._answers()) if shown.question == question), None)

    def open_form(self, question: str) -> dict[str, Any]:
        """Press Share on the first asset of an answer until the form opens, as people do."""
        ends = time.monotonic() + PATIENCE_S
        said: object = "nothing"
        while True:
            assert time.monotonic() < ends, f"the share form did not open; the last press: {said}"
            # Read each time: once an answer is redrawn, the buttons drawn before are not there to be pressed.
            message = self._wait_for_answer(question)
            button = _buttons(message, "find.share")[0]
            said = self._act("click", channel=message["channel"], ts=message["ts"], **button)
            try:
                return wait_for(lambda: self._view("share.submit"), "the share form", seconds=3)
            except AssertionError:
                continue

    def submit(
        self, view: dict[str, Any], question: str, deal: Deal, recipients: Sequence[str], *, times: int = 1
    ) -> list[str]:
        """Send the share form; return the links that the person is given, none when Slack got no answer."""
        asset = self._first_asset(question)
        meant = tuple(Logged("shared", deal.id, asset, one) for one in recipients)
        op = self.history.begin(self.user, meant)
        values = {"typed": {"typed": ", ".join(recipients)}, "log": {"log": [_logged(view)]}}
        said = self._act("submit", view_id=view["id"], values=values, times=times)
        # Slack shows the links, or says that the app did not answer.
        links = self._links()
        self.history.end(op, "ok" if _taken(said) and links else "info")
        self.close()
        return links

    def share(self, question: str, deal: Deal, recipients: Sequence[str], *, times: int = 1) -> list[str]:
        """Share the first asset of an answer with these addresses; return the links."""
        view = self.open_form(question)
        return self.submit(view, question, deal, recipients, times=times)

    def buyer_opens(self, link: str, question: str, deal: Deal, recipient: str) -> bool:
        """Open a link as the buyer who got it."""
        op = self.history.begin(
            recipient, (Logged("opened_by_buyer", deal.id, self._first_asset(question), recipient),)
        )
        address = f"{self.demo.app_url}{urlsplit(link).path}"
        try:
            taken = requests.get(address, headers={"User-Agent": BROWSER}, timeout=10).ok
        except requests.RequestException:
            taken = False
        self.history.end(op, "ok" if taken else "info")
        return taken

    def close(self) -> None:
        """Close every form that is open."""
        if views := self._screen()["views"]:
            self._act("close", view_id=views[-1]["id"], whole_stack=True)

    def _first_asset(self, question: str) -> str:
        message = self._wait_for_answer(question)
        suggestion = self._suggestion(_buttons(message, "find.share")[0]["value"])
        assert suggestion is not None
        return suggestion.asset_id

    def _wait_for_answer(self, question: str) -> dict[str, Any]:
        try:
            return wait_for(lambda: self.answer(question), f"an answer to “{question}”")
        except AssertionError as error:
            last = [one["text"] for channel in self._screen()["channels"] for one in channel["messages"][-3:]]
            asks = [
                (one.state, one.attempts, one.error) for one in Stack(self.demo).work("ask.answer", *_OPEN)
            ]
            raise AssertionError(f"{error}; on the screen: {last}; still to do: {asks}") from error

    def _answers(self) -> list[tuple[Shown, dict[str, Any]]]:
        return [
            (shown, {**message, "channel": channel["id"]})
            for channel in self._screen()["channels"]
            for message in channel["messages"]
            if (shown := self._shown(message))
        ]

    def _shown(self, message: dict[str, Any]) -> Shown | None:
        buttons = _buttons(message, "find.share")
        suggestion = self._suggestion(buttons[0]["value"]) if buttons else None
        if suggestion is None:
            return None
        if suggestion.ask_id not in self.asked:
            ask = self.demo.services.ledger.ask(suggestion.ask_id)
            assert ask is not None
            self.asked[ask.id] = ask.question
        question = self.asked[suggestion.ask_id]
        return Shown(question, suggestion.deal_id, self.user, float(message["ts"]))

    def _suggestion(self, button: str) -> Suggestion | None:
        carried = read(unsealed(button))
        if button not in self.suggested and (found := self.demo.services.ledger.suggestion(carried.id)):
            self.suggested[button] = found
        return self.suggested.get(button)

    def _links(self) -> list[str]:
        texts = [
            block["text"]["text"]
            for view in self._screen()["views"]
            for block in view["blocks"]
            if block["type"] == "section"
        ]
        return [link for text in texts for link in _LINK.findall(text)]

    def _view(self, callback_id: str) -> dict[str, Any] | None:
        views = self._screen()["views"]
        return next((one for one in reversed(views) if one["callback_id"] == callback_id), None)

    def _screen(self) -> dict[str, Any]:
        address = f"{self.demo.slack_url}/_sandbox/state"
        return dict(requests.get(address, params={"as": self.user}, timeout=15).json())

    def _act(self, act: str, **what: Any) -> dict[str, Any]:
        address = f"{self.demo.slack_url}/_sandbox/{act}"
        said = requests.post(address, json={"user": self.user, **what}, timeout=15)
        return dict(said.json())


_OPEN = ("due", "leased", "dead")


def _name(deal: Deal) -> str:
    return deal.name


def _taken(said: dict[str, Any]) -> bool:
    """Say whether the app took one of the deliveries; the others may have come while it was away."""
    return bool(said["ok"]) and any(one["status"] == requests.codes.ok for one in said["deliveries"])


def _logged(view: Mapping[str, Any]) -> str:
    """Return the choice of the share form to log on the deal, as it was drawn."""
    [block] = [one for one in view["blocks"] if one["block_id"] == "log"]
    return str(block["element"]["options"][0]["value"])


def _buttons(message: dict[str, Any], action_id: str) -> list[dict[str, Any]]:
    return [
        {"block_id": block["block_id"], "action_id": action_id, "value": element["value"]}
        for block in message.get("blocks", [])
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == action_id
    ]
