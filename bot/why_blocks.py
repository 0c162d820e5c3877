""" "Why this?" as a modal: reasons, place in the list, what the score is made of, and the evidence with its limits."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block, DividerBlock, SectionBlock
from slack_sdk.models.views import View

from bot.mrkdwn import escape
from bot.parts import label, section, small
from enablement import effects, wording
from enablement.effects import Finding
from enablement.language import _, moment
from enablement.model import Suggestion
from enablement.why import Explained, factors, neutral, told


def why_modal(said: Explained) -> View:
    """Draw why an asset was suggested for a deal, for the person to whom it was."""
    suggestion = said.suggestion
    title = escape(said.asset.title, most=300)
    blocks: list[Block] = [section(f"*{title}*\n{escape(said.deal.name, most=300)}")]
    blocks += [_part(_("Reasons"), wording.phrases(suggestion.reasons) or [_("Nearest by its words.")])]
    blocks += [_part(_("Place in the list"), list(_place(suggestion))), DividerBlock()]
    blocks += [_part(_("Evidence"), list(_evidence(said)))]
    made = moment(suggestion.made_at)
    blocks.append(small(_("Suggested on {moment} by {model}.", moment=made, model=suggestion.model)))
    return View(type="modal", title=label(_("Why this?")), close=label(_("Close")), blocks=blocks)


def _part(heading: str, lines: list[str]) -> SectionBlock:
    listed = "\n".join(f"• {line}" for line in lines)
    return section(f"*{escape(heading)}*\n{escape(listed, most=2800)}")


def _place(suggestion: Suggestion) -> Iterator[str]:
    unasked = told(suggestion)
    by_lot = any(one.kind == "lot" for one in suggestion.reasons)
    if unasked:
        yield _unasked(unasked)
    elif by_lot:
        yield _(
            "Place {rank}, by lot: others score nearly the same. Its chance of this place was {chance} %.",
            rank=suggestion.rank,
            chance=round(100 * suggestion.propensity),
        )
    else:
        yield _("Place {rank}, by its score alone", rank=suggestion.rank)
    names = {
        "relevance": _("how well it answers your words"),
        "fit": _("how well it fits the deal"),
        "evidence": _("what it did for deals"),
        "freshness": _("how fresh it is"),
        "audience": _("for whom it is, as you asked"),
    }
    product = " × ".join(
        _("{value} ({factor})", factor=names[name], value=effects.times(value))
        for name, value in factors(suggestion).items()
    )
    score = effects.times(suggestion.score)
    yield (
        _("Score {score} = {product}", score=score, product=product)
        if product
        else _("Score {score}", score=score)
    )
    unknown = neutral(suggestion)
    if unknown is not None:
        yield _(
            "Without evidence either way, what it did for deals counts as {neutral}. More speaks for it, "
            "less against it.",
            neutral=effects.times(unknown),
        )
    missing = wording.unknown(suggestion.reasons)
    if missing:
        yield _("Salesforce doesn't say of this deal: {facts}.", facts=missing)


def _unasked(by: str) -> str:
    """Return how something was chosen that nobody asked for."""
    match by:
        case "first":
            return _("Shown on its own: first in this deal's list of what you did not use or put away yet")
        case "joined":
            return _("Shown on its own: it is written against the new competitor")
    return _("Shown on its own: it is what changed")


def _evidence(said: Explained) -> Iterator[str]:
    found = said.found
    if found is None:
        yield _("Nothing was learned from closed deals yet when this was suggested.")
        return
    yield effects.line(found)
    if found.too_thin:
        segment = wording.segment(found.too_thin)
        yield _("Too few deals in {segment} use it, so this is from all deals.", segment=segment)
    if found.plain:
        yield effects.counts(found.plain)
    yield from _behind(said, found)


def _behind(said: Explained, found: Finding) -> Iterator[str]:
    """Yield what stands behind a verdict, as far as it is known."""
    if found.interval and found.verdict != "not_enough":
        yield _(
            "The estimate compares deals in the same stage with the same prospects. In brackets: the range that "
            "holds the true effect in 9 of 10 cases."
        )
    yield from filter(None, [said.winning and effects.hidden(said.winning)])
    yield from filter(None, [said.winning and effects.trial(said.winning)])
    yield from filter(None, [said.speed and effects.speed(said.speed)])
