"""Assets, versions, pages and bytes in SQL; every change gets a number that derived indexes follow."""

import json
from collections import defaultdict
from collections.abc import Collection as Some, Iterable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Select, Table, Text, cast, delete, insert, or_, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.query import Query, among
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import Asset, Change, Collection, Edition, Facets, Page, Version, Vocabulary

# Who writes assets does so alone, under this name: what was read stays so, and change numbers are seen in their order.
CATALOGUE = "catalogue"
IDS_AT_ONCE = 500
_ASSETS = Query(Asset, tables.assets, tables.assets.c.id.in_(among("ids")), order=(tables.assets.c.title,))


class SqlCatalog:
    """The catalogue in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, asset: Asset, version: Version, pages: Sequence[Page], data: bytes) -> bool:
        with self._database.writing(alone=CATALOGUE) as connection:
            known = _asset(connection, tables.assets, asset.id)
            if known == asset:
                return False
            make_change(connection, Change(known, asset, edition=Edition(version, tuple(pages), data)))
            return True

    def keep(self, asset: Asset) -> bool:
        with self._database.writing(alone=CATALOGUE) as connection:
            known = _asset(connection, tables.assets, asset.id)
            if known is None or known == asset:
                return False
            make_change(connection, Change(known, asset))
            return True

    def asset(self, asset_id: str) -> Asset | None:
        found = self.assets([asset_id])
        return found[0] if found else None

    def asset_by_source(self, source: str) -> Asset | None:
        found = self._assets(select(tables.assets).where(tables.assets.c.source == source))
        return found[0] if found else None

    def assets_by_content(self, content_hash: str) -> list[Asset]:
        current = select(tables.assets).join(
            tables.versions, tables.versions.c.id == tables.assets.c.version_id
        )
        return self._assets(
            current.where(tables.versions.c.content_hash == content_hash).order_by(tables.assets.c.id)
        )

    def assets(self, ids: Some[str] | None = None) -> list[Asset]:
        if ids is None:
            return self._assets(select(tables.assets).order_by(tables.assets.c.title))
        if not ids:
            return []
        with self._database.reading() as connection:
            return _ASSETS.all(connection, ids=list(ids))

    def assets_like(self, words: str, *, limit: int) -> list[Asset]:
        asset = tables.assets.c
        in_use = (asset.status != "archived") & asset.title.icontains(words, autoescape=True)
        return self._assets(select(tables.assets).where(in_use).order_by(asset.title).limit(limit))

    def vocabulary(self) -> Vocabulary:
        asset = tables.assets.c
        columns = (asset.kind, asset.collection, cast(asset.facets, Text))
        with self._database.reading() as connection:
            kinds, collections, made_for = (
                connection.scalars(select(column).where(asset.status != "archived").distinct()).all()
                for column in columns
            )
        facets = [from_row(Facets, json.loads(one)) for one in made_for]
        every = {
            one.name: tuple(sorted({value for some in facets for value in getattr(some, one.name)}))
            for one in fields(Facets)
        }
        return Vocabulary(tuple(sorted(kinds)), tuple(sorted(collections)), Facets(**every))

    def assets_titled(self, title: str) -> list[Asset]:
        table = tables.assets
        return self._assets(select(table).where(table.c.title == title).order_by(table.c.id))

    def assets_replaced_by(self, asset_id: str) -> list[Asset]:
        table = tables.assets
        return self._assets(select(table).where(table.c.replaced_by == asset_id).order_by(table.c.id))

    def proposal(self, asset_id: str) -> Asset | None:
        with self._database.reading() as connection:
            return _asset(connection, tables.proposals, asset_id)

    def proposals(self) -> list[Asset]:
        return self._assets(select(tables.proposals).order_by(tables.proposals.c.title))

    def version(self, version_id: str) -> Version | None:
        with self._database.reading() as connection:
            query = select(tables.versions).where(tables.versions.c.id == version_id)
            row = connection.execute(query).mappings().first()
        return from_row(Version, row) if row else None

    def versions(self, asset_id: str) -> list[Version]:
        version = tables.versions
        with self._database.reading() as connection:
            query = select(version).where(version.c.asset_id == asset_id).order_by(version.c.number)
            return [from_row(Version, row) for row in connection.execute(query).mappings()]

    def page(self, version_id: str, number: int) -> Page | None:
        page = tables.pages
        with self._database.reading() as connection:
            query = select(page).where(page.c.version_id == version_id, page.c.number == number)
            row = connection.execute(query).mappings().first()
        return from_row(Page, row) if row else None

    def pages_at(self, places: Some[tuple[str, int]]) -> list[Page]:
        if not places:
            return []
        page = tables.pages
        # Not tuple_(…).in_(…): for that SQLite reads the whole table.
        by_number: dict[int, list[str]] = defaultdict(list)
        for version_id, number in places:
            by_number[number].append(version_id)
        any_of_them = (
            (page.c.number == number) & page.c.version_id.in_(ids) for number, ids in by_number.items()
        )
        with self._database.reading() as connection:
            query = select(page).where(or_(*any_of_them))
            return [from_row(Page, row) for row in connection.execute(query).mappings()]

    def pages_of(self, version_ids: Some[str]) -> dict[str, list[Page]]:
        page = tables.pages
        found: dict[str, list[Page]] = defaultdict(list)
        ids = list(version_ids)
        with self._database.reading() as connection:
            for start in range(0, len(ids), IDS_AT_ONCE):
                some = page.c.version_id.in_(ids[start : start + IDS_AT_ONCE])
                rows = connection.execute(select(page).where(some).order_by(page.c.version_id, page.c.number))
                for row in rows.mappings():
                    found[row["version_id"]].append(from_row(Page, row))
        return found

    def pages(self, version_id: str) -> list[Page]:
        page = tables.pages
        with self._database.reading() as connection:
            query = select(page).where(page.c.version_id == version_id).order_by(page.c.number)
            return [from_row(Page, row) for row in connection.execute(query).mappings()]

    def data(self, version_id: str) -> bytes:
        joined = tables.blobs.join(
            tables.versions, tables.versions.c.content_hash == tables.blobs.c.content_hash
        )
        with self._database.reading() as connection:
            query = select(tables.blobs.c.data).select_from(joined).where(tables.versions.c.id == version_id)
            return bytes(connection.execute(query).scalar_one())

    def collections(self) -> list[Collection]:
        with self._database.reading() as connection:
            rows = connection.execute(
                select(tables.collections).order_by(tables.collections.c.name)
            ).mappings()
            return [from_row(Collection, row) for row in rows]

    def keep_collections(self, collections: Iterable[Collection]) -> None:
        with self._database.writing() as connection:
            put(connection, tables.collections, [to_row(one) for one in collections])

    def changes(self, after: int, *, limit: int) -> list[tuple[int, str]]:
        change = tables.changes
        query = select(change.c.number, change.c.asset_id).where(change.c.number > after)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(change.c.number).limit(limit))
            return [(number, asset_id) for number, asset_id in rows]

    def _assets(self, query: Select[Any]) -> list[Asset]:
        with self._database.reading() as connection:
            return [from_row(Asset, row) for row in connection.execute(query).mappings()]


def stands(connection: Connection, change: Change) -> bool:
    """Say whether an asset and its proposal are still what they were when the change was decided."""
    asset_id = change.asset.id
    was = _asset(connection, tables.assets, asset_id)
    return was == change.was and _asset(connection, tables.proposals, asset_id) == change.waited


def make_change(connection: Connection, change: Change) -> None:
    """Carry out a change inside somebody's transaction, which must be alone in the catalogue."""
    asset_id = change.asset.id
    if change.asset != change.was:
        put(connection, tables.assets, [to_row(change.asset)])
    if change.waits and change.waits != change.waited:
        put(connection, tables.proposals, [to_row(change.waits)])
    elif change.waited and not change.waits:
        connection.execute(delete(tables.proposals).where(tables.proposals.c.id == asset_id))
    if change.edition:
        _store(connection, change.edition)
    if change.asset != change.was:
        connection.execute(insert(tables.changes).values(asset_id=asset_id))


def _store(connection: Connection, edition: Edition) -> None:
    version = edition.version
    blob = {"content_hash": version.content_hash, "data": edition.data}
    insert_missing(connection, tables.blobs, [blob])
    put(connection, tables.versions, [to_row(version)])
    connection.execute(delete(tables.pages).where(tables.pages.c.version_id == version.id))
    insert_missing(connection, tables.pages, [to_row(page) for page in edition.pages])


def _asset(connection: Connection, table: Table, asset_id: str) -> Asset | None:
    row = connection.execute(select(table).where(table.c.id == asset_id)).mappings().first()
    return from_row(Asset, row) if row else None
