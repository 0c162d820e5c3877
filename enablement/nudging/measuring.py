"""How welcome nudges are: of each kind how many were opened, shared from, put off or answered with "less of this"."""

from datetime import datetime, timedelta

from enablement.model import NudgeMeasure
from enablement.ports import Services

MEASURED = timedelta(days=90)
# Of fewer a share says nothing.
ENOUGH = 20
UNWELCOME_FROM = 1 / 3


def measures(services: Services, *, now: datetime) -> list[NudgeMeasure]:
    """Return what became of the nudges of the last 90 days, by kind."""
    return services.nudges.measure(since=now - MEASURED)


def is_unwelcome(one: NudgeMeasure) -> bool:
    """Say whether so many of a kind were put off or answered with "less of this" that something is wrong with it."""
    return one.sent >= ENOUGH and one.unwanted / one.sent > UNWELCOME_FROM
