"""Why an asset was suggested: what was kept of it then, and what the round of learning behind it found."""

from dataclasses import dataclass

from enablement.effects import Finding, finding
from enablement.language import _
from enablement.model import Asset, CrmUser, Deal, Effect, Suggestion
from enablement.ports import AccessUnknown, Services
from enablement.weighing import NEUTRAL_EVIDENCE, WORDS_ALONE

# The factors that a score is the product of, in the order of the reason that keeps them.
PARTS = "parts"
# By what something was chosen that nobody asked for; kept as a reason, said in its own words.
TOLD = "told"


class CannotExplain(Exception):
    """Why this was suggested can't be shown; the message says why and what to do."""


@dataclass(frozen=True)
class Explained:
    """A suggestion with what it was made from; effects are None where there are none, or none are kept any more."""

    suggestion: Suggestion
    asset: Asset
    deal: Deal
    found: Finding | None = None
    winning: Effect | None = None
    speed: Effect | None = None


def explained(suggestion_id: str, *, user: CrmUser | None, services: Services) -> Explained:
    """Return why something was suggested to this person, for a deal that they still see; raises CannotExplain."""
    suggestion = services.ledger.suggestion(suggestion_id)
    asset = services.catalog.asset(suggestion.asset_id) if suggestion else None
    deal = services.mirror.deal(suggestion.deal_id) if suggestion else None
    is_theirs = suggestion is not None and user is not None and suggestion.email == user.email
    if suggestion is None or user is None or asset is None or deal is None or not is_theirs:
        raise CannotExplain(_("This suggestion is not yours or no longer there. Ask again with /content."))
    try:
        may = services.access.readable(user.id, [deal.id])
    except AccessUnknown as error:
        raise CannotExplain(
            _("Salesforce can't be reached to check this deal. Try again in a minute.")
        ) from error
    if not may:
        raise CannotExplain(_("You can no longer see this deal in Salesforce."))
    found = finding(suggestion.reasons)
    return Explained(suggestion, asset, deal, found, *_effects(suggestion.asset_id, found, services))


def factors(suggestion: Suggestion) -> dict[str, float]:
    """Return what a score was computed from, as far as it was kept: relevance, fit, evidence, freshness,
    and what was left of it where it is not for whom something was asked for.
    """
    kept = next((one.values for one in suggestion.reasons if one.kind == PARTS), ())
    names = ("relevance", "fit", "evidence", "freshness", "audience")
    try:
        return {name: float(value) for name, value in zip(names, kept, strict=False) if value}
    except ValueError:
        # Of a later version.
        return {}


def told(suggestion: Suggestion) -> str:
    """Return by what a suggestion was chosen that nobody asked for (see enablement.nudging); nothing for others."""
    return next(("".join(one.values[:1]) for one in suggestion.reasons if one.kind == TOLD), "")


def neutral(suggestion: Suggestion) -> float | None:
    """Return what the factor of evidence is for an asset that has none, None where evidence was not weighed."""
    kept = factors(suggestion)
    if "evidence" not in kept or finding(suggestion.reasons) is None:
        return None
    return WORDS_ALONE + (1 - WORDS_ALONE) * NEUTRAL_EVIDENCE if "relevance" in kept else NEUTRAL_EVIDENCE


def _effects(asset_id: str, found: Finding | None, services: Services) -> tuple[Effect | None, Effect | None]:
    """Return an asset's effects on winning (where the finding is from) and on speed (in all deals)."""
    if found is None or not found.run:
        return None, None
    known = services.evidence.effects(found.run, assets=[asset_id], segments={"", found.segment})
    winning = (one for one in known if one.on == "winning" and one.segment == found.segment)
    speed = (one for one in known if one.on == "speed" and not one.segment)
    return next(winning, None), next(speed, None)
