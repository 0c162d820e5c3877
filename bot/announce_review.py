"""The form of an announcement, last step: what is asked of readers, until when, how it looks; then send."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    CheckboxesElement,
    DatePickerElement,
    DividerBlock,
    InputBlock,
    PlainTextInputElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from bot.announce_audience import people_count
from bot.announce_form import Form, entered, fallback_line, modal, options_of, press, preview_of
from bot.mrkdwn import clean, escape, plain
from bot.parts import label, option, section
from enablement import wording as words
from enablement.announcing import Reach
from enablement.language import _, moment, ngettext
from enablement.model import Announcement, QuizQuestion

ACKNOWLEDGE, REMINDERS, EVERY, ENDS = "must_acknowledge", "reminders", "every", "ends_at"
QUESTION, OPTIONS = "question", "options"
QUIZ, EXTENDING = "compose.quiz", "announcement.extending"
MOST_QUESTIONS = 3
RIGHT = "*"


class WrongQuestion(Exception):
    """A question can't be used; `block` says where."""

    def __init__(self, block: str, message: str) -> None:
        super().__init__(message)
        self.block = block


def review_view(
    one: Announcement,
    form: Form,
    *,
    found: Reach | None,
    zone: ZoneInfo,
    preview: Sequence[Block],
    needs_approval: bool,
    problems: Sequence[str] = (),
    said: str = "",
) -> View:
    """Return the last step; with problems, these are told first."""
    form = replace(form, step="review")
    send = _("Send for approval") if needs_approval else _("Send")
    asked = len(one.wordings[0].questions) if one.wordings else 0
    questions = ngettext("{n} question", "{n} questions", asked) if asked else _("Ask questions")
    buttons = [
        press(questions, "questions", form),
        *(
            []
            if form.edits
            else [
                press(_("Send test to me"), "test", form),
                press(_("Save as template"), "template", form),
                press(_("Back"), "to_who", form),
            ]
        ),
    ]
    blocks: list[Block] = [
        *[section(f":warning: {escape(problem)}") for problem in problems],
        *([section(f":white_check_mark: {escape(said)}")] if said else []),
        section("\n".join(escape(line) for line in _summary(one, found))),
        *_asked(one, zone),
        ActionsBlock(elements=buttons),
        DividerBlock(),
        *preview_of(preview),
    ]
    return modal(form, _("Check and send"), _("Save") if form.edits else send, blocks)


def read_review(one: Announcement, view: Mapping[str, Any], *, zone: ZoneInfo) -> Announcement:
    """Return the announcement with what the last step asks for; it ends with the chosen day, by the author's clock."""
    fields = entered(view)
    ends = ends_on(str(fields.get(ENDS) or ""), zone)
    return replace(
        one,
        must_acknowledge=bool(fields.get(ACKNOWLEDGE)),
        reminders=int(fields.get(REMINDERS) or 0),
        remind_every_hours=int(fields.get(EVERY) or one.remind_every_hours),
        ends_at=ends if ends and ends.date() != one.ends_at.astimezone(zone).date() else one.ends_at,
    )


def ends_on(day: str, zone: ZoneInfo) -> datetime | None:
    """Return the last moment of a day ("2026-12-31") there."""
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), time(23, 59, 59), zone) if day else None
    except ValueError:
        return None


def questions_view(one: Announcement, form: Form) -> View:
    """Return the form of the questions, in each language that the announcement is written in."""
    blocks: list[Block] = [
        section(
            _(
                "One option in each line, two to five. Put {mark} before the right one. "
                "Leave a question empty to leave it out.",
                mark=f"`{RIGHT}`",
            )
        )
    ]
    for wording in one.wordings:
        blocks.append(section(f"*{escape(words.language(wording.language))}*"))
        for number in range(MOST_QUESTIONS):
            known = wording.questions[number] if number < len(wording.questions) else None
            right = one.right[number] if number < len(one.right) else None
            blocks += _question(wording.language, number, known, right)
    return modal(replace(form, step="questions"), _("Questions"), _("Done"), blocks, callback=QUIZ)


def read_questions(one: Announcement, view: Mapping[str, Any]) -> Announcement:
    """Return the announcement with its questions; raises WrongQuestion."""
    fields = {block: next(iter(state.values())) for block, state in view["state"]["values"].items()}

    def typed(name: str, number: int, language: str) -> str:
        return str((fields.get(f"{name}.{number}.{language}") or {}).get("value") or "")

    right: tuple[int, ...] = ()
    wordings = []
    for place, wording in enumerate(one.wordings):
        read: list[QuizQuestion] = []
        marks: list[int] = []
        for number in range(MOST_QUESTIONS):
            text = clean(typed(QUESTION, number, wording.language))
            options = typed(OPTIONS, number, wording.language)
            block = f"{OPTIONS}.{number}.{wording.language}"
            if not text and options.strip():
                raise WrongQuestion(
                    f"{QUESTION}.{number}.{wording.language}", _("Write the question to these options.")
                )
            if text:
                question, mark = _read_question(text, options, block, needs_mark=not place)
                read.append(question)
                marks.append(mark)
        right = tuple(marks) if not place else right
        wordings.append(replace(wording, questions=tuple(read)))
    return replace(one, wordings=tuple(wordings), right=right)


def confirm_view(one: Announcement, form: Form, number: int, *, needs_approval: bool) -> View:
    """Ask whether it really goes to so many people."""
    people = ngettext("{n} person", "{n} people", number)
    title = one.wordings[0].title if one.wordings else ""
    line = _("“{title}” goes to *{people}*. Is that right?", title=escape(title), people=people)
    submit = _("Send for approval") if needs_approval else _("Send to {people}", people=people)
    return modal(replace(form, step="confirm", number=number), _("Really?"), submit, [section(line)])


def extend_view(one: Announcement, form: Form, zone: ZoneInfo) -> View:
    picker = _end_picker(one, zone)
    block = InputBlock(block_id=ENDS, label=label(_("New last day")), element=picker)
    return modal(replace(form, step="extend"), _("Extend"), _("Extend"), [block], callback=EXTENDING)


def _summary(one: Announcement, found: Reach | None) -> list[str]:
    people = people_count(found) if found else _("A number of people that can't be said just now")
    channels = (
        ngettext("also in {n} channel", "also in {n} channels", len(one.channels)) if one.channels else ""
    )
    when = _("at {time} on their own clock", time=one.local_time) if one.local_time else ""
    when = when or (_("at once, also in quiet hours") if one.at_once else _("outside their quiet hours"))
    starts = _("not before {moment}", moment=moment(one.starts_at)) if one.starts_at else ""
    lines = ["  ·  ".join(filter(None, (people, channels, when, starts)))]
    return [*lines, *filter(None, [fallback_line(one)])]


def _asked(one: Announcement, zone: ZoneInfo) -> list[Block]:
    confirm = options_of({"yes": _("Everybody confirms that they have read it")})
    chosen = str(one.remind_every_hours)
    hours = sorted({24, 48, 72, 168, one.remind_every_hours})
    every = [option(str(each), _every(each)) for each in hours]
    times = [
        option(str(n), ngettext("{n} time", "{n} times", n) if n else _("Never"))
        for n in sorted({0, 1, 2, 3, 5, one.reminders})
    ]
    return [
        InputBlock(
            block_id=ACKNOWLEDGE,
            label=label(_("Confirmation")),
            element=CheckboxesElement(
                action_id=f"compose.{ACKNOWLEDGE}",
                options=confirm,
                initial_options=confirm if one.must_acknowledge else None,
            ),
            optional=True,
        ),
        InputBlock(
            block_id=REMINDERS,
            label=label(_("Remind who has not confirmed")),
            element=_select(REMINDERS, times, str(one.reminders)),
            hint=label(_("In their working hours only, and not while they have snoozed it.")),
        ),
        InputBlock(
            block_id=EVERY, label=label(_("How often")), element=_select(EVERY, every, chosen), optional=True
        ),
        InputBlock(
            block_id=ENDS,
            label=label(_("Last day")),
            element=_end_picker(one, zone),
            hint=label(_("Who joins until then is told too.")),
        ),
    ]


def _every(hours: int) -> str:
    days, rest = divmod(hours, 24)
    if rest:
        return ngettext("every hour", "every {n} hours", hours)
    # Languages with one form for all numbers would say “every 1 day”.
    return _("daily") if days == 1 else ngettext("every day", "every {n} days", days)


def _select(name: str, options: Sequence[Any], chosen: str) -> StaticSelectElement:
    return StaticSelectElement(
        action_id=f"compose.{name}",
        options=options,
        initial_option=next(one for one in options if one.value == chosen),
    )


def _end_picker(one: Announcement, zone: ZoneInfo) -> DatePickerElement:
    day = one.ends_at.astimezone(zone).date().isoformat()
    return DatePickerElement(action_id=f"compose.{ENDS}", initial_date=day)


def _question(language: str, number: int, known: QuizQuestion | None, right: int | None) -> list[Block]:
    lines = [
        f"{RIGHT} {option}" if place == right else option
        for place, option in enumerate(known.options if known else ())
    ]
    text = PlainTextInputElement(
        action_id=f"compose.{QUESTION}", initial_value=known.text if known else None, max_length=300
    )
    options = PlainTextInputElement(
        action_id=f"compose.{OPTIONS}",
        initial_value="\n".join(lines) or None,
        multiline=True,
        max_length=500,
    )
    return [
        InputBlock(
            block_id=f"{QUESTION}.{number}.{language}",
            label=label(_("Question {number}", number=number + 1)),
            element=text,
            optional=True,
        ),
        InputBlock(
            block_id=f"{OPTIONS}.{number}.{language}",
            label=label(_("Options")),
            element=options,
            optional=True,
        ),
    ]


def _read_question(text: str, options: str, block: str, *, needs_mark: bool) -> tuple[QuizQuestion, int]:
    lines = [clean(line) for line in options.splitlines() if clean(line)]
    marked = [place for place, line in enumerate(lines) if line.startswith(RIGHT)]
    if not 2 <= len(lines) <= 5:
        raise WrongQuestion(block, _("Give two to five options, one in each line."))
    if needs_mark and len(marked) != 1:
        raise WrongQuestion(block, _("Put {mark} before the one right option.", mark=RIGHT))
    plain_lines = tuple(plain(line.removeprefix(RIGHT), most=75) for line in lines)
    return QuizQuestion(text, plain_lines), marked[0] if marked else 0
