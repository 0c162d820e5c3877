"""What happened, written once together with the work it causes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection, String, Table, cast, delete, func, or_, select, update

from enablement.adapters.sql import tables
from enablement.adapters.sql.catalog import CATALOGUE, make_change, stands
from enablement.adapters.sql.clearing import clear
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.for_crm import deals_touched, for_crm, summaries
from enablement.adapters.sql.outbox import add_tasks
from enablement.adapters.sql.query import Query, among, given
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import (
    Answered,
    Ask,
    Audit,
    ChannelLink,
    DealSummary,
    Decision,
    Feedback,
    Lot,
    Notice,
    Opening,
    PostedLinks,
    Preview,
    Share,
    Suggestion,
    Touch,
    Upload,
    Withdrawal,
    Written,
)

T = TypeVar("T")
_AT_ONCE = 500
_TABLES: dict[type, Table] = {
    Ask: tables.asks,
    Answered: tables.answers,
    Suggestion: tables.suggestions,
    Lot: tables.lots,
    Share: tables.shares,
    Touch: tables.touches,
    Feedback: tables.feedback,
    Opening: tables.openings,
    Upload: tables.uploads,
    Decision: tables.decisions,
    Notice: tables.notices,
    Preview: tables.previews,
    Withdrawal: tables.withdrawals,
    Audit: tables.audits,
    PostedLinks: tables.posted_links,
}


_ASK = Query(Ask, tables.asks, tables.asks.c.id == given("ask_id"))
_ANSWERED = Query(Answered, tables.answers, tables.answers.c.ask_id == given("ask_id"))
_SUGGESTIONS = Query(
    Suggestion,
    tables.suggestions,
    tables.suggestions.c.ask_id == given("ask_id"),
    order=(tables.suggestions.c.rank,),
)
_TOUCHES_OF = Query(
    Touch,
    tables.touches,
    tables.touches.c.deal_id.in_(among("deal_ids")),
    order=(tables.touches.c.occurred_at,),
)
_SHARES_OF = Query(
    Share,
    tables.shares,
    tables.shares.c.email == given("email"),
    tables.shares.c.deal_id == given("deal_id"),
    order=(tables.shares.c.made_at,),
)
_ABOUT_DEALS, _IN_TIME = tables.feedback.c.deal_id.in_(among("deal_ids")), (tables.feedback.c.given_at,)
_FEEDBACK = Query(Feedback, tables.feedback, _ABOUT_DEALS, order=_IN_TIME)
_FEEDBACK_BY = Query(
    Feedback, tables.feedback, _ABOUT_DEALS, tables.feedback.c.email == given("email"), order=_IN_TIME
)
_CHANNEL_DEAL = select(tables.channel_links.c.deal_id).where(
    tables.channel_links.c.channel == given("channel")
)


class SqlLedger:
    """The ledger in SQL. An id that is there already is never written again: that is how twice becomes once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, written: Written, *, now: datetime, lazily: bool = False) -> bool:
        alone = CATALOGUE if written.changes else ""
        with self._database.writing(alone=alone, lazily=lazily) as connection:
            if not all(stands(connection, change) for change in written.changes):
                return False
            if written.event and not _is_new(connection, written.event.source, written.event.id, now):
                return False
            for change in written.changes:
                make_change(connection, change)
            for kind, records in groupby(written.records, key=type):
                rows = [to_row(record) for record in records]
                if kind is ChannelLink:
                    put(connection, tables.channel_links, rows)
                else:
                    insert_missing(connection, _TABLES[kind], rows)
            add_tasks(connection, written.tasks, now=now)
            return True

    def forget_events(self, *, before: datetime) -> None:
        inbox = tables.inbox.c
        with self._database.reading() as connection:
            query = select(inbox.source, func.max(inbox.seen_at)).group_by(inbox.source)
            lasts = connection.execute(query).all()
        for source, last in lasts:
            older = (inbox.source == source) & (inbox.seen_at < min(before, last))
            clear(self._database, inbox.id, select(inbox.id).where(older), inbox.source == source)

    def ask(self, ask_id: str) -> Ask | None:
        with self._database.reading() as connection:
            return _ASK.first(connection, ask_id=ask_id)

    def answered(self, ask_id: str) -> Answered | None:
        with self._database.reading() as connection:
            return _ANSWERED.first(connection, ask_id=ask_id)

    def suggestions(self, ask_id: str) -> list[Suggestion]:
        with self._database.reading() as connection:
            return _SUGGESTIONS.all(connection, ask_id=ask_id)

    def suggestion(self, suggestion_id: str) -> Suggestion | None:
        return self._one(Suggestion, tables.suggestions.c.id == suggestion_id)

    def suggestion_by_token(self, open_token: str) -> Suggestion | None:
        return self._one(Suggestion, tables.suggestions.c.open_token == open_token)

    def share(self, share_id: str) -> Share | None:
        return self._one(Share, tables.shares.c.id == share_id)

    def share_by_token(self, token: str) -> Share | None:
        return self._one(Share, tables.shares.c.token == token)

    def revoke_share(self, share_id: str, *, at: datetime) -> None:
        shares = tables.shares
        with self._database.writing() as connection:
            still_valid = (shares.c.id == share_id) & shares.c.revoked_at.is_(None)
            connection.execute(update(shares).where(still_valid).values(revoked_at=at))

    def prolong_shares(self, ids: Collection[str], *, until: datetime) -> None:
        shares = tables.shares
        with self._database.writing() as connection:
            still_valid = shares.c.id.in_(list(ids)) & shares.c.revoked_at.is_(None)
            connection.execute(update(shares).where(still_valid).values(expires_at=until))

    def decisions(self, asset_id: str) -> list[Decision]:
        order = tables.decisions.c.at
        return self._all(Decision, tables.decisions.c.asset_id == asset_id, order=order)

    def notice(self, notice_id: str) -> Notice | None:
        return self._one(Notice, tables.notices.c.id == notice_id)

    def preview(self, preview_id: str) -> Preview | None:
        return self._one(Preview, tables.previews.c.id == preview_id)

    def preview_by_token(self, token: str) -> Preview | None:
        return self._one(Preview, tables.previews.c.token == token)

    def posted_links(self, links_id: str) -> PostedLinks | None:
        return self._one(PostedLinks, tables.posted_links.c.id == links_id)

    def keep_posted_links(self, some: Sequence[PostedLinks]) -> None:
        links = tables.posted_links
        with self._database.writing(lazily=True) as connection:
            for one in some:
                connection.execute(update(links).where(links.c.id == one.id).values(**to_row(one)))

    def old_posted_links(self, *, now: datetime, limit: int) -> list[PostedLinks]:
        links = tables.posted_links
        query = select(links).where(links.c.look_at <= now).order_by(links.c.look_at, links.c.id).limit(limit)
        with self._database.reading() as connection:
            return [from_row(PostedLinks, row) for row in connection.execute(query).mappings()]

    def look_at_links(self, about: Collection[str], *, now: datetime) -> None:
        links = tables.posted_links
        later = links.c.look_at > now
        query = select(links.c.id, links.c.about).where(later)
        with self._database.reading() as connection:
            found = [
                name for name, made_of in connection.execute(query) if not set(about).isdisjoint(made_of)
            ]
        for start in range(0, len(found), _AT_ONCE):
            some = found[start : start + _AT_ONCE]
            with self._database.writing(lazily=True) as connection:
                connection.execute(update(links).where(links.c.id.in_(some), later).values(look_at=now))

    def ended_shares(self, *, since: datetime) -> list[str]:
        query = select(tables.shares.c.id).where(tables.shares.c.revoked_at >= since)
        with self._database.reading() as connection:
            return list(connection.scalars(query))

    def drop_posted_links(self, links_id: str) -> None:
        with self._database.writing(lazily=True) as connection:
            connection.execute(delete(tables.posted_links).where(tables.posted_links.c.id == links_id))

    def upload(self, upload_id: str) -> Upload | None:
        return self._one(Upload, tables.uploads.c.id == upload_id)

    def touch(self, touch_id: str) -> Touch | None:
        return self._one(Touch, tables.touches.c.id == touch_id)

    def touches(self, ids: Collection[str]) -> list[Touch]:
        return self._all(Touch, tables.touches.c.id.in_(list(ids)), order=tables.touches.c.occurred_at)

    def touches_of(self, *deal_ids: str) -> list[Touch]:
        with self._database.reading() as connection:
            return _TOUCHES_OF.all(connection, deal_ids=list(deal_ids))

    def touches_with(self, asset_ids: Collection[str], *, since: datetime, until: datetime) -> list[Touch]:
        touches, taken_back = tables.touches.c, select(tables.withdrawals.c.touch_id)
        during = (touches.occurred_at >= since) & (touches.occurred_at < until)
        theirs = touches.asset_id.in_(list(asset_ids)) & (touches.deal_id != "") & during
        return self._all(Touch, theirs & touches.id.not_in(taken_back), order=touches.occurred_at)

    def touches_by(self, emails: Collection[str], *, since: datetime) -> list[Touch]:
        touches, taken_back = tables.touches.c, select(tables.withdrawals.c.touch_id)
        theirs = touches.email.in_(list(emails)) & (touches.occurred_at >= since)
        return self._all(
            Touch, theirs & touches.id.not_in(taken_back), order=(touches.occurred_at.desc(), touches.id)
        )

    def last_touches(self, deal_ids: Collection[str]) -> dict[str, datetime]:
        touches, taken_back = tables.touches.c, select(tables.withdrawals.c.touch_id)
        theirs = touches.deal_id.in_(list(deal_ids)) & touches.id.not_in(taken_back)
        last = select(touches.deal_id, func.max(touches.occurred_at).label("last_at")).where(theirs)
        with self._database.reading() as connection:
            return {row.deal_id: row.last_at for row in connection.execute(last.group_by(touches.deal_id))}

    def shares_by(self, email: str, *, limit: int) -> list[Share]:
        shares = tables.shares
        query = select(shares).where(shares.c.email == email)
        newest = query.order_by(shares.c.made_at.desc(), shares.c.id).limit(limit)
        with self._database.reading() as connection:
            return [from_row(Share, row) for row in connection.execute(newest).mappings()]

    def last_used(self) -> dict[str, datetime]:
        touches, taken_back = tables.touches.c, select(tables.withdrawals.c.touch_id)
        counts = touches.id.not_in(taken_back)
        last = (
            select(touches.asset_id, func.max(touches.occurred_at).label("last_at"))
            .where(counts)
            .group_by(touches.asset_id)
        )
        with self._database.reading() as connection:
            return {row.asset_id: row.last_at for row in connection.execute(last)}

    def live_shares(self, asset_ids: Collection[str], *, at: datetime) -> list[Share]:
        shares = tables.shares.c
        is_live = shares.revoked_at.is_(None) & (shares.expires_at > at)
        return self._all(Share, shares.asset_id.in_(list(asset_ids)) & is_live, order=shares.made_at)

    def unmet(self, *, since: datetime, limit: int) -> list[tuple[Ask, Answered]]:
        asks, answers = tables.asks, tables.answers
        found_nothing = answers.c.basis.in_(["nearest", "nothing"]) & (asks.c.question != "")
        not_in_language = cast(answers.c.missed, String).like('%"language"%')
        missed = (answers.c.at >= since) & or_(found_nothing, not_in_language)
        joined = select(answers.c.ask_id).join(asks, asks.c.id == answers.c.ask_id).where(missed)
        newest = joined.order_by(answers.c.at.desc(), answers.c.ask_id).limit(limit)
        with self._database.reading() as connection:
            ids = list(connection.scalars(newest))
        asked = {one.id: one for one in self._all(Ask, asks.c.id.in_(ids), order=asks.c.id)}
        answered = {
            one.ask_id: one for one in self._all(Answered, answers.c.ask_id.in_(ids), order=answers.c.at)
        }
        return [(asked[one], answered[one]) for one in ids]

    def touches_for_crm(
        self,
        *,
        since: datetime | None,
        after: str,
        limit: int,
        begins: str = "",
        among: Collection[str] | None = None,
    ) -> list[Touch]:
        with self._database.reading() as connection:
            return for_crm(connection, since=since, after=after, limit=limit, begins=begins, among=among)

    def deals_touched(self, *, since: datetime | None) -> list[str]:
        with self._database.reading() as connection:
            return deals_touched(connection, since=since)

    def deal_summaries(self, deal_ids: Collection[str]) -> list[DealSummary]:
        with self._database.reading() as connection:
            return summaries(connection, deal_ids)

    def withdrawals(self, touch_ids: Collection[str]) -> list[Withdrawal]:
        given = tables.withdrawals.c
        return self._all(Withdrawal, given.touch_id.in_(list(touch_ids)), order=given.touch_id)

    def shares(self, ids: Collection[str]) -> list[Share]:
        return self._all(Share, tables.shares.c.id.in_(list(ids)), order=tables.shares.c.id)

    def shares_of(self, *, email: str, deal_id: str) -> list[Share]:
        with self._database.reading() as connection:
            return _SHARES_OF.all(connection, email=email, deal_id=deal_id)

    def last_opening(self, share_id: str) -> datetime | None:
        openings = tables.openings
        query = select(openings.c.opened_at).where(openings.c.share_id == share_id)
        with self._database.reading() as connection:
            return connection.scalar(query.order_by(openings.c.opened_at.desc()).limit(1))

    def feedback(self, *deal_ids: str, email: str | None) -> list[Feedback]:
        with self._database.reading() as connection:
            if email is None:
                return _FEEDBACK.all(connection, deal_ids=list(deal_ids))
            return _FEEDBACK_BY.all(connection, deal_ids=list(deal_ids), email=email)

    def reasoned(self, *, since: datetime, limit: int) -> list[Feedback]:
        given = tables.feedback
        said = given.c.reason.is_not(None) & (given.c.given_at >= since)
        query = select(given).where(said).order_by(given.c.given_at.desc(), given.c.id).limit(limit)
        with self._database.reading() as connection:
            return [from_row(Feedback, row) for row in connection.execute(query).mappings()]

    def channel_deal(self, channel: str) -> str | None:
        with self._database.reading() as connection:
            return connection.scalar(_CHANNEL_DEAL, {"channel": channel})

    def thread_deal(self, channel: str, thread: str, email: str) -> str | None:
        answers = tables.answers
        here = (answers.c.channel == channel) & (answers.c.thread == thread) & (answers.c.email == email)
        query = select(answers.c.deal_id).where(here).order_by(answers.c.at.desc()).limit(1)
        with self._database.reading() as connection:
            return connection.scalar(query)

    def last_answer(
        self, channel: str, email: str, *, thread: str | None = None, since: datetime | None = None
    ) -> Answered | None:
        answers = tables.answers.c
        theirs = (answers.channel == channel) & (answers.email == email)
        if thread is not None:
            theirs &= answers.thread == thread
        if since is not None:
            theirs &= answers.at >= since
        return self._one(Answered, theirs, order=answers.at.desc())

    def begin_thread(self, ask_id: str, channel: str, thread: str) -> None:
        answers = tables.answers
        with self._database.writing(lazily=True) as connection:
            connection.execute(
                update(answers).where(answers.c.ask_id == ask_id).values(channel=channel, thread=thread)
            )

    def briefed_deals(self, channel: str, email: str, *, since: datetime) -> list[str]:
        answer, ask = tables.answers.c, tables.asks.c
        here = (answer.channel == channel) & (answer.email == email) & (answer.at >= since)
        query = (
            select(answer.deal_id)
            .join_from(tables.answers, tables.asks, ask.id == answer.ask_id)
            .where(here, ask.surface == "salesforce")
            .order_by(answer.at.desc())
        )
        with self._database.reading() as connection:
            return list(connection.scalars(query))

    def begin_delivery(self, ask_id: str, *, at: datetime, lazily: bool = False) -> bool:
        with self._database.writing(lazily=lazily) as connection:
            return insert_missing(connection, tables.deliveries, [{"ask_id": ask_id, "begun_at": at}]) == 1

    def _one(self, kind: type[T], condition: Any, *, order: Any = None) -> T | None:
        query = select(_TABLES[kind]).where(condition).order_by(order).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return from_row(kind, row) if row else None

    def _all(self, kind: type[T], condition: Any, *, order: Any) -> list[T]:
        with self._database.reading() as connection:
            ordered = order if isinstance(order, tuple) else (order,)
            rows = (
                connection.execute(select(_TABLES[kind]).where(condition).order_by(*ordered)).mappings().all()
            )
        return [from_row(kind, row) for row in rows]


def _is_new(connection: Connection, source: str, event_id: str, now: datetime) -> bool:
    return insert_missing(connection, tables.inbox, [{"source": source, "id": event_id, "seen_at": now}]) == 1
