"""Draw a made-up past in which content was used in deals, with effects that are known because they are planted."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from sandbox.world.model import ContentUse, Opportunity, StageChange
from sandbox.world.progress import LOST_FROM_WEIGHTS, Circumstances, chance_to_win, closed_after, drop_skipped
from sandbox.world.stages import (
    LOST,
    NEEDS,
    NEGOTIATION,
    OPEN_STAGES,
    PROPOSAL,
    PROSPECTING,
    QUALIFICATION,
    WON,
)


@dataclass(frozen=True)
class Planted:
    """What a file of the sample library does to deals, and how likely each stage sees it used.

    `effect` is added to the log odds of getting through the stage it is used in, and through each one after it.
    """

    effect: float
    chances: Mapping[str, float]


HELPS = "roi-food-manufacturing-harrowmoor.pdf"
# Nearly every deal that gets far sees it, so most deals that saw it are won; it does nothing for them.
POPULAR = "procurement-and-contract-guide.pdf"
HURTS = "product-deck-warehouse.pptx"
_RARE = 0.008
PLANTED: Mapping[str, Planted] = {
    HELPS: Planted(1.0, {PROPOSAL: 0.35, NEGOTIATION: 0.2}),
    POPULAR: Planted(0.0, {PROPOSAL: 0.2, NEGOTIATION: 0.6}),
    HURTS: Planted(-0.7, {QUALIFICATION: 0.2, NEEDS: 0.3, PROPOSAL: 0.1}),
    "business-case-worksheet.docx": Planted(0.3, {NEEDS: 0.12, PROPOSAL: 0.12}),
    "product-tour-warehouse.link.yml": Planted(0.0, {PROSPECTING: 0.15, QUALIFICATION: 0.15}),
    "implementation-plan-12-weeks.pptx": Planted(0.0, {PROPOSAL: 0.12, NEGOTIATION: 0.12}),
    "pricing-one-pager-2026.pdf": Planted(0.0, {NEEDS: 0.05, PROPOSAL: 0.3}),
    # Too little used to say anything of.
    "mutual-action-plan-template.docx": Planted(0.2, {NEGOTIATION: _RARE}),
    "case-study-cold-storage-torvik.pdf": Planted(0.2, {NEEDS: _RARE, PROPOSAL: _RARE}),
    "case-study-retail-lindahl-hem.html": Planted(0.0, {NEEDS: _RARE, PROPOSAL: _RARE}),
    "case-study-utilities-merrowdale-water.html": Planted(0.0, {NEEDS: _RARE, PROPOSAL: _RARE}),
    "datasheet-yard.html": Planted(0.0, {QUALIFICATION: _RARE, NEEDS: _RARE}),
    "faq-buyers.md": Planted(0.0, {QUALIFICATION: _RARE, NEEDS: _RARE, PROPOSAL: _RARE}),
    "insight-labour-and-stock-analytics.pptx": Planted(0.0, {QUALIFICATION: _RARE, NEEDS: _RARE}),
    "security-questionnaire-answers.docx": Planted(0.0, {PROPOSAL: _RARE, NEGOTIATION: _RARE}),
    "white-paper-offline-first-field-work.md": Planted(0.0, {PROSPECTING: _RARE, QUALIFICATION: _RARE}),
    "yard-plan-three-weeks.md": Planted(0.0, {NEEDS: _RARE, PROPOSAL: _RARE}),
}
_LOST_FROM = dict(zip(OPEN_STAGES, LOST_FROM_WEIGHTS, strict=True))


def draw_helped(rng: Random, deal: Circumstances, *, used: dict[str, str]) -> tuple[StageChange, ...]:
    """Draw the history of a closed deal stage by stage; `used` is given each file used in it, with the stage."""
    way = drop_skipped(rng, list(OPEN_STAGES))
    unhelped, weights = chance_to_win(deal), sum(_LOST_FROM[stage] for stage in way)
    still_open = 1.0
    for place, stage in enumerate(way, 1):
        for file, planted in PLANTED.items():
            if rng.random() < planted.chances.get(stage, 0.0):
                used.setdefault(file, stage)
        lost_here = (1 - unhelped) * _LOST_FROM[stage] / weights
        help_so_far = sum(PLANTED[file].effect for file in used)
        if rng.random() > _helped(1 - lost_here / still_open, help_so_far):
            return closed_after(rng, deal, [*way[:place], LOST])
        still_open -= lost_here
    return closed_after(rng, deal, [*way, WON])


def uses_in(rng: Random, deal: Opportunity, used: Mapping[str, str]) -> Iterator[ContentUse]:
    """Say when its owner used what a deal saw: at the beginning of the week after the deal came to that stage.

    An org into which a world is loaded knows changes by their week, and no stage ends before that week's Wednesday. A
    moment drawn from the stage's length would come earlier in a shorter one, and so seem to shorten it.
    """
    begun = {one.stage: one.at for one in deal.history}
    for file, stage in used.items():
        first_day = begun[stage].date() + timedelta(days=7 - begun[stage].weekday())
        at = datetime.combine(first_day, time(), tzinfo=UTC) + timedelta(days=rng.uniform(0.3, 1.7))
        yield ContentUse(deal.key, file, deal.owner, at)


def _helped(chance: float, log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds) * (1 - chance) / chance)
