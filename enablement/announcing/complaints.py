"""What is wrong with an announcement before it may be sent, said to its author."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from enablement.access import is_valid
from enablement.announcing.audience import Reach, colleagues_read_at, reach
from enablement.announcing.rights import Right, right_of, team_of
from enablement.announcing.timing import Quiet
from enablement.language import _, ngettext
from enablement.model import LANGUAGES, Aim, Announcement, QuizQuestion, Wording
from enablement.ports import Services, TryLater, Undeliverable

LONGEST_TITLE, LONGEST_TEXT = 150, 3000
LONGEST_QUESTION, LONGEST_OPTION = 300, 75
MOST_QUESTIONS, MOST_OPTIONS, MOST_REMINDERS = 3, 5, 10
MOST_MENTIONS = 10
LONGEST_LIFE = timedelta(days=366)
# Words for all members of a channel: those who are active, or everybody.
BROADCASTS = ("here", "channel")
# So many are named of those who should not be there.
MOST_NAMED = 5


@dataclass(frozen=True)
class Complaint:
    """Something that the author should mend, and which part of the form it is about."""

    field: str
    text: str


def complaints(
    one: Announcement, author_slack_id: str, services: Services, *, now: datetime
) -> list[Complaint]:
    """Return all that keeps an announcement from being sent, as an author may be told it; none: it may."""
    right = right_of(author_slack_id, services)
    if right.whom == "nobody":
        text = _("Announcing is for managers and for those whom your Touchline administrator lets announce.")
        return [Complaint("", text)]
    return [
        *about_wordings(one),
        *_about_times(one, services, now=now),
        *_about_assets(one, services, now=now),
        *_about_aim(one, author_slack_id, right, services),
        *_about_channels(one, right, services),
        *_about_mentions(one, services),
    ]


def about_wordings(one: Announcement) -> list[Complaint]:
    """Return what is wrong with what an announcement says, its questions included."""
    found: list[Complaint] = []
    if not one.wordings:
        return [Complaint("title", _("Give it a title and a text."))]
    for wording in one.wordings:
        found += _about_wording(wording)
        if _shape(wording) != _shape(one.wordings[0]):
            found.append(
                Complaint("questions", _("Ask the same questions, with as many options, in each language."))
            )
    languages = [wording.language for wording in one.wordings]
    if len(set(languages)) < len(languages):
        found.append(Complaint("language", _("There are two texts in one language.")))
    shape = _shape(one.wordings[0])
    if len(one.right) != len(shape) or any(
        not 0 <= at < of for at, of in zip(one.right, shape, strict=False)
    ):
        found.append(Complaint("questions", _("Say for each question which option is right.")))
    return found


def _about_wording(wording: Wording) -> Iterator[Complaint]:
    if wording.language not in LANGUAGES:
        yield Complaint("language", _("{language} is none of our languages.", language=wording.language))
    for field, text, longest in (
        ("title", wording.title, LONGEST_TITLE),
        ("text", wording.text, LONGEST_TEXT),
    ):
        if not text.strip():
            yield Complaint(field, _("Write a title and a text in {language}.", language=wording.language))
        if len(text) > longest:
            yield Complaint(field, _("Please keep it to {longest} characters.", longest=longest))
    if len(wording.questions) > MOST_QUESTIONS:
        yield Complaint("questions", _("Ask {most} questions at most.", most=MOST_QUESTIONS))
    for question in wording.questions:
        yield from _about_question(question)


def _about_question(question: QuizQuestion) -> Iterator[Complaint]:
    options = [option.strip() for option in question.options]
    if not question.text.strip() or len(question.text) > LONGEST_QUESTION:
        text = _("A question has 1 to {longest} characters.", longest=LONGEST_QUESTION)
        yield Complaint("questions", text)
    if not 2 <= len(options) <= MOST_OPTIONS or len(set(options)) < len(options):
        yield Complaint("questions", _("A question has two to {most} different options.", most=MOST_OPTIONS))
    if any(not option or len(option) > LONGEST_OPTION for option in options):
        yield Complaint("questions", _("An option has 1 to {longest} characters.", longest=LONGEST_OPTION))


def _shape(wording: Wording) -> list[int]:
    return [len(question.options) for question in wording.questions]


def _about_times(one: Announcement, services: Services, *, now: datetime) -> Iterator[Complaint]:
    starts = max(now, one.starts_at) if one.starts_at else now
    if one.ends_at <= starts:
        yield Complaint("ends_at", _("It has to end after it begins, and in the future."))
    if one.ends_at > now + LONGEST_LIFE:
        yield Complaint("ends_at", _("It has to end within a year."))
    if one.must_acknowledge and not 0 <= one.reminders <= MOST_REMINDERS:
        yield Complaint("reminders", _("Remind {most} times at most.", most=MOST_REMINDERS))
    if one.must_acknowledge and one.reminders and not 1 <= one.remind_every_hours <= 24 * 30:
        yield Complaint("reminders", _("Remind after an hour at the earliest and a month at the latest."))
    if not one.local_time or one.at_once:
        return
    try:
        clock = time.fromisoformat(one.local_time)
    except ValueError:
        yield Complaint("local_time", _("Give the time as 09:00."))
        return
    if Quiet(*services.quiet_hours).holds(clock):
        begins, ends = (f"{hour:%H:%M}" for hour in services.quiet_hours)
        text = _(
            "From {begins} to {ends} people are left in peace. Choose another time.", begins=begins, ends=ends
        )
        yield Complaint("local_time", text)


def _about_assets(one: Announcement, services: Services, *, now: datetime) -> Iterator[Complaint]:
    for asset_id in one.asset_ids:
        asset = services.catalog.asset(asset_id)
        if asset is None or not is_valid(asset, on=now.date()):
            title = asset.title if asset else asset_id
            text = _("“{title}” is not published now. Take it off, or choose another.", title=title)
            yield Complaint("assets", text)


def _about_aim(
    one: Announcement, author_slack_id: str, right: Right, services: Services
) -> Iterator[Complaint]:
    if colleagues_read_at(services) is None:
        yield Complaint("audience", _("I am still reading who is in this workspace. Try again in a minute."))
        return
    try:
        found = reach(one.aim, services)
    except TryLater:
        yield Complaint("audience", _("Slack does not say just now who is meant. Try again in a minute."))
        return
    except Undeliverable:
        yield Complaint(
            "audience", _("I can't see one of the channels or groups. Invite me, or choose another.")
        )
        return
    if not found.readers:
        yield Complaint("audience", _("Nobody is meant. Say whom it is for."))
    if right.whom == "team":
        yield from _about_strangers(found, author_slack_id, services)


def _about_strangers(found: Reach, author_slack_id: str, services: Services) -> Iterator[Complaint]:
    mine = {reader.slack_id for reader in team_of(author_slack_id, services)} | {author_slack_id}
    outside = [reader.name for reader in found.readers if reader.slack_id not in mine]
    if outside:
        names = ", ".join(outside[:MOST_NAMED])
        text = ngettext(
            "You may announce to your own team. {n} person is not in it: {names}.",
            "You may announce to your own team. {n} people are not in it, such as {names}.",
            len(outside),
            names=names,
        )
        yield Complaint("audience", text)


def _about_channels(one: Announcement, right: Right, services: Services) -> Iterator[Complaint]:
    if one.channels and right.whom == "team":
        yield Complaint("channels", _("To post to channels, ask somebody who may announce to everybody."))
        return
    for channel in one.channels:
        try:
            has_outsiders = are_outsiders_in(channel, services)
        except (TryLater, Undeliverable):
            text = _(
                "I can't see who is in <#{channel}>. Invite me, or choose another channel.", channel=channel
            )
            yield Complaint("channels", text)
            continue
        if has_outsiders:
            text = _("There are guests or people of other companies in <#{channel}>.", channel=channel)
            yield Complaint("channels", text)


def _about_mentions(one: Announcement, services: Services) -> Iterator[Complaint]:
    if not one.mentions:
        return
    # Who may post to channels may announce to everybody, so may call everybody there too.
    if not one.channels:
        yield Complaint(
            "mentions", _("Only posts in channels mention people. Choose a channel, or mention nobody.")
        )
    if len(one.mentions) > MOST_MENTIONS:
        yield Complaint("mentions", _("Choose {most} mentions at most.", most=MOST_MENTIONS))
    named = [each for each in one.mentions if each not in BROADCASTS]
    groups = tuple(each for each in named if each.startswith("S"))
    people = tuple(each for each in named if each not in groups)
    try:
        found = reach(Aim(people=people, groups=groups), services)
    except (TryLater, Undeliverable):
        yield Complaint(
            "mentions", _("I can't see who is in a group that is mentioned. Try again, or choose another.")
        )
        return
    if found.left_out:
        yield Complaint(
            "mentions", _("Guests, people of other companies and closed accounts can't be mentioned.")
        )


def are_outsiders_in(channel: str, services: Services) -> bool:
    """Say whether guests or people of another company would read along; raises TryLater, Undeliverable."""
    if services.messenger.is_shared_outside(channel):
        return True
    guests = {one.slack_id for one in services.mirror.profiles() if one.standing == "guest"}
    return not guests.isdisjoint(services.messenger.members(channel))
