"""What each kind of outbox row means: one thin function per kind; each may safely run twice."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from enablement.answering import Reply, answer, link_channel, pick
from enablement.model import Ask, Claimed, Lane
from enablement.ports import Services, Undeliverable
from jobs.lanes import Kind, Outcome

TOUCHES_A_CALL = 200
_Responder = Callable[..., Reply]


def _respond(respond: _Responder, services: Services, rows: Sequence[Claimed]) -> Outcome:
    for row in rows:
        _respond_to(respond, services, row)
    return {row.id: None for row in rows}


def _respond_to(respond: _Responder, services: Services, row: Claimed) -> None:
    now = services.clock()
    ask = _ask(row, services)
    reply = respond(ask, services, now=now)
    first = services.ledger.begin_delivery(ask.id, at=now)
    services.messenger.show(reply, ask=ask, again=not first)


def _ask(row: Claimed, services: Services) -> Ask:
    ask = services.ledger.ask(row.subject)
    if ask is None:
        raise Undeliverable(f"there is no ask {row.subject}")
    return ask


def _write_touches(services: Services, rows: Sequence[Claimed]) -> Outcome:
    touches = {touch.id: touch for touch in services.ledger.touches([row.subject for row in rows])}
    written = services.crm.write_touches(list(touches.values()))
    return {
        row.id: written.get(row.subject, Undeliverable(f"there is no touch {row.subject}")) for row in rows
    }


def _index(services: Services, rows: Sequence[Claimed]) -> Outcome:
    services.index.follow()
    return {row.id: None for row in rows}


def _sync(services: Services, rows: Sequence[Claimed]) -> Outcome:
    services.crm.sync(full=any(row.subject == "full" for row in rows))
    return {row.id: None for row in rows}


KINDS: Mapping[Lane, Mapping[str, Kind]] = {
    "reply": {
        "ask.answer": Kind(partial(_respond, answer)),
        "ask.link": Kind(partial(_respond, link_channel)),
        "ask.pick": Kind(partial(_respond, pick)),
    },
    "write": {"crm.touch": Kind(_write_touches, TOUCHES_A_CALL)},
    "compute": {"library.index": Kind(_index, 100), "deals.sync": Kind(_sync, 100)},
}
