"""What servers and databases compile when they are made, kept for the next: tests make hundreds, all alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from enablement.adapters.sql import database

Builder = Callable[..., tuple[str, str]]
# Some 500 statements are the product's; lists of other lengths make more of them.
_STATEMENTS = 2_000


@contextmanager
def compiled_once() -> Iterator[None]:
    """Compile each address and each SQL statement once in this process."""
    statements = _Statements(_STATEMENTS)

    def sharing(*args: Any, **options: Any) -> Any:
        return create_engine(*args, **options, execution_options={"compiled_cache": statements})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", _once(Rule._compile_builder))
        patch.setattr(database, "create_engine", sharing)
        yield


class _Statements(LRUCache[Any, Any]):
    """Statements by the kind of database instead of by the engine that compiled them."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_kind(key), compiled)


def _of_kind(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return (dialect.name, *rest)


def _once(compile_builder: Callable[[Rule, bool], Builder]) -> Callable[..., Builder]:
    """Return the function that compiles a rule's address, with a memory: what it makes is the same for equal rules."""
    made: dict[tuple[object, ...], Builder] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Builder:
        key = (rule.rule, repr(rule.defaults), tuple(rule._trace), append_unknown)
        if key not in made:
            made[key] = compile_builder(rule, append_unknown)
        return made[key]

    return compiled
