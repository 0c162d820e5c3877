"""Results as a table for spreadsheets: a row for each person, columns that stay the same in all languages."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Literal

from enablement.announcing.results import PersonResult, Results
from enablement.model import Task, key

ANNOUNCE_FILE = "announce.file"
ResultsFile = Literal["table", "picture"]

COLUMNS = (
    *("name", "email", "team", "state", "delivered_at", "opened_at", "acknowledged_at", "snoozes"),
    *("snoozed_until", "reminders", "reminded_at", "left_at", "problem"),
)
# What a spreadsheet takes for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def file_task(what: ResultsFile, announcement_id: str, viewer_slack_id: str, *, press: str) -> Task:
    """Return the task to send somebody a file of the results that they may see, the same for one press of a button."""
    name = key(ANNOUNCE_FILE, what, press)
    return Task(name, ANNOUNCE_FILE, "reply", f"{what} {announcement_id} {viewer_slack_id}")


def sheet(found: Results, *, zone: tzinfo) -> bytes:
    """Return results as CSV: UTF-8 with a mark that says so, moments as ISO 8601 by the clock of a zone.

    After COLUMNS come two for each question: `question_1` is what was chosen first, `question_1_right` yes or no.
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    numbers = range(1, len(found.questions) + 1)
    rows.writerow([*COLUMNS, *(name for n in numbers for name in (f"question_{n}", f"question_{n}_right"))])
    for person in found.people:
        rows.writerow([harmless(cell) for cell in (*_facts(person, zone), *_answers(person, found))])
    return text.getvalue().encode("utf-8-sig", errors="replace")


def _facts(person: PersonResult, zone: tzinfo) -> Iterator[str]:
    def at(moment: datetime | None) -> str:
        return moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""

    one = person.receipt
    yield from (person.name, one.email, person.team, person.standing)
    yield from (at(one.delivered_at), at(one.opened_at), at(one.acknowledged_at))
    yield from (str(one.snoozes), at(one.snoozed_until), str(one.reminders), at(one.reminded_at))
    yield from (at(one.left_at), one.failed)


def _answers(person: PersonResult, found: Results) -> Iterator[str]:
    questions = found.announcement.wordings[0].questions
    for question, given in zip(questions, person.answers, strict=True):
        yield question.options[given.option] if given and given.option < len(question.options) else ""
        yield ("yes" if given.is_right else "no") if given else ""


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs: where it begins like a formula, an apostrophe makes it a text."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell
