"""Reasons, money and dates as a person reads them."""

from collections.abc import Sequence
from datetime import date, datetime

from enablement.model import Basis, Deal, How, Reason

_MADE_FOR = {
    "competitors": "written for deals against {0}",
    "stages": "made for the {0} stage",
    "products": "about {0}",
    "industries": "made for {0}",
    "language": "in the account's language",
    "regions": "made for {0}",
    "sizes": "made for {0} companies",
}
LANGUAGE_NAMES = {
    "en": "English",
    "fr": "French",
    "pt": "Portuguese",
    "th": "Thai",
    "zh": "Chinese",
    "ko": "Korean",
}
HOW = {
    "chosen": "you chose it",
    "named": "named in your question",
    "thread": "this thread's deal",
    "channel": "this channel's deal",
    "record": "the deal you came from in Salesforce",
    "only": "your only open deal",
}


def reason(one: Reason) -> str:
    """Return a reason as a phrase that begins a sentence or goes on with one."""
    if one.kind == "words":
        number, title, *found = one.values
        where = f"in “{title}” (page {number})" if title else f"on page {number}"
        return f"has {_listed(found)} {where}"
    if one.kind == "meaning":
        number, title = one.values
        return f"is about this: “{title}” (page {number})" if title else f"is about this on page {number}"
    if one.kind == "translation":
        title, tag = one.values
        return f"is “{title}” in {language(tag)}"
    return _MADE_FOR[one.kind].format(*one.values)


def _listed(found: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in found]
    return " and ".join(filter(None, (", ".join(quoted[:-1]), *quoted[-1:])))


def sentence(reasons: tuple[Reason, ...], *, most: int = 2) -> str:
    """Return the strongest reasons as one sentence."""
    said = ", ".join(reason(one) for one in reasons[:most])
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def language(tag: str) -> str:
    return LANGUAGE_NAMES.get(tag[:2], tag)


def freshness(updated_at: datetime, now: datetime) -> str:
    """Return how long ago something was updated, in the largest fitting unit."""
    days = max(0, (now - updated_at).days)
    for size, unit in ((365, "year"), (30, "month"), (7, "week"), (1, "day")):
        if days >= size:
            count = days // size
            return f"updated {count} {unit}{'s' if count > 1 else ''} ago"
    return "updated today"


def money(amount: float | None, currency: str) -> str:
    return f"{currency} {amount:,.0f}".strip() if amount is not None else ""


def day(value: date | None) -> str:
    return f"{value.day} {value:%b %Y}" if value else ""


def deal_facts(deal: Deal) -> str:
    """Return stage, amount and close date on one line; what is not known is left out."""
    closes = f"closes {day(deal.close_date)}" if deal.close_date else ""
    return " · ".join(part for part in (deal.stage, money(deal.amount, deal.currency), closes) if part)


def basis(kind: Basis, question: str) -> str:
    """Return the line above the assets: on what basis they were chosen."""
    match kind:
        case "words":
            return f"Best matches for “{question}”"
        case "nearest":
            return f"Nothing in the library answers “{question}”. Nearest:"
        case "fit":
            return "Chosen by fit to the deal alone: stage, industry, region, size, competitor"
        case "nothing":
            return "Nothing in the library fits yet."


def how(kind: How) -> str:
    return HOW[kind]
