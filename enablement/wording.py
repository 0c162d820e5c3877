"""Reasons, money and dates as a person reads them, in the language that is spoken."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from babel import dates, numbers

from enablement.language import _, day, enumerated, in_a_row, ngettext, spoken_locale, today
from enablement.model import (
    Asset,
    Basis,
    ContentRequest,
    Deal,
    Decision,
    FeedbackReason,
    How,
    Reason,
    Refinement,
)

# Reasons that stand as phrases in a sentence. What else a suggestion keeps is drawn in its own way, or is of a later
# version.
SAID = frozenset(
    {"words", "meaning", "translation", "habit", "fresh"}
    | {"competitors", "stages", "products", "industries", "regions", "language", "sizes"}
)


def reason(one: Reason) -> str:
    """Return a reason as a phrase that begins a sentence or goes on with one."""
    if one.kind == "words":
        page, title, *found = one.values
        words = enumerated(quoted(word) for word in found)
        if title:
            return _("has {words} in “{title}” (page {page})", words=words, title=title, page=page)
        return _("has {words} on page {page}", words=words, page=page)
    if one.kind == "meaning":
        page, title = one.values
        if title:
            return _("is about this: “{title}” (page {page})", title=title, page=page)
        return _("is about this on page {page}", page=page)
    if one.kind == "translation":
        title, tag = one.values
        return _("is “{title}” in {language}", title=title, language=language(tag))
    if one.kind == "habit":
        used, of, *where = one.values
        return _habit(used, of, "".join(where[:1]))
    if one.kind == "fresh":
        # Without the days: a text that is another one each day would be written to the CRM each day.
        return _("new in the library")
    return _made_for(one)


def _made_for(one: Reason) -> str:
    what = "".join(one.values[:1])
    match one.kind:
        case "competitors":
            return _("written for deals against {competitor}", competitor=what)
        case "stages":
            return _("made for the {stage} stage", stage=what)
        case "products":
            return _("about {product}", product=what)
        case "industries" | "regions":
            return _("made for {industry_or_region}", industry_or_region=what)
        case "language":
            return _("in the account's language")
        case "sizes":
            return _("made for {size} companies", size=what)
    raise KeyError(one.kind)


def _habit(used: str, of: str, name: str) -> str:
    if name:
        return _(
            "used in {used} of {of} deals like this ({segment})", used=used, of=of, segment=segment(name)
        )
    return _("used in {used} of {of} deals", used=used, of=of)


def phrases(reasons: Sequence[Reason]) -> list[str]:
    """Return the reasons that are said as phrases, the strongest first; kinds of a later version are left out."""
    return [reason(one) for one in reasons if one.kind in SAID]


def sentence(reasons: Sequence[Reason]) -> str:
    """Return the two strongest reasons as one sentence."""
    match phrases(reasons)[:2]:
        case [first, second]:
            said = _("{first_reason}, {second_reason}.", first_reason=first, second_reason=second)
        case [only]:
            said = _("{reason}.", reason=only)
        case _:
            return ""
    return f"{said[:1].upper()}{said[1:]}"


def quoted(text: str) -> str:
    return _("“{text}”", text=text)


def language(tag: str) -> str:
    """Return what a language is called, without the country; a tag that nobody knows is its own name."""
    return str(spoken_locale().languages.get(tag[:2], tag))


def segment(name: str) -> str:
    """Return a segment (“industry:Retail”) as people call it: by its value alone."""
    dimension, _colon, value = name.partition(":")
    return language(value) if dimension == "language" else value


def freshness(updated_at: datetime, now: datetime) -> str:
    """Return how long ago something was updated, in the largest fitting unit."""
    days = max(0, (now - updated_at).days)
    for size in (365, 30, 7, 1):
        if days >= size:
            # Whole units alone: who waits for six weeks does not wait for two months.
            whole = timedelta(days=days // size * size)
            ago = dates.format_timedelta(-whole, threshold=1, add_direction=True, locale=spoken_locale())
            return _("updated {long_ago}", long_ago=ago)
    return _("updated today")


def money(amount: float | None, currency: str) -> str:
    """Return an amount without cents, with its currency's code, which is the same in all countries."""
    if amount is None:
        return ""
    locale = spoken_locale()
    number = numbers.format_decimal(round(amount), locale=locale)
    comes_first = locale.currency_formats["standard"].pattern.startswith("¤")
    return "\N{NO-BREAK SPACE}".join((currency, number) if comes_first else (number, currency)).strip()


def deal_facts(deal: Deal, *, now: datetime | None = None) -> str:
    """Return stage, amount and close date on one line; what is not known is left out.

    `now` tells a date that an open deal has missed from one to come.
    """
    closes = ""
    if deal.close_date:
        is_missed = now is not None and not deal.is_closed and deal.close_date < today(now)
        on = day(deal.close_date)
        closes = _("was to close {day}", day=on) if is_missed else _("closes {day}", day=on)
    return " · ".join(part for part in (deal.stage, money(deal.amount, deal.currency), closes) if part)


def facts(names: Sequence[str]) -> str:
    """Return facts of a deal by their names, as a list; what this version has no word for is left out."""
    known = {
        "stages": _("stage"),
        "industries": _("industry"),
        "regions": _("region"),
        "sizes": _("size"),
        "language": _("language"),
        "products": _("product"),
        "competitors": _("competitor"),
    }
    return enumerated(known[name] for name in names if name in known)


def unknown(reasons: Sequence[Reason]) -> str:
    """Return the facts that the CRM does not say of a deal, as a list; empty where nothing is missing."""
    return facts([*dict.fromkeys(name for one in reasons if one.kind == "unknown" for name in one.values)])


def basis(kind: Basis, question: str, *, learned: bool = False, again: bool = False) -> str:
    """Return the line above the assets: on what basis they were chosen, by what was `learned` from deals too.

    `again`: something was shown before and is left out.
    """
    match kind:
        case "words":
            return _("Best matches for “{question}”", question=question)
        case "nearest" if again and question:
            return _("Nothing else in the library answers “{question}”. Nearest:", question=question)
        case "nothing" if again:
            return _("Nothing else in the library fits.")
        case "nearest":
            return _("Nothing in the library answers “{question}”. Nearest:", question=question)
        case "fit" if learned:
            return _("Chosen by fit to the deal, and by what helped deals like it")
        case "fit":
            return _("Chosen by fit to the deal alone: stage, industry, region, size, competitor")
        case "nothing":
            return _("Nothing in the library fits yet.")


def refinement(wish: Refinement, *, missed: Sequence[str] = ()) -> tuple[str, str]:
    """Return what a follow-up asked for, as one sentence each: what was heeded, and (a phrase) what nothing met."""
    said = {
        "language": _("in {language}", language=language(wish.language)) if wish.language else "",
        "format": _("{kind} only", kind=wish.format) if wish.format else "",
        "persona": _("for {persona}", persona=wish.persona) if wish.persona else "",
        "length": _long(wish),
    }
    count = len(wish.without)
    without = ngettext("without the one shown before", "without the {n} shown before", count) if count else ""
    met = in_a_row(filter(None, (*(text for name, text in said.items() if name not in missed), without)))
    return (
        _("{reason}.", reason=f"{met[:1].upper()}{met[1:]}") if met else "",
        in_a_row(said[name] for name in missed if said.get(name)),
    )


def _long(wish: Refinement) -> str:
    if wish.most_pages:
        return ngettext("at most {n} page", "at most {n} pages", wish.most_pages)
    return ngettext("at least {n} page", "at least {n} pages", wish.least_pages) if wish.least_pages else ""


def recipient(name: str) -> str:
    """Return to whom a link was given; who copied one gives it to whom they like."""
    return name or _("whoever has the link")


def how(kind: How) -> str:
    """Return how it is known which deal is meant."""
    match kind:
        case "chosen":
            return _("you chose it")
        case "named":
            return _("named in your question")
        case "thread":
            return _("this thread's deal")
        case "channel":
            return _("this channel's deal")
        case "record":
            return _("the deal you came from in Salesforce")
        case "only":
            return _("your only open deal")
        case "before":
            return _("as before")


def decision(last: Decision, *, by: str) -> str:
    """Return what was decided, by whom (their name, or empty) and when, as a sentence."""
    said = {"by": by or _("somebody"), "day": day(last.at)}
    match last.kind:
        case "submitted":
            return _("It was submitted by {by} on {day}.", **said)
        case "approved":
            return _("It was approved by {by} on {day}.", **said)
        case "declined":
            return _("It was sent back by {by} on {day}.", **said)
        case "verified":
            return _("It was verified by {by} on {day}.", **said)
        case "archived":
            return _("It was archived by {by} on {day}.", **said)
        case "restored":
            return _("It was restored by {by} on {day}.", **said)


def status(asset: Asset) -> str:
    """Return how far an asset is, as a sentence."""
    match asset.status:
        case "draft":
            return _("It is a draft.")
        case "in_review":
            return _("It is in review.")
        case "published":
            return _("It is published.")
        case "archived":
            return _("It is archived.")


def not_your_own(asset: Asset, others: Sequence[str]) -> str:
    """Return for an owner why they can't approve their asset, and which others (by name) can."""
    if others:
        return _(
            "“{title}” is yours, so somebody else must approve it. Ask {whom}.",
            title=asset.title,
            whom=enumerated(others, style="or"),
        )
    return _(
        "“{title}” is yours, so somebody else must approve it. Nobody else can yet: name another approver.",
        title=asset.title,
    )


def changed_since(waiting: Asset) -> str:
    """Return for who would decide on an earlier version what they have to look at first."""
    return _(
        "“{title}” has changed since: look at version {version} first.",
        title=waiting.title,
        version=waiting.version,
    )


def wanted_facts(of: Deal | ContentRequest) -> str:
    """Return what a deal is like, or what is requested is for, without saying which deal it is."""
    language_of = language(of.language) if of.language else ""
    facts = (of.stage, of.industry, of.region, of.size, *of.products, *of.competitors, language_of)
    return " · ".join(fact for fact in facts if fact)


def feedback_reasons() -> dict[FeedbackReason, str]:
    """Return why something may be not useful, in the order of the form, each in words."""
    return {
        "language": _("Wrong language"),
        "outdated": _("Outdated"),
        "industry": _("Wrong industry"),
        "too_long": _("Too long"),
        "known": _("The customer knows it already"),
        "other": _("Something else"),
    }
