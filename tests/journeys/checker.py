"""Judge a run from the outside: what people were promised against what the ledger, the CRM and Slack hold.

In the manner of Jepsen: each act is invoked and then ends as `ok` (promised), `fail` (certainly not taken) or
`info` (nobody can know). What was promised must be there exactly once, what failed must not be there, and the unknown
may be either.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

End = Literal["invoke", "ok", "fail", "info"]
Kind = Literal["shared", "opened_by_buyer"]
# A worker killed this soon after a private reply was posted may not have noted that it was. Slack shows nobody what it
# showed to one person alone, so the reply is then given again: an answer twice is better than none.
NOTED_WITHIN_S = 0.25


@dataclass(frozen=True)
class Asking:
    """A question that no other ask has, and the deal it is about. `private`: the reply is shown to the asker alone."""

    question: str
    deal: str
    private: bool


@dataclass(frozen=True)
class Logged:
    """A touch: as a person meant it (`ref` is empty), as the ledger has it, or as the CRM has it."""

    kind: Kind
    deal: str
    asset: str
    recipient: str
    ref: str = ""

    @property
    def meant(self) -> tuple[str, str, str, str]:
        return self.kind, self.deal, self.asset, self.recipient


@dataclass(frozen=True)
class Shown:
    """An answer on somebody's screen. `at` is Unix time in seconds."""

    question: str
    deal: str
    to: str
    at: float


@dataclass(frozen=True)
class Killed:
    """A process that was killed; it may have been the one that answers."""

    name: str


@dataclass(frozen=True)
class Event:
    """One line of the history. Acts are joined by `op`; what was seen and what was killed is `ok` at once."""

    at: float
    end: End
    op: str
    who: str
    what: Asking | tuple[Logged, ...] | Shown | Killed


@dataclass(frozen=True)
class Violation:
    """A broken promise: which rule, and what broke it."""

    rule: str
    about: str


def check(
    history: Sequence[Event], crm_rows: Sequence[Logged], ledger_touches: Sequence[Logged]
) -> list[Violation]:
    """Return every broken promise; an empty list is the only good answer."""
    ends = {event.op: event.end for event in history if isinstance(event.what, Asking | tuple)}
    return [
        *_answers(history, ends),
        *_touches(history, ends, ledger_touches, "ledger"),
        *_touches(history, ends, crm_rows, "CRM"),
        *_agree(crm_rows, ledger_touches),
    ]


def _answers(history: Sequence[Event], ends: dict[str, End]) -> Iterable[Violation]:
    asks = {event.what.question: event for event in history if isinstance(event.what, Asking)}
    seen: dict[str, list[Shown]] = defaultdict(list)
    for event in history:
        if isinstance(event.what, Shown):
            seen[event.what.question].append(event.what)
    for question in seen.keys() - asks.keys():
        yield Violation("answer to a question nobody asked", question)
    for question, event in asks.items():
        yield from _answer(event, seen[question], ends[event.op], history)


def _answer(event: Event, seen: list[Shown], end: End, history: Sequence[Event]) -> Iterable[Violation]:
    asked = event.what
    assert isinstance(asked, Asking)
    if end == "ok" and not seen:
        yield Violation("answer lost", asked.question)
    if end == "fail" and seen:
        yield Violation("answer to what was refused", asked.question)
    if any(one.to != event.who for one in seen):
        yield Violation("answer to somebody else", asked.question)
    if any(one.deal != asked.deal for one in seen):
        yield Violation("answer for a wrong deal", asked.question)
    for earlier in sorted(seen, key=lambda one: one.at)[:-1]:
        if not (asked.private and _killed_within(history, earlier.at)):
            yield Violation("answered twice", asked.question)


def _killed_within(history: Sequence[Event], shown_at: float) -> bool:
    return any(
        isinstance(event.what, Killed) and 0 <= event.at - shown_at <= NOTED_WITHIN_S for event in history
    )


def _touches(
    history: Sequence[Event], ends: dict[str, End], rows: Sequence[Logged], where: str
) -> Iterable[Violation]:
    meant: dict[tuple[str, str, str, str], set[End]] = defaultdict(set)
    for event in history:
        if isinstance(event.what, tuple):
            for touch in event.what:
                meant[touch.meant].add(ends[event.op])
    found = Counter(row.meant for row in rows)
    for one, results in meant.items():
        if "ok" in results and not found[one]:
            yield Violation(f"touch lost in the {where}", " ".join(one))
        if results == {"fail"} and found[one]:
            yield Violation(f"touch of what was refused in the {where}", " ".join(one))
        if found[one] > 1:
            yield Violation(f"touch twice in the {where}", " ".join(one))
    for one in found.keys() - meant.keys():
        yield Violation(f"{_what_is_wrong(one, meant.keys())} in the {where}", " ".join(one))


def _what_is_wrong(found: tuple[str, ...], meant: Iterable[tuple[str, ...]]) -> str:
    names = ("kind", "deal", "asset", "recipient")
    for one in meant:
        differing = [name for name, left, right in zip(names, found, one, strict=True) if left != right]
        if len(differing) == 1:
            return f"wrong {differing[0]}"
    return "touch that nobody made"


def _agree(crm_rows: Sequence[Logged], ledger_touches: Sequence[Logged]) -> Iterable[Violation]:
    ledger = {one.ref: one.meant for one in ledger_touches}
    for row in crm_rows:
        if ledger.get(row.ref) != row.meant:
            yield Violation("ledger and CRM differ", row.ref)
