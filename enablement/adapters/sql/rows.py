"""Our nouns as rows and back: a field is a column of the same name; tuples and nested values are JSON."""

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_known_hints: dict[type, dict[str, Any]] = {}


def to_row(noun: Any) -> dict[str, Any]:
    """Return the columns of a frozen dataclass."""
    return {field.name: _plain(getattr(noun, field.name)) for field in fields(noun)}


def from_row(kind: type[T], row: Mapping[Any, Any]) -> T:
    """Return the noun that `to_row` wrote."""
    return kind(**{name: _noun(hint, row[name]) for name, hint in _hints(kind).items()})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value


def _noun(hint: Any, value: Any) -> Any:
    if value is None or get_origin(hint) in {Union, UnionType}:
        return value
    if get_origin(hint) is tuple:
        return tuple(_noun(get_args(hint)[0], item) for item in value)
    if is_dataclass(hint) and isinstance(hint, type):
        return from_row(hint, value)
    return value


def _hints(kind: type) -> dict[str, Any]:
    if kind not in _known_hints:
        _known_hints[kind] = get_type_hints(kind)
    return _known_hints[kind]
