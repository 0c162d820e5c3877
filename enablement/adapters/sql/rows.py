"""Our nouns as rows and back: a field is a column of the same name; tuples and nested values are JSON."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import partial
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
_Make = Callable[[Any], Any]
_Makers = tuple[tuple[str, _Make | None], ...]
_known_makers: dict[type, _Makers] = {}
_known_plainers: dict[type, _Makers] = {}
_PLAIN = {str, int, float, bool, bytes, date, datetime, NoneType}


def to_row(noun: Any) -> dict[str, Any]:
    """Return the columns of a frozen dataclass."""
    return {
        name: getattr(noun, name) if make is None else make(getattr(noun, name))
        for name, make in _plainers(type(noun))
    }


def from_row(kind: type[T], row: Mapping[Any, Any]) -> T:
    """Return the noun that `to_row` wrote."""
    return kind(**{name: _made(make, row[name]) for name, make in _makers(kind)})


def from_values(kind: type[T], values: Iterable[Any]) -> T:
    """Return the noun whose columns these are, in the order of its fields: quick for hundreds of thousands."""
    pairs = zip(_makers(kind), values, strict=True)
    return kind(*[value if make is None or value is None else make(value) for (_, make), value in pairs])


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return to_row(value) if is_dataclass(value) else value


def _plainers(kind: type) -> _Makers:
    """Return for each field what makes a column's value of its own; None where the two are the same."""
    if kind not in _known_plainers:
        hints = get_type_hints(kind)
        _known_plainers[kind] = tuple((field.name, _plainer(hints[field.name])) for field in fields(kind))
    return _known_plainers[kind]


def _plainer(hint: Any) -> _Make | None:
    if hint in _PLAIN or get_origin(hint) is Literal:
        return None
    if isinstance(hint, UnionType) and all(_plainer(one) is None for one in get_args(hint)):
        return None
    if get_origin(hint) is tuple:
        one = get_args(hint)[0]
        if _plainer(one) is None:
            return list
        if is_dataclass(one):
            return lambda values: [to_row(value) for value in values]
    return _plain


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
