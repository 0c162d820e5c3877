"""Questions and their answers: suggestions with reasons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Surface = Literal["command", "mention", "dm", "terminal", "salesforce", "shortcut", "home", "nudge"]
How = Literal["chosen", "named", "thread", "channel", "record", "only", "before"]
Basis = Literal["words", "nearest", "fit", "nothing"]
# "undone" takes back what was said before of the same asset and deal.
FeedbackVerdict = Literal["not_useful", "already_sent", "wrong_for_deal", "snoozed", "undone"]

FeedbackReason = Literal["language", "outdated", "industry", "too_long", "known", "other"]


@dataclass(frozen=True)
class Reason:
    """Why an asset is suggested: a kind that each language can word, and its values."""

    kind: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recommended:
    """One asset of the list that is kept for a deal between two changes of it. Ranks start at 1, scores lie in 0..1.

    `made_from` is one for the same facts of the deal, library, day and weights: another one means that the list is old.
    """

    deal_id: str
    rank: int
    asset_id: str
    version_id: str
    score: float
    reasons: tuple[Reason, ...]
    model: str
    made_from: str
    made_at: datetime
    # How likely (0..1) this asset was to have this rank, before lots were drawn.
    propensity: float = 1.0


@dataclass(frozen=True)
class Place:
    """Where in Slack something was said; `thread` is the root's ts."""

    channel: str = ""
    thread: str = ""
    is_direct: bool = False


@dataclass(frozen=True)
class Refinement:
    """What follow-ups ask of an answer beside the words of its question. Empty, and 0 pages, mean: no matter.

    `language` is a tag such as "fr"; `persona` and `format` are what people call them (see enablement.facet_words);
    `without` are assets that were shown before.
    """

    language: str = ""
    persona: str = ""
    format: str = ""
    most_pages: int = 0
    least_pages: int = 0
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ask:
    """One question of one person, however it was put.

    `refines` is the ask that a follow-up changes; then the question is what was asked before with what was added.
    """

    id: str
    surface: Surface
    slack_id: str
    email: str
    question: str
    place: Place
    response_url: str
    replaces: bool
    deal_id: str | None
    asked_at: datetime
    refined: Refinement = Refinement()
    refines: str = ""


def unasked(
    ask_id: str,
    surface: Surface,
    slack_id: str,
    *,
    email: str,
    place: Place,
    now: datetime,
    deal_id: str | None = None,
) -> Ask:
    """Return what stands for a question where somebody is shown content without having asked in words."""
    return Ask(
        id=ask_id,
        surface=surface,
        slack_id=slack_id,
        email=email,
        question="",
        place=place,
        response_url="",
        replaces=False,
        deal_id=deal_id,
        asked_at=now,
    )


@dataclass(frozen=True)
class Suggestion:
    """One asset shown for one deal to one person. Score and propensity lie in 0..1; ranks start at 1."""

    id: str
    ask_id: str
    email: str
    deal_id: str
    asset_id: str
    version_id: str
    rank: int
    score: float
    propensity: float
    reasons: tuple[Reason, ...]
    model: str
    open_token: str
    made_at: datetime


@dataclass(frozen=True)
class Answered:
    """That an ask was answered: for which deal, how that deal was found, on what basis assets were chosen.

    Basis: the words matched, nothing matched and these are nearest, or no words were given and fit decided.
    `customers_only`: outsiders read the place, so internal assets were left out. `missed` are the fields of the
    refinement that nothing met.
    """

    ask_id: str
    deal_id: str
    how: How
    basis: Basis
    customers_only: bool
    email: str
    channel: str
    thread: str
    at: datetime
    missed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feedback:
    """What a person said of a suggestion; a later word of the same person on the same asset and deal stands."""

    id: str
    suggestion_id: str
    deal_id: str
    asset_id: str
    email: str
    verdict: FeedbackVerdict
    given_at: datetime
    # Of what is snoozed: when it may come back.
    until: datetime | None = None
    # Why it is not useful, and the person's own words on that.
    reason: FeedbackReason | None = None
    words: str = ""


@dataclass(frozen=True)
class ChannelLink:
    """The deal that a channel is about; a later link takes the place of an earlier one."""

    channel: str
    deal_id: str
    linked_by: str
    linked_at: datetime
