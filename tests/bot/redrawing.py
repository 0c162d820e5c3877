"""Draws again what the cases draw, with any text in place of theirs.

The cases are watched while they draw: each call of a function of the bot that returns blocks or a view is kept with
what it was given. In their data all that people write is Greek, so that it can be told from ids, addresses and codes.
"""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, cached_property
from types import CodeType, FrameType
from typing import Any, get_args, get_type_hints

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from sqlalchemy import String

import bot
from enablement.adapters.sql import tables
from enablement.model import DealFilter

Draws = Callable[..., Any]
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]+(?:\s+[\u0370-\u03ff\u1f00-\u1fff]+)*")
# What the product itself says there: it is short, and escaped where it has to be.
OURS = {
    "said_modal": {"title"},
    "done_modal": {"title"},
    "sorry_modal": {"title"},
    "text_block": {"text"},
    "settings_form": {"time_zone"},
    "saved_view": {"time_zone"},
}
# Sentences of ours with a name in them.
SENTENCES, LONGEST_SENTENCE = {"problem", "problems", "said", "note", "outcome"}, 600
# Made by us, by Slack or by the CRM: nobody writes into these.
MADE = re.compile(r"(.*_)?(id|ids|token|source|email|recipient|by|author|owner)")
# What people type into forms is only as long as these let them; Slack itself ends the names of its own things.
TYPED = {
    ("Wording", "title"): 150,
    ("Wording", "text"): 3_000,
    ("QuizQuestion", "text"): 290,
    ("QuizQuestion", "options"): 75,
    ("Draft", "file_name"): 255,
    ("Draft", "title"): 255,
    ("Told", "why"): 400,
    # The name of a stage is its id, too.
    ("Offered", "stages"): 80,
    **{("DealFilter", one.name): 80 for one in fields(DealFilter)},
}
LONGEST = 3_000


@dataclass(frozen=True)
class Call:
    """A drawing: the function, and what it was given by name."""

    draw: Draws
    given: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.draw.__module__}.{self.draw.__name__}"

    @cached_property
    def first(self) -> Any:
        """What was drawn of what the case gave."""
        return self.draw(**self.given)

    def again(self, text: str) -> Any:
        """Draw it with a text in place of each that people wrote."""
        ours = OURS.get(self.draw.__name__, set())
        return self.draw(
            **{
                name: value if name in ours else _with(value, text, _room(name, value))
                for name, value in self.given.items()
            }
        )


def drawing_functions() -> dict[CodeType, Draws]:
    """Return the public functions of the bot that make blocks or a view of what they are given alone."""
    found: dict[CodeType, Draws] = {}
    for module in pkgutil.iter_modules(bot.__path__):
        loaded = importlib.import_module(f"bot.{module.name}")
        own = (one for one in vars(loaded).values() if inspect.isfunction(one))
        for one in own:
            is_public = one.__module__ == loaded.__name__ and not one.__name__.startswith("_")
            if is_public and "services" not in inspect.signature(one).parameters and _draws(one):
                found[one.__code__] = one
    return found


def watched(cases: Iterable[Callable[[], object]]) -> tuple[list[Call], set[str]]:
    """Let the cases draw; return each outermost call, and the names of all functions that were called."""
    functions = drawing_functions()
    calls: list[Call] = []
    names: set[str] = set()
    depth = 0

    def watch(frame: FrameType, event: str, _arg: object) -> None:
        nonlocal depth
        draw = functions.get(frame.f_code)
        if draw is None or event not in ("call", "return"):
            return
        if event == "call":
            call = Call(draw, dict(frame.f_locals))
            names.add(call.name)
            if depth == 0:
                calls.append(call)
        depth += 1 if event == "call" else -1

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        for case in cases:
            case()
    finally:
        sys.setprofile(before)
    return calls, names


def _draws(function: Draws) -> bool:
    returned = get_type_hints(function).get("return")
    return any(isinstance(part, type) and issubclass(part, Block | View) for part in _parts(returned))


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from _parts(part)


def _with(value: Any, text: str, most: int) -> Any:
    """Return a value with a text, of at most so many characters, in place of all Greek in it."""
    if isinstance(value, str):
        return _GREEK.sub(lambda _: whole(text, most), value) if _GREEK.search(value) else value
    if isinstance(value, Block | View):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        lengths = _lengths(type(value))
        return replace(
            value,
            **{
                one.name: _with(getattr(value, one.name), text, min(most, lengths.get(one.name, LONGEST)))
                for one in fields(value)
                if not MADE.fullmatch(one.name)
            },
        )
    if isinstance(value, Exception):
        return type(value)(*(_with(one, text, most) for one in value.args))
    if isinstance(value, Mapping):
        return {_with(name, text, most): _with(one, text, most) for name, one in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return type(value)(_with(one, text, most) for one in value)
    return value


def _room(name: str, value: Any) -> int:
    return LONGEST_SENTENCE if name in SENTENCES and not is_dataclass(value) else LONGEST


def whole(text: str, most: int) -> str:
    """Return as many characters of a text as there is room for; one that repeats itself is not cut within itself."""
    unit = next((size for size in range(1, 13) if text == text[:size] * (len(text) // size)), 1)
    return text[: min(most, len(text)) // unit * unit]


@cache
def _lengths(kind: type) -> dict[str, int]:
    """Return how long the texts of a noun can be: what its table has room for, or what its form takes."""
    names = {one.name for one in fields(kind)}
    known = {name: most for (noun, name), most in TYPED.items() if noun == kind.__name__}
    for table in tables.metadata.sorted_tables:
        if names == set(table.columns.keys()):
            return {
                **{one.name: one.type.length or LONGEST for one in table.c if isinstance(one.type, String)},
                **known,
            }
    return known
