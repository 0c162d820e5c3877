"""Content that nobody found: requests to enablement, alike ones merged, and word to who waits once they are decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from enablement.access import asset_filter, may_show
from enablement.analyser import asked_terms, is_stop_word, words
from enablement.answering import Refusal
from enablement.feedback import Complaint, complaints
from enablement.language import _
from enablement.model import Ask, Asker, Asset, Audit, ContentRequest, CrmUser, Deal, RequestState, Task, key
from enablement.people import NotServed, colleague, known_colleague, member_email
from enablement.ports import AccessUnknown, Services, TryLater
from enablement.roles import emails_with, has_role

TELL, ANSWERED, LIST = "requests.tell", "requests.answered", "requests.list"
ON_A_PAGE, MOST_OWN, MOST_COMPLAINTS = 8, 100, 5
# What comes within this time is told together.
TOLD_EVERY = timedelta(minutes=15)
LONGEST_WORDS, LONGEST_NOTE = 500, 500
# Two requests are alike when this share of the words of both is in the other one too, and two words when their letters
# are (rapidfuzz ratio, 0..100).
ALIKE_FROM, SAME_WORD_FROM = 0.8, 85


class CannotRequest(Exception):
    """This can't be requested or decided; the message says why and what to do."""


@dataclass(frozen=True)
class Listed:
    """A request as it is listed: how many wait for it, for which deals that the reader may see, and what filled it."""

    request: ContentRequest
    askers: int
    deals: tuple[str, ...] = ()
    asset: Asset | None = None


@dataclass(frozen=True)
class RequestsPage:
    """One page of requests: those that wait, for who may decide them, else the reader's own. Pages start at 1."""

    ask: Ask
    listed: tuple[Listed, ...]
    page: int
    pages: int
    count: int
    decides: bool
    # For who decides, on the first page: what is found not useful, and why.
    complaints: tuple[Complaint, ...] = ()


@dataclass(frozen=True)
class NewRequests:
    """What enablement hears of: requests that came lately."""

    listed: tuple[Listed, ...]


@dataclass(frozen=True)
class Decided:
    """What somebody hears who waited: what fills their request, or why it was declined; the deal if they may see it."""

    asker: Asker
    request: ContentRequest
    asset: Asset | None
    deal: Deal | None


def may_decide(email: str, services: Services) -> bool:
    """Say whether somebody decides requests."""
    return bool(email) and has_role("enablement", email, services)


def wanted_for(ask_id: str, *, slack_id: str, services: Services) -> tuple[Ask, Deal]:
    """Return the ask that found nothing good, and its deal.

    Raises CannotRequest for who did not ask it, or can't see that deal any more.
    """
    ask, answered = services.ledger.ask(ask_id), services.ledger.answered(ask_id)
    deal = services.mirror.deal(answered.deal_id) if answered else None
    if ask is None or ask.slack_id != slack_id or answered is None or deal is None:
        raise CannotRequest(_("This answer is not yours or no longer there. Ask again with /content."))
    user = known_colleague(slack_id, services)
    try:
        may = user and services.access.readable(user.id, [deal.id])
    except AccessUnknown as error:
        raise CannotRequest(
            _("Salesforce can't be reached to check this deal. Try again in a minute.")
        ) from error
    if not may:
        raise CannotRequest(_("You can no longer see this deal in Salesforce."))
    return ask, deal


def request(ask_id: str, said: str, *, slack_id: str, services: Services, now: datetime) -> Listed:
    """Request what an ask did not find, in these words; alike requests become one. The same again changes nothing.

    Raises CannotRequest.
    """
    ask, deal = wanted_for(ask_id, slack_id=slack_id, services=services)
    said = " ".join(said.split())[:LONGEST_WORDS]
    if not said:
        raise CannotRequest(_("Say in a few words what you are missing."))
    answered = services.ledger.answered(ask_id)
    made = ContentRequest(
        id=key("request", ask.id),
        words=said,
        language=deal.language or "",
        stage=deal.stage,
        industry=deal.industry or "",
        region=deal.region or "",
        size=deal.size or "",
        products=deal.products,
        competitors=deal.competitors,
        state="open",
        asset_id="",
        merged_into="",
        note="",
        decided_by="",
        made_at=now,
    )
    email = answered.email if answered else ask.email
    name = key("asker", made.id, email, deal.id)
    asker = Asker(name, made.id, email, slack_id, deal.id, ask.id, now, said)
    found = services.requests.add(made, asker, is_same=lambda one: alike(one, made), tasks=[_telling(now)])
    services.work.wake("write")
    return Listed(found, len(services.requests.askers([found.id])))


def alike(one: ContentRequest, other: ContentRequest) -> bool:
    """Say whether two requests mean the same: same language and industry, and nearly the same words."""
    if (one.language, one.industry) != (other.language, other.industry):
        return False
    first, second = _content(one.words), _content(other.words)
    met = sum(_has(second, word) for word in first) + sum(_has(first, word) for word in second)
    return bool(first and second) and met / (len(first) + len(second)) >= ALIKE_FROM


def waiting(services: Services, *, limit: int) -> list[ContentRequest]:
    """Return the requests that wait for enablement, the oldest first."""
    return services.requests.open()[:limit]


def requests_page(ask: Ask, services: Services, *, now: datetime) -> RequestsPage | Refusal:
    """Return a page of the requests that the asker decides, or of their own; the ask's words are the page's number."""
    try:
        email = member_email(ask.slack_id, mirror=services.mirror, messenger=services.messenger, now=now)
    except NotServed as refusal:
        return Refusal(ask, str(refusal))
    decides = has_role("enablement", email, services)
    mine = services.requests.open() if decides else _own(ask, services, now=now)
    pages = max(1, -(-len(mine) // ON_A_PAGE))
    page = min(int(ask.question) if ask.question.isdecimal() else 1, pages) or 1
    shown = mine[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    listed = listed_for(known_colleague(ask.slack_id, services), shown, services, only_own=not decides)
    said = complaints(services, now=now)[:MOST_COMPLAINTS] if decides and page == 1 else []
    return RequestsPage(ask, tuple(listed), page, pages, len(mine), decides, tuple(said))


def listed_for(
    reader: CrmUser | None, some: Sequence[ContentRequest], services: Services, *, only_own: bool = False
) -> list[Listed]:
    """Return requests with who waits, naming the deals that the reader may see, and none where that is not known.

    `only_own`: as the reader asked, for their deals; what others said and sell is not theirs to know.
    """
    askers = services.requests.askers([one.id for one in some])
    told = [one for one in askers if not only_own or (reader and one.email == reader.email)]
    wanted = sorted({one.deal_id for one in told})
    try:
        seen = services.access.readable(reader.id, wanted) if reader and wanted else frozenset()
    except AccessUnknown:
        seen = frozenset()
    deals = {one.id: one for one in services.mirror.deals(sorted(seen))}
    assets = {one.id: one for one in services.catalog.assets({one.asset_id for one in some if one.asset_id})}
    found = []
    for one in some:
        theirs = [each for each in told if each.request_id == one.id]
        names = sorted({deals[each.deal_id].name for each in theirs if each.deal_id in deals})
        waiting = len({each.email for each in askers if each.request_id == one.id})
        said = as_asked(one, theirs[-1]) if only_own and theirs else one
        found.append(Listed(said, waiting, tuple(names), assets.get(one.asset_id)))
    return found


def as_asked(one: ContentRequest, asker: Asker) -> ContentRequest:
    """Return a request in the words of one who waits for it, without what the deal of another is like."""
    bare = replace(one, language="", stage="", industry="", region="", size="", products=(), competitors=())
    return replace(bare, words=asker.words)


def fill(request_id: str, asset_id: str, *, email: str, services: Services, now: datetime) -> ContentRequest:
    """Say what fills a request; who waits for it is told. Raises CannotRequest."""
    asset = services.catalog.asset(asset_id)
    if asset is None or not may_show(asset, asset_filter(shared_outside=False, now=now)):
        raise CannotRequest(
            _("This asset can't be found by reps now. Publish it first, or choose another one.")
        )
    return _decide(request_id, "filled", email, services, now, asset_id=asset.id)


def decline(request_id: str, note: str, *, email: str, services: Services, now: datetime) -> ContentRequest:
    """Say why a request is not filled; who waits for it is told. Raises CannotRequest."""
    note = " ".join(note.split())[:LONGEST_NOTE]
    if not note:
        raise CannotRequest(_("Say in a few words why."))
    return _decide(request_id, "declined", email, services, now, note=note)


def merge(request_id: str, into: str, *, email: str, services: Services, now: datetime) -> ContentRequest:
    """Make a request part of another open one; its askers wait for that then. Raises CannotRequest."""
    other = services.requests.get(into)
    if other is None or other.state != "open" or into == request_id:
        raise CannotRequest(_("Choose another request that still waits."))
    return _decide(request_id, "merged", email, services, now, merged_into=into)


def untold(services: Services) -> tuple[Listed, ...]:
    """Return the requests that enablement has not heard of."""
    some = [one for one in services.requests.open() if one.told_at is None]
    return tuple(listed_for(None, some, services))


def those_who_decide(services: Services) -> list[str]:
    """Return the e-mails of those who hear of requests."""
    return sorted(emails_with("enablement", services))


def decided_for(asker_id: str, services: Services, *, now: datetime) -> Decided | None:
    """Return what somebody who waited is told; None where there is nothing that they may hear of now.

    Raises TryLater.
    """
    asker = services.requests.asker(asker_id)
    decided = services.requests.get(asker.request_id) if asker else None
    user = known_colleague(asker.slack_id, services) if asker else None
    if asker is None or decided is None or user is None or decided.state not in ("filled", "declined"):
        return None
    asset = services.catalog.asset(decided.asset_id) if decided.asset_id else None
    if decided.state == "filled" and not (
        asset and may_show(asset, asset_filter(shared_outside=False, now=now))
    ):
        return None
    deal = services.mirror.deal(asker.deal_id)
    try:
        may = deal and not deal.is_closed and services.access.readable(user.id, [deal.id])
    except AccessUnknown as error:
        raise TryLater("the CRM can't be asked who may see the deal") from error
    return Decided(asker, as_asked(decided, asker), asset, deal if may else None)


def _decide(
    request_id: str,
    state: RequestState,
    email: str,
    services: Services,
    now: datetime,
    *,
    asset_id: str = "",
    note: str = "",
    merged_into: str = "",
) -> ContentRequest:
    if not may_decide(email, services):
        raise CannotRequest(_("Only who looks after the library decides requests."))

    def how(one: ContentRequest) -> ContentRequest:
        decided = replace(one, state=state, decided_by=email, decided_at=now)
        return replace(decided, asset_id=asset_id, note=note, merged_into=merged_into)

    def tasks(askers: Sequence[Asker]) -> list[Task]:
        told = askers if state != "merged" else ()
        return [Task(key(ANSWERED, one.id), ANSWERED, "write", one.id) for one in told]

    audit = Audit(key("audit", "request", request_id, now), email, f"request.{state}", request_id, "", now)
    decided = services.requests.decide(request_id, how, tasks=tasks, now=now, audit=audit)
    if decided is None:
        raise CannotRequest(_("This request was decided already."))
    services.work.wake("write")
    return decided


def _own(ask: Ask, services: Services, *, now: datetime) -> list[ContentRequest]:
    try:
        return services.requests.of(colleague(ask, services, now=now).email, limit=MOST_OWN)
    except NotServed:
        return []


def _telling(now: datetime) -> Task:
    """Return the work of telling enablement: one row for all that comes within a quarter of an hour."""
    at = datetime.fromtimestamp(
        (now.timestamp() // TOLD_EVERY.total_seconds() + 1) * TOLD_EVERY.total_seconds(), now.tzinfo
    )
    return Task(key(TELL, at.isoformat()), TELL, "write", at.isoformat(), due_at=at)


def _content(said: str) -> list[tuple[str, ...]]:
    """Return what words are compared by: its stems and itself, or pairs and triples of letters."""
    found = words(said)
    telling = [word for word in found if not is_stop_word(word)] or found
    return list(dict.fromkeys(part for word in telling for part in asked_terms(word)))


def _has(some: Sequence[tuple[str, ...]], part: tuple[str, ...]) -> bool:
    return any(set(part) & set(one) or fuzz.ratio(part[-1], one[-1]) >= SAME_WORD_FROM for one in some)
