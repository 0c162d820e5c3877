"""Forget a person: what names them is removed or renamed, everywhere, and that is proved by looking."""

import secrets
from datetime import datetime

from enablement.model import FORGOTTEN, Audit, Forgotten, Identity, Task, key
from enablement.ports import Services
from enablement.sharing import crm_task

FORGET = "people.forget"


def forget(said: str, services: Services, *, by: str, now: datetime) -> Forgotten:
    """Forget who is known by an e-mail or a Slack id; `by` is the e-mail of who ordered it, empty for themselves.

    Touches stay with their deals, under a pseudonym that leads to nobody, and the CRM is told of that. Done twice it is
    once; what was broken off is gone on with by doing it again.
    """
    store, who = services.forgetting, services.forgetting.identify(said)
    pseudonym = f"{FORGOTTEN}{secrets.token_hex(6)}"
    back, touches = _back(who, services), store.touches_of(who)
    handled = store.forget(who, pseudonym=pseudonym)
    # Should this be broken off here, the daily check of touches tells the CRM.
    tasks = _for_crm(touches, pseudonym, services)
    services.outbox.add(tasks, now=now)
    if handled:
        rows = sum(one.removed + one.changed for one in handled)
        audit = Audit(
            key("audit", FORGET, pseudonym),
            by,
            FORGET,
            pseudonym,
            f"{rows} rows of {len(handled)} tables",
            now,
        )
        services.journal.record(audit)
        services.work.wake("write")
    return Forgotten(pseudonym, tuple(handled), tuple(store.left(who)), back, len(tasks))


def forget_task(slack_id: str, event_id: str) -> Task:
    """Return the work of forgetting somebody who asked for it."""
    return Task(key(FORGET, event_id), FORGET, "write", slack_id)


def _for_crm(touches: list[str], pseudonym: str, services: Services) -> list[Task]:
    if not touches:
        return []
    written = services.ledger.touches_for_crm(since=None, after="", limit=len(touches), among=touches)
    return [crm_task(touch, why=pseudonym) for touch in written]


def _back(who: Identity, services: Services) -> tuple[str, ...]:
    """Return what will be read again, because another system still has it."""
    profiles = [services.mirror.profile(slack_id) for slack_id in who.slack_ids]
    users = [user for email in who.emails for user in services.mirror.users_by_email(email)]
    found = []
    if any(one and one.standing != "deactivated" for one in profiles):
        found.append("They are still in Slack: their profile is read again within minutes.")
    if any(user.is_active for user in users):
        found.append("They are an active user of Salesforce: name and e-mail are read again within minutes.")
    return tuple(found)
