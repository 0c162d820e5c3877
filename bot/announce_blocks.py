"""What an author sees of announcements beside the form: lists, how one stands, what can be done with it."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ConfirmObject,
    DividerBlock,
    InputBlock,
    PlainTextInputElement,
)
from slack_sdk.models.blocks.block_elements import ButtonElement
from slack_sdk.models.views import View

from bot.announce_form import Form, modal
from bot.mrkdwn import escape
from bot.parts import button, label, section, small
from bot.payload import Carried
from enablement.announcing import Told, is_channel
from enablement.language import _, moment, ngettext
from enablement.model import Announcement, Receipt

BEGIN, CONTINUE, USE, DROP = (
    "announcement.begin",
    "announcement.continue",
    "announcement.use",
    "announcement.drop",
)
MANAGE, APPROVE, DECLINE = "announcement.manage", "announcement.approve", "announcement.decline"
EDITS = {
    "announcement.edit_what": "what",
    "announcement.edit_who": "who",
    "announcement.edit_review": "review",
}
EXTEND, STOP, WITHDRAW = "announcement.extend", "announcement.stop", "announcement.withdraw"
DUPLICATE, PIN, UNPIN = "announcement.duplicate", "announcement.pin", "announcement.unpin"
DECLINE_FORM, WHY = "announcement.why", "why"
MOST_LISTED = 15
_TEXT_SHOWN = 600


def help_text() -> str:
    """Return what /announce takes."""
    return "\n".join(
        (
            _("*Tell colleagues something and see that it arrived*"),
            _("• `/announce` – write one"),
            _("• `/announce list` – what you sent: change, extend, stop or withdraw it"),
            _("• `/announce drafts` – go on with what you began"),
            _("• `/announce templates` – begin with a template"),
            _("• `/announce results` – who has it, by team"),
        )
    )


def manage_button(one: Announcement) -> ButtonElement:
    return _press(_("Manage"), MANAGE, one)


def title_of(one: Announcement) -> str:
    return one.wordings[0].title if one.wordings and one.wordings[0].title else _("Without a title")


def state_of(one: Announcement) -> str:
    return {
        "template": _("template"),
        "draft": _("draft"),
        "in_review": _("waits for approval"),
        "running": _("running"),
        "ended": _("ended"),
        "withdrawn": _("withdrawn"),
    }[one.state]


def mine(some: Sequence[Announcement]) -> list[Block]:
    return _listed(some, _("*Sent*"), _("You have sent nothing yet. `/announce` begins."))


def drafts(some: Sequence[Announcement]) -> list[Block]:
    return _listed(some, _("*Drafts*"), _("There are no drafts. `/announce` begins one."))


def templates(some: Sequence[Announcement]) -> list[Block]:
    none = _("There are no templates. Write an announcement with `/announce` and save it as a template.")
    return _listed(some, _("*Templates*"), none)


def told(said: Told) -> tuple[list[Block], str]:
    """Return the message about how an announcement stands, for its author or for who approves it."""
    one = said.one
    title = escape(title_of(one), most=300)
    people = _people(said.people)
    if said.to_approve:
        text = _(
            "{author} asks for approval: “{title}” to {people}.",
            author=escape(one.author),
            title=title,
            people=people,
        )
        body = one.wordings[0].text if one.wordings else ""
        buttons = [
            _press(_("Approve"), APPROVE, one, style="primary"),
            _press(_("Decline"), DECLINE, one),
        ]
        return [
            section(text),
            section(escape(body, most=_TEXT_SHOWN) or "–"),
            ActionsBlock(elements=buttons),
        ], text
    text = _standing(said, title)
    return [section(text), ActionsBlock(elements=_acts(one))], text


def decided(one: Announcement, outcome: str) -> tuple[list[Block], str]:
    """Return what stands in place of the request for approval once it is decided."""
    text = f"*{escape(title_of(one), most=300)}*\n{escape(outcome)}"
    return [section(text)], text


def decline_view(form: Form) -> View:
    """Return the form for the reason why an announcement is declined."""
    element = PlainTextInputElement(action_id="announcement.why", multiline=True, max_length=400)
    block = InputBlock(block_id=WHY, label=label(_("What should its author change?")), element=element)
    return modal(form, _("Decline"), _("Decline"), [block], callback=DECLINE_FORM)


def manage_view(
    one: Announcement, receipts: Sequence[Receipt], zone: ZoneInfo, *, said: str = "", problem: str = ""
) -> View:
    """Return what its author can do with an announcement, and how far it is."""
    people = [each for each in receipts if not is_channel(each.slack_id)]
    delivered = sum(1 for each in people if each.delivered_at)
    confirmed = sum(1 for each in people if each.acknowledged_revision >= one.counts_from)
    ends = moment(one.ends_at, str(zone))
    facts = [
        state_of(one),
        _("until {moment}", moment=ends) if one.state == "running" else "",
        _("delivered to {n} of {all}", n=delivered, all=len(people)) if people else "",
        _("confirmed by {n}", n=confirmed) if people and one.must_acknowledge else "",
    ]
    blocks: list[Block] = [
        *([section(f":warning: {escape(problem)}")] if problem else []),
        *([section(f":white_check_mark: {escape(said)}")] if said else []),
        section(f"*{escape(title_of(one), most=300)}*\n{escape('  ·  '.join(filter(None, facts)))}"),
        *_rows(one),
    ]
    return View(
        type="modal",
        callback_id="announcement.managing",
        title=label(_("Manage")),
        close=label(_("Close")),
        private_metadata=Form(one.id, one.version, "manage").to_json(),
        blocks=blocks,
    )


def _rows(one: Announcement) -> list[Block]:
    changes = [
        _press(_("Change text"), "announcement.edit_what", one),
        _press(_("Change audience or time"), "announcement.edit_who", one),
        _press(_("Change reminders or questions"), "announcement.edit_review", one),
    ]
    pinning = _press(_("Unpin"), UNPIN, one) if one.pinned else _press(_("Pin to App Home"), PIN, one)
    stop = _confirm(
        _("Stop it?"), _("Nobody else is told or reminded. Messages that were sent stay."), _("Stop")
    )
    withdraw = _confirm(
        _("Withdraw it?"),
        _("Each message that was sent says from then on only that it was withdrawn."),
        _("Withdraw"),
    )
    runs = one.state == "running"
    others = [
        *([pinning] if runs else []),
        *([_press(_("Extend"), EXTEND, one)] if one.state in ("running", "ended") else []),
        _press(_("Duplicate"), DUPLICATE, one),
        *([_press(_("Stop"), STOP, one, confirm=stop)] if runs else []),
        *(
            [_press(_("Withdraw"), WITHDRAW, one, confirm=withdraw, style="danger")]
            if one.state != "withdrawn"
            else []
        ),
    ]
    rows: list[Block] = [ActionsBlock(elements=changes)] if runs else []
    return [*rows, ActionsBlock(elements=others)]


def _standing(said: Told, title: str) -> str:
    one = said.one
    if said.why or (one.state == "draft" and one.version > 1):
        because = _("They wrote: {why}", why=escape(said.why)) if said.why else ""
        text = _("“{title}” was not approved. It is among your drafts again.", title=title)
        return "\n".join(filter(None, (text, because)))
    if one.state == "in_review":
        return _("“{title}” waits for approval. I'll tell you when somebody decides.", title=title)
    return _("“{title}”: {state}.", title=title, state=state_of(one))


def _acts(one: Announcement) -> list[ButtonElement]:
    if one.state in ("draft", "in_review"):
        return [_press(_("Open"), CONTINUE, one)]
    return [manage_button(one)]


def _people(people: int | None) -> str:
    return (
        _("an unknown number of people") if people is None else ngettext("{n} person", "{n} people", people)
    )


def _listed(some: Sequence[Announcement], heading: str, none: str) -> list[Block]:
    if not some:
        return [section(none)]
    blocks: list[Block] = [section(heading)]
    for one in some[:MOST_LISTED]:
        blocks += [DividerBlock(), *_row(one)]
    more = len(some) - MOST_LISTED
    return [*blocks, *([small(ngettext("{n} more", "{n} more", more))] if more > 0 else [])]


def _row(one: Announcement) -> list[Block]:
    facts = "  ·  ".join((state_of(one), moment(one.changed_at)))
    return [
        section(f"*{escape(title_of(one), most=300)}*\n{escape(facts)}"),
        ActionsBlock(elements=_row_acts(one)),
    ]


def _row_acts(one: Announcement) -> list[ButtonElement]:
    if one.state == "template":
        return [_press(_("Use"), USE, one, style="primary"), _press(_("Delete"), DROP, one, confirm=_sure())]
    if one.state in ("draft", "in_review"):
        return [_press(_("Open"), CONTINUE, one), _press(_("Delete"), DROP, one, confirm=_sure())]
    return [manage_button(one)]


def _sure() -> ConfirmObject:
    return _confirm(_("Delete it?"), _("It is not sent, and can't be opened any more."), _("Delete"))


def _confirm(title: str, text: str, yes: str) -> ConfirmObject:
    return ConfirmObject(title=label(title), text=label(text), confirm=label(yes), deny=label(_("Cancel")))


def _press(
    text: str,
    action_id: str,
    one: Announcement,
    *,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    carried = Carried(one.id, version=str(one.version))
    return button(text, action_id, about=title_of(one), carried=carried, style=style, confirm=confirm)
