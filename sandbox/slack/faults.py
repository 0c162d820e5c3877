"""Faults to order: what goes wrong on the next calls."""

from dataclasses import dataclass
from typing import Any

KINDS = ("drop", "500", "429", "slow", "lost_reply", "sign_in")


@dataclass
class Fault:
    """A misfortune for the next `times` calls of one method (or of any: `*`)."""

    method: str
    kind: str
    times: int
    seconds: float


class Faults:
    """The faults still to come."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def order(self, fields: dict[str, Any]) -> Fault:
        """Add a fault; raises ValueError when it is not understood."""
        fault = Fault(
            method=str(fields.get("method", "*")),
            kind=str(fields.get("kind", "")),
            times=int(fields.get("times", 1)),
            seconds=float(fields.get("seconds", 1)),
        )
        if fault.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        self._waiting.append(fault)
        return fault

    def next_for(self, method: str) -> Fault | None:
        """Take the fault this call meets, if any."""
        for fault in self._waiting:
            if fault.times > 0 and fault.method in (method, "*"):
                fault.times -= 1
                return fault
        return None

    def clear(self) -> None:
        """Forget all of them."""
        self._waiting.clear()
