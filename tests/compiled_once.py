"""What servers and databases compile when they are made, kept for the next: tests make hundreds, all alike."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests.sessions
from slack_bolt.lazy_listener import internals
from slack_bolt.listener import custom_listener
from slack_bolt.listener_matcher import builtins
from slack_sdk.models.basic_objects import JsonObject
from sqlalchemy import create_engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

import app
from crm.mapping import FieldMap, load_field_map
from enablement.adapters.sql import database

Builder = Callable[..., tuple[str, str]]
# Some 500 statements are the product's; lists of other lengths make more of them.
_STATEMENTS = 2_000


@contextmanager
def compiled_once() -> Iterator[None]:
    """Compile each address, listener and SQL statement once in this process, and look for no proxy."""
    statements = _Statements(_STATEMENTS)

    def sharing(*args: Any, **options: Any) -> Any:
        return create_engine(*args, **options, execution_options={"compiled_cache": statements})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", _once(Rule._compile_builder))
        patch.setattr(database, "create_engine", sharing)
        for module in (builtins, custom_listener, internals):
            patch.setattr(module, "get_arg_names_of_callable", _argument_names)
        patch.setattr(app, "load_field_map", _field_map)
        patch.setattr(JsonObject, "validate_json", _validate)
        # There is none on the way to a loopback address; else all variables are gone through at each request.
        patch.setattr(requests.sessions, "get_environ_proxies", lambda *_args, **_options: {})
        yield


def _validate(drawn: JsonObject) -> None:
    """Ask a drawn part's validators, as Slack's own models do, who look for them anew in each."""
    for name in _validators(type(drawn)):
        getattr(drawn, name)()


@cache
def _validators(kind: type) -> tuple[str, ...]:
    return tuple(name for name in dir(kind) if hasattr(getattr(kind, name), "validator"))


def _field_map(path: Path | None = None) -> FieldMap:
    return load_field_map(path) if path else _own_field_map()


_own_field_map = cache(load_field_map)


def _argument_names(function: Callable[..., Any]) -> list[str]:
    """Return what Bolt asks of every listener at each door, and of some at each call."""
    function = inspect.unwrap(function)
    if not inspect.isfunction(function):
        return inspect.getfullargspec(function).args
    code = function.__code__
    return list(code.co_varnames[: code.co_argcount])


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
