"""Small checks that combine: each looks at one value and lists what is wrong, with a JSON pointer."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox.slack.errors import Json

Check = Callable[[Any, str, list[str]], None]
Rule = Callable[[Json, str, list[str]], None]

_URL = re.compile(r"(https?|slack)://[^\s/?#]+\S*")


def complain(found: list[str], at: str, text: str) -> None:
    """Add a problem as Slack words it."""
    found.append(f"{text} [json-pointer:{at or '/'}]")


def string(*, most: int, least: int = 1) -> Check:
    """Expect a string of `least` to `most` characters."""

    def check(value: Any, at: str, found: list[str]) -> None:
        if not isinstance(value, str):
            complain(found, at, "must provide a string")
        elif len(value) > most:
            complain(found, at, f"must be less than {most + 1} characters")
        elif len(value) < least:
            complain(found, at, f"must be more than {least - 1} characters")

    return check


def url(*, most: int = 3000) -> Check:
    """Expect an absolute http(s) or slack URL."""
    length = string(most=most)

    def check(value: Any, at: str, found: list[str]) -> None:
        before = len(found)
        length(value, at, found)
        if len(found) == before and not _URL.fullmatch(value):
            complain(found, at, "must be a valid URL")

    return check


def matching(pattern: str, what: str) -> Check:
    """Expect a string of this form."""

    def check(value: Any, at: str, found: list[str]) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            complain(found, at, f"must be {what}")

    return check


def one_of(*allowed: str) -> Check:
    """Expect one of these words."""

    def check(value: Any, at: str, found: list[str]) -> None:
        if value not in allowed:
            complain(found, at, f"must be one of {', '.join(allowed)}")

    return check


def boolean(value: Any, at: str, found: list[str]) -> None:
    """Expect true or false."""
    if not isinstance(value, bool):
        complain(found, at, "must provide a boolean")


def integer(*, least: int, most: int) -> Check:
    """Expect a whole number from `least` to `most`."""

    def check(value: Any, at: str, found: list[str]) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            complain(found, at, "must provide an integer")
        elif not least <= value <= most:
            complain(found, at, f"must be between {least} and {most}")

    return check


def array(item: Check, *, most: int, least: int = 1) -> Check:
    """Expect `least` to `most` items, each of this shape."""

    def check(value: Any, at: str, found: list[str]) -> None:
        if not isinstance(value, list):
            complain(found, at, "must provide an array")
            return
        if len(value) > most:
            complain(found, at, f"no more than {most} items allowed")
        elif len(value) < least:
            complain(found, at, f"no fewer than {least} items allowed")
        for place, part in enumerate(value[:most]):
            item(part, f"{at}/{place}", found)

    return check


def record(fields: Mapping[str, Check], *, required: Iterable[str] = (), rules: Iterable[Rule] = ()) -> Check:
    """Expect an object with these fields and no others; rules run when every field is right."""
    needed, more = tuple(required), tuple(rules)

    def check(value: Any, at: str, found: list[str]) -> None:
        if not isinstance(value, dict):
            complain(found, at, "must provide an object")
            return
        before = len(found)
        for name in needed:
            if value.get(name) is None:
                complain(found, at, f"missing required field: {name}")
        for name, part in value.items():
            if name not in fields:
                complain(found, at, f"invalid additional property: {name}")
            elif part is not None or name not in needed:
                fields[name](part, f"{at}/{name}", found)
        if len(found) == before:
            for rule in more:
                rule(value, at, found)

    return check


def by_type(shapes: Mapping[str, Check]) -> Check:
    """Expect an object whose `type` names one of these shapes."""

    def check(value: Any, at: str, found: list[str]) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict):
            complain(found, at, "must provide an object")
        elif not isinstance(kind, str) or kind not in shapes:
            complain(found, f"{at}/type", f"unsupported type: {kind}")
        else:
            shapes[kind](value, at, found)

    return check


def exactly_one(*names: str) -> Rule:
    """Expect one and only one of these fields."""

    def rule(value: Json, at: str, found: list[str]) -> None:
        if sum(name in value for name in names) != 1:
            complain(found, at, f"must provide exactly one of {', '.join(names)}")

    return rule


def at_least_one(*names: str) -> Rule:
    """Expect one or more of these fields."""

    def rule(value: Json, at: str, found: list[str]) -> None:
        if not any(name in value for name in names):
            complain(found, at, f"must provide at least one of {', '.join(names)}")

    return rule
