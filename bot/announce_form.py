"""The form of an announcement, first step: what it says, in which languages, with which assets; drawn and read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    DividerBlock,
    ExternalDataMultiSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    RadioButtonsElement,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import DispatchActionConfig
from slack_sdk.models.views import View

from bot.mrkdwn import clean, escape, plain
from bot.parts import button, label, mrkdwn, option, section, small
from bot.payload import Carried, UnknownButton
from bot.publish_fields import asset_option
from enablement import wording as words
from enablement.language import _, enumerated
from enablement.model import LANGUAGES, Announcement, Asset, Wording

FORM = "compose.form"
LANGUAGE, TITLE, TEXT, ASSETS, ASK_AGAIN = "language", "title", "text", "assets", "ask_again"
LONGEST_TITLE, LONGEST_TEXT = 150, 3000
# Slack takes a hundred blocks and cuts nothing: a preview of many assets ends here.
MOST_ASSETS = 10
_TYPED = DispatchActionConfig(trigger_actions_on=["on_character_entered"])


@dataclass(frozen=True)
class Form:
    """What a view of ours holds beside its fields: which announcement, as it was drawn, and where in the form we are.

    `step`: what, who, review, questions, confirm, extend, decline. `number`: of people, as the author confirms it.
    `address`: where the message is changed whose button opened the form.
    """

    id: str
    version: int
    step: str
    language: str = ""
    edits: bool = False
    names: bool = False
    number: int = 0
    address: str = ""

    def to_json(self) -> str:
        return json.dumps(
            {name: value for name, value in asdict(self).items() if value}, separators=(",", ":")
        )


def form_of(view: Mapping[str, Any]) -> Form:
    """Return what a view holds; raises UnknownButton."""
    try:
        said = json.loads(str(view["private_metadata"]))
        return Form(**{"version": 0, **said})
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownButton(
            _("This form is from another version of Touchline. Begin again with /announce.")
        ) from error


def entered(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in a view's fields, by field: a text, several values, or None."""
    found: dict[str, Any] = {}
    for block, state in view["state"]["values"].items():
        for one in state.values():
            found[block.partition(".")[0]] = _value(one)
    return found


def texts(entry: Any) -> tuple[str, ...]:
    """Return the values of a field that takes several."""
    return tuple(str(one) for one in entry) if isinstance(entry, list) else ()


def block_of(view: Mapping[str, Any], field: str) -> str:
    """Return the id of the input block of a field in this view; nothing where it has none."""
    inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    return next((one for one in inputs if one.partition(".")[0] == field), "")


def what_view(
    one: Announcement, form: Form, *, assets: Sequence[Asset], preview: Sequence[Block], problem: str = ""
) -> View:
    """Return the first step: the text in one language, and how readers will see it."""
    language = form.language or main_language(one)
    there = next((wording for wording in one.wordings if wording.language == language), None)
    is_main = language == main_language(one)
    blocks: list[Block] = [
        *([section(f":warning: {escape(problem)}")] if problem else []),
        _language_line(one, language),
        _text_input(TITLE, language, there.title if there else "", is_main=is_main),
        _text_input(TEXT, language, there.text if there else "", is_main=is_main),
        InputBlock(
            block_id=ASSETS,
            label=label(_("Attach from the library")),
            element=menu(
                ASSETS, [asset_option(asset) for asset in assets], _("Type to find"), most=MOST_ASSETS
            ),
            optional=True,
            dispatch_action=True,
        ),
        *(_ask_again() if form.edits else []),
        DividerBlock(),
        *preview_of(preview),
    ]
    step = _("Save") if form.edits else _("Next")
    return modal(replace(form, step="what", language=language), _("Announce"), step, blocks)


def read_what(one: Announcement, form: Form, view: Mapping[str, Any]) -> Announcement:
    """Return the announcement with what was typed in one language; nothing typed takes a translation away."""
    fields = entered(view)
    language = form.language or main_language(one)
    known = next((wording for wording in one.wordings if wording.language == language), None)
    typed = Wording(
        language,
        clean(str(fields.get(TITLE) or ""))[:LONGEST_TITLE],
        _lines(str(fields.get(TEXT) or ""))[:LONGEST_TEXT],
        known.questions if known else (),
    )
    is_dropped = not (typed.title or typed.text) and language != main_language(one)
    others = [wording for wording in one.wordings if wording.language != language]
    place = one.wordings.index(known) if known else len(others)
    wordings = (*others[:place], *(() if is_dropped else (typed,)), *others[place:])
    return replace(one, wordings=tuple(wordings), asset_ids=texts(fields.get(ASSETS)))


def main_language(one: Announcement) -> str:
    """Return the language of the text for all whose own has none."""
    return one.wordings[0].language if one.wordings else LANGUAGES[0]


def fallback_line(one: Announcement) -> str:
    """Say which languages are not written, and what their readers get; nothing when all are."""
    written = {wording.language for wording in one.wordings if wording.title and wording.text}
    missing = [words.language(tag) for tag in LANGUAGES if tag not in written]
    if not missing or main_language(one) not in written:
        return ""
    return _(
        "Not written: {languages}. Their readers get {main}, and are told so.",
        languages=enumerated(missing),
        main=words.language(main_language(one)),
    )


def preview_of(blocks: Sequence[Block]) -> list[Block]:
    """Return a message as its readers will see it, with nothing in it to press."""
    shown: list[Block] = [small(_("Preview: how your readers see it"))]
    for block in blocks:
        if isinstance(block, ActionsBlock):
            names = [str(part["text"]["text"]) for part in block.to_dict()["elements"] if "text" in part]
            if names:
                shown.append(small("  ".join(f"[ {name} ]" for name in names)))
        elif isinstance(block, SectionBlock):
            # Without the button beside it, which would be heard.
            shown.append(SectionBlock(text=block.text, fields=block.fields))
        elif not isinstance(block, InputBlock):
            shown.append(block)
    return shown


def modal(form: Form, title: str, submit: str, blocks: Sequence[Block], *, callback: str = FORM) -> View:
    return View(
        type="modal",
        callback_id=callback,
        title=label(plain(title, most=24)),
        submit=label(plain(submit, most=24)) if submit else None,
        close=label(_("Close")),
        notify_on_close=callback == FORM,
        private_metadata=form.to_json(),
        blocks=list(blocks),
    )


def press(text: str, act: str, form: Form, **more: Any) -> Any:
    """Return a button of the form."""
    return button(text, f"compose.{act}", about=_("Announcement"), carried=Carried(form.id), **more)


def menu(
    name: str, chosen: Sequence[Option], placeholder: str, *, most: int | None = None
) -> ExternalDataMultiSelectElement:
    """Return a menu whose options we answer with while somebody types into it (see bot/announce_offers.py)."""
    return ExternalDataMultiSelectElement(
        action_id=f"compose.{name}",
        placeholder=placeholder,
        min_query_length=0,
        initial_options=list(chosen) or None,
        max_selected_items=most,
    )


def _language_line(one: Announcement, language: str) -> SectionBlock:
    written = {wording.language for wording in one.wordings if wording.title or wording.text}
    options = {
        tag: option(tag, words.language(tag), _("written") if tag in written else "") for tag in LANGUAGES
    }
    menu = StaticSelectElement(
        action_id=f"compose.{LANGUAGE}", options=list(options.values()), initial_option=options[language]
    )
    said = fallback_line(one) if one.wordings else ""
    lines = (_("*What do you want to tell?*"), escape(said))
    return SectionBlock(block_id=LANGUAGE, text=mrkdwn("\n".join(filter(None, lines))), accessory=menu)


def _text_input(name: str, language: str, value: str, *, is_main: bool) -> InputBlock:
    is_title = name == TITLE
    element = PlainTextInputElement(
        action_id=f"compose.{name}",
        initial_value=value or None,
        max_length=LONGEST_TITLE if is_title else LONGEST_TEXT,
        multiline=not is_title,
        focus_on_load=is_title,
        dispatch_action_config=_TYPED,
    )
    title = _("Title") if is_title else _("Text")
    # Slack keeps what was entered in a block that it knows: in another language, a field is another block.
    return InputBlock(
        block_id=f"{name}.{language}",
        label=label(title),
        element=element,
        optional=not is_main,
        dispatch_action=True,
    )


def _ask_again() -> list[Block]:
    options = [
        option("no", _("Only change the messages, marked as edited")),
        option("yes", _("Change them and ask everybody again to confirm")),
    ]
    element = RadioButtonsElement(
        action_id=f"compose.{ASK_AGAIN}", options=options, initial_option=options[0]
    )
    return [InputBlock(block_id=ASK_AGAIN, label=label(_("Who has confirmed it already")), element=element)]


def _lines(text: str) -> str:
    return "\n".join(clean(line) for line in text.splitlines()).strip()


def _value(state: Mapping[str, Any]) -> Any:
    if "selected_options" in state:
        return [str(one["value"]) for one in state["selected_options"] or []]
    if state.get("selected_option"):
        return str(state["selected_option"]["value"])
    fields = ("value", "selected_date", "selected_time", "selected_date_time", "selected_users")
    found = (state.get(name) for name in (*fields, "selected_channels", "selected_conversations"))
    return next((one for one in found if one not in (None, "")), None)


def options_of(pairs: Mapping[str, str]) -> list[Option]:
    return [option(value, text) for value, text in pairs.items()]
