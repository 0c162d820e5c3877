"""Notices to people about assets, each with a link of their own to the version that it is about."""

import secrets
from datetime import datetime

from enablement.model import Asset, Decision, Notice, NoticeKind, Preview, Task, Written, key

TOKEN_BYTES = 24


def told(kind: NoticeKind, asset: Asset, to: str, decision: Decision) -> Written:
    """Return what is written to tell somebody of a decision; nothing when nobody is to hear of it."""
    if not to:
        return Written()
    notice_id = key("notice", kind, decision.id, to)
    made = notice(notice_id, kind, asset, to, note=decision.note, by=decision.email)
    return delivered(made, now=decision.at)


def notice(
    notice_id: str, kind: NoticeKind, asset: Asset, to: str, *, note: str = "", by: str = ""
) -> Notice:
    return Notice(notice_id, kind, asset.id, to, note, asset.version_id, by, token())


def delivered(made: Notice, *, now: datetime) -> Written:
    """Return what is written so that a notice is delivered, once, whenever it is written."""
    # The link has the notice's id: when both are there already, both stay with the same token.
    link = Preview(made.id, made.open_token, made.asset_id, made.version_id, made.to, now)
    task = Task(key("library.notice", made.id), "library.notice", "write", made.id)
    return Written(records=(made, link), tasks=(task,))


def together(*written: Written) -> Written:
    """Return what is to be committed at once."""
    return Written(
        records=tuple(record for one in written for record in one.records),
        tasks=tuple(task for one in written for task in one.tasks),
        changes=tuple(change for one in written for change in one.changes),
    )


def token() -> str:
    """Return a secret that stands in a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)
