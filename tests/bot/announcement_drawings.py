"""All that the bot draws of announcements, for authors, readers and managers; no Latin letter stands in the data."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.announce_audience import Offered, who_view
from bot.announce_blocks import (
    decided,
    decline_view,
    drafts,
    help_text,
    manage_view,
    mine,
    templates,
    told,
)
from bot.announce_form import Form, form_of, what_view
from bot.announce_review import (
    WrongQuestion,
    confirm_view,
    extend_view,
    questions_view,
    read_questions,
    review_view,
)
from bot.announcement_blocks import message_blocks, message_text, opened, reminder
from bot.announcement_quiz import quiz, read_answer
from bot.payload import Carried, UnknownButton
from bot.results_blocks import progress, results_list, results_modal, sorry
from enablement.announcing import (
    TEST,
    PersonResult,
    QuestionResult,
    Reach,
    Reader,
    Results,
    TeamResult,
    Told,
    Totals,
    Usage,
    Used,
)
from enablement.announcing.results import Standing
from enablement.model import (
    LANGUAGES,
    Aim,
    Announcement,
    AnnouncementState,
    Asset,
    DealFilter,
    QuizAnswer,
    QuizQuestion,
    TouchKind,
    Wording,
)
from tests.bot.drawings import PERSON, URL, Drawing
from tests.builders import NOW, announcement, ask, asset, receipt

ZONE = ZoneInfo("Asia/Bangkok")
QUESTION = QuizQuestion("Ποια;", ("Άλφα", "Βήτα"))
WORDING = Wording("fr", "Τίτλος", "Κείμενο", (QUESTION, QUESTION))
STATES = get_args(AnnouncementState)
LATER = NOW + timedelta(hours=2)
MEANT = Aim(
    everyone=True,
    people=("U1",),
    groups=("S1",),
    channels=("C1",),
    teams=("00E1",),
    roles=("00E2",),
    deals=DealFilter(("Φάση",), ("Άλφα",), ("Άλφα",), ("Άλφα",), ("Άλφα",), ("Άλφα",), 50_000, 90_000),
)


def composing() -> Drawing:
    one = _announcement(
        aim=MEANT, channels=("C1",), mentions=("channel", "U1", "S1"), starts_at=NOW, local_time="09:00"
    )
    bare = _announcement(wordings=(), right=(), must_acknowledge=False, remind_every_hours=5, reminders=1)
    urgent = _announcement(at_once=True, wordings=one.wordings[:2], channels=("C1", "C2"), mentions=("here",))
    form = Form("1", 1, "what")
    edits = replace(form, edits=True, names=True)
    names = {"team:00E1": "Άλφα", "role:00E2": "Βήτα"}
    offered = Offered(True, names, {"S1": "@γ"}, ("Φάση",), "20:00–08:00")
    reaches = [
        Reach(_readers(count), left_out) for count, left_out in ((1, ("1",)), (70, ("1", "2")), (0, ()))
    ]
    drawn = [
        what_view(one, form, assets=[_asset()], preview=_preview(one), problem="Όχι"),
        *(what_view(each, edits, assets=[], preview=_preview(each)) for each in (urgent, bare)),
        *(who_view(one, edits, offered, found=found) for found in (*reaches, None)),
        who_view(bare, form, replace(offered, teams={}), found=reaches[0], problem="Όχι"),
        *(_review(each, form, found) for each in (one, bare, urgent) for found in (reaches[0], None)),
        _review(one, edits, reaches[1], needs_approval=True),
        questions_view(one, form),
        *(
            confirm_view(one, form, number, needs_approval=asked)
            for number in (1, 2)
            for asked in (True, False)
        ),
        extend_view(one, form, ZONE),
    ]
    return Drawing(views=tuple(drawn), texts=tuple(_refused()))


def managing() -> Drawing:
    all_ = [_announcement(state=state, pinned=pinned) for state in STATES for pinned in (True, False)]
    many = [_announcement(id=f"{at}") for at in range(17)]
    lists = [draw(some) for draw in (mine, drafts, templates) for some in (all_, many[:16], many, [])]
    asked = [
        Told(ask(), one, people, to_approve, why)
        for one in (*all_, _announcement(state="draft", version=2))
        for people in (1, 2, None)
        for to_approve, why in ((True, ""), (False, ""), (False, "Όχι"))
    ]
    untitled = _announcement(wordings=())
    return Drawing(
        (
            *((blocks, "Έγινε") for blocks in lists),
            *map(told, asked),
            decided(untitled, "Έγινε"),
        ),
        (
            *(
                manage_view(one, [receipt(delivered_at=NOW)], ZONE, said="Έγινε", problem="Όχι")
                for one in all_
            ),
            decline_view(Form("1", 1, "decline")),
        ),
        (help_text(),),
    )


def reading() -> Drawing:
    assets = [_asset(), _asset(audience="internal")]
    standing = [
        receipt(),
        receipt(snoozed_until=LATER),
        receipt(acknowledged_at=NOW, acknowledged_revision=1),
        receipt(acknowledged_at=NOW, acknowledged_revision=2),
        replace(receipt(), slack_id="C1"),
        replace(receipt(), id=f"{TEST}1"),
    ]
    some = [
        _announcement(
            state=state, revision=2, counts_from=2, must_acknowledge=must, mentions=("here", "U1", "S1")
        )
        for state in ("running", "ended", "withdrawn")
        for must in (True, False)
    ]
    alone = replace(some[0], wordings=(replace(WORDING, questions=(QUESTION,)),), right=(0,))
    answers = [QuizAnswer("1", "1", at, option, option == 0, NOW) for at, option in ((0, 0), (1, 0))]
    messages = [
        (message_blocks(one, mine, WORDING, assets, public_url=URL), message_text(one, WORDING))
        for one in (*some, alone)
        for mine in standing
    ]
    for given in (answers[:1], answers):
        blocks = message_blocks(some[0], standing[0], WORDING, assets, public_url=URL, answers=given)
        messages.append((blocks, message_text(some[0], WORDING)))
    for given in ([replace(answers[0], option=option)] for option in (0, 1)):
        words = alone.wordings[0]
        blocks = message_blocks(alone, standing[0], words, assets, public_url=URL, answers=given)
        messages.append((blocks, message_text(alone, words)))
    return Drawing(
        (*messages, *(reminder(one, mine, WORDING) for one in some for mine in standing)),
        (
            *(opened(one, mine, WORDING, assets, public_url=URL) for one in some for mine in standing),
            *(quiz(some[0], receipt(), WORDING, answers[:count]) for count in (0, 1, 2)),
        ),
    )


def looking() -> Drawing:
    """What became of announcements."""
    totals = Totals(9, 1, 1, 7, 6, 5, 4, 3, 2)
    used = [Usage("1", "Τίτλος", before=_used(1), after=_used(2))]
    found = [
        Results(
            _announcement(state=state, must_acknowledge=must, right=(0,), wordings=_wordings(1)),
            is_whole=must,
            totals=totals,
            teams=(TeamResult("Άλφα", totals), TeamResult("", totals)),
            people=_people(many),
            questions=(QuestionResult((1, 3), 0),),
            took=timedelta(hours=2),
        )
        for state in ("running", "ended", "withdrawn")
        for must in (True, False)
        for many in (1, 60)
    ]
    return Drawing(
        (*map(progress, found), *(results_list([one.announcement for one in some]) for some in (found, []))),
        (
            *(results_modal(one, used, page=2, note="Έγινε") for one in found),
            *(results_modal(one, []) for one in found),
            sorry("Όχι"),
        ),
    )


CASES: tuple[Callable[[], Drawing], ...] = (composing, managing, reading, looking)


def _review(one: Announcement, form: Form, found: Reach | None, *, needs_approval: bool = False) -> View:
    return review_view(
        one,
        form,
        found=found,
        zone=ZONE,
        preview=_preview(one),
        needs_approval=needs_approval,
        problems=["Όχι"],
        said="Έγινε",
    )


def _refused() -> Iterator[str]:
    """Yield what the readers of forms say of what they can't use."""
    typed = (("", "Άλφα\nΒήτα"), ("Ποια;", "Άλφα"), ("Ποια;", "Άλφα\nΒήτα"))
    views = [
        {"question.0.el": {"1": {"value": question}}, "options.0.el": {"1": {"value": options}}}
        for question, options in typed
    ]
    one = _announcement(wordings=(Wording("el", "Τίτλος", "Κείμενο"),))
    broken: list[Callable[[], object]] = [
        lambda: form_of({"private_metadata": ""}),
        lambda: read_answer({"private_metadata": Carried("1").to_json()}),
        *(lambda values=values: read_questions(one, {"state": {"values": values}}) for values in views),
    ]
    for act in broken:
        try:
            act()
        except (UnknownButton, WrongQuestion) as error:
            yield str(error)


def _preview(one: Announcement) -> list[Block]:
    wording = one.wordings[0] if one.wordings else Wording("el", "Τίτλος", "Κείμενο")
    return message_blocks(one, None, wording, [_asset()], public_url=URL)


def _announcement(**changes: Any) -> Announcement:
    said = {"author": PERSON, "wordings": _wordings(2), "right": (0, 1), **changes}
    return announcement("Τίτλος", **said)


def _wordings(questions: int) -> tuple[Wording, ...]:
    return tuple(Wording(tag, "Τίτλος", "Κείμενο", (QUESTION,) * questions) for tag in LANGUAGES[:3])


def _asset(**changes: Any) -> Asset:
    return asset(**{"title": "Τίτλος", "kind": "Είδος", "language": "fr", **changes})


def _readers(count: int) -> tuple[Reader, ...]:
    return tuple(Reader(f"U{at}", PERSON, "Ρέα", "el", "UTC", None) for at in range(count))


def _people(count: int) -> tuple[PersonResult, ...]:
    standings = get_args(Standing)
    return tuple(
        PersonResult(receipt(snoozes=1), "Ρέα", "Άλφα", standings[at % len(standings)]) for at in range(count)
    )


def _used(n: int) -> Used:
    return Used(dict.fromkeys(get_args(TouchKind), n), n, n)
