"""The form in which a librarian says what a file is, and the messages around it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block
from slack_sdk.models.views import View

from bot.mrkdwn import clean, escape
from bot.parts import button, label, section, small
from bot.payload import Carried, UnknownButton
from bot.publish_fields import (
    AUDIENCE,
    COLLECTION,
    DETECT,
    EXPIRES,
    FACETS,
    KIND,
    LANGUAGE,
    MADE_FOR,
    OWNER,
    REPLACES,
    REVIEW,
    TITLE,
    VERSION_OF,
    inputs,
)
from enablement.language import _, decimal
from enablement.model import Asset
from enablement.sharing import CannotShare, emails
from enablement.uploads import Offer, came_through_slack

OPEN_FORM, FORM, SHORTCUT = "publish.open", "publish.submit", "publish.message"


class WrongEntry(Exception):
    """Something in the form can't be used; `field` says where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Draft:
    """A file that is about to be put into the library: by whom, and where they hear what became of it."""

    file_id: str
    file_name: str
    size: int
    title: str
    owner: str
    channel: str = ""
    thread: str = ""
    # The asset of which something else is to be said, where there is no file.
    changes: str = ""


@dataclass(frozen=True)
class Form:
    """What was filled in; `said` has the keys of a sidecar, assets are named by their ids."""

    draft: Draft
    version_of: str
    replaces: str
    said: Mapping[str, object]


def offer(said: Offer) -> tuple[list[Block], str]:
    name = escape(said.file_name, most=300)
    press = button(
        _("Add to library"), OPEN_FORM, about=said.file_name, carried=Carried(said.file_id), style="primary"
    )
    blocks = [
        section(_("Shall {name} go into the library?", name=f"*{name}*")),
        ActionsBlock(elements=[press]),
    ]
    return blocks, escape(_("Add {name}?", name=said.file_name), most=300)


def form(draft: Draft, base: Asset | None = None) -> View:
    """Return the form for a file; with `base`, for its next version: filled with what is said of it so far."""
    return View(
        type="modal",
        callback_id=FORM,
        title=label(_("Change details") if draft.changes else _("Add to library")),
        submit=label(_("Save") if draft.changes else _("Add")),
        close=label(_("Cancel")),
        private_metadata=json.dumps(asdict(draft), ensure_ascii=False),
        blocks=[
            *_above(draft, base),
            *inputs(base, title=draft.title, owner=draft.owner, is_file=not draft.changes),
        ],
    )


def _above(draft: Draft, base: Asset | None) -> list[Block]:
    """Draw what the form is about: the file, or where else the same is said of the asset."""
    if not draft.changes:
        return [small(f"{draft.file_name}  ·  {_megabytes(draft.size)}")]
    if base is None or came_through_slack(base):
        return []
    return [
        small(
            _(
                "Its file lies outside Slack. Say it there too: it counts again as soon as it is taken in anew."
            )
        )
    ]


def read_form(view: Mapping[str, Any], *, today: date) -> Form:
    """Return what was filled in; raises UnknownButton or WrongEntry."""
    states = {block.partition(".")[0]: state for block, state in view["state"]["values"].items()}
    entered = {name: _entered(next(iter(state.values()))) for name, state in states.items() if state}

    def one(name: str) -> str:
        value = entered.get(name)
        return clean(value) if isinstance(value, str) else ""

    made_for = entered.get(MADE_FOR)
    said: dict[str, object] = {
        "title": one(TITLE),
        "audience": one(AUDIENCE),
        "collection": one(COLLECTION),
        "kind": one(KIND),
        "owner": _email(one(OWNER)),
        "language": one(LANGUAGE).removeprefix(DETECT),
        "expires": one(EXPIRES),
        "review_every_days": int(one(REVIEW)) if one(REVIEW).isdecimal() else "",
        **_facets(made_for if isinstance(made_for, list) else []),
    }
    if not said["title"]:
        raise WrongEntry(TITLE, _("Give it a title."))
    if said["expires"] and str(said["expires"]) < today.isoformat():
        raise WrongEntry(EXPIRES, _("This day is over. Choose a later one, or none."))
    kept = {name: value for name, value in said.items() if value}
    draft = draft_of(view)
    return Form(draft, draft.changes or one(VERSION_OF), one(REPLACES), kept)


def draft_of(view: Mapping[str, Any]) -> Draft:
    """Return the draft that a form was drawn from; raises UnknownButton."""
    try:
        return Draft(**json.loads(view["private_metadata"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownButton(
            _("This form is from another version of Touchline. Begin again with the file.")
        ) from error


def block_of(view: Mapping[str, Any], field: str) -> str:
    """Return the id that a field's block has in this form."""
    ids = [str(block["block_id"]) for block in view["blocks"]]
    return next((one for one in ids if one.partition(".")[0] == field), field)


def said_modal(title: str, said: str) -> View:
    return View(type="modal", title=label(title), close=label(_("Close")), blocks=[section(escape(said))])


def _entered(state: Mapping[str, Any]) -> str | list[str]:
    """Return what stands in a field: one text, or several values."""
    if "selected_options" in state:
        return [str(one["value"]) for one in state["selected_options"] or []]
    chosen = state.get("selected_option")
    if chosen:
        return str(chosen["value"])
    return str(state.get("value") or state.get("selected_date") or "")


def _facets(chosen: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {facet: [] for facet in FACETS}
    for one in chosen:
        facet, _, value = one.partition(":")
        if facet in found and clean(value):
            found[facet].append(clean(value))
    return found


def _email(text: str) -> str:
    try:
        found = emails(text)
    except CannotShare as error:
        raise WrongEntry(OWNER, str(error)) from error
    if len(found) != 1:
        raise WrongEntry(OWNER, _("Give the e-mail address of one person."))
    return found[0]


def _megabytes(size: int) -> str:
    if size >= 100_000:
        return _("{size} MB", size=decimal(size / 1_000_000))
    return _("{size} kB", size=max(1, size // 1_000))
