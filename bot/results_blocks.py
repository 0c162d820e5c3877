"""What became of an announcement, drawn: the author's progress message, the window with results, the list of both."""

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, DividerBlock, SectionBlock
from slack_sdk.models.views import View

from bot.announce_blocks import manage_button
from bot.mrkdwn import escape, plain
from bot.parts import button, label, mrkdwn, section, small
from bot.payload import Carried
from enablement import announcing
from enablement.announcing import (
    PersonResult,
    QuestionResult,
    Results,
    Totals,
    Usage,
    Used,
    percent,
    wording_for,
)
from enablement.language import _, moment, ngettext, span, spoken
from enablement.model import Announcement

RESULTS, PAGE, CSV, PICTURE = (
    "announce.results",
    "announce.results.page",
    "announce.results.csv",
    "announce.results.picture",
)
NAMES_A_PAGE = 25
MOST_ASSETS = 10
_CELLS = 10


def progress(found: Results) -> tuple[list[Block], str]:
    """Draw an author's message of how it goes, and its text for notifications."""
    one = found.announcement
    said = _sum(found)
    blocks: list[Block] = [
        section(f"*{_title(one)}*\n{escape(_state(one))}"),
        section(f"{_bar(found.totals.done(one), found.totals.meant)}  {escape(said)}"),
        small(*_facts(found.totals)),
        ActionsBlock(elements=[_results_button(one), manage_button(one)]),
    ]
    return blocks, escape(f"{_title_text(one)}: {said}", most=300)


def results_list(some: Sequence[Announcement]) -> tuple[list[Block], str]:
    """Draw the announcements whose results a person may see, each with the way to them."""
    if not some:
        text = _(
            "There are no results for you: nothing of yours was sent, and nothing reached a team of yours."
        )
        return [section(escape(text))], escape(text)
    heading = _("Results of announcements")
    blocks: list[Block] = [section(f"*{escape(heading)}*")]
    blocks += [
        SectionBlock(text=mrkdwn(f"*{_title(one)}*\n{escape(_state(one))}"), accessory=_results_button(one))
        for one in some
    ]
    return blocks, escape(heading)


def results_modal(found: Results, used: Sequence[Usage], *, page: int = 1, note: str = "") -> View:
    """Draw results; `page` (from 1) of the names of those who are behind, `note` what was just done."""
    one = found.announcement
    blocks: list[Block] = [
        section(f"*{_title(one)}*\n{escape(_state(one))}"),
        *_in_all(found),
        *_teams(found),
        *_behind(found, page),
        *_quiz(found),
        *_used(used),
        DividerBlock(),
        ActionsBlock(
            elements=[_act(one, CSV, _("Table (CSV)"), page), _act(one, PICTURE, _("Picture"), page)]
        ),
        # Where it was pressed: a long list has the top out of sight.
        section(f":white_check_mark: {escape(note)}")
        if note
        else small(_("Table and picture come as a direct message from me, for you alone.")),
    ]
    return View(type="modal", title=label(_("Results")), close=label(_("Close")), blocks=blocks)


def sorry(text: str) -> View:
    """Draw a window that says why there are no results to see."""
    return View(
        type="modal", title=label(_("Results")), close=label(_("Close")), blocks=[section(escape(text))]
    )


def _in_all(found: Results) -> Iterator[Block]:
    one, totals = found.announcement, found.totals
    yield section(f"{_bar(totals.done(one), totals.meant)}  *{escape(_sum(found))}*")
    yield small(*_facts(totals))
    if found.took is not None:
        yield small(_("Half of those who acknowledged it did so within {span}.", span=span(found.took)))
    yield small(
        _("“Opened” means that somebody pressed a button or a link: Slack does not tell who only read it.")
    )
    if not found.is_whole:
        yield small(_("You see the people of your own team alone."))


def _teams(found: Results) -> Iterator[Block]:
    lines = [escape(line, most=140) for line in announcing.team_lines(found)]
    if lines:
        yield DividerBlock()
        heading = escape(_("By team"))
        yield section("\n".join([f"*{heading}*", *lines]))


def _behind(found: Results, page: int) -> Iterator[Block]:
    people = found.behind()
    if not people:
        return
    pages = -(-len(people) // NAMES_A_PAGE)
    page = min(max(page, 1), pages)
    shown = people[(page - 1) * NAMES_A_PAGE : page * NAMES_A_PAGE]
    heading = (
        ngettext("{n} has not acknowledged it", "{n} have not acknowledged it", len(people))
        if found.announcement.must_acknowledge
        else ngettext("{n} has not opened it", "{n} have not opened it", len(people))
    )
    yield DividerBlock()
    yield section("\n".join([f"*{escape(heading)}*", *(f"• {_person(one)}" for one in shown)]))
    if pages > 1:
        yield small(_("Page {page} of {pages}", page=page, pages=pages))
        turns = [
            button(text, f"{PAGE}.{way}", about=heading, carried=Carried(found.announcement.id, page=to))
            for way, text, to in (("back", _("Previous"), page - 1), ("more", _("Next"), page + 1))
            if 1 <= to <= pages
        ]
        yield ActionsBlock(elements=turns)


def _person(one: PersonResult) -> str:
    standings = {
        "waiting": _("not sent yet"),
        "failed": _("can't be reached"),
        "delivered": _("delivered"),
        "opened": _("opened"),
    }
    parts = [one.name, one.team, standings.get(one.standing, "")]
    if one.receipt.snoozes:
        parts.append(_("put off"))
    return escape(" · ".join(filter(None, parts)), most=110)


def _quiz(found: Results) -> Iterator[Block]:
    wording, _is_fallback = wording_for(found.announcement, spoken())
    for number, (question, result) in enumerate(zip(wording.questions, found.questions, strict=True), 1):
        right = result.chosen[result.right]
        counts = _(
            "{right} of {answered} answered right ({percent} %)",
            right=right,
            answered=result.answered,
            percent=percent(right, result.answered),
        )
        lines = [f"*{escape(f'{number}. {question.text}', most=600)}*", escape(counts)]
        lines += [_option(at, text, result) for at, text in enumerate(question.options)]
        yield DividerBlock()
        yield section("\n".join(lines))


def _option(at: int, text: str, result: QuestionResult) -> str:
    mark = ":white_check_mark:" if at == result.right else "•"
    line = f"{mark} {escape(text, most=200)} – {result.chosen[at]}"
    most = escape(_("the wrong answer chosen most"))
    return f"{line}  _{most}_" if at == result.most_wrong else line


def _used(used: Sequence[Usage]) -> Iterator[Block]:
    if not used:
        return
    days = announcing.WITHIN.days
    yield DividerBlock()
    heading = escape(_("Use on deals of what was attached"))
    yield section(f"*{heading}*")
    for one in used[:MOST_ASSETS]:
        lines = [
            _("Since they got it, up to {days} days: {counts}", days=days, counts=_counts(one.after)),
            _("In as many days before: {counts}", counts=_counts(one.before)),
        ]
        yield section("\n".join([f"*{escape(one.title, most=300)}*", *map(escape, lines)]))
    yield small(_("Counts side by side. They do not say that the announcement is why."))


def _counts(used: Used) -> str:
    return _(
        "opened {opened}, shared {shared}, presented {presented}, opened by buyers {by_buyers}; "
        "deals {deals}, people {people}",
        opened=used.touches["opened"],
        shared=used.touches["shared"],
        presented=used.touches["presented"],
        by_buyers=used.touches["opened_by_buyer"],
        deals=used.deals,
        people=used.people,
    )


def _sum(found: Results) -> str:
    one, totals = found.announcement, found.totals
    counts = {
        "done": totals.done(one),
        "of": totals.meant,
        "percent": percent(totals.done(one), totals.meant),
    }
    if one.must_acknowledge:
        return _("{done} of {of} acknowledged it ({percent} %)", **counts)
    return _("{done} of {of} opened it ({percent} %)", **counts)


def _facts(totals: Totals) -> list[str]:
    told = [
        _("Delivered: {n}", n=totals.delivered),
        _("Opened: {n}", n=totals.opened),
        _("Acknowledged: {n}", n=totals.acknowledged),
    ]
    others = (
        (totals.waiting, _("Waiting: {n}", n=totals.waiting)),
        (totals.failed, _("Can't be reached: {n}", n=totals.failed)),
        (totals.snoozed, _("Put off: {n}", n=totals.snoozed)),
        (totals.reminders, _("Reminders: {n}", n=totals.reminders)),
        (totals.left, _("No longer meant: {n}", n=totals.left)),
    )
    return [*told, *(text for count, text in others if count)]


def _state(one: Announcement) -> str:
    if one.state == "withdrawn":
        return _("Withdrawn on {moment}", moment=moment(one.changed_at))
    if one.state == "ended":
        return _("Ended on {moment}", moment=moment(one.ends_at))
    return _("Runs until {moment}", moment=moment(one.ends_at))


def _title(one: Announcement) -> str:
    return escape(_title_text(one), most=300)


def _title_text(one: Announcement) -> str:
    return wording_for(one, spoken())[0].title


def _bar(done: int, of: int) -> str:
    full = percent(done, of) * _CELLS // 100
    return "█" * full + "░" * (_CELLS - full)


def _results_button(one: Announcement) -> ButtonElement:
    return button(_("Results"), RESULTS, about=_title_text(one), carried=Carried(one.id))


def _act(one: Announcement, action_id: str, text: str, page: int) -> ButtonElement:
    return button(text, action_id, about=plain(_title_text(one), most=60), carried=Carried(one.id, page=page))
