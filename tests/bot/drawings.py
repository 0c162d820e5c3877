"""Everything that the bot draws, with data in which no Latin letter stands: those left are the product's own words."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, get_args

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import evidence_blocks
from bot.blocks import help_text, reply, text_block
from bot.find_blocks import form as find_form
from bot.library_blocks import done, notice
from bot.library_forms import archive_form, decline_form, read_deciding
from bot.payload import Carried, UnknownButton, read
from bot.prompts import offered
from bot.publish_blocks import Draft, WrongEntry, form, offer, read_form as read_file_form, said_modal
from bot.publish_fields import FACETS, asset_option, facet_option
from bot.sent_blocks import Links, links_modal, read_links
from bot.share_blocks import UnknownForm, read_form, share_modal, sorry_modal
from bot.why_blocks import why_modal
from enablement import effects, wording
from enablement.answering import Answer, Done, Picker, Shown
from enablement.governance import State
from enablement.holdings import Held, Holdings
from enablement.model import (
    Asset,
    Basis,
    Deal,
    Decision,
    DecisionKind,
    Effect,
    Facets,
    FeedbackVerdict,
    How,
    Interval,
    Notice,
    NoticeKind,
    Reason,
    Refinement,
    Status,
    Verdict,
)
from enablement.narrowing import asked_for
from enablement.sent import Sent
from enablement.sharing import Shareable
from enablement.uploads import Offer
from enablement.why import Explained
from tests.bot.evidence_views import views
from tests.builders import NOW, ask, asset, contact, deal, feedback, share, suggestion

URL = "https://touchline.example"
TODAY = NOW.date()
PERSON = "ρ@example.test"
REASONS = (
    Reason("words", ("2", "Κεφάλαιο", "λέξη", "φράση")),
    Reason("words", ("2", "", "λέξη")),
    Reason("meaning", ("3", "Κεφάλαιο")),
    Reason("meaning", ("3", "")),
    Reason("translation", ("Τίτλος", "fr")),
    *(Reason(kind, ("Άλφα",)) for kind in ("competitors", "stages", "products", "industries", "regions")),
    *(Reason(kind, ("Άλφα",)) for kind in ("sizes", "language")),
    Reason("habit", ("12", "40", "industry:Άλφα")),
    Reason("habit", ("12", "40", "")),
    Reason("fresh", ("9",)),
)
UNKNOWN = Reason(
    "unknown", ("stages", "industries", "regions", "sizes", "language", "products", "competitors")
)
COUNTS = ("9", "31", "4", "52", "Φάση", "")


@dataclass(frozen=True)
class Drawing:
    """What one case draws: messages with their notification texts, views, and texts that stand by themselves."""

    messages: tuple[tuple[Sequence[Block], str], ...] = ()
    views: tuple[View, ...] = ()
    texts: tuple[str, ...] = ()


def answers() -> Drawing:
    made = [
        Shown(suggestion(rank=rank, reasons=REASONS[rank - 1 : rank + 1]), _asset())
        for rank in range(1, len(REASONS) + 1)
    ]
    first = made[0]
    internal = replace(first, asset=_asset(audience="internal"))
    bare = replace(first, suggestion=suggestion(reasons=()))
    one = replace(first, suggestion=suggestion(reasons=REASONS[:1]))
    aged = [
        replace(first, asset=_asset(updated_at=NOW - timedelta(days=days))) for days in (0, 1, 9, 60, 800)
    ]
    sets = [
        tuple(made[:5]),
        tuple(made[5:10]),
        tuple(made[10:]),
        (internal, bare, one),
        tuple(aged),
        *((replace(first, noted=feedback(verdict=one, until=NOW)),) for one in get_args(FeedbackVerdict)),
        (replace(first, sent=(share(recipient_name="Ρέα"),)),),
        (replace(first, sent=(share(recipient="", recipient_name=""),), saved=True),),
        (),
    ]
    drawn = [Answer(_ask(), _deal(), "named", "words", True, some) for some in sets]
    drawn += [Answer(_ask(), _deal(close_date=TODAY - timedelta(days=1)), "named", "words", False, ())]
    others = [Answer(_ask(), _deal(), how, "fit", False, ()) for how in get_args(How)]
    bases = [Answer(_ask(), _deal(), "only", basis, False, ()) for basis in get_args(Basis)]
    return Drawing(tuple(_reply(one) for one in (*drawn, *others, *bases)))


def follow_ups() -> Drawing:
    """What came of follow-ups, and the form to ask from anywhere."""
    lengths = ((0, 0), (1, 0), (2, 0), (0, 1), (0, 2))
    wishes = [
        Refinement("fr", "Ψ", "Ω", most, least, without=("1",) * count)
        for count in range(3)
        for most, least in lengths
    ]
    shown = (Shown(suggestion(), _asset()),)
    asks = [replace(_ask(), refined=one, refines="1") for one in (Refinement(), *wishes)]
    said = [
        Answer(one, _deal(), "before", basis, False, shown, missed, follows=True)
        for one in asks
        for basis in get_args(Basis)
        for missed in ((), asked_for(one.refined)[:2])
    ]
    first = replace(_ask(), refined=Refinement(persona="Ψ"), refines="1")
    said += [Answer(first, _deal(), "only", "words", False, shown, missed) for missed in ((), ("persona",))]
    return Drawing(tuple(_reply(one) for one in said), (find_form(), said_modal("Ναι", "Έρχεται")))


def questions_and_words() -> Drawing:
    picker = Picker(_ask(), (_deal(), _deal(id="006000000000002", close_date=None)), "Ποιο;")
    return Drawing(
        (
            _reply(picker),
            _reply(Done(_ask(), "Έγινε")),
            _reply(Offer(_ask(), "F0123456789", "Αρχείο")),
            offer(Offer(_ask(), "F0123456789", "Αρχείο")),
            ([text_block(help_text())], help_text()),
        )
    )


def library() -> Drawing:
    states = [
        Held(_asset(expires=date(2026, 12, 24)), state, due, waits, f"{URL}/o/1")
        for state in get_args(State)
        for due in (None, date(2026, 12, 24), date(2026, 12, 1), date(2026, 1, 1))
        for waits in (True, False)
    ]
    lists = [
        Holdings(_ask(), tuple(states[start : start + 10]), 2, 3, 12, TODAY, may_change=True)
        for start in range(0, len(states), 10)
    ]
    archived = Held(_asset(status="archived"), "archived", None, waits=False, link=f"{URL}/o/1")
    replaced = replace(archived, successor="Νέο")
    published = replace(archived, asset=_asset(status="published"), state="published")
    alone = Holdings(_ask(), (states[0], archived, replaced, published), 1, 1, 1, TODAY)
    own = [
        Holdings(_ask(), (replace(published, state=state),), 1, 1, 1, TODAY, may_change=True)
        for state in get_args(State)
    ]
    nothing = Holdings(_ask(), (), 1, 1, 0, TODAY)
    notices = [
        notice(_notice(kind, by), one, public_url=URL)
        for kind in get_args(NoticeKind)
        for by in ("", PERSON)
        for one in (_asset(), _asset(audience="internal", status="published", reviewed_on=TODAY))
    ]
    outcomes = [done(act) for act in ("approve", "decline", "verify", "archive", "restore")]
    outcomes.append(done("archive", successor="Νέο"))
    settled = [
        notice(_notice("approve", ""), _asset(), public_url=URL, outcome=outcome) for outcome in outcomes
    ]
    return Drawing(
        (*(_reply(one) for one in (*lists, *own, alone, nothing)), *notices, *settled),
        tuple(draw(Carried("1"), _asset(), response_url=f"{URL}/1") for draw in (decline_form, archive_form)),
        tuple(_judgements()),
    )


def files() -> Drawing:
    draft = Draft("F1", "Αρχείο", 1_234_567, "Τίτλος", PERSON)
    bases = [
        _asset(review_every_days=days, expires=TODAY, facets=Facets(products=("Άλφα",)))
        for days in (None, 1, 30, 45)
    ]
    return Drawing(
        views=(
            form(draft),
            form(replace(draft, size=2_000)),
            form(replace(draft, changes="1"), _asset()),
            *(form(draft, base) for base in bases),
            said_modal("Έγινε", "Έγινε"),
        ),
        texts=tuple(
            str(one.to_dict()["text"]["text"])
            for one in (asset_option(_asset()), *(facet_option(facet, "Άλφα") for facet in FACETS))
        ),
    )


def shares() -> Drawing:
    what = Shareable(suggestion(), _asset(), _deal())
    contacts = [contact("Ρέα", email=PERSON, role="Ρόλος")]
    ways = [
        Sent(
            replace(share(recipient_name="Ρέα", note=note), on_record=on_record, revoked_at=ended),
            undone,
            read_it,
        )
        for note in ("", "ω" * 3000)
        for on_record in (True, False)
        for ended in (None, NOW)
        for undone in (True, False)
        for read_it in (True, False)
    ]
    late = [Sent(replace(one.share, expires_at=NOW - timedelta(days=1))) for one in ways[:1]]
    lists = [(*late, *ways[start : start + 8]) for start in range(0, len(ways), 8)]
    views = [
        links_modal("Έτοιμο", _asset(), some, links=Links("1", ("2",), more=more), public_url=URL, now=NOW)
        for some, more in zip(lists, (0, 1, 2, 0), strict=True)
    ]
    return Drawing(
        views=(
            share_modal(what, contacts, answer_url=f"{URL}/1", now=NOW),
            share_modal(what, [], answer_url=f"{URL}/1", now=NOW),
            share_modal(
                what, [], now=NOW, editions=(_asset(language="en"), _asset(language="th")), link_days=1
            ),
            links_modal(
                "Έτοιμο",
                _asset(),
                [Sent(share(recipient="", recipient_name="")), Sent(share(recipient_name="Ρέα"))],
                links=Links("1", ("2",), language="th"),
                public_url=URL,
                now=NOW,
            ),
            sorry_modal("Όχι"),
            *views,
        )
    )


def refusals() -> Drawing:
    """What the readers of forms and buttons say of those that they can't use."""
    said = list(_refused())
    return Drawing(texts=tuple(said))


def evidence() -> Drawing:
    """What is said of evidence in an answer, and in the modal behind it."""
    some = [
        (*REASONS[:2], Reason("evidence", (*judged, *where, *COUNTS)), UNKNOWN)
        for judged in (
            ("helps", "0.061", "0.034", "0.09", "38"),
            ("hurts", "-0.004", "-0.0062", "-0.001", "1"),
            ("no_clear_effect", "0.002", "-0.02", "0.03", "120"),
            *(("not_enough", "", "", "", deals) for deals in ("0", "1", "4")),
        )
        for where in (("", "industry:Άλφα"), ("industry:Άλφα", ""))
    ]
    made = [Shown(suggestion(rank=rank, reasons=one), _asset()) for rank, one in enumerate(some, start=1)]
    lists = [tuple(made[start : start + 5]) for start in range(0, len(made), 5)]
    drawn = [
        Answer(_ask(), _deal(), "named", basis, False, one) for one in lists for basis in ("fit", "words")
    ]
    by_lot = suggestion(
        reasons=(*some[0], Reason("lot", ("0.5",)), Reason("parts", ("0.8", "0.7", "1.1", "0.9", "0.5"))),
        propensity=0.5,
        model="ω",
    )
    plain = suggestion(model="ω")
    effects_known = [
        Effect("1", "speed", "", Interval(1.2, 1.05, 1.4), one, 9, 0.2, 0.1) for one in get_args(Verdict)
    ]
    winning = Effect("1", "winning", "", Interval(0.06, 0.03, 0.09), "helps", 9, 0.2, 0.1, hidden=2.1)
    trials = [replace(winning, trial=Interval(0.04, -0.01, 0.09), trial_deals=deals) for deals in (1, 9)]
    explained = [
        *(
            Explained(one.suggestion, _asset(), _deal(), effects.finding(one.suggestion.reasons))
            for one in made
        ),
        *(
            Explained(by_lot, _asset(), _deal(), effects.finding(by_lot.reasons), one, speed)
            for one in (winning, *trials)
            for speed in effects_known
        ),
        Explained(plain, _asset(), _deal()),
    ]
    return Drawing(
        tuple(_reply(one) for one in drawn),
        tuple(why_modal(replace(one, suggestion=replace(one.suggestion, model="ω"))) for one in explained),
        (*(effects.verdict(one) for one in get_args(Verdict)),),
    )


def coverage() -> Drawing:
    """What librarians see of evidence and of what is missing."""
    said = [evidence_blocks.drawn(one) for count in (1, 2) for one in views("Άλφα", count=count)]
    return Drawing(tuple(said))


def prompts() -> Drawing:
    return Drawing(texts=tuple(one.title for one in offered([_deal(competitors=("Άλφα",))])))


CASES: tuple[Callable[[], Drawing], ...] = (
    answers,
    follow_ups,
    questions_and_words,
    library,
    files,
    shares,
    refusals,
    evidence,
    coverage,
    prompts,
)


def rows(drawing: Drawing) -> Iterator[Any]:
    """Yield what goes to Slack: blocks, views."""
    for blocks, _text in drawing.messages:
        yield [block.to_dict() for block in blocks]
    for view in drawing.views:
        yield view.to_dict()


def _judgements() -> Iterator[str]:
    for kind in get_args(DecisionKind):
        yield wording.decision(Decision("1", "1", "1", kind, PERSON, "", NOW), by="Ρω")
        yield wording.decision(Decision("1", "1", "1", kind, "", "", NOW), by="")
    for status in get_args(Status):
        yield wording.status(_asset(status=status))
    yield wording.not_your_own(_asset(), [PERSON, PERSON])
    yield wording.not_your_own(_asset(), [])
    yield wording.changed_since(_asset())


def _refused() -> Iterator[str]:
    entered: dict[str, Any] = {
        "title": {"1": {"value": "Τίτλος"}},
        "owner": {"1": {"value": PERSON}},
        "expires": {"1": {"selected_date": "2026-12-24"}},
    }
    wrong = [
        {"owner": {"1": {"value": "@"}}},
        {"owner": {"1": {"value": ""}}},
        {"title": {"1": {"value": ""}}},
        {"expires": {"1": {"selected_date": "2020-01-01"}}},
    ]
    metadata = form(Draft("F1", "α", 1, "α", PERSON)).private_metadata
    broken: list[Callable[[], object]] = [
        lambda: read(""),
        lambda: read_deciding({"private_metadata": ""}),
        lambda: read_file_form({"private_metadata": "", "state": {"values": entered}}, today=TODAY),
        lambda: read_form({"private_metadata": "", "state": {"values": {}}}),
        lambda: read_links({"private_metadata": ""}),
        *(
            lambda change=change: read_file_form(
                {"private_metadata": metadata, "state": {"values": {**entered, **change}}}, today=TODAY
            )
            for change in wrong
        ),
    ]
    for act in broken:
        with suppress(StopIteration):
            try:
                act()
            except (UnknownButton, UnknownForm, WrongEntry) as error:
                yield str(error)


def _reply(said: Any) -> tuple[list[Block], str]:
    return reply(said, public_url=URL, now=NOW)


def _ask() -> Any:
    return ask("ερώτηση")


def _deal(**changes: Any) -> Deal:
    return deal("Έργο", **{"stage": "Φάση", "currency": "€", "amount": 1_234_567.0, **changes})


def _asset(**changes: Any) -> Asset:
    said = {"title": "Τίτλος", "kind": "Είδος", "collection": "Συλλογή", "language": "fr", **changes}
    return asset(**said)


def _notice(kind: NoticeKind, by: str) -> Notice:
    return Notice("1", kind, "1", PERSON, "", "1", by, "1")
