"""The form of an announcement, second step: whom it is for, with their number and names, and when they are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ChannelMultiSelectElement,
    CheckboxesElement,
    DateTimePickerElement,
    InputBlock,
    NumberInputElement,
    Option,
    SectionBlock,
    StaticMultiSelectElement,
    TimePickerElement,
    UserMultiSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from bot.announce_channels import channel_fields, read_channels
from bot.announce_form import Form, entered, menu, modal, options_of, press, texts
from bot.mrkdwn import clean, escape
from bot.parts import button, label, mrkdwn, option, section, small
from bot.payload import Carried
from bot.publish_fields import facet_option
from enablement.announcing import Reach
from enablement.language import _, enumerated, ngettext
from enablement.model import Aim, Announcement, DealFilter

EVERYONE, PEOPLE, TEAMS, GROUPS, MEMBERS = "everyone", "people", "teams", "groups", "members"
BY_DEALS, STAGES, ABOUT, LEAST, MOST = "by_deals", "stages", "about", "least", "most"
LOCAL_TIME, STARTS, AT_ONCE = "local_time", "starts_at", "at_once"
# The parts of the form that a complaint about the audience may be shown at.
AUDIENCE = (PEOPLE, EVERYONE)
# A menu of teams and of single roles.
TEAM, ROLE = "team:", "role:"
MOST_NAMES = 60
ABOUT_FACETS = ("industries", "regions", "sizes", "products", "competitors")


@dataclass(frozen=True)
class Offered:
    """What the menus of the audience offer and hold: labels by value."""

    everyone: bool
    teams: Mapping[str, str]
    groups: Mapping[str, str]
    stages: Sequence[str]
    quiet: str


def who_view(
    one: Announcement,
    form: Form,
    offered: Offered,
    *,
    found: Reach | None,
    problem: str = "",
) -> View:
    """Return the second step; `found` is whom the audience means as it is, None where that can't be said now."""
    form = replace(form, step="who")
    aim = one.aim
    chosen = [*(f"{TEAM}{role}" for role in aim.teams), *(f"{ROLE}{role}" for role in aim.roles)]
    blocks: list[Block] = [
        *([section(f":warning: {escape(problem)}")] if problem else []),
        section(_("*Who is it for?* Choose one or several: they add up.")),
        *(_everyone(aim) if offered.everyone else []),
        _input(PEOPLE, _("People"), _people(aim)),
        *(
            [
                _input(
                    TEAMS, _("Teams and roles"), menu(TEAMS, _named(chosen, offered.teams), _("Type a name"))
                )
            ]
            if offered.teams or chosen
            else []
        ),
        _input(
            GROUPS, _("Slack groups"), menu(GROUPS, _named(aim.groups, offered.groups), _("Type to find"))
        ),
        _input(
            MEMBERS,
            _("Everybody in these channels"),
            ChannelMultiSelectElement(
                action_id=f"compose.{MEMBERS}", initial_channels=list(aim.channels) or None
            ),
        ),
        _by_deals(aim),
        *(_deals(aim.deals, offered) if aim.deals else []),
        count_line(found, form),
        *(names_of(found) if found and form.names else []),
        section(_("*When?*")),
        *_times(one, offered),
        *(channel_fields(one, offered.groups) if offered.everyone else []),
        *([] if form.edits else [ActionsBlock(elements=[press(_("Back to the text"), "to_what", form)])]),
    ]
    return modal(form, _("Who and when"), _("Save") if form.edits else _("Next"), blocks)


def read_who(one: Announcement, view: Mapping[str, Any]) -> Announcement:
    """Return the announcement with the audience and the times that stand in the form."""
    fields = entered(view)
    by_deals = texts(fields.get(BY_DEALS)) != ()
    aim = Aim(
        everyone=texts(fields.get(EVERYONE)) != (),
        people=texts(fields.get(PEOPLE)),
        groups=texts(fields.get(GROUPS)),
        channels=texts(fields.get(MEMBERS)),
        roles=_cut(ROLE, fields),
        teams=_cut(TEAM, fields),
        deals=_read_deals(one.aim.deals, fields) if by_deals else None,
    )
    starts = fields.get(STARTS)
    return replace(
        read_channels(one, fields),
        aim=aim,
        local_time=str(fields.get(LOCAL_TIME) or ""),
        starts_at=datetime.fromtimestamp(int(starts), UTC) if starts else None,
        at_once=texts(fields.get(AT_ONCE)) != (),
    )


def people_count(found: Reach) -> str:
    n = len(found.readers)
    return ngettext("{n} person", "{n} people", n)


def count_line(found: Reach | None, form: Form) -> SectionBlock:
    if found is None:
        return section(_("How many people that is can't be said just now."))
    if not found.readers:
        return section(_("*Nobody yet.* Choose above whom it is for."))
    text = _("It goes to *{people}*.", people=people_count(found))
    show = _("Hide names") if form.names else _("Show names")
    accessory = button(show, "compose.names", about=_("Audience"), carried=Carried(form.id))
    # Another block each time: the count must not look like the one before.
    return SectionBlock(text=mrkdwn(text), accessory=accessory)


def names_of(found: Reach) -> list[Block]:
    """Name the readers, as many as can be read, and say who was named but is never told."""
    names = [reader.name or reader.slack_id for reader in found.readers]
    more = len(names) - MOST_NAMES
    listed = [*names[:MOST_NAMES], *([ngettext("one more", "{n} more", more)] if more > 0 else [])]
    said = [small(enumerated(listed))] if listed else []
    left_out = len(found.left_out)
    if left_out:
        text = ngettext(
            "{n} is not told: guests, people of other companies and closed accounts never are.",
            "{n} are not told: guests, people of other companies and closed accounts never are.",
            left_out,
        )
        said.append(small(text))
    return list(said)


def _input(name: str, text: str, element: InputInteractiveElement, **more: Any) -> InputBlock:
    return InputBlock(
        block_id=name, label=label(text), element=element, optional=True, dispatch_action=True, **more
    )


def _everyone(aim: Aim) -> list[Block]:
    options = options_of({"yes": _("Everybody in the workspace, without guests")})
    return [_input(EVERYONE, _("Everybody"), _checkboxes(EVERYONE, options, is_on=aim.everyone))]


def _checkboxes(name: str, options: list[Option], *, is_on: bool) -> CheckboxesElement:
    return CheckboxesElement(
        action_id=f"compose.{name}", options=options, initial_options=options[:1] if is_on else None
    )


def _people(aim: Aim) -> UserMultiSelectElement:
    return UserMultiSelectElement(action_id=f"compose.{PEOPLE}", initial_users=list(aim.people) or None)


def _named(chosen: Sequence[str], known: Mapping[str, str]) -> list[Option]:
    return [option(one, known.get(one, one)) for one in chosen]


def _by_deals(aim: Aim) -> InputBlock:
    options = options_of({"yes": _("Only who owns certain open deals")})
    box = _checkboxes(BY_DEALS, options, is_on=aim.deals is not None)
    return _input(BY_DEALS, _("Narrow it by deals"), box)


def _deals(deals: DealFilter, offered: Offered) -> list[Block]:
    stages = [option(name, name) for name in dict.fromkeys((*offered.stages, *deals.stages))][:100]
    chosen = [one for one in stages if one.value in deals.stages]
    about = [facet_option(facet, value) for facet in ABOUT_FACETS for value in getattr(deals, facet)]
    of_stages = StaticMultiSelectElement(
        action_id=f"compose.{STAGES}", options=stages, initial_options=chosen or None
    )
    return [
        *([_input(STAGES, _("In these stages"), of_stages)] if stages else []),
        _input(ABOUT, _("Industry, region, size, product or competitor"), menu(ABOUT, about, _("Any"))),
        _input(LEAST, _("Worth at least"), _amount(LEAST, deals.least_amount)),
        _input(MOST, _("Worth at most"), _amount(MOST, deals.most_amount)),
    ]


def _amount(name: str, value: float | None) -> NumberInputElement:
    return NumberInputElement(
        action_id=f"compose.{name}",
        is_decimal_allowed=False,
        initial_value=f"{value:.0f}" if value is not None else None,
    )


def _times(one: Announcement, offered: Offered) -> list[Block]:
    at_once = options_of({"yes": _("At once, also in their quiet hours")})
    clock = TimePickerElement(action_id=f"compose.{LOCAL_TIME}", initial_time=one.local_time or None)
    starts = DateTimePickerElement(
        action_id=f"compose.{STARTS}",
        initial_date_time=int(one.starts_at.timestamp()) if one.starts_at else None,
    )
    quiet = _("Else as soon as it is outside their quiet hours, {hours}.", hours=offered.quiet)
    return [
        InputBlock(
            block_id=LOCAL_TIME,
            label=label(_("At this time on each person's own clock")),
            element=clock,
            optional=True,
            hint=label(quiet),
        ),
        InputBlock(block_id=STARTS, label=label(_("Not before")), element=starts, optional=True),
        InputBlock(
            block_id=AT_ONCE,
            label=label(_("Urgent")),
            element=_checkboxes(AT_ONCE, at_once, is_on=one.at_once),
            optional=True,
        ),
    ]


def _read_deals(before: DealFilter | None, fields: Mapping[str, Any]) -> DealFilter:
    # The fields are there only once the box was ticked and the form drawn anew.
    if ABOUT not in fields:
        return before or DealFilter()
    about: dict[str, list[str]] = {facet: [] for facet in ABOUT_FACETS}
    for one in texts(fields.get(ABOUT)):
        facet, _colon, value = one.partition(":")
        if facet in about and clean(value):
            about[facet].append(clean(value))
    return DealFilter(
        stages=texts(fields.get(STAGES)),
        least_amount=_number(fields.get(LEAST)),
        most_amount=_number(fields.get(MOST)),
        **{facet: tuple(values) for facet, values in about.items()},
    )


def _cut(beginning: str, fields: Mapping[str, Any]) -> tuple[str, ...]:
    chosen = texts(fields.get(TEAMS))
    return tuple(one.removeprefix(beginning) for one in chosen if one.startswith(beginning))


def _number(text: Any) -> float | None:
    try:
        return float(str(text)) if text not in (None, "") else None
    except ValueError:
        return None
