"""Statements made once: to put one together, and to find what it was compiled to, takes longer than to carry it out."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar

from sqlalchemy import BindParameter, Connection, Table, bindparam, select

from enablement.adapters.sql.rows import from_values

T = TypeVar("T")


class Query(Generic[T]):
    """The rows of a table as nouns, where conditions hold whose values are named (see `given`, `among`).

    For what each answer asks; other statements stand where they are used, as they read best.
    """

    def __init__(self, kind: type[T], table: Table, *where: Any, order: Sequence[Any] = ()) -> None:
        self._kind = kind
        columns = [table.c[field.name] for field in fields(kind)]  # type: ignore[arg-type]  # all nouns are dataclasses
        self._statement = select(*columns).where(*where).order_by(*order)

    def all(self, connection: Connection, **values: Any) -> list[T]:
        return [from_values(self._kind, row) for row in connection.execute(self._statement, values)]

    def first(self, connection: Connection, **values: Any) -> T | None:
        row = connection.execute(self._statement, values).first()
        return from_values(self._kind, row) if row else None


def given(name: str) -> BindParameter[Any]:
    """Return the place of a value."""
    return bindparam(name)


def among(name: str) -> BindParameter[Any]:
    """Return the place of a list of values, for `in_`."""
    return bindparam(name, expanding=True)
