"""What there is to learn from deals, and what was learned, in SQL."""

from collections.abc import Collection as Some, Iterable, Iterator
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Select, Table, delete, func, select, update

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.rows import from_row, from_values, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import Deal, Effect, EffectOn, Lot, Run, Stage, StageHop
from enablement.ports import HABITS, History, NoSuchRun, Use

T = TypeVar("T")
ROWS_AT_ONCE = 5_000
IDS_AT_ONCE = 500
# One at a time says which run is in use.
_RUNS = "learning runs"
# That a rep looked at something is no use of it in a deal.
USED = ("shared", "presented", "opened_by_buyer")
_runs, _parts, _effects, _lots = (
    tables.learning_runs,
    tables.learning_parts,
    tables.effects,
    tables.lots,
)


class SqlEvidence:
    """The evidence in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def history(self) -> History:
        stages = select(tables.stages).order_by(tables.stages.c.position)
        with self._database.reading() as connection:
            process = [from_row(Stage, row) for row in connection.execute(stages).mappings()]
        return History(
            deals=self._streamed(Deal, tables.deals),
            hops=self._streamed(StageHop, tables.stage_hops),
            stages=process,
            uses=self._uses(),
            lots=self._streamed(Lot, _lots),
        )

    def begin(self, run: Run) -> None:
        with self._database.writing() as connection:
            insert_missing(connection, _runs, [to_row(run)])

    def note(self, run: Run) -> None:
        with self._database.writing(lazily=True) as connection:
            put(connection, _runs, [to_row(run)])

    def save(self, run_id: str, part: str, data: bytes) -> None:
        with self._database.writing() as connection:
            put(connection, _parts, [{"run_id": run_id, "part": part, "data": data}])

    def saved(self, run_id: str, part: str) -> bytes | None:
        query = select(_parts.c.data).where(_parts.c.run_id == run_id, _parts.c.part == part)
        with self._database.reading() as connection:
            return connection.scalar(query)

    def finish(self, run: Run, effects: Iterable[Effect]) -> None:
        rows = [{"run_id": run.id, **to_row(one)} for one in effects]
        with self._database.writing(alone=_RUNS) as connection:
            if run.state == "in_use":
                _retire(connection)
            put(connection, _runs, [to_row(run)])
            connection.execute(delete(_effects).where(_effects.c.run_id == run.id))
            put(connection, _effects, rows)
            done = (_parts.c.run_id == run.id) & (_parts.c.part != HABITS)
            connection.execute(delete(_parts).where(done))

    def use(self, run_id: str) -> None:
        fit = (_runs.c.id == run_id) & _runs.c.state.in_(("in_use", "retired"))
        has_effects = select(_effects.c.run_id).where(_effects.c.run_id == run_id).limit(1)
        has_parts = select(_parts.c.run_id).where(_parts.c.run_id == run_id).limit(1)
        with self._database.writing(alone=_RUNS) as connection:
            is_kept = connection.scalar(has_effects) or connection.scalar(has_parts)
            if not is_kept or connection.scalar(select(_runs.c.id).where(fit)) is None:
                raise NoSuchRun(f"No run “{run_id}” that was in use is kept: see `touchline evidence runs`.")
            _retire(connection)
            connection.execute(update(_runs).where(_runs.c.id == run_id).values(state="in_use"))

    def current(self) -> Run | None:
        found = self._some_runs(select(_runs).where(_runs.c.state == "in_use"))
        return found[0] if found else None

    def runs(self, *, limit: int) -> list[Run]:
        return self._some_runs(select(_runs).order_by(_runs.c.begun_at.desc(), _runs.c.id).limit(limit))

    def effects(
        self,
        run_id: str,
        *,
        assets: Some[str] | None = None,
        segments: Some[str] | None = None,
        on: EffectOn | None = None,
    ) -> list[Effect]:
        query = select(*_columns(Effect, _effects)).where(_effects.c.run_id == run_id)
        if segments is not None:
            query = query.where(_effects.c.segment.in_(list(segments)))
        if on is not None:
            query = query.where(_effects.c.on == on)
        parts = (
            [query]
            if assets is None
            else [query.where(_effects.c.asset_id.in_(some)) for some in _chunks(assets)]
        )
        with self._database.reading() as connection:
            found = [from_values(Effect, row) for part in parts for row in connection.execute(part)]
        return sorted(found, key=lambda one: (one.asset_id, one.on, one.segment))

    def logits(self, run_id: str, assets: Some[str]) -> list[tuple[str, str, float]]:
        effect = _effects.c
        query = select(effect.asset_id, effect.segment, effect.logit)
        theirs = query.where(effect.run_id == run_id, effect.on == "winning")
        with self._database.reading() as connection:
            return [
                (asset_id, segment, logit)
                for some in _chunks(assets)
                for asset_id, segment, logit in connection.execute(theirs.where(effect.asset_id.in_(some)))
            ]

    def forget_old(self, *, keep: int) -> int:
        newest = [run.id for run in self.runs(limit=keep)]
        with self._database.writing(alone=_RUNS) as connection:
            kept = {*newest, *connection.scalars(select(_runs.c.id).where(_runs.c.state == "in_use"))}
            held = {
                *connection.scalars(select(_effects.c.run_id).distinct()),
                *connection.scalars(select(_parts.c.run_id).distinct()),
            }
            for table in (_effects, _parts):
                connection.execute(delete(table).where(table.c.run_id.in_(held - kept)))
        return len(held - kept)

    def _some_runs(self, query: Select[Any]) -> list[Run]:
        with self._database.reading() as connection:
            return [from_row(Run, row) for row in connection.execute(query).mappings()]

    def _streamed(self, kind: type[T], table: Any) -> Iterator[T]:
        for row in self._rows(select(*_columns(kind, table))):
            yield from_values(kind, row)

    def _uses(self) -> Iterator[Use]:
        touch, taken_back = tables.touches.c, select(tables.withdrawals.c.touch_id)
        first = func.min(touch.occurred_at)
        counted = touch.kind.in_(USED) & (touch.deal_id != "") & touch.id.not_in(taken_back)
        query = select(touch.deal_id, touch.asset_id, first).where(counted)
        for row in self._rows(query.group_by(touch.deal_id, touch.asset_id)):
            yield Use(*row)

    def _rows(self, query: Select[Any]) -> Iterator[Any]:
        with self._database.reading() as connection:
            streaming = connection.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE)
            yield from streaming.execute(query)


def _columns(kind: type, table: Table) -> list[Column[Any]]:
    return [table.c[field.name] for field in fields(kind)]


def _retire(connection: Connection) -> None:
    connection.execute(update(_runs).where(_runs.c.state == "in_use").values(state="retired"))


def _chunks(ids: Some[str]) -> Iterator[list[str]]:
    every = sorted(set(ids))
    return (every[start : start + IDS_AT_ONCE] for start in range(0, len(every), IDS_AT_ONCE))
