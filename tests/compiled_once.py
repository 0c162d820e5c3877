"""What servers and databases compile when they are made, kept for the next: tests make hundreds, all alike."""

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial, wraps
from pathlib import Path
from typing import Any

import pytest
import requests.sessions
from slack_bolt.lazy_listener import internals
from slack_bolt.listener import custom_listener
from slack_bolt.listener_matcher import builtins
from sqlalchemy import Connection, create_engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from werkzeug.routing.rules import RulePart

import app
from crm.mapping import FieldMap, load_field_map
from enablement.adapters.sql import database

Builder = Callable[..., tuple[str, str]]
# Some 500 statements are the product's; lists of other lengths make more of them.
_STATEMENTS = 2_000


@contextmanager
def compiled_once() -> Iterator[None]:
    """Compile each address, listener, SQL statement and schema once in this process, and look for no proxy."""
    statements = _Statements(_STATEMENTS)

    def sharing(*args: Any, **options: Any) -> Any:
        return create_engine(*args, **options, execution_options={"compiled_cache": statements})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", _once(Rule._compile_builder))
        patch.setattr(Rule, "_parse_rule", _parsed_once(Rule._parse_rule))
        patch.setattr(database, "create_engine", sharing)
        patch.setattr(database, "_upgrade", upgraded_once(database._upgrade))
        for module in (builtins, custom_listener, internals):
            patch.setattr(module, "get_arg_names_of_callable", _argument_names)
        patch.setattr(app, "load_field_map", _field_map)
        # There is none on the way to a loopback address; else all variables are gone through at each request.
        patch.setattr(requests.sessions, "get_environ_proxies", lambda *_args, **_options: {})
        yield


def upgraded_once(upgrade: Callable[[Connection], None]) -> Callable[[Connection], None]:
    """Return what migrates a database; an empty one of SQLite is made as the first that was migrated came out."""
    made: list[str] = []

    @wraps(upgrade)
    def upgraded(connection: Connection) -> None:
        if connection.dialect.name != "sqlite" or _has_tables(connection):
            upgrade(connection)
        elif made:
            for statement in made:
                connection.exec_driver_sql(statement)
        else:
            upgrade(connection)
            # Without the BEGIN and the COMMIT around all: there is a transaction.
            raw: Any = connection.connection.driver_connection
            made.extend([*raw.iterdump()][1:-1])

    return upgraded


def _has_tables(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar())


def _field_map(path: Path | None = None) -> FieldMap:
    return load_field_map(path) if path else _own_field_map()


_own_field_map = cache(load_field_map)


def _argument_names(function: Callable[..., Any]) -> list[str]:
    """Return what Bolt asks of every listener at each door, and of some at each call."""
    function = inspect.unwrap(function)
    if isinstance(function, partial) and inspect.isfunction(function.func):
        return list(_names_left(function.func, len(function.args), frozenset(function.keywords)))
    if not inspect.isfunction(function):
        return inspect.getfullargspec(function).args
    code = function.__code__
    return list(code.co_varnames[: code.co_argcount])


@cache
def _names_left(function: Callable[..., Any], given: int, named: frozenset[str]) -> tuple[str, ...]:
    """Return what is left to give to a function when so many arguments and these names were given."""
    return tuple(inspect.getfullargspec(partial(function, *range(given), **dict.fromkeys(named))).args)


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


def _parsed_once(parse: Callable[[Rule, str], Iterable[RulePart]]) -> Callable[[Rule, str], list[RulePart]]:
    """Return the function that takes an address apart, with a memory: our apps have no converters of their own."""
    made: dict[str, tuple[list[RulePart], list[tuple[bool, str]], dict[str, Any]]] = {}

    def parsed(self: Rule, address: str) -> list[RulePart]:
        if address not in made:
            before = len(self._trace)
            parts, trace = [*parse(self, address)], self._trace[before:]
            made[address] = parts, trace, {name: self._converters[name] for is_name, name in trace if is_name}
            return parts
        parts, trace, converters = made[address]
        self._trace += trace
        self._converters |= converters
        self.arguments |= set(converters)
        return parts

    return parsed
