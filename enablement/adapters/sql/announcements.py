"""Announcements, their receipts and the answers to their questions, in SQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select, update

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database, UtcDateTime
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import (
    Announcement,
    AnnouncementState,
    Audit,
    ProgressMessage,
    QuizAnswer,
    Receipt,
)

_announcements, _receipts, _answers = tables.announcements, tables.receipts, tables.quiz_answers
_told = _receipts.c.shown_revision > 0
IDS_AT_ONCE = 500


class SqlAnnouncements:
    """The announcements in SQL. What a reader did is only ever added to: said twice it counts once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def announcement(self, announcement_id: str) -> Announcement | None:
        found = self._found(select(_announcements).where(_announcements.c.id == announcement_id))
        return found[0] if found else None

    def listed(
        self, states: Collection[AnnouncementState], *, limit: int, author: str = ""
    ) -> list[Announcement]:
        query = select(_announcements).where(_announcements.c.state.in_(list(states)))
        if author:
            query = query.where(_announcements.c.author == author)
        newest = (_announcements.c.made_at.desc(), _announcements.c.id)
        return self._found(query.order_by(*newest).limit(limit))

    def at_work(self, *, since: datetime) -> list[Announcement]:
        over = _announcements.c.state.in_(["ended", "withdrawn"]) & (_announcements.c.changed_at >= since)
        query = select(_announcements).where(or_(_announcements.c.state == "running", over))
        return self._found(query.order_by(_announcements.c.made_at, _announcements.c.id))

    def save(self, one: Announcement, *, was: int, audit: Audit | None = None) -> bool:
        with self._database.writing() as connection:
            if was:
                known = (_announcements.c.id == one.id) & (_announcements.c.version == was)
                done = connection.execute(update(_announcements).where(known).values(to_row(one))).rowcount
            else:
                done = insert_missing(connection, _announcements, [to_row(one)])
            if done and audit:
                insert_missing(connection, tables.audits, [to_row(audit)])
            return done == 1

    def admit(self, receipts: Sequence[Receipt]) -> int:
        if not receipts:
            return 0
        back = (_receipts.c.id == bindparam("known")) & _receipts.c.left_at.is_not(None)
        due = case((_told, _receipts.c.due_at), else_=bindparam("due", type_=UtcDateTime()))
        statement = update(_receipts).where(back)
        with self._database.writing() as connection:
            added = insert_missing(connection, _receipts, [to_row(one) for one in receipts])
            if added < len(receipts):
                connection.execute(
                    statement.values(left_at=None, failed="", due_at=due),
                    [{"known": one.id, "due": one.due_at} for one in receipts],
                )
            return added

    def leave(self, receipt_ids: Collection[str], *, at: datetime) -> None:
        with self._database.writing() as connection:
            for some in _chunks(list(receipt_ids)):
                there = _receipts.c.id.in_(some) & _receipts.c.left_at.is_(None)
                connection.execute(update(_receipts).where(there).values(left_at=at))

    def receipt(self, receipt_id: str) -> Receipt | None:
        found = self._read(select(_receipts).where(_receipts.c.id == receipt_id))
        return found[0] if found else None

    def receipts(self, announcement_id: str) -> list[Receipt]:
        of = select(_receipts).where(_receipts.c.announcement_id == announcement_id)
        return self._read(of.order_by(_receipts.c.id))

    def untold(self, announcement_id: str, *, until: datetime, limit: int) -> list[Receipt]:
        due = (_receipts.c.shown_revision == 0) & (_receipts.c.due_at <= until)
        query = select(_receipts).where(_meant(announcement_id), due)
        return self._read(query.order_by(_receipts.c.due_at, _receipts.c.id).limit(limit))

    def outdated(self, announcement_id: str, *, revision: int, left_too: bool, limit: int) -> list[Receipt]:
        whose = (_receipts.c.announcement_id == announcement_id) if left_too else _meant(announcement_id)
        query = select(_receipts).where(whose, _told, _receipts.c.shown_revision < revision)
        return self._read(query.order_by(_receipts.c.id).limit(limit))

    def unacknowledged(
        self, one: Announcement, *, now: datetime, zones: Collection[str], limit: int
    ) -> list[Receipt]:
        mine, profiles = _receipts.c, tables.profiles.c
        last = func.coalesce(mine.reminded_at, mine.delivered_at)
        snooze_is_over = (mine.snoozed_until <= now) & (mine.snoozed_until > last)
        is_time = (last <= now - timedelta(hours=one.remind_every_hours)) & or_(
            mine.snoozed_until.is_(None), mine.snoozed_until <= now
        )
        query = (
            select(_receipts)
            .join(tables.profiles, profiles.slack_id == mine.slack_id)
            .where(_meant(one.id), _told, mine.acknowledged_revision < one.counts_from)
            .where(mine.reminders < one.reminders, profiles.time_zone.in_(list(zones)))
            .where(or_(snooze_is_over, is_time))
        )
        return self._read(query.order_by(last, mine.id).limit(limit))

    def postpone(self, due: Mapping[str, datetime]) -> None:
        if due:
            waiting = (_receipts.c.id == bindparam("known")) & (_receipts.c.shown_revision == 0)
            statement = update(_receipts).where(waiting).values(due_at=bindparam("due"))
            with self._database.writing() as connection:
                connection.execute(statement, [{"known": one, "due": at} for one, at in due.items()])

    def receipts_of(self, slack_id: str, *, limit: int) -> list[Receipt]:
        query = select(_receipts).where(_receipts.c.slack_id == slack_id, _told)
        newest = (_receipts.c.delivered_at.desc(), _receipts.c.id)
        return self._read(query.order_by(*newest).limit(limit))

    def delivered(self, receipt_id: str, *, channel: str, ts: str, revision: int, at: datetime) -> None:
        first = func.coalesce(_receipts.c.delivered_at, at)
        # Of two that change a message at once, the later revision is what has been seen to be there.
        self._note(
            (_receipts.c.id == receipt_id) & (_receipts.c.shown_revision <= revision),
            channel=channel,
            ts=ts,
            shown_revision=revision,
            delivered_at=first,
        )

    def failed(self, receipt_id: str, why: str) -> None:
        self._note(_receipts.c.id == receipt_id, failed=why)

    def opened(self, receipt_id: str, *, at: datetime) -> None:
        self._note((_receipts.c.id == receipt_id) & _receipts.c.opened_at.is_(None), opened_at=at)

    def acknowledged(self, receipt_id: str, *, revision: int, at: datetime) -> bool:
        new = (_receipts.c.id == receipt_id) & (_receipts.c.acknowledged_revision < revision)
        return self._note(new, acknowledged_at=at, acknowledged_revision=revision) == 1

    def snoozed(self, receipt_id: str, *, until: datetime) -> None:
        more = _receipts.c.snoozes + 1
        self._note(_receipts.c.id == receipt_id, snoozed_until=until, snoozes=more)

    def reminded(self, receipt_id: str, *, number: int, at: datetime) -> None:
        new = (_receipts.c.id == receipt_id) & (_receipts.c.reminders < number)
        self._note(new, reminders=number, reminded_at=at)

    def answer(self, one: QuizAnswer) -> QuizAnswer:
        same = (_answers.c.receipt_id == one.receipt_id) & (_answers.c.question == one.question)
        with self._database.writing() as connection:
            insert_missing(connection, _answers, [to_row(one)])
            return from_row(QuizAnswer, connection.execute(select(_answers).where(same)).mappings().one())

    def answers(self, announcement_id: str) -> list[QuizAnswer]:
        query = select(_answers).join(_receipts, _receipts.c.id == _answers.c.receipt_id)
        query = query.where(_receipts.c.announcement_id == announcement_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(_answers.c.at, _answers.c.id)).mappings()
            return [from_row(QuizAnswer, row) for row in rows]

    def told(self, slack_ids: Collection[str], *, limit: int) -> list[Announcement]:
        newest = (_announcements.c.made_at.desc(), _announcements.c.id)
        found: dict[str, Announcement] = {}
        for some in _chunks(list(slack_ids)):
            theirs = select(_receipts.c.announcement_id).where(_receipts.c.slack_id.in_(some))
            query = select(_announcements).where(_announcements.c.id.in_(theirs))
            found |= {one.id: one for one in self._found(query.order_by(*newest).limit(limit))}
        return sorted(found.values(), key=lambda one: (-one.made_at.timestamp(), one.id))[:limit]

    def progress(self, announcement_id: str) -> ProgressMessage | None:
        shown = tables.progress_messages
        with self._database.reading() as connection:
            query = select(shown).where(shown.c.announcement_id == announcement_id)
            row = connection.execute(query).mappings().first()
        return from_row(ProgressMessage, row) if row else None

    def keep_progress(self, one: ProgressMessage) -> None:
        with self._database.writing() as connection:
            put(connection, tables.progress_messages, [to_row(one)])

    def answers_of(self, receipt_id: str) -> list[QuizAnswer]:
        query = select(_answers).where(_answers.c.receipt_id == receipt_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(_answers.c.question)).mappings()
            return [from_row(QuizAnswer, row) for row in rows]

    def _note(self, where: ColumnElement[bool], **values: object) -> int:
        with self._database.writing() as connection:
            return connection.execute(update(_receipts).where(where).values(**values)).rowcount

    def _found(self, query: Select[Any]) -> list[Announcement]:
        with self._database.reading() as connection:
            return [from_row(Announcement, row) for row in connection.execute(query).mappings()]

    def _read(self, query: Select[Any]) -> list[Receipt]:
        with self._database.reading() as connection:
            return [from_row(Receipt, row) for row in connection.execute(query).mappings()]


def _meant(announcement_id: str) -> ColumnElement[bool]:
    here = _receipts.c.announcement_id == announcement_id
    return here & _receipts.c.left_at.is_(None) & (_receipts.c.failed == "")


def _chunks(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + IDS_AT_ONCE] for start in range(0, len(ids), IDS_AT_ONCE))
