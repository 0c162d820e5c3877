"""Assets, versions, pages and bytes in SQL; every change gets a number that derived indexes follow."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import delete, false, insert, or_, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import insert_missing, put
from enablement.model import Asset, Page, Version


class SqlCatalog:
    """The catalogue in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, asset: Asset, version: Version, pages: Sequence[Page], data: bytes) -> bool:
        # One at a time: change numbers must be seen in the order in which they are given out.
        with self._database.writing(alone="catalogue") as connection:
            known = (
                connection.execute(select(tables.assets).where(tables.assets.c.id == asset.id))
                .mappings()
                .first()
            )
            if known and from_row(Asset, known) == asset:
                return False
            put(connection, tables.assets, [to_row(asset)])
            insert_missing(connection, tables.blobs, [{"content_hash": version.content_hash, "data": data}])
            put(connection, tables.versions, [to_row(version)])
            connection.execute(delete(tables.pages).where(tables.pages.c.version_id == version.id))
            insert_missing(connection, tables.pages, [to_row(page) for page in pages])
            connection.execute(insert(tables.changes).values(asset_id=asset.id))
            return True

    def asset(self, asset_id: str) -> Asset | None:
        found = self.assets([asset_id])
        return found[0] if found else None

    def asset_by_source(self, source: str) -> Asset | None:
        with self._database.reading() as connection:
            query = select(tables.assets).where(tables.assets.c.source == source)
            row = connection.execute(query).mappings().first()
        return from_row(Asset, row) if row else None

    def assets_by_content(self, content_hash: str) -> list[Asset]:
        current = select(tables.assets).join(
            tables.versions, tables.versions.c.id == tables.assets.c.version_id
        )
        with self._database.reading() as connection:
            query = current.where(tables.versions.c.content_hash == content_hash).order_by(tables.assets.c.id)
            return [from_row(Asset, row) for row in connection.execute(query).mappings()]

    def assets(self, ids: Collection[str] | None = None) -> list[Asset]:
        query = select(tables.assets).order_by(tables.assets.c.title)
        if ids is not None:
            query = query.where(tables.assets.c.id.in_(list(ids)))
        with self._database.reading() as connection:
            return [from_row(Asset, row) for row in connection.execute(query).mappings()]

    def version(self, version_id: str) -> Version | None:
        with self._database.reading() as connection:
            query = select(tables.versions).where(tables.versions.c.id == version_id)
            row = connection.execute(query).mappings().first()
        return from_row(Version, row) if row else None

    def page(self, version_id: str, number: int) -> Page | None:
        page = tables.pages
        with self._database.reading() as connection:
            query = select(page).where(page.c.version_id == version_id, page.c.number == number)
            row = connection.execute(query).mappings().first()
        return from_row(Page, row) if row else None

    def pages_at(self, places: Collection[tuple[str, int]]) -> list[Page]:
        page = tables.pages
        # Not tuple_(…).in_(…): for that SQLite reads the whole table.
        by_number: dict[int, list[str]] = defaultdict(list)
        for version_id, number in places:
            by_number[number].append(version_id)
        any_of_them = (
            (page.c.number == number) & page.c.version_id.in_(ids) for number, ids in by_number.items()
        )
        with self._database.reading() as connection:
            query = select(page).where(or_(false(), *any_of_them))
            return [from_row(Page, row) for row in connection.execute(query).mappings()]

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

    def changes(self, after: int, *, limit: int) -> list[tuple[int, str]]:
        change = tables.changes
        query = select(change.c.number, change.c.asset_id).where(change.c.number > after)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(change.c.number).limit(limit))
            return [(number, asset_id) for number, asset_id in rows]
