"""`touchline deals check|repair`: Salesforce against what is known here."""

import json

from rich.markup import escape

from app import owner_name
from enablement.ports import Services
from enablement.reconcile import Checked, as_json, check, mend_deals, mend_touches, sentences
from jobs.crm_work import write_backlog
from terminal import AsJson, open_services, out


def deals_check(as_json_: AsJson = False) -> None:
    """Compare touches and deals with Salesforce and say what differs; changes nothing."""
    services = open_services()
    _show(check(services, since=None, now=services.clock()), {}, as_json_=as_json_)


def deals_repair(as_json_: AsJson = False) -> None:
    """Compare touches and deals with Salesforce and put right what differs, now; what is unknown here is left alone."""
    services = open_services()
    now = services.clock()
    found = check(services, since=None, now=now)
    done = {
        "made_due": mend_touches(services, found.touches, now=now),
        "read": mend_deals(services, found.deals),
    }
    done["written"] = _write(services)
    _show(found, done, as_json_=as_json_)


def _write(services: Services) -> int:
    return write_backlog(services, owner=owner_name("repair"))


def _show(found: Checked, done: dict[str, int], *, as_json_: bool) -> None:
    if as_json_:
        print(json.dumps({**as_json(found), **({"repaired": done} if done else {})}))
        return
    for line in sentences(found):
        out.print(escape(line), highlight=False)
    if done:
        out.print(
            f"{done['written']} touches were written, {done['read']} deals read again.", highlight=False
        )
    elif found.differs:
        out.print("touchline deals repair puts this right.", highlight=False)
