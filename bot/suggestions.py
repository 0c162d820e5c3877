"""What the menus of the library's form offer while somebody types: what the library holds, and what was typed."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from slack_sdk.models.blocks import Option, OptionGroup

from bot.mrkdwn import clean
from bot.parts import LONGEST_VALUE, label, option
from bot.publish_fields import (
    COLLECTION,
    FACETS,
    KIND,
    MADE_FOR,
    REPLACES,
    VERSION_OF,
    asset_option,
    facet_option,
)
from enablement.language import _
from enablement.ports import Services

T = TypeVar("T")
OPTIONS = re.compile(rf"publish\.(?:{VERSION_OF}|{REPLACES}|{COLLECTION}|{KIND}|{MADE_FOR})")
# Slack takes a hundred; nobody reads more than a few.
MOST = 20
# How many characters the catalogue has room for in a kind.
LONGEST_NEW = 80


def matches(menu: str, typed: str, services: Services) -> list[Option]:
    """Return what a menu offers for what was typed into it so far, best first."""
    typed = clean(typed)
    if menu in (VERSION_OF, REPLACES):
        return [asset_option(one) for one in services.catalog.assets_like(typed, limit=MOST)]
    words = services.catalog.vocabulary()
    shelves = [one.name for one in services.catalog.collections()]
    known = words.kinds if menu == KIND else (*shelves, *words.collections)
    return [option(one, one) for one in _texts(typed, known)]


def facets(typed: str, services: Services) -> list[OptionGroup]:
    """Return what an asset can be made for: what the library knows, then what was typed, once for each facet."""
    typed, words = clean(typed), services.catalog.vocabulary().facets
    known = [
        (facet, value)
        for facet in FACETS
        for value in getattr(words, facet)
        if value and len(facet) + len(value) < LONGEST_VALUE
    ]
    fitting = _matching(typed, known, lambda one: one[1])
    new = [
        (facet, typed) for facet in FACETS if 0 < len(typed) <= LONGEST_NEW and (facet, typed) not in known
    ]
    groups = ((_("In the library"), fitting), (_("New"), new))
    return [
        OptionGroup(label=label(name), options=[facet_option(*one) for one in some])
        for name, some in groups
        if some
    ]


def _texts(typed: str, known: Iterable[str]) -> list[str]:
    """Return the known texts that fit, and at the end what was typed unless it is one of them."""
    fitting = _matching(typed, sorted({one for one in known if 0 < len(one) <= LONGEST_VALUE}), str)
    is_new = typed and len(typed) <= LONGEST_NEW and typed.casefold() not in map(str.casefold, fitting)
    return [*fitting, *([typed] if is_new else [])]


def _matching(typed: str, some: Iterable[T], text: Callable[[T], str]) -> list[T]:
    """Return those whose text holds what was typed, those that begin with it first."""
    folded = typed.casefold()
    found = [one for one in some if folded in text(one).casefold()]
    return sorted(found, key=lambda one: not text(one).casefold().startswith(folded))[:MOST]
