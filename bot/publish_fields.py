"""The fields of the form for a file: the important ones first, the rest optional, filled in as far as we know."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any

from slack_sdk.models.blocks import (
    DatePickerElement,
    EmailInputElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    StaticSelectElement,
)

from bot.parts import LONGEST_VALUE, label, option
from enablement import wording
from enablement.model import LANGUAGES, Asset, Facets, key

VERSION_OF, TITLE, AUDIENCE, COLLECTION = "version_of", "title", "audience", "collection"
KIND, MADE_FOR, OWNER, LANGUAGE = "kind", "made_for", "owner", "language"
EXPIRES, REVIEW, REPLACES = "expires", "review", "replaces"
FACETS = {
    "products": "Product",
    "industries": "Industry",
    "regions": "Region",
    "sizes": "Company size",
    "stages": "Stage",
    "personas": "Persona",
    "competitors": "Competitor",
}
_AUDIENCES = {"internal": "Colleagues only", "customer": "Customers may have it"}
_REVIEWS = {30: "every month", 90: "every three months", 180: "twice a year", 365: "once a year"}
DETECT = "detect"
_LONGEST_TITLE = 500


def inputs(base: Asset | None, *, title: str, owner: str) -> list[InputBlock]:
    """Return the fields, with what is said so far of the asset whose next version it is; else with title and owner."""
    return [
        _input(base, name, text, element, **more)
        for name, text, element, more in _inputs(base, title=title, owner=owner)
    ]


def asset_option(asset: Asset) -> Option:
    return option(asset.id, asset.title, f"{asset.collection or asset.kind} · version {asset.version}")


def facet_option(facet: str, value: str) -> Option:
    return option(f"{facet}:{value}", f"{FACETS[facet]}: {value}")


_Input = tuple[str, str, InputInteractiveElement, dict[str, Any]]


def _inputs(base: Asset | None, *, title: str, owner: str) -> Iterator[_Input]:
    """Yield the fields, the important ones first."""
    yield (
        VERSION_OF,
        "New version of",
        _library_select(VERSION_OF, "A new asset", [base] if base else []),
        {
            "optional": True,
            "dispatch_action": True,
            "hint": label("Choose this first: it fills in the rest."),
        },
    )
    yield (
        TITLE,
        "Title",
        PlainTextInputElement(
            action_id=TITLE,
            initial_value=base.title if base else title,
            max_length=_LONGEST_TITLE,
            focus_on_load=True,
        ),
        {},
    )
    audiences = {value: option(value, text) for value, text in _AUDIENCES.items()}
    chosen = audiences[base.audience if base else "internal"]
    radio = RadioButtonsElement(action_id=AUDIENCE, options=list(audiences.values()), initial_option=chosen)
    yield AUDIENCE, "Who may have it", radio, {}
    yield (
        COLLECTION,
        "Collection",
        _known_select(COLLECTION, base.collection if base else ""),
        {"optional": True},
    )
    yield KIND, "Kind", _known_select(KIND, base.kind if base else ""), {"optional": True}
    yield (
        MADE_FOR,
        "Made for",
        _made_for_select(base),
        {
            "optional": True,
            "hint": label("Products, industries, regions, stages, competitors… Type to find or add."),
        },
    )
    keeper = EmailInputElement(action_id=OWNER, initial_value=(base and base.owner) or owner)
    yield OWNER, "Owner", keeper, {"hint": label("Is asked to keep it right.")}
    yield LANGUAGE, "Language", _language_select(base), {}
    expires = DatePickerElement(
        action_id=EXPIRES, initial_date=base.expires.isoformat() if base and base.expires else None
    )
    yield EXPIRES, "Not to be used after", expires, {"optional": True}
    yield REVIEW, "Ask the owner whether it is still right", _review_select(base), {"optional": True}
    replaces = _library_select(REPLACES, "Nothing", [])
    yield REPLACES, "Takes the place of", replaces, {"optional": True, "hint": label("That one is archived.")}


def _input(
    base: Asset | None, name: str, text: str, element: InputInteractiveElement, **more: Any
) -> InputBlock:
    # Slack keeps what was entered in a block that it knows: drawn for another asset, a field is another block.
    about = f".{key(base.id)[:8]}" if base and name != VERSION_OF else ""
    return InputBlock(block_id=name + about, label=label(text), element=element, **more)


def _library_select(name: str, nothing: str, chosen: Sequence[Asset]) -> ExternalDataSelectElement:
    return ExternalDataSelectElement(
        action_id=f"publish.{name}",
        placeholder=nothing,
        min_query_length=0,
        initial_option=asset_option(chosen[0]) if chosen else None,
    )


def _known_select(name: str, value: str) -> ExternalDataSelectElement:
    return ExternalDataSelectElement(
        action_id=f"publish.{name}",
        placeholder="Choose or type",
        min_query_length=0,
        initial_option=option(value, value) if 0 < len(value) <= LONGEST_VALUE else None,
    )


def _made_for_select(base: Asset | None) -> ExternalDataMultiSelectElement:
    facets = base.facets if base else Facets()
    chosen = [
        facet_option(facet.name, value)
        for facet in fields(Facets)
        for value in getattr(facets, facet.name)
        if len(facet.name) + len(value) < LONGEST_VALUE
    ]
    return ExternalDataMultiSelectElement(
        action_id=f"publish.{MADE_FOR}",
        placeholder="Any",
        min_query_length=0,
        initial_options=chosen or None,
    )


def _language_select(base: Asset | None) -> StaticSelectElement:
    tags = dict.fromkeys([*LANGUAGES, *([base.language] if base else [])])
    options = {tag: option(tag, wording.language(tag)) for tag in tags}
    detect = option(DETECT, "Detect it")
    return StaticSelectElement(
        action_id=LANGUAGE,
        options=[detect, *options.values()],
        initial_option=options[base.language] if base else detect,
    )


def _review_select(base: Asset | None) -> StaticSelectElement:
    every = base.review_every_days if base else None
    words = {**_REVIEWS, **({every: _REVIEWS.get(every, f"every {every} days")} if every else {})}
    options = {days: option(str(days), text) for days, text in words.items()}
    return StaticSelectElement(
        action_id=REVIEW,
        placeholder="Never",
        options=list(options.values()),
        initial_option=options[every] if every else None,
    )
