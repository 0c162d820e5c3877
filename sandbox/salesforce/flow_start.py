"""When a flow starts: the part of Salesforce's formulas that this org plays."""

import re
from dataclasses import dataclass

_CHANGED = re.compile(r"ISCHANGED\(\s*\{!\$Record\.([A-Za-z]\w*)\}\s*\)", re.IGNORECASE)
_NEW = re.compile(r"ISNEW\(\s*\)", re.IGNORECASE)
_ANY = re.compile(r"OR\((.*)\)", re.IGNORECASE | re.DOTALL)
_EVENTS = {"Create": ("create",), "Update": ("update",), "CreateAndUpdate": ("create", "update")}


class NotPlayed(ValueError):
    """The condition says more than this org understands."""


@dataclass(frozen=True)
class Start:
    """On which writes a flow starts: `events`, and for a row that was there which fields must have changed."""

    events: tuple[str, ...]
    changes: tuple[str, ...]


def start_of(record_trigger: str, formula: str) -> Start:
    """Return when a flow starts; raise NotPlayed unless the formula is made of OR, ISNEW and ISCHANGED."""
    events = _EVENTS.get(record_trigger)
    if events is None:
        raise NotPlayed(f"flows that start on {record_trigger or 'nothing'} are not played here")
    if not formula.strip():
        return Start(events, ())
    whole = _ANY.fullmatch(formula.strip())
    terms = [term.strip() for term in (whole[1].split(",") if whole else [formula])]
    changes = [found[1] for term in terms if (found := _CHANGED.fullmatch(term))]
    is_new = [term for term in terms if _NEW.fullmatch(term)]
    if len(changes) + len(is_new) != len(terms):
        raise NotPlayed("of entry formulas, OR, ISNEW and ISCHANGED of fields of the record are played here")
    # ISCHANGED is false of a row that is new.
    kept = tuple(
        event for event in events if (event == "create" and is_new) or (event == "update" and changes)
    )
    if not kept:
        raise NotPlayed("the flow would never start")
    return Start(kept, tuple(changes))
