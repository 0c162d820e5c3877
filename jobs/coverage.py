"""Work on evidence and coverage: the pictures that librarians are sent."""

import logging
from collections.abc import Sequence
from datetime import datetime

from enablement import effects as words
from enablement.adapters.evidence_pictures import MOST_ROWS, forest, matrix
from enablement.coverage import Coverage, Gaps, Overview, learned, telling, view_of
from enablement.language import _, ngettext
from enablement.model import Ask, Claimed
from enablement.people import speaking_to
from enablement.ports import Services, Undeliverable
from jobs.lanes import Outcome

log = logging.getLogger(__name__)


def send_picture(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Send the picture that belongs to what somebody was shown, as it stands now, to them alone."""
    (row,) = rows
    ask, now = services.ledger.ask(row.subject), services.clock()
    if ask is None:
        raise Undeliverable(f"there is no ask {row.subject}")
    with speaking_to(ask.slack_id, services, now=now):
        drawn = _drawn(ask, services, now)
        if drawn is None:
            # Between the ask and now they lost the right to it, or there is nothing left to draw.
            log.info("a picture of evidence is not sent any more")
            return {row.id: None}
        name, title, lines, png = drawn
        first = services.ledger.begin_delivery(row.id, at=now)
        services.messenger.send_file(
            ask.slack_id,
            # By its name it is found again after a crash.
            f"{name}-{now:%Y-%m-%d}-{row.id[:8]}.png",
            png,
            title=title,
            text="\n".join([title, *lines]),
            alt=f"{title}: {'; '.join(lines)}",
            again=not first,
        )
    return {row.id: None}


def _drawn(ask: Ask, services: Services, now: datetime) -> tuple[str, str, list[str], bytes] | None:
    """Return what the picture is called in a folder and to people, what is in it line by line, and its bytes."""
    said = view_of(ask, services, now=now)
    match said:
        case Overview():
            return _forest(services)
        case Gaps() if said.found.cells:
            tag = said.found.languages()[0]
            return "gaps", _("Gaps in the content"), _gaps(said.found, tag), matrix(said.found, tag)
    return None


def _gaps(found: Coverage, tag: str) -> list[str]:
    some = [one for one in found.gaps() if one.language == tag]
    return [
        " · ".join(
            (
                one.stage or _("unknown"),
                one.segment or _("unknown"),
                ngettext("{n} open deal", "{n} open deals", len(one.deals)),
            )
        )
        for one in some[:MOST_ROWS]
    ]


def _forest(services: Services) -> tuple[str, str, list[str], bytes] | None:
    shown = telling(learned(services))
    if not shown:
        return None
    titles = {one.id: one.title for one in services.catalog.assets([one.asset_id for one in shown])}
    lines = [
        f"{number}. {titles[one.asset_id][:120]}: {words.verdict(one.verdict)} "
        f"({words.points(one.interval.low)} … {words.points(one.interval.high)})"
        for number, one in enumerate(shown, start=1)
    ]
    return "evidence", _("Effect on the chance to win"), lines, forest(shown, titles)
