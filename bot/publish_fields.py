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

from bot.mrkdwn import clean
from bot.parts import LONGEST_VALUE, label, option
from enablement import wording
from enablement.language import _, ngettext
from enablement.model import LANGUAGES, Asset, Facets, key

VERSION_OF, TITLE, AUDIENCE, COLLECTION = "version_of", "title", "audience", "collection"
KIND, MADE_FOR, OWNER, LANGUAGE = "kind", "made_for", "owner", "language"
EXPIRES, REVIEW, REPLACES = "expires", "review", "replaces"
FACETS = tuple(facet.name for facet in fields(Facets))
DETECT = "detect"
_LONGEST_TITLE = 500


def inputs(base: Asset | None, *, title: str, owner: str, is_file: bool = True) -> list[InputBlock]:
    """Return the fields, with what is said so far of the asset whose next version it is; else with title and owner.

    Without a file, only what is said of that asset can be changed.
    """
    return [
        _input(base, name, text, element, **more)
        for name, text, element, more in _inputs(base, title=title, owner=owner)
        if is_file or name not in (VERSION_OF, REPLACES)
    ]


def asset_option(asset: Asset) -> Option:
    return option(
        asset.id,
        asset.title,
        " · ".join((asset.collection or asset.kind, _("version {version}", version=asset.version))),
    )


def facet_option(facet: str, value: str) -> Option:
    return option(f"{facet}:{value}", _("{facet}: {value}", facet=_facet(facet), value=value))


_Input = tuple[str, str, InputInteractiveElement, dict[str, Any]]


def _inputs(base: Asset | None, *, title: str, owner: str) -> Iterator[_Input]:
    """Yield the fields, the important ones first."""
    yield (
        VERSION_OF,
        _("New version of"),
        _library_select(VERSION_OF, _("A new asset"), [base] if base else []),
        {
            "optional": True,
            "dispatch_action": True,
            "hint": label(_("Choose this first: it fills in the rest.")),
        },
    )
    yield (
        TITLE,
        _("Title"),
        PlainTextInputElement(
            action_id=TITLE,
            initial_value=clean(base.title if base else title),
            max_length=_LONGEST_TITLE,
            focus_on_load=True,
        ),
        {},
    )
    audiences = {
        "internal": option("internal", _("Colleagues only")),
        "customer": option("customer", _("Customers may have it")),
    }
    chosen = audiences[base.audience if base else "internal"]
    radio = RadioButtonsElement(action_id=AUDIENCE, options=list(audiences.values()), initial_option=chosen)
    yield AUDIENCE, _("Who may have it"), radio, {}
    yield (
        COLLECTION,
        _("Collection"),
        _known_select(COLLECTION, base.collection if base else ""),
        {"optional": True},
    )
    yield KIND, _("Kind"), _known_select(KIND, base.kind if base else ""), {"optional": True}
    yield (
        MADE_FOR,
        _("Made for"),
        _made_for_select(base),
        {
            "optional": True,
            "hint": label(_("Products, industries, regions, stages, competitors… Type to find or add.")),
        },
    )
    keeper = EmailInputElement(action_id=OWNER, initial_value=(base and base.owner) or owner)
    yield OWNER, _("Owner"), keeper, {"hint": label(_("Is asked to keep it right."))}
    yield LANGUAGE, _("Language"), _language_select(base), {}
    expires = DatePickerElement(
        action_id=EXPIRES, initial_date=base.expires.isoformat() if base and base.expires else None
    )
    yield EXPIRES, _("Not to be used after"), expires, {"optional": True}
    yield REVIEW, _("Ask the owner whether it is still right"), _review_select(base), {"optional": True}
    replaces = _library_select(REPLACES, _("Nothing"), [])
    yield (
        REPLACES,
        _("Takes the place of"),
        replaces,
        {"optional": True, "hint": label(_("That one is archived."))},
    )


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
        placeholder=_("Choose or type"),
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
        placeholder=_("Any"),
        min_query_length=0,
        initial_options=chosen or None,
    )


def _language_select(base: Asset | None) -> StaticSelectElement:
    tags = dict.fromkeys([*LANGUAGES, *([base.language] if base else [])])
    options = {tag: option(tag, wording.language(tag)) for tag in tags}
    detect = option(DETECT, _("Detect it"))
    return StaticSelectElement(
        action_id=LANGUAGE,
        options=[detect, *options.values()],
        initial_option=options[base.language] if base else detect,
    )


def _review_select(base: Asset | None) -> StaticSelectElement:
    every = base.review_every_days if base else None
    reviews = {
        30: _("every month"),
        90: _("every three months"),
        180: _("twice a year"),
        365: _("once a year"),
    }
    own = {every: ngettext("every day", "every {n} days", every)} if every and every not in reviews else {}
    words = {**reviews, **own}
    options = {days: option(str(days), text) for days, text in words.items()}
    return StaticSelectElement(
        action_id=REVIEW,
        placeholder=_("Never"),
        options=list(options.values()),
        initial_option=options[every] if every else None,
    )


def _facet(name: str) -> str:
    return {
        "products": _("Product"),
        "industries": _("Industry"),
        "regions": _("Region"),
        "sizes": _("Company size"),
        "stages": _("Stage"),
        "personas": _("Persona"),
        "competitors": _("Competitor"),
    }[name]
