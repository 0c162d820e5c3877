"""Read what signed requests say: which records a hook names, and what a person pressed on a deal's page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.hooks.records import OPPORTUNITY, USER, record_id
from crm.hooks.refusal import Refused
from enablement.sharing import Recipient

MOST_RECORDS = 200
# More than may be shared with at once is told to the person, many more to nobody.
MOST_RECIPIENTS = 200
# What we keep has no room for more.
LONGEST_REF, LONGEST_NAME = 80, 255
LONGEST_TEXT = 10_000
_HOOK = (
    'should be {"type": "opportunity.changed", "org": "00D…", "records": ["006…"]} or '
    '{"type": "content.suggest", "org": "00D…", "records": [{"user": "005…", "opportunity": "006…"}]}'
)
_SEEN = '{"user": "005…", "opportunity": "006…", "asset": "…"'
_OPEN = f'should be {_SEEN}}} and may have a "language"'
_SHARE = f'should be {_SEEN}, "recipients": [{{"name": "…", "email": "…"}}]}} and may have a "note" and a "language"'


@dataclass(frozen=True)
class Hook:
    """The deals that a hook says have changed, or the (user, deal) for whom it orders suggestions, each once."""

    changed: tuple[str, ...] = ()
    suggest: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class OpenBody:
    """The user, the deal that they look at, and the asset that they want to open, by its reference."""

    user_id: str
    deal_id: str
    asset_id: str
    language: str


@dataclass(frozen=True)
class ShareBody:
    """The same of an asset that they share, with whom, and the note that they wrote."""

    opened: OpenBody
    recipients: tuple[Recipient, ...]
    note: str


def read_hook(raw: bytes, *, org_id: str) -> Hook:
    """Return what a hook of this org names."""
    said = _object(raw)
    match said:
        case {
            "type": "opportunity.changed" | "content.suggest" as kind,
            "org": str(org),
            "records": [_, *_] as records,
        } if len(said) == 3:
            if record_id(org) != org_id:
                raise Refused(403, "not of this org")
            if len(records) > MOST_RECORDS:
                raise Refused(400, f"more than {MOST_RECORDS} records")
            if kind == "content.suggest":
                return Hook(suggest=tuple(dict.fromkeys(_pair(one, _HOOK) for one in records)))
            return Hook(changed=tuple(dict.fromkeys(record_id(one, OPPORTUNITY) for one in records)))
    raise Refused(400, _HOOK)


def read_ask(raw: bytes) -> tuple[str, str]:
    """Return the (user, deal) of the Salesforce user who asks and the Opportunity that they look at."""
    return _pair(_object(raw), 'should be {"user": "005…", "opportunity": "006…"}')


def read_open(raw: bytes) -> OpenBody:
    """Return who wants to open which asset, and on which deal's page."""
    said = _object(raw)
    if not isinstance(said, dict) or not _has(said, {"user", "opportunity", "asset"}, {"language"}):
        raise Refused(400, _OPEN)
    return _opened(said, _OPEN)


def read_share(raw: bytes) -> ShareBody:
    """Return who shares which asset with whom, and on which deal's page."""
    said = _object(raw)
    needed, allowed = {"user", "opportunity", "asset", "recipients"}, {"note", "language"}
    if not isinstance(said, dict) or not _has(said, needed, allowed):
        raise Refused(400, _SHARE)
    people = said["recipients"]
    if not isinstance(people, list) or len(people) > MOST_RECIPIENTS:
        raise Refused(400, _SHARE)
    note = _text(said.get("note"), _SHARE, most=LONGEST_TEXT)
    return ShareBody(_opened(said, _SHARE), tuple(_recipient(one) for one in people), note)


def _opened(said: Mapping[str, Any], form: str) -> OpenBody:
    asset = _text(said["asset"], form, most=LONGEST_REF)
    if not asset:
        raise Refused(400, form)
    user, deal = record_id(said["user"], USER), record_id(said["opportunity"], OPPORTUNITY)
    return OpenBody(user, deal, asset, _text(said.get("language"), form, most=LONGEST_REF))


def _recipient(said: object) -> Recipient:
    if not isinstance(said, dict) or not _has(said, {"email"}, {"name"}):
        raise Refused(400, _SHARE)
    name = " ".join(_text(said.get("name"), _SHARE, most=LONGEST_TEXT).split())
    return Recipient(name[:LONGEST_NAME], _text(said["email"], _SHARE, most=LONGEST_TEXT).strip())


def _pair(said: object, form: str) -> tuple[str, str]:
    match said:
        case {"user": str(user), "opportunity": str(deal), **rest} if not rest:
            return record_id(user, USER), record_id(deal, OPPORTUNITY)
    raise Refused(400, form)


def _has(said: Mapping[str, Any], needed: set[str], allowed: set[str]) -> bool:
    return needed <= said.keys() <= needed | allowed


def _text(value: object, form: str, *, most: int) -> str:
    """Return a text that can be kept as it is; Apex writes null for an empty one."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise Refused(400, form)
    # PostgreSQL has no place for a null, and half a character can't be written as UTF-8.
    if "\0" in value or any("\ud800" <= one <= "\udfff" for one in value):
        raise Refused(400, "a text holds what is no character")
    return value


def _object(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise Refused(400, "not JSON in UTF-8") from error
