"""`touchline deals check|repair`: Salesforce against what is known here."""

import json

from app import owner_name
from enablement.ports import Services
from enablement.reconcile import (
    Checked,
    as_json,
    check,
    mend_copies,
    mend_deals,
    mend_touches,
    sentences,
    to_write,
)
from jobs.crm_work import write_backlog
from settings import read_settings
from terminal import AsJson, open_services, record_url, say

RECORDS_SHOWN = 10


def deals_check(as_json_: AsJson = False) -> None:
    """Compare touches, deals, assets and suggestions with Salesforce and say what differs; changes nothing."""
    services = open_services()
    found = check(services, since=None, now=services.clock())
    _show(found, {}, services, as_json_=as_json_)


def deals_repair(as_json_: AsJson = False) -> None:
    """Compare with Salesforce as `check` does and put right what differs, now; what is unknown here is left alone."""
    services = open_services()
    now = services.clock()
    found = check(services, since=None, now=now)
    done = {
        "made_due": mend_touches(services, found.touches, now=now),
        "told_again": mend_copies(services, found.copies, now=now),
        "read": mend_deals(services, found.deals),
    }
    done["written"] = _write(services)
    _show(found, done, services, as_json_=as_json_)


def _write(services: Services) -> int:
    return write_backlog(services, owner=owner_name("repair"))


def _show(found: Checked, done: dict[str, int], services: Services, *, as_json_: bool) -> None:
    if as_json_:
        print(json.dumps({**as_json(found), **({"repaired": done} if done else {})}))
        return
    for line in sentences(found):
        say(line)
    _say_records(found, services)
    if done:
        say(f"{done['told_again']} copies (assets, deals' suggestions) were written again.")
        say(f"{done['written']} touches were written, {done['read']} deals read again.")
    elif found.differs:
        say("`touchline deals repair` puts this right.")


def _say_records(found: Checked, services: Services) -> None:
    """Say where the deals are that differ, or whose touches do."""
    touches = services.ledger.touches(to_write(found.touches))
    deals = dict.fromkeys([*found.deals.differing, *(one.deal_id for one in touches if one.deal_id)])
    settings = read_settings()
    for deal_id in list(deals)[:RECORDS_SHOWN]:
        say(f"  {record_url(settings, deal_id)}")
    if len(deals) > RECORDS_SHOWN:
        say(f"  …and {len(deals) - RECORDS_SHOWN} more deals")
