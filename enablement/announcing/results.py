"""What became of an announcement, as far as the one who looks may see it: in all, by team, by person, by question."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Literal

from enablement.announcing.audience import all_readers
from enablement.announcing.refusal import CannotAnnounce
from enablement.announcing.rights import (
    email_of,
    is_channel,
    is_librarian,
    may_change,
    may_see_results,
    team_of,
)
from enablement.language import _
from enablement.model import Announcement, AnnouncementState, QuizAnswer, Receipt
from enablement.ports import Services

Standing = Literal["waiting", "failed", "delivered", "opened", "acknowledged", "left"]
SENT: tuple[AnnouncementState, ...] = ("running", "ended", "withdrawn")
MOST_TEAMS = 20


@dataclass(frozen=True)
class Totals:
    """How many people: of those `meant`, each is waiting, failed or delivered; who left is counted there alone.

    `opened` are those who pressed something in the message; Slack does not tell who only read it. Who acknowledged
    has opened it, too. `snoozed` counts people, `reminders` messages.
    """

    meant: int = 0
    waiting: int = 0
    failed: int = 0
    delivered: int = 0
    opened: int = 0
    acknowledged: int = 0
    snoozed: int = 0
    reminders: int = 0
    left: int = 0

    def done(self, one: Announcement) -> int:
        """Return how many did what the announcement is for."""
        return self.acknowledged if one.must_acknowledge else self.opened


@dataclass(frozen=True)
class PersonResult:
    """How far an announcement has come with one person; `team` is the name of their role, "" where there is none."""

    receipt: Receipt
    name: str
    team: str
    standing: Standing
    # By question, None where it was not answered.
    answers: tuple[QuizAnswer | None, ...] = ()


@dataclass(frozen=True)
class TeamResult:
    """How far it has come with those of one role; without a name: with those who have none."""

    name: str
    totals: Totals


@dataclass(frozen=True)
class QuestionResult:
    """How often each option of a question was chosen first; `right` is the index of the right one."""

    chosen: tuple[int, ...]
    right: int

    @property
    def answered(self) -> int:
        return sum(self.chosen)

    @property
    def most_wrong(self) -> int | None:
        """Return the index of the wrong option that was chosen most; None where nobody was wrong."""
        wrong = [at for at, count in enumerate(self.chosen) if count and at != self.right]
        return max(wrong, key=lambda at: self.chosen[at], default=None)


@dataclass(frozen=True)
class Results:
    """What became of an announcement; `is_whole` says whether that is all, or one manager's team alone.

    Teams stand with those furthest behind first, people by name. `took` is the median time from the message to its
    acknowledgement; None before there is one, and where it was asked for anew.
    """

    announcement: Announcement
    is_whole: bool
    totals: Totals
    teams: tuple[TeamResult, ...]
    people: tuple[PersonResult, ...]
    questions: tuple[QuestionResult, ...]
    took: timedelta | None

    def behind(self) -> list[PersonResult]:
        """Return by name who is meant and has not done what the announcement is for."""
        done: tuple[Standing, ...] = ("acknowledged",)
        if not self.announcement.must_acknowledge:
            done = ("acknowledged", "opened")
        return [one for one in self.people if one.standing not in (*done, "left")]


def results(one: Announcement, viewer_slack_id: str, services: Services) -> Results:
    """Return what a person may see of what became of an announcement.

    Its author and librarians see everybody, managers their own teams; raises CannotAnnounce for all others.
    """
    is_whole = may_change(one, viewer_slack_id, services)
    receipts = services.announcements.receipts(one.id)
    seen = may_see_results(one, viewer_slack_id, services, receipts)
    if not seen and not is_whole:
        raise CannotAnnounce(
            _(
                "Results are for an announcement's author, for librarians, and for managers of those it reached."
            )
        )
    if one.state not in SENT:
        raise CannotAnnounce(_("This was not sent yet."))
    mine = [receipt for receipt in receipts if receipt.slack_id in seen]
    return _results(one, mine, services, is_whole=is_whole)


def results_of(announcement_id: str, viewer_slack_id: str, services: Services) -> Results:
    """Return the results of the announcement with an id; raises CannotAnnounce as `results` does."""
    one = services.announcements.announcement(announcement_id)
    if one is None:
        raise CannotAnnounce(_("This announcement is not there any more."))
    return results(one, viewer_slack_id, services)


def all_results(one: Announcement, services: Services) -> Results:
    """Return everything that became of an announcement, for who runs the installation."""
    receipts = services.announcements.receipts(one.id)
    people = [receipt for receipt in receipts if not is_channel(receipt.slack_id)]
    return _results(one, people, services, is_whole=True)


def with_results(viewer_slack_id: str, services: Services, *, limit: int) -> list[Announcement]:
    """Return the announcements whose results a person may see, the newest first."""
    announcements = services.announcements
    if is_librarian(viewer_slack_id, services):
        return announcements.listed(SENT, limit=limit)
    team = {reader.slack_id for reader in team_of(viewer_slack_id, services)}
    email = email_of(viewer_slack_id, services)
    own = announcements.listed(SENT, limit=limit, author=email) if email else []
    found = {one.id: one for one in (*own, *announcements.told(team, limit=limit))}
    return sorted(found.values(), key=lambda one: one.made_at, reverse=True)[:limit]


def totals_of(one: Announcement, receipts: Iterable[Receipt]) -> Totals:
    """Return what receipts add up to, those of channels left out."""
    people = (receipt for receipt in receipts if not is_channel(receipt.slack_id))
    return _totals((receipt, standing_of(one, receipt)) for receipt in people)


def shown_teams(found: Results) -> list[TeamResult]:
    """Return the teams that are furthest behind, one by one, and where there are too many to show the rest as one."""
    if len(found.teams) <= MOST_TEAMS:
        return list(found.teams)
    shown, rest = found.teams[: MOST_TEAMS - 1], found.teams[MOST_TEAMS - 1 :]
    sums = (sum(counts) for counts in zip(*(astuple(team.totals) for team in rest), strict=True))
    return [*shown, TeamResult(_("All other teams"), Totals(*sums))]


def team_lines(found: Results) -> list[str]:
    """Return a line for each team that is shown, numbered as the bars of the picture are."""
    one = found.announcement
    return [
        _(
            "{number}. {team}: {done} of {of} ({percent} %)",
            number=number,
            team=team.name or _("Without a role"),
            done=team.totals.done(one),
            of=team.totals.meant,
            percent=percent(team.totals.done(one), team.totals.meant),
        )
        for number, team in enumerate(shown_teams(found), start=1)
    ]


def percent(done: int, of: int) -> int:
    """Return so many of so many in percent, whole: 100 only when all are done, 0 only when none is."""
    if not 0 < done < of:
        return 100 if done else 0
    return min(max(round(100 * done / of), 1), 99)


def standing_of(one: Announcement, receipt: Receipt) -> Standing:
    """Return how far it has come with one reader; an acknowledgement from before it was asked for anew is none."""
    if receipt.left_at:
        return "left"
    if not receipt.delivered_at:
        return "failed" if receipt.failed else "waiting"
    if receipt.acknowledged_revision >= one.counts_from:
        return "acknowledged"
    return "opened" if receipt.opened_at or receipt.acknowledged_at else "delivered"


def _results(
    one: Announcement, receipts: Sequence[Receipt], services: Services, *, is_whole: bool
) -> Results:
    people = _people(one, receipts, services)
    teams: dict[str, list[PersonResult]] = {}
    for person in people:
        teams.setdefault(person.team, []).append(person)
    by_team = [TeamResult(name, _of_people(some)) for name, some in teams.items()]
    return Results(
        announcement=one,
        is_whole=is_whole,
        totals=_of_people(people),
        teams=tuple(sorted((team for team in by_team if team.totals.meant), key=partial(_behind, one))),
        people=tuple(people),
        questions=tuple(_questions(one, people)),
        took=_took(one, people),
    )


def _people(one: Announcement, receipts: Sequence[Receipt], services: Services) -> list[PersonResult]:
    profiles = services.mirror.profiles()
    names = {profile.slack_id: profile.name for profile in profiles}
    roles = {role.id: role.name for role in services.mirror.roles()}
    teams = {
        reader.slack_id: roles.get(reader.user.role_id or "", "")
        for reader in all_readers(services, profiles)
        if reader.user
    }
    given: dict[str, dict[int, QuizAnswer]] = {}
    for answer in services.announcements.answers(one.id):
        given.setdefault(answer.receipt_id, {})[answer.question] = answer
    none: dict[int, QuizAnswer] = {}
    found = [
        PersonResult(
            receipt,
            names.get(receipt.slack_id) or receipt.email or receipt.slack_id,
            teams.get(receipt.slack_id, ""),
            standing_of(one, receipt),
            tuple(given.get(receipt.id, none).get(number) for number in range(len(one.right))),
        )
        for receipt in receipts
    ]
    return sorted(found, key=lambda person: (person.name.casefold(), person.receipt.slack_id))


def _of_people(people: Iterable[PersonResult]) -> Totals:
    return _totals((person.receipt, person.standing) for person in people)


def _totals(receipts: Iterable[tuple[Receipt, Standing]]) -> Totals:
    counts: Counter[str] = Counter()
    for receipt, standing in receipts:
        counts[standing] += 1
        if standing != "left":
            counts["snoozed"] += receipt.snoozes > 0
            counts["reminders"] += receipt.reminders
    opened = counts["opened"] + counts["acknowledged"]
    delivered = counts["delivered"] + opened
    return Totals(
        meant=counts["waiting"] + counts["failed"] + delivered,
        waiting=counts["waiting"],
        failed=counts["failed"],
        delivered=delivered,
        opened=opened,
        acknowledged=counts["acknowledged"],
        snoozed=counts["snoozed"],
        reminders=counts["reminders"],
        left=counts["left"],
    )


def _behind(one: Announcement, team: TeamResult) -> tuple[float, str]:
    return team.totals.done(one) / team.totals.meant, team.name.casefold()


def _questions(one: Announcement, people: Sequence[PersonResult]) -> Iterator[QuestionResult]:
    questions = one.wordings[0].questions if one.wordings else ()
    for number, (question, right) in enumerate(zip(questions, one.right, strict=True)):
        given = Counter(
            answer.option
            for person in people
            if person.standing != "left" and (answer := person.answers[number])
        )
        yield QuestionResult(tuple(given[at] for at in range(len(question.options))), right)


def _took(one: Announcement, people: Iterable[PersonResult]) -> timedelta | None:
    if one.counts_from > 1:
        # When each was asked anew is not kept.
        return None
    waits = [
        (person.receipt.acknowledged_at - person.receipt.delivered_at).total_seconds()
        for person in people
        if person.standing == "acknowledged"
        and person.receipt.acknowledged_at
        and person.receipt.delivered_at
    ]
    return timedelta(seconds=max(median(waits), 0)) if waits else None
