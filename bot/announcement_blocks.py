"""An announcement as its readers see it: the message, the reminder and the window behind “Open”. Pure functions."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    HeaderBlock,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InteractiveElement
from slack_sdk.models.views import View

from bot.announcement_quiz import outcome
from bot.mrkdwn import clean, escape, fits, plain, whole
from bot.parts import button, label, mrkdwn, option, section, small
from bot.payload import Carried
from enablement import wording as words
from enablement.announcing import BROADCASTS, TEST, asset_link, is_channel
from enablement.language import _, marked, moment, ngettext, spoken
from enablement.model import Announcement, Asset, QuizAnswer, Receipt, Wording

ACKNOWLEDGE, OPEN, SNOOZE, QUIZ, ASSET = (
    "announcement.acknowledge",
    "announcement.open",
    "announcement.snooze",
    "announcement.quiz",
    "announcement.asset",
)
# In the order of the menu: a choice is carried as its place, counted from 1.
SNOOZES = (marked("For an hour"), marked("Until tomorrow morning"), marked("Until next Monday"))
LONGEST_PIECE = 3000
# Slack takes a little more in all blocks of a message together; the rest is for what stands around the text.
LONGEST_TEXT = 10_000
# A message takes 50 blocks.
MOST_ASSETS = 20


def message_blocks(
    one: Announcement,
    receipt: Receipt | None,
    wording: Wording,
    assets: Sequence[Asset],
    *,
    public_url: str,
    answers: Sequence[QuizAnswer] = (),
) -> list[Block]:
    """Return an announcement's message as it stands for one reader, or for a channel; with no receipt, a preview.

    `answers` are what this reader answered to its questions so far.
    """
    if one.state == "withdrawn":
        return [section(escape(_("This was withdrawn: please don't rely on it any more.")))]
    return [
        *_said(one, receipt, wording, assets, public_url),
        *_mentions(one, receipt),
        *_standing(one, receipt),
        *_answered(one, wording, answers),
        *_buttons(one, receipt, wording, answers),
        *_small_print(one, receipt, wording),
    ]


def message_text(one: Announcement, wording: Wording) -> str:
    """Return what notifications and screen readers say of an announcement; Slack reads mrkdwn there too."""
    return escape(_("This was withdrawn.") if one.state == "withdrawn" else wording.title, most=300)


def reminder(one: Announcement, receipt: Receipt, wording: Wording) -> tuple[list[Block], str]:
    """Return the blocks of a reminder as it stands, and its text for notifications."""
    text = escape(_("Reminder: {title}", title=wording.title), most=300)
    heading = section(f"*{text}*")
    if is_acknowledged(one, receipt) or one.state != "running":
        return [heading, *_standing(one, receipt)], text
    asked = small(_("You were asked to confirm that you have read it. “Open” shows it again."))
    pressed = [_acknowledge(one, receipt, wording), _open(one, receipt, wording), *_snooze(one, receipt)]
    return [heading, asked, *_standing(one, receipt), ActionsBlock(elements=pressed)], text


def opened(
    one: Announcement, receipt: Receipt, wording: Wording, assets: Sequence[Asset], *, public_url: str
) -> View:
    """Return the window with all that an announcement says, and how it stands with its reader."""
    until = _("Sent by {author}. It runs until {moment}.", author=one.author, moment=moment(one.ends_at))
    blocks = [*_said(one, receipt, wording, assets, public_url), *_standing(one, receipt), small(until)]
    return View(type="modal", title=label(_("Announcement")), close=label(_("Close")), blocks=blocks)


def pieces(text: str, *, most: int = LONGEST_TEXT) -> list[str]:
    """Return text escaped and in pieces that fit into a section each, cut between lines or words where that goes.

    What is longer than `most` in all ends with an ellipsis.
    """
    left = clean(text) or "–"
    if fits(left, most=most) < len(left):
        left = left[: whole(left, fits(left, most=most - 1))] + "…"
    found = []
    while left:
        end = fits(left, most=LONGEST_PIECE)
        if end < len(left):
            # Not so early that pieces become many.
            between = max(left.rfind(mark, end // 2, end) for mark in "\n ")
            end = whole(left, between + 1 if between > 0 else end)
        found.append(escape(left[:end]) or "–")
        left = left[end:].lstrip()
    return found


def _said(
    one: Announcement, receipt: Receipt | None, wording: Wording, assets: Sequence[Asset], public_url: str
) -> Iterator[Block]:
    yield HeaderBlock(text=label(plain(" ".join(wording.title.split()), most=150)))
    yield from map(section, pieces(wording.text))
    for asset in assets[:MOST_ASSETS]:
        yield _asset(one, receipt, asset, public_url)


def _mentions(one: Announcement, receipt: Receipt | None) -> Iterator[Block]:
    """Call those whom the author chose, in a channel: a direct message calls its reader by itself."""
    is_posted = is_channel(receipt.slack_id) if receipt else bool(one.channels)
    if one.mentions and is_posted:
        called = " ".join(map(_mention, one.mentions))
        yield section(_("cc {mentions}", mentions=called))


def _mention(called: str) -> str:
    if called in BROADCASTS:
        return f"<!{called}>"
    return f"<!subteam^{called}>" if called.startswith("S") else f"<@{called}>"


def _asset(one: Announcement, receipt: Receipt | None, asset: Asset, public_url: str) -> SectionBlock:
    facts = [asset.kind, words.language(asset.language)]
    if asset.audience == "internal":
        facts.append(_("internal: not for customers"))
    text = f"*{escape(asset.title, most=300)}*\n{escape(' · '.join(filter(None, facts)), most=300)}"
    address = asset_link(receipt, asset, public_url) if receipt else None
    carried = _carried(one, receipt)
    opener = button(_("Open"), ASSET, about=asset.title, carried=carried, url=address)
    return SectionBlock(text=mrkdwn(text), accessory=opener)


def _standing(one: Announcement, receipt: Receipt | None) -> Iterator[Block]:
    """Say how it stands: edited, ended, and with one person: acknowledged, asked again, snoozed."""
    if one.revision > 1:
        yield small(_("Edited since it was first sent."))
    if receipt and not is_channel(receipt.slack_id):
        yield from _standing_with(one, receipt)
    if one.state == "withdrawn":
        yield small(_("This was withdrawn: please don't rely on it any more."))
    if one.state == "ended":
        yield small(_("This has ended: nothing is asked of you any more."))


def _standing_with(one: Announcement, receipt: Receipt) -> Iterator[Block]:
    if receipt.acknowledged_at and is_acknowledged(one, receipt):
        at = _date(receipt.acknowledged_at)
        yield _line(_(":white_check_mark: You confirmed on {moment} that you have read this.", moment=at))
    elif receipt.acknowledged_at:
        at = _date(receipt.acknowledged_at)
        yield _line(
            _("This has changed since you confirmed it on {moment}. Please read it again.", moment=at)
        )
    elif receipt.snoozed_until:
        at = _date(receipt.snoozed_until)
        yield _line(_("You will not be reminded before {moment}.", moment=at))


def is_acknowledged(one: Announcement, receipt: Receipt) -> bool:
    """Say whether a reader acknowledged what counts now."""
    return receipt.acknowledged_revision >= one.counts_from


def _answered(one: Announcement, wording: Wording, answers: Sequence[QuizAnswer]) -> Iterator[Block]:
    """Say what came of the questions, once all are answered."""
    if wording.questions and len(answers) == len(wording.questions):
        yield _line(outcome(one, wording, answers))


def _buttons(
    one: Announcement, receipt: Receipt | None, wording: Wording, answers: Sequence[QuizAnswer]
) -> Iterator[Block]:
    """Draw what a reader can do, as long as it counts."""
    found: list[InteractiveElement] = []
    is_running = one.state != "ended"
    is_waiting = receipt is None or not is_acknowledged(one, receipt)
    if one.must_acknowledge and is_waiting and is_running:
        found.append(_acknowledge(one, receipt, wording))
    if wording.questions and is_running:
        left = len(wording.questions) - len(answers)
        text = ngettext("Answer a question", "Answer {n} questions", left) if left > 0 else _("Your answers")
        found.append(button(text, QUIZ, about=wording.title, carried=_carried(one, receipt)))
    if not one.must_acknowledge:
        found.append(_open(one, receipt, wording))
    if one.must_acknowledge and is_waiting and is_running and not (receipt and is_channel(receipt.slack_id)):
        found += _snooze(one, receipt)
    if found:
        yield ActionsBlock(elements=found)


def _acknowledge(one: Announcement, receipt: Receipt | None, wording: Wording) -> InteractiveElement:
    carried = _carried(one, receipt)
    return button(_("I have read it"), ACKNOWLEDGE, about=wording.title, carried=carried, style="primary")


def _open(one: Announcement, receipt: Receipt | None, wording: Wording) -> InteractiveElement:
    return button(_("Open"), OPEN, about=wording.title, carried=_carried(one, receipt))


def _snooze(one: Announcement, receipt: Receipt | None) -> list[InteractiveElement]:
    """Draw the menu that puts reminders off; nothing where none will come."""
    if (receipt.reminders if receipt else 0) >= one.reminders:
        return []
    options = [
        option(_carried(one, receipt, choice=choice).to_json(), _(text))
        for choice, text in enumerate(SNOOZES, start=1)
    ]
    placeholder = label(_("Remind me later"))
    return [StaticSelectElement(action_id=SNOOZE, placeholder=placeholder, options=options)]


def _small_print(one: Announcement, receipt: Receipt | None, wording: Wording) -> Iterator[Block]:
    # A preview shows each language as those see it who speak it.
    if receipt and wording.language[:2] != spoken()[:2]:
        yield small(_("This is not there in your language."))
    if receipt and receipt.id.startswith(TEST):
        yield small(_("This is a test message that only you were sent: nothing is counted."))
        return
    honest = _(
        "{author} and your managers see what you press here. Slack does not tell anybody what you have read.",
        author=one.author,
    )
    yield small(honest)


def _carried(one: Announcement, receipt: Receipt | None, *, choice: int = 0) -> Carried:
    # The revision that its reader sees: what they press belongs to that one, whatever came meanwhile.
    return Carried(receipt.id if receipt else "", version=str(one.revision), page=choice)


def _line(text: str) -> ContextBlock:
    """Return a line of small print; `text` is escaped already."""
    return ContextBlock(elements=[mrkdwn(text)])


def _date(at: datetime) -> str:
    # Slack shows it by the clock of each reader; what follows is for programs that do not know of this.
    return f"<!date^{at.timestamp():.0f}^{{date_short_pretty}} {{time}}|{moment(at)}>"
