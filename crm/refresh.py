"""Read deals anew by their ids, with team, contacts and history: the one way by which a change gets into the mirror."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from crm.client import SalesforceClient
from crm.deals import CONTACTS, HISTORY, TEAM, deals_query, to_contact, to_deal, to_hop
from crm.fields import OrgFields
from crm.ids import sf_id
from crm.mapping import FieldMap
from enablement.model import Contact, Deal, StageHop
from enablement.ports import Mirror, WorkAfter

# An id list of this length stays well below the longest address that Salesforce takes.
DEALS_AT_ONCE = 200
_OF = "WHERE OpportunityId IN {ids}"


@dataclass(frozen=True)
class Reader:
    """Reads what the org has of deals and stores it, together with the work that it causes."""

    client: SalesforceClient
    fields: OrgFields
    mirror: Mirror
    clock: Callable[[], datetime]
    work: WorkAfter | None = None

    def refresh(self, deal_ids: Sequence[str]) -> list[str]:
        """Read these deals anew, forget those that are gone or hidden from us, return the ids that are there.

        Raises TryLater.
        """
        wanted = list(dict.fromkeys(map(sf_id, deal_ids)))
        starts = range(0, len(wanted), DEALS_AT_ONCE)
        parts = (wanted[start : start + DEALS_AT_ONCE] for start in starts)
        return list(chain.from_iterable(map(self._refresh_some, parts)))

    def _refresh_some(self, ids: list[str]) -> list[str]:
        deals = self.fields.reading(lambda fields: list(self._deals(ids, fields)))
        found = {deal.id for deal in deals}
        if found:
            contacts, hops = self._contacts(found), self._hops(found)
            self.mirror.store(deals=deals, contacts=contacts, hops=hops, work=self.work, now=self.clock())
        if gone := [one for one in ids if one not in found]:
            self.mirror.forget(gone)
        return [one for one in ids if one in found]

    def _deals(self, ids: list[str], fields: FieldMap) -> Iterator[Deal]:
        rows = list(self.client.query(f"{deals_query(fields)} WHERE Id IN {{ids}}", ids=ids))
        team: dict[str, list[str]] = defaultdict(list)
        if rows and fields.team:
            for member in self.client.query(f"{TEAM} {_OF}", ids=ids):
                team[member["OpportunityId"]].append(sf_id(member["UserId"]))
        return (to_deal(row, fields, team[row["Id"]]) for row in rows)

    def _contacts(self, ids: set[str]) -> list[Contact]:
        return [to_contact(row) for row in self.client.query(f"{CONTACTS} {_OF}", ids=sorted(ids))]

    def _hops(self, ids: set[str]) -> list[StageHop]:
        return [to_hop(row) for row in self.client.query(f"{HISTORY} {_OF}", ids=sorted(ids))]
