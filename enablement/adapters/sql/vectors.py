"""What was embedded, kept in SQL beside the pages it was made of."""

from collections.abc import Collection, Sequence

from sqlalchemy import Join, Select, delete, func, insert, select

from enablement.adapters.sql import tables
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.rows import from_row, to_row
from enablement.adapters.sql.statements import put
from enablement.model import Vectors

_kept, _assets = tables.vectors, tables.assets
_PUBLISHED = _assets.c.status == "published"


class SqlVectors:
    """Vectors in SQL. Those without dimensions note that the model refused the version's text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def missing(self, model: str, *, limit: int) -> list[str]:
        lacking = _PUBLISHED & _kept.c.version_id.is_(None)
        query = select(_assets.c.version_id).select_from(_with_vectors(model)).where(lacking)
        with self._database.reading() as connection:
            return list(connection.scalars(query.order_by(_assets.c.updated_at, _assets.c.id).limit(limit)))

    def count(self, model: str) -> tuple[int, int]:
        # Dimensions are null where nothing is kept, and null is not counted.
        embedded = func.count(func.nullif(_kept.c.dimensions, 0))
        query = select(embedded, func.count()).select_from(_with_vectors(model)).where(_PUBLISHED)
        with self._database.reading() as connection:
            row = connection.execute(query).one()
            return row[0], row[1]

    def refused(self, model: str) -> int:
        """Return how many current versions of published assets the model refused."""
        refused = _PUBLISHED & (_kept.c.dimensions == 0)
        query = select(func.count()).select_from(_with_vectors(model)).where(refused)
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def keep(self, vectors: Sequence[Vectors]) -> None:
        if not vectors:
            return
        # Change numbers must be seen in the order in which they are given out: see SqlCatalog.publish.
        with self._database.writing(alone="catalogue") as connection:
            put(connection, _kept, [to_row(one) for one in vectors])
            embedded = [one.version_id for one in vectors if one.dimensions]
            changed = connection.scalars(
                select(_assets.c.id).where(_assets.c.version_id.in_(embedded)).order_by(_assets.c.id)
            ).all()
            if changed:
                connection.execute(insert(tables.changes), [{"asset_id": one} for one in changed])
            connection.execute(delete(_kept).where(_kept.c.version_id.in_(_former(changed))))

    def of(self, version_ids: Collection[str], model: str) -> list[Vectors]:
        query = select(_kept).where(
            _kept.c.version_id.in_(list(version_ids)), _kept.c.model == model, _kept.c.dimensions > 0
        )
        with self._database.reading() as connection:
            return [from_row(Vectors, row) for row in connection.execute(query).mappings()]


def _with_vectors(model: str) -> Join:
    """Join each asset with the vectors of its current version, where there are any."""
    of_current = (_kept.c.version_id == _assets.c.version_id) & (_kept.c.model == model)
    return _assets.outerjoin(_kept, of_current)


def _former(asset_ids: Sequence[str]) -> Select[tuple[str]]:
    """Select the versions of assets that are no longer current: nobody looks for those."""
    versions = tables.versions
    return (
        select(versions.c.id)
        .join(_assets, _assets.c.id == versions.c.asset_id)
        .where(_assets.c.id.in_(asset_ids), versions.c.id != _assets.c.version_id)
    )
