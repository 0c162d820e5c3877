"""What an RQ job does: wake one lane. No payload; what there is to do stands in the outbox."""

from contextvars import ContextVar

from enablement.model import Lane
from enablement.ports import Services
from jobs.kinds import KINDS
from jobs.lanes import drain

# RQ calls a function by its name: what it needs is set here before the worker begins.
current: ContextVar[tuple[Services, str]] = ContextVar("current")


def reply() -> int:
    return _drain("reply")


def write() -> int:
    return _drain("write")


def compute() -> int:
    return _drain("compute")


def _drain(lane: Lane) -> int:
    services, owner = current.get()
    return drain(lane, KINDS[lane], services, owner=owner)
