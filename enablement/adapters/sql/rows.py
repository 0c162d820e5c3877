"""Our nouns as rows and back: a field is a column of the same name; tuples and nested values are JSON."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import partial
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
_Make = Callable[[Any], Any]
_Makers = tuple[tuple[str, _Make | None], ...]
_known_makers: dict[type, _Makers] = {}
_known_names: dict[type, tuple[str, ...]] = {}


def to_row(noun: Any) -> dict[str, Any]:
    """Return the columns of a frozen dataclass."""
    return {name: _plain(getattr(noun, name)) for name in _names(type(noun))}


def from_row(kind: type[T], row: Mapping[Any, Any]) -> T:
    """Return the noun that `to_row` wrote."""
    return kind(**{name: _made(make, row[name]) for name, make in _makers(kind)})


def _plain(value: Any) -> Any:
    if type(value) is str:
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return to_row(value) if _names(type(value)) else value


def _names(kind: type) -> tuple[str, ...]:
    """Return the names of a dataclass' fields; none of anything else."""
    if kind not in _known_names:
        _known_names[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return _known_names[kind]


def _made(make: _Make | None, value: Any) -> Any:
    return value if make is None or value is None else make(value)


def _makers(kind: type) -> _Makers:
    """Return for each field what makes its value of a column's; None where the two are the same."""
    if kind not in _known_makers:
        _known_makers[kind] = tuple((name, _maker(hint)) for name, hint in get_type_hints(kind).items())
    return _known_makers[kind]


def _maker(hint: Any) -> _Make | None:
    if isinstance(hint, UnionType):
        (hint,) = [one for one in get_args(hint) if one is not NoneType] or [None]
    if get_origin(hint) is tuple:
        make = _maker(get_args(hint)[0])
        return (lambda values: tuple(map(make, values))) if make else tuple
    if is_dataclass(hint) and isinstance(hint, type):
        return partial(from_row, hint)
    return None
