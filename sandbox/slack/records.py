"""What came in from the app and what went out to it, in order."""

from dataclasses import dataclass, field

from sandbox.slack.errors import Json


@dataclass
class Records:
    """Numbered records, from 1 on."""

    received: list[Json] = field(default_factory=list)
    sent: list[Json] = field(default_factory=list)

    def add_received(self, record: Json) -> None:
        """Keep one call of the app."""
        self.received.append({"n": len(self.received) + 1, **record})

    def add_sent(self, record: Json) -> int:
        """Keep one request to the app, and return its number."""
        self.sent.append({"n": len(self.sent) + 1, **record})
        return len(self.sent)

    def refuse(self, number: int, why: object) -> None:
        """Keep why the app's answer to this request was not taken."""
        # A new workspace forgets the requests of the old one, also those under way.
        if number <= len(self.sent):
            self.sent[number - 1]["refused"] = why


def since(records: list[Json], number: int) -> list[Json]:
    """Return the records after this number."""
    return records[number:]
