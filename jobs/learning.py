"""The outbox rows of learning: a round of it, in a process of its own, and the day's suggestions for all open deals."""

import logging
from collections.abc import Sequence

from enablement.copying import renew_all
from enablement.model import Claimed
from enablement.ports import Services, TryLater
from jobs.lanes import Outcome

log = logging.getLogger(__name__)
LEARN, RENEW_ALL = "evidence.learn", "deals.renew_all"
# The lane is held for a moment at a time: the index and changed deals wait in it.
LOOK_S, LOOK_AGAIN_S, ANOTHER_S = 0.5, 2.0, 30.0


def learn(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Begin to learn, or look how it goes; one process at a time does it, and goes on where a dead one was."""
    says = services.learner.go_on(seconds=LOOK_S, orders=[row.id for row in rows])
    if says == "runs":
        raise TryLater("it is being worked on", seconds=LOOK_AGAIN_S)
    if says == "busy":
        raise TryLater("another process works on it", seconds=ANOTHER_S)
    if says == "died":
        raise TryLater("the process that did it died: it will go on where that was")
    if says == "failed":
        # The run says why, ops were told, and the next one comes tomorrow.
        log.error("learning from deals failed: touchline evidence runs")
    services.work.wake("compute")
    return {row.id: None for row in rows}


def renew_suggestions_of_all(services: Services, rows: Sequence[Claimed]) -> Outcome:
    """Have the suggestions of all open deals made anew, once a day."""
    renew_all(services, now=services.clock())
    services.work.wake("compute")
    return {row.id: None for row in rows}
