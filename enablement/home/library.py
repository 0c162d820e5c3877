"""The library as those who look after it see it on their Home tab: its figures, what waits for them, what is missed."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from enablement.coverage import coverage, dead, outlived
from enablement.governance import all_awaiting, state
from enablement.holdings import to_approve
from enablement.model import Asset, ContentRequest, LibraryFigures
from enablement.ports import Services
from enablement.requests import waiting

MOST = 5
# More than anybody reads; what is counted here says “100” then.
COUNTED = 100


@dataclass(frozen=True)
class LibraryPart:
    """The figures as last counted, what waits for this person's approval, and the requests that wait for an answer."""

    figures: LibraryFigures | None
    to_approve: tuple[Asset, ...]
    approvals: int
    requests: tuple[ContentRequest, ...]
    requested: int


def library_part(email: str, services: Services) -> LibraryPart:
    approvals = to_approve(email, services)
    requests = waiting(services, limit=COUNTED)
    return LibraryPart(
        services.homes.figures(),
        tuple(approvals[:MOST]),
        len(approvals),
        tuple(requests[:MOST]),
        len(requests),
    )


def count_library(services: Services, *, now: datetime) -> LibraryFigures:
    """Count the library and keep the figures: too much to be done while somebody waits."""
    assets = services.catalog.assets()
    states = Counter(state(one, on=now.date()) for one in assets)
    found = coverage(services, now=now)
    figures = LibraryFigures(
        at=now,
        published=states["published"] + states["review due"],
        drafts=states["draft"],
        in_review=len(all_awaiting(services.catalog)),
        review_due=states["review due"],
        expired=states["expired"],
        gaps=len(found.gaps()),
        unmet=len(found.unmet),
        unused=len(dead(services, now=now)),
        outlived=len(outlived(services, now=now)),
    )
    services.homes.keep_figures(figures)
    return figures
