"""What each kind of outbox row means: one thin function per kind; each may safely run twice."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from enablement import previews, shown_links
from enablement.adapters.crm_files import follow_files
from enablement.adapters.intake import take_in_subjects
from enablement.adapters.uploads import bring_in, offer
from enablement.announcing import ANNOUNCE_DELIVER, ANNOUNCE_FILE, ANNOUNCE_FOLLOW, ANNOUNCE_PROGRESS, tell
from enablement.answering import Answer, Refusal, answer, link_channel, pick
from enablement.briefing import brief
from enablement.copying import ASSET, FOLLOW as FOLLOW_LIBRARY, RENEW, SLICE
from enablement.coverage import PICTURE, VIEW, view
from enablement.digests import DIGEST, DIGESTS
from enablement.following import SUGGEST, SUGGEST_IN_CRM, suggest
from enablement.forgetting import FORGET, forget
from enablement.governance import awaiting
from enablement.holdings import holdings
from enablement.home import COUNT, FOLLOW as FOLLOW_HOMES, SHOW
from enablement.language import _
from enablement.meaning import embed_versions
from enablement.model import Ask, Claimed, Lane, Task, key
from enablement.nudging import SEND, TELL as TELL_NUDGES, note_deals
from enablement.people import called, speaking_to
from enablement.ports import Services, TryLater, Undeliverable
from enablement.requests import ANSWERED, LIST as LIST_REQUESTS, TELL, requests_page
from enablement.reviews import is_moot, remind
from enablement.saved import LIST as LIST_SAVED, saved_page
from jobs import announcing, coverage, crm_work, home, nudging, requests
from jobs.lanes import MOST_ATTEMPTS, Kind, Outcome, stop
from jobs.learning import LEARN, RENEW_ALL, learn, renew_suggestions_of_all

log = logging.getLogger(__name__)
DEALS_AT_ONCE = 200
# A slice ends after this long: deals and the index wait in the same lane.
EMBED_SLICE_S = 10.0
FILES_SLICE_S = 5.0
SYNC_SLICE_S = 15.0
VERSIONS_AT_ONCE = 4
# A file takes 30 seconds at most, and a wake-up is over after 120.
FILES_AT_ONCE = 3
DIGESTS_AT_ONCE = 20
# A day has some 30,000 rounds of schedules. Slack sends an event again for an hour, Salesforce for a day.
ROUNDS_ARE_KEPT, EVENTS_ARE_KEPT = timedelta(days=7), timedelta(days=30)
_Responder = Callable[..., object]


def _respond(respond: _Responder, services: Services, rows: Sequence[Claimed]) -> Outcome:
    for row in rows:
        ask = _ask(row, services)
        with speaking_to(ask.slack_id, services, now=services.clock()):
            _respond_to(respond, ask, services, row)
    return {row.id: None for row in rows}


def _respond_to(respond: _Responder, ask: Ask, services: Services, row: Claimed) -> None:
    now = services.clock()
    services.messenger.working(ask)
    try:
        reply = respond(ask, services, now=now)
    except Exception as error:
        if row.attempts >= MOST_ATTEMPTS or isinstance(error, Undeliverable):
            # What becomes a dead letter is seen by ops; who asked would wait in vain.
            first = services.ledger.begin_delivery(key("given up", ask.id), at=now, lazily=True)
            sorry = _(
                "Sorry, this did not work, also not when I tried again. "
                "Whoever runs Touchline can see why; please ask once more later."
            )
            services.messenger.show(Refusal(ask, sorry), ask=ask, again=not first)
        raise
    first = services.ledger.begin_delivery(ask.id, at=now, lazily=True)
    _shown(services.messenger.show(reply, ask=ask, again=not first), reply, services)


def _shown(where: tuple[str, str] | None, reply: object, services: Services) -> None:
    """Note where an answer begins a thread: what is said there is about it."""
    if where and isinstance(reply, Answer):
        services.ledger.begin_thread(reply.ask.id, *where)


def _ask(row: Claimed, services: Services) -> Ask:
    ask = services.ledger.ask(row.subject)
    if ask is None:
        raise Undeliverable(f"there is no ask {row.subject}")
    return ask


def _brief(services: Services, rows: Sequence[Claimed]) -> Outcome:
    for row in rows:
        now = services.clock()
        said = brief(row.id, row.subject, services, now=now)
        if said:
            first = services.ledger.begin_delivery(said.ask.id, at=now)
            with speaking_to(said.ask.slack_id, services, now=now):
                _shown(services.messenger.show(said, ask=said.ask, again=not first), said, services)
    return {row.id: None for row in rows}


def _suggest(services: Services, rows: Sequence[Claimed]) -> Outcome:
    ids = [row.subject for row in rows]
    suggest(ids, services, now=services.clock())
    note_deals(ids, services, now=services.clock())
    return {row.id: None for row in rows}


def _index(services: Services, rows: Sequence[Claimed]) -> Outcome:
    services.index.follow()
    now = services.clock()
    services.outbox.add(_slices_to_embed(services, now), now=now, lazily=True)
    return {row.id: None for row in rows}


def _embed(services: Services, rows: Sequence[Claimed]) -> Outcome:
    ends = time.monotonic() + EMBED_SLICE_S
    while embed_versions(services, limit=VERSIONS_AT_ONCE) and time.monotonic() < ends and not stop.is_set():
        pass
    return _index(services, rows)


def _slices_to_embed(services: Services, now: datetime) -> list[Task]:
    """Return the next slice of embedding, if any is left: the same row for as long as there is no progress.

    A slice that was given up is tried anew in the next hour.
    """
    if services.embedder is None:
        return []
    model = services.embedder.model
    first = services.vectors.missing(model, limit=1)
    at = key("library.embed", model, *first, *services.vectors.count(model), f"{now:%Y-%m-%d %H}")
    return [embedding(at)] if first else []


def embedding(task_id: str) -> Task:
    """Return the task to embed a slice of the library; two are never done at once."""
    kind = "library.embed"
    return Task(id=task_id, kind=kind, lane="compute", subject="", partition=kind)


def _files(services: Services, rows: Sequence[Claimed]) -> Outcome:
    try:
        followed = follow_files(services, until=services.clock() + timedelta(seconds=FILES_SLICE_S))
    except Undeliverable as error:
        # An org without Files: the doctor says so, and a dead letter each time would add nothing.
        log.error("the CRM's files are not read: %s", error)  # noqa: TRY400 - expected, its trace tells nothing
        return {row.id: None for row in rows}
    for line in followed.complaints():
        log.warning("the CRM's files: %s", line)
    if followed.more:
        # Behind what waits meanwhile.
        rest = Task(key("library.files", rows[0].id), "library.files", "compute", "")
        services.outbox.add([rest], now=services.clock(), lazily=True)
    services.work.wake("write", "compute")
    return {row.id: TryLater(followed.trouble) if followed.trouble else None for row in rows}


def _sync(services: Services, rows: Sequence[Claimed]) -> Outcome:
    until = services.clock() + timedelta(seconds=SYNC_SLICE_S)
    services.crm.sync(full=False, until=until)
    if services.clock() >= until:
        # More may be left; behind what waits meanwhile.
        rest = Task(key("deals.sync", rows[0].id), "deals.sync", "compute", "", "deals.sync")
        services.outbox.add([rest], now=services.clock(), lazily=True)
    return {row.id: None for row in rows}


def _refresh(services: Services, rows: Sequence[Claimed]) -> Outcome:
    try:
        services.crm.refresh(list(dict.fromkeys(row.subject for row in rows)))
    except TryLater as error:
        log.warning("%d deals could not be read again: %s", len(rows), error)
        # The sweep goes on from where it last could read, so nothing is lost and no person needs to act.
        return {row.id: None if row.attempts >= MOST_ATTEMPTS else error for row in rows}
    return {row.id: None for row in rows}


def _notify(services: Services, rows: Sequence[Claimed]) -> Outcome:
    for row in rows:
        _notify_of(services, row)
    return {row.id: None for row in rows}


def _notify_of(services: Services, row: Claimed) -> None:
    now = services.clock()
    notice = services.ledger.notice(row.subject)
    if notice is None:
        raise Undeliverable(f"there is no notice {row.subject}")
    asset = awaiting(notice.asset_id, services.catalog) if notice.kind == "approve" else None
    asset = asset or services.catalog.asset(notice.asset_id)
    # Meanwhile somebody may have decided: then there is nothing left to ask for.
    if asset is None or is_moot(notice, services, on=now.date()):
        return
    first = services.ledger.begin_delivery(notice.id, at=now)
    notice = replace(notice, by=called(notice.by, services.mirror))
    services.messenger.notify(notice, asset, again=not first)


def _show_links(services: Services, rows: Sequence[Claimed]) -> Outcome:
    for row in rows:
        shown_links.show(row.subject, services, now=services.clock())
    return {row.id: None for row in rows}


def _follow_links(services: Services, rows: Sequence[Claimed]) -> Outcome:
    shown_links.follow(services, now=services.clock())
    services.work.wake("write")
    return {row.id: None for row in rows}


def _forget(services: Services, rows: Sequence[Claimed]) -> Outcome:
    for row in rows:
        forget(row.subject, services, by="", now=services.clock())
    return {row.id: None for row in rows}


def _tidy(services: Services, rows: Sequence[Claimed]) -> Outcome:
    now = services.clock()
    services.outbox.clear(before=now - ROUNDS_ARE_KEPT)
    services.ledger.forget_events(before=now - EVENTS_ARE_KEPT)
    return {row.id: None for row in rows}


def _review(services: Services, rows: Sequence[Claimed]) -> Outcome:
    remind(services, now=services.clock())
    return {row.id: None for row in rows}


def _take_in(services: Services, rows: Sequence[Claimed]) -> Outcome:
    refused = take_in_subjects([row.subject for row in rows], services)
    services.work.wake("write", "compute")
    return {row.id: Undeliverable(refused[row.subject]) if row.subject in refused else None for row in rows}


KINDS: Mapping[Lane, Mapping[str, Kind]] = {
    "reply": {
        "ask.answer": Kind(partial(_respond, answer), fades=True),
        "ask.link": Kind(partial(_respond, link_channel), fades=True),
        "ask.pick": Kind(partial(_respond, pick), fades=True),
        "deals.brief": Kind(_brief, fades=True),
        "library.offer": Kind(partial(_respond, offer), fades=True),
        ANNOUNCE_FILE: Kind(announcing.send_results, fades=True),
        "library.holdings": Kind(partial(_respond, holdings), fades=True),
        LIST_SAVED: Kind(partial(_respond, saved_page), fades=True),
        LIST_REQUESTS: Kind(partial(_respond, requests_page), fades=True),
        "announce.tell": Kind(partial(_respond, tell)),
        VIEW: Kind(partial(_respond, view), fades=True),
        PICTURE: Kind(coverage.send_picture),
        SHOW: Kind(home.show, gathers=True),
        previews.SHOW: Kind(_show_links, fades=True),
    },
    "write": {
        "crm.touch": Kind(crm_work.write_touches, crm_work.TOUCHES_A_CALL),
        ASSET: Kind(crm_work.write_assets, crm_work.TOUCHES_A_CALL),
        SUGGEST_IN_CRM: Kind(crm_work.write_suggestions, crm_work.TOUCHES_A_CALL, gathers=True),
        "crm.summary": Kind(crm_work.write_summaries, crm_work.TOUCHES_A_CALL),
        "deals.refresh": Kind(_refresh, DEALS_AT_ONCE, gathers=True),
        SUGGEST: Kind(_suggest, DEALS_AT_ONCE, gathers=True),
        # What an automation of the CRM ordered: nobody waits for it.
        "deals.brief": Kind(_brief, fades=True),
        "library.notice": Kind(_notify),
        TELL: Kind(requests.tell_enablement),
        ANSWERED: Kind(requests.tell_asker),
        FORGET: Kind(_forget),
        announcing.COLLEAGUES: Kind(announcing.read_members, 100),
        ANNOUNCE_FOLLOW: Kind(announcing.follow_all, 100),
        # What is drawn anew because something changed: nobody waits for it.
        SHOW: Kind(home.show, gathers=True),
        FOLLOW_HOMES: Kind(home.follow, 100),
        ANNOUNCE_PROGRESS: Kind(announcing.show_all_progress, 100),
        ANNOUNCE_DELIVER: Kind(announcing.deliver_one),
        TELL_NUDGES: Kind(nudging.tell, fades=True),
        DIGESTS: Kind(nudging.look_for_digests, 100),
        shown_links.REDRAW: Kind(_show_links, fades=True),
    },
    "compute": {
        "library.upload": Kind(partial(_respond, bring_in)),
        "library.index": Kind(_index, 100),
        "library.embed": Kind(_embed, 100),
        "library.review": Kind(_review, 100),
        "ledger.tidy": Kind(_tidy, 100),
        "library.take_in": Kind(_take_in, FILES_AT_ONCE),
        "library.files": Kind(_files, 100),
        "deals.sync": Kind(_sync, 100),
        "crm.check": Kind(crm_work.check_recent, 100),
        "crm.check_all": Kind(crm_work.check_all, 100),
        "crm.check_part": Kind(crm_work.check_part),
        "crm.sum_up": Kind(crm_work.sum_up, 100),
        FOLLOW_LIBRARY: Kind(crm_work.follow_library, 100),
        RENEW: Kind(crm_work.begin_renewal),
        SLICE: Kind(crm_work.renew_suggestions),
        LEARN: Kind(learn, 100),
        COUNT: Kind(home.count, 100),
        SEND: Kind(nudging.look, 100),
        shown_links.FOLLOW: Kind(_follow_links, 100),
        DIGEST: Kind(nudging.send_digests, DIGESTS_AT_ONCE, fades=True),
        RENEW_ALL: Kind(renew_suggestions_of_all, 100),
    },
}
