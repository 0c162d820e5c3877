"""A mirror that reads a local org: what the tests of reading deals stand on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from crm.fields import OrgFields
from crm.mapping import FieldMap, load_field_map
from crm.refresh import Reader
from crm.sync import sync
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.mirror import SqlMirror
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.model import Deal, DealChange, Task
from tests.crm.conftest import Org

T0 = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@dataclass
class Reading:
    """An org, a mirror of it, and what was said meanwhile."""

    org: Org
    database: Database
    mapping: FieldMap = field(default_factory=load_field_map)
    alerts: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    ticks: float = 0.0
    clock: datetime = T0

    def __post_init__(self) -> None:
        self.mirror = SqlMirror(self.database)
        self.outbox = SqlOutbox(self.database)
        self.changes: list[DealChange] = []
        self.start_process()
        self.at(minutes=0)

    def start_process(self, mapping: FieldMap | None = None) -> None:
        """Begin anew with an empty memory, as after a restart."""
        fields = OrgFields(
            self.org.client,
            mapping or self.mapping,
            alert=lambda kind, subject, summary: self.alerts.append(f"{kind} {subject}: {summary}"),
            mended=lambda kind, subject: self.mended.append(f"{kind} {subject}"),
            ticks=lambda: self.ticks,
        )
        self.reader = Reader(self.org.client, fields, self.mirror, lambda: self.clock, self._work)

    def _work(self, changes: Sequence[DealChange]) -> list[Task]:
        self.changes += changes
        return [Task(f"{one.deal.id}{one.fields}", "look", "write", one.deal.id) for one in changes]

    def at(self, **span: float) -> None:
        """Stop the org's clock so long after the beginning."""
        self.org.hand.set_clock(T0 + timedelta(**span))

    def sync(self, *, full: bool = False, until: datetime | None = None) -> int:
        """Bring the mirror up to date; return how many deals were read."""
        return sync(self.reader, full=full, until=until)["deals"]

    def deal(self, deal_id: str) -> Deal:
        found = self.mirror.deal(deal_id)
        assert found is not None
        return found

    def add(self, name: str = "Norfield", **facts: Any) -> str:
        row = {"Name": name, "StageName": "Prospecting", "CloseDate": "2027-01-31", **facts}
        return self.org.hand.insert("Opportunity", [row])[0]

    def change(self, deal_id: str, **facts: Any) -> None:
        self.org.hand.update("Opportunity", [{"id": deal_id, **facts}])

    def delete(self, name: str, record_id: str) -> None:
        self.org.hand._call("DELETE", f"/services/data/v62.0/sobjects/{name}/{record_id}")

    def undelete(self, record_id: str) -> None:
        order = {"ids": [record_id]}
        requests.post(f"{self.org.url}/_sandbox/undelete", json=order, timeout=5).raise_for_status()

    def person(self, name: str) -> str:
        profile = self.org.hand.query("SELECT Id FROM Profile WHERE Name = 'Standard User'")[0]["Id"]
        facts = {
            "Username": f"{name}@harbourline.test",
            "Email": f"{name}@harbourline.test",
            "LastName": name,
            "Alias": name,
            "ProfileId": profile,
            "TimeZoneSidKey": "GMT",
            "LocaleSidKey": "en_US",
            "LanguageLocaleKey": "en_US",
            "EmailEncodingKey": "UTF-8",
        }
        return self.org.hand.insert("User", [facts])[0]

    def contact(self, deal_id: str, last_name: str) -> tuple[str, str]:
        """Add a contact to a deal; return its id and the role's."""
        [met] = self.org.hand.insert(
            "Contact", [{"LastName": last_name, "Email": f"{last_name}@norfield.test"}]
        )
        row = {"OpportunityId": deal_id, "ContactId": met, "Role": "Evaluator"}
        return met, self.org.hand.insert("OpportunityContactRole", [row])[0]


def open_reading(org: Org, folder: Path) -> Reading:
    database = Database(f"sqlite:///{folder / 'mirror.db'}")
    database.migrate()
    return Reading(org, database)
